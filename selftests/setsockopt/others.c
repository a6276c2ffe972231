// SPDX-License-Identifier: GPL-2.0
/*
 * SM4 and ARIA: what runs for the other ciphers elsewhere, with made-up keys and the
 * reference layer as the peer, byte by byte.
 */

static unsigned char big[3 * TLS_MAX_PAYLOAD], back[3 * TLS_MAX_PAYLOAD];

/* A started connection, or a test to be skipped. */
static int other_started(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int err;

	o.no_handshake = true;
	err = tt_test_conn(t, &o, c);
	if (err == -ENOSYS) {
		snprintf(t->skip, sizeof(t->skip), "%s", tt_why());
		return 0;
	}
	return err ?: tt_conn_start(*c);
}

#define OTHER_STARTED()							\
	do {								\
		ASSERT_OK(other_started(t, &c));			\
		if (*t->skip)						\
			SKIP(return, "%s", t->skip);			\
	} while (0)

/* Records of every size both ways, and those that are cut. */
TT_TEST_F(other_ciphers, sizes)
{
	static const size_t size[] = { 1, 15, 16, 17, 255, 4095, 4096, 4097,
				       16383, 16384 };
	size_t i, n;

	OTHER_STARTED();
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		n = size[i];
		tt_fill(big, n);
		ASSERT_EQ(n, tt_send(c, big, n, 0));
		ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, big, n));
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, big, n, 0));
		ASSERT_EQ(n, tt_recv(c, back, i % 2 ? n : sizeof(back), 0));
		ASSERT_EQ(0, memcmp(back, big, n));
	}
	n = TLS_MAX_PAYLOAD;
	tt_fill(big, 2 * n + 5);
	ASSERT_EQ(2 * n + 5, tt_send(c, big, 2 * n + 5, 0));
	ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, big, n));
	ASSERT_OK(tt_peer_expect(c, i + 1, TLS_TYPE_DATA, big + n, n));
	ASSERT_OK(tt_peer_expect(c, i + 2, TLS_TYPE_DATA, big + 2 * n, 5));
}

/* Types other than data, both ways; data of several calls and pieces in a record. */
TT_TEST_F(other_ciphers, types)
{
	struct iovec iov[] = { { out, 3 }, { out + 3, 500 }, { out + 503, 97 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	int type;

	OTHER_STARTED();
	tt_fill(out, 600);
	ASSERT_EQ(600, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 600));
	ASSERT_EQ(200, tt_send(c, out, 200, MSG_MORE));
	ASSERT_EQ(400, tt_send(c, out + 200, 400, 0));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out, 600));
	ASSERT_EQ(50, tt_send_type(c, 99, out, 50, 0));
	ASSERT_OK(tt_peer_expect(c, 2, 99, out, 50));

	ASSERT_OK(tt_peer_record(c, 99, out, 60, 0));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	ASSERT_EQ(60, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(0, memcmp(in, out, 60));
	if (v->version == TLS_1_3) {
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 70, 123));
		ASSERT_EQ(70, tt_recv(c, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, out, 70));
	}
	ASSERT_OK(tt_exchange(c));
}

/* A file goes out whole, and what comes in can be spliced. */
TT_TEST_F(other_ciphers, sendfile)
{
	size_t i, at = 0, len = sizeof(big) - 1;
	int file = tt_file(sizeof(big), NULL);
	off_t off = 1;

	ASSERT_LE(0, file);
	ASSERT_EQ(len, pread(file, big, len, 1));
	OTHER_STARTED();
	ASSERT_EQ(len, tt_sendfile(c, file, &off, len));
	close(file);
	for (i = 0; at < len; at += c->rec[i++].len) {
		ASSERT_OK(tt_peer_records(c, i + 1));
		ASSERT_TRUE(c->rec[i].authentic);
		ASSERT_GE(len - at, c->rec[i].len);
		ASSERT_EQ(0, memcmp(c->rec[i].data, big + at, c->rec[i].len));
	}
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, big, 9000, 0));
	ASSERT_OK(splice_all(c, back, 9000));
	EXPECT_EQ(0, memcmp(back, big, 9000));
	ASSERT_OK(tt_exchange(c));
}

/* The carry of the sequence and of the explicit nonce. */
TT_TEST_F(other_ciphers, sequence_carries)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int bits, err;

	o.no_handshake = true;
	for (bits = 8; bits < 64; bits += 8) {
		err = tt_test_conn(t, &o, &c);
		if (err == -ENOSYS)
			SKIP(return, "%s", tt_why());
		ASSERT_OK(err);
		c->tx.seq = (1ULL << bits) - 2;
		c->rx.seq = (1ULL << bits) - 1;
		if (tt_cipher_explicit(o.cipher, o.version))
			tt_put64(c->tx.nonce + o.cipher->salt,
				 (1ULL << (64 - bits)) - 1);
		ASSERT_EQ(0, pass_border(c, 4)) {
			TH_LOG("%d bits: %s", bits, tt_why());
		}
	}
}

/* A byte changed in nonce, body or tag is seen. */
TT_TEST_F(other_ciphers, tampered)
{
	unsigned char wire[TLS_MAX_RECORD];
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		OTHER_STARTED();
		tt_fill(out, 500);
		n = tt_peer_seal(c, TLS_TYPE_DATA, out, 500, 0, wire);
		ASSERT_LT(0, n);
		wire[i == 0 ? TLS_HEADER_SIZE : i == 1 ? n / 2 : n - 1] ^= 4;
		ASSERT_OK(tt_peer_raw(c, wire, n));
		EXPECT_EQ(-EBADMSG, tt_recv(c, in, sizeof(in), 0));
		tt_stat_expect("TlsDecryptError", 1);
	}
}

/* SM4 in TLS 1.3: new keys in both directions, with data around them. */
TT_TEST_F(other_ciphers, rekey)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };
	int i;

	if (v->version != TLS_1_3)
		SKIP(return, "TLS 1.2 has no KeyUpdate");
	TT_NEED("rekey");
	OTHER_STARTED();
	for (i = 0; i < 3; i++) {
		ASSERT_OK(tt_exchange(c));
		ASSERT_OK(tt_rekey_tx(c, false));
		ASSERT_OK(tt_kernel_sends(c, 1000));
		tt_stat_expect("TlsRxRekeyReceived", 1);
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, update,
					 sizeof(update), 0));
		ASSERT_OK(tt_peer_next_key(c));
		ASSERT_OK(tt_rekey_read_update(c, false));
		ASSERT_OK(tt_rekey_rx(c));
		EXPECT_EQ(0, tt_seq(c, TLS_RX));
	}
	ASSERT_OK(tt_exchange(c));
}
