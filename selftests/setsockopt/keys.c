// SPDX-License-Identifier: GPL-2.0
/* Every combination that must be accepted, proven with data. */

/* With TLS_TX alone the kernel encrypts what we send and leaves what we receive
 * alone: the peer's record comes as it is on the wire.
 */
static void tx_only(struct __test_metadata *_metadata, struct tt_test *t,
		    bool server)
{
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_record r;
	struct tt_layer l;
	struct tt_conn *c;
	size_t len;

	ASSERT_OK(shaken(t, server, &c));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_kernel_sends(c, 700));
	ASSERT_OK(tt_kernel_sends(c, 1));

	tt_fill(out, 300);
	ASSERT_OK(tt_peer_write(c, out, 300));
	len = 300 + tt_cipher_overhead(c->o.cipher, c->o.version);
	ASSERT_OK(tt_recv_all(c, wire, len));
	ASSERT_OK(tt_layer_init(&l, c->o.cipher, c->o.version, &c->rx));
	ASSERT_OK(tt_layer_open(&l, wire, len, &r));
	ASSERT_TRUE(r.authentic);
	EXPECT_EQ(300, r.len);
	EXPECT_EQ(0, memcmp(r.data, out, 300));
	free(r.data);
	tt_layer_free(&l);
}

/* TLS_TX alone, client. */
TT_TEST_F(keys, tx_only_client)
{
	tx_only(_metadata, t, false);
}

/* TLS_TX alone, server. */
TT_TEST_F(keys, tx_only_server)
{
	tx_only(_metadata, t, true);
}

/* With TLS_RX alone the kernel decrypts what we receive and leaves what we send
 * alone: OpenSSL accepts a record that we sealed ourselves.
 */
static void rx_only(struct __test_metadata *_metadata, struct tt_test *t,
		    bool server)
{
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_layer l;
	struct tt_conn *c;
	int n;

	ASSERT_OK(shaken(t, server, &c));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_kernel_receives(c, 900));
	ASSERT_OK(tt_kernel_receives(c, 1));

	tt_fill(out, 300);
	ASSERT_OK(tt_layer_init(&l, c->o.cipher, c->o.version, &c->tx));
	n = tt_layer_seal(&l, TLS_TYPE_DATA, out, 300, 0, wire);
	ASSERT_LT(0, n);
	ASSERT_EQ(n, tt_send(c, wire, n, 0));
	EXPECT_OK(tt_peer_expect_data(c, out, 300));
	tt_layer_free(&l);
}

/* TLS_RX alone, client. */
TT_TEST_F(keys, rx_only_client)
{
	rx_only(_metadata, t, false);
}

/* TLS_RX alone, server. */
TT_TEST_F(keys, rx_only_server)
{
	rx_only(_metadata, t, true);
}

/* Both directions, client. */
TT_TEST_F(keys, both_client)
{
	ASSERT_OK(shaken(t, false, &c));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}

/* Both directions, server. */
TT_TEST_F(keys, both_server)
{
	ASSERT_OK(shaken(t, true, &c));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}

/* TLS_RX first, then TLS_TX: the order is free, also with data between. */
TT_TEST_F(keys, rx_before_tx)
{
	ASSERT_OK(shaken(t, v->server, &c));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_kernel_receives(c, 200));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_exchange(c));
}

/* Two connections at once do not mix up their keys. */
TT_TEST_F(keys, two_connections)
{
	struct tt_conn *a, *b;

	ASSERT_OK(shaken(t, false, &a));
	ASSERT_OK(shaken(t, true, &b));
	ASSERT_OK(tt_conn_attach(a));
	ASSERT_OK(tt_conn_attach(b));
	ASSERT_OK(tt_set_keys(a, TLS_TX, &a->tx));
	ASSERT_OK(tt_set_keys(b, TLS_TX, &b->tx));
	ASSERT_OK(tt_set_keys(a, TLS_RX, &a->rx));
	ASSERT_OK(tt_set_keys(b, TLS_RX, &b->rx));
	ASSERT_OK(tt_kernel_sends(a, 100));
	ASSERT_OK(tt_kernel_sends(b, 200));
	ASSERT_OK(tt_exchange(a));
	ASSERT_OK(tt_exchange(b));
}

