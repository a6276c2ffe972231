// SPDX-License-Identifier: GPL-2.0
/* KeyUpdates that a TLS library would not send or treat so: what the kernel does. */

/* The next key may be set while the KeyUpdate itself is still to be read. */
TT_TEST_F(rekey, rx_key_before_update_is_read)
{
	int type;

	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_EQ(TLS_KEY_UPDATE_SIZE, tt_recv_type(c, &type, in, sizeof(in),
						    MSG_PEEK));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(TLS_KEY_UPDATE, in[0]);
	EXPECT_EQ(POLLOUT, polled(c));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the KeyUpdate"));
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_EQ(100, tt_recv(c, in, 200, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* A key that is not the peer's is accepted, and the next record is not authentic. */
TT_TEST_F(rekey, rx_wrong_key)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_rekey_read_update(c, false));
	tt_keys_random(c->o.cipher, &c->rx);
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 200, 0));
	tt_stat_expect("TlsDecryptError", 1);
}

/* The right key with a sequence that is not 0 is wrong as well. */
TT_TEST_F(rekey, rx_wrong_sequence)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_OK(tt_traffic_next(&c->traffic, TLS_RX, c->o.cipher, &c->rx));
	c->rx.seq = 2;
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 200, 0));
	tt_stat_expect("TlsDecryptError", 1);
}

/* No KeyUpdate needs to come before a key: the kernel does not ask why. */
TT_TEST_F(rekey, rx_without_update)
{
	TT_NEED("rekey");
	ASSERT_OK(tt_kernel_receives(c, 100));
	c->layered = true;
	ASSERT_OK(tt_peer_next_key(c));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_exchange(c));
	EXPECT_EQ(3, tt_seq(c, TLS_RX));
}

/* The first sequence under the key is the one given with it. */
TT_TEST_F(rekey, rx_sequence_given)
{
	TT_NEED("rekey");
	ASSERT_OK(layer_updates(c));
	c->peer_tx.keys.seq = 1ULL << 40;
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_OK(tt_traffic_next(&c->traffic, TLS_RX, c->o.cipher, &c->rx));
	c->rx.seq = 1ULL << 40;
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_exchange(c));
	EXPECT_EQ((1ULL << 40) + 3, tt_seq(c, TLS_RX));
}

/* The kernel looks at the first message of a record only: of a KeyUpdate behind
 * a ticket it takes no notice, and its reader has to.
 */
TT_TEST_F(rekey, rx_behind_ticket)
{
	unsigned char both[4 + 20 + TLS_KEY_UPDATE_SIZE] = {
		SSL3_MT_NEWSESSION_TICKET, 0, 0, 20,
		[24] = TLS_KEY_UPDATE, 0, 0, 1, 0,
	};
	int type;

	TT_NEED("rekey");
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, both, sizeof(both), 0));
	ASSERT_OK(tt_peer_next_key(c));
	ASSERT_EQ(sizeof(both), tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_exchange(c));
}

/* A reader who overlooks it gets the next record as not authentic. */
TT_TEST_F(rekey, rx_behind_ticket_overlooked)
{
	unsigned char both[4 + 20 + TLS_KEY_UPDATE_SIZE] = {
		SSL3_MT_NEWSESSION_TICKET, 0, 0, 20,
		[24] = TLS_KEY_UPDATE, 0, 0, 1, 0,
	};
	int type;

	TT_NEED("rekey");
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, both, sizeof(both), 0));
	ASSERT_OK(tt_peer_next_key(c));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_EQ(sizeof(both), tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 200, 0));
	tt_stat_expect("TlsDecryptError", 1);
}

/* Of one cut in pieces the first is taken for the whole: its rest, under the old
 * key, can no longer be read.
 */
TT_TEST_F(rekey, rx_fragment)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };
	int type;

	TT_NEED("rekey");
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, update, 1, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, update + 1, 4, 0));
	tt_stat_expect("TlsRxRekeyReceived", 1);
	ASSERT_EQ(1, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(-EKEYEXPIRED, tt_recv_type(c, &type, in, sizeof(in), 0));
}

/* A message of that type in TLS 1.2, which has none: kernels with rekey wait for a
 * key that they will not take; others go on.
 */
TT_TEST_F(tls12, rx_type_of_key_update)
{
	bool rekey = !tt_feature_missing("rekey");
	struct tt_keys keys;
	int type;

	tt_fill(out, 100);
	out[0] = TLS_KEY_UPDATE;
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 50, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 50, 50, 0));
	tt_stat_expect("TlsRxRekeyReceived", 1);
	ASSERT_EQ(50, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	if (rekey) {
		EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in + 50, 100, 0));
	} else {
		EXPECT_EQ(50, tt_recv(c, in + 50, 100, 0));
		EXPECT_EQ(0, memcmp(in, out, 100));
	}
	tt_keys_random(c->o.cipher, &keys);
	EXPECT_EQ(-EBUSY, tt_set_keys(c, TLS_RX, &keys));
	EXPECT_EQ(-EBUSY, tt_set_keys(c, TLS_TX, &keys));
	ASSERT_OK(tt_kernel_sends(c, 100));
}