/* The first sequence number is the one that was given, however large. */
TT_TEST_F(keys, large_sequence)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	ASSERT_LT(1ULL << 32, c->tx.seq | 1ULL << 33);
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
	EXPECT_EQ(c->tx.seq + 3, tt_seq(c, TLS_TX));
	EXPECT_EQ(c->rx.seq + 3, tt_seq(c, TLS_RX));
}

/* From so many records before a border on: each carries the sequence that it should,
 * in nonce and additional data, and the kernel's state is right after them.
 */
static int pass_border(struct tt_conn *c, int records)
{
	struct tt_keys want[2] = { c->tx, c->rx }, now;
	int i, err;

	c->peer_rx.keys = c->tx;
	c->peer_tx.keys.seq = c->rx.seq;
	c->first_seq = c->tx.seq;
	err = tt_conn_start(c);
	for (i = 0; !err && i < records; i++)
		err = tt_kernel_sends(c, 1 + tt_random() % 300) ?:
		      tt_kernel_receives(c, 1 + tt_random() % 300);
	for (i = 0; !err && i < 2; i++) {
		tt_keys_advance(c->o.cipher, c->o.version, &want[i], records);
		err = tt_get_keys(c, i ? TLS_RX : TLS_TX, &now);
		if (!err && memcmp(&want[i], &now, sizeof(now)))
			err = tt_fail(EBADMSG, "state after the border: %016llx, not %016llx",
				      (unsigned long long)now.seq,
				      (unsigned long long)want[i].seq);
	}
	return err;
}

/* The carry of the sequence into every byte of it, in both directions; and of the
 * explicit nonce, which counts for itself, and may wrap.
 */
TT_TEST_F(keys, sequence_carries)
{
	struct tt_conn_opts o = tt_test_opts(t);
	__u64 border, nonce;
	int bits;

	o.no_handshake = true;
	for (bits = 8; bits <= 64; bits += 8) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		border = bits < 64 ? 1ULL << bits : 1ULL << 63;
		nonce = bits < 64 ? 1ULL << (64 - bits) : 0;
		c->tx.seq = border - 2;
		c->rx.seq = border - 1;
		if (tt_cipher_explicit(o.cipher, o.version)) {
			tt_put64(c->tx.nonce + o.cipher->salt, nonce - 1);
			tt_put64(c->rx.nonce + o.cipher->salt, nonce - 2);
		}
		ASSERT_EQ(0, pass_border(c, 4)) {
			TH_LOG("%d bits: %s", bits, tt_why());
		}
	}
}

/* The last sequence number there is, received: its record is good, and the socket has
 * an error after it.
 */
TT_TEST_F(keys, sequence_ends_rx)
{
	struct tt_conn_opts o = tt_test_opts(t);
	socklen_t len = sizeof(int);
	int error = 0;

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	c->rx.seq = ~0ULL - 1;
	c->peer_tx.keys.seq = c->rx.seq;
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_kernel_receives(c, 100));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_EQ(0, getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len));
	EXPECT_EQ(EBADMSG, error);
}

/* A sequence number must not wrap: the record that would do it is refused. */
TT_TEST_F(keys, sequence_wraps)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	c->tx.seq = ~0ULL - 1;
	c->peer_rx.keys.seq = c->tx.seq;
	c->first_seq = c->tx.seq;
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_kernel_sends(c, 100));
	EXPECT_EQ(-EBADMSG, tt_send(c, out, 100, 0));
}

/* SM4 and ARIA: made-up keys, the reference layer as the peer. */
TT_TEST_F(other_ciphers, both)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int err;

	o.no_handshake = true;
	err = tt_test_conn(t, &o, &c);
	if (err == -ENOSYS)
		SKIP(return, "%s", tt_why());
	ASSERT_OK(err);
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}

/* ARIA with the keys of a real handshake: OpenSSL has suites with it. */
TT_TEST_F(other_ciphers, handshake)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int err;

	err = tt_test_conn(t, &o, &c);
	if (err == -ENOSYS)
		SKIP(return, "%s", tt_why());
	ASSERT_OK(err);
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}
