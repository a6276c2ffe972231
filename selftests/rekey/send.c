// SPDX-License-Identifier: GPL-2.0
/* KeyUpdate by us. */

/* After our KeyUpdate and the next key OpenSSL reads on; records count from 0. */
TT_TEST_F(rekey, tx)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };

	TT_NEED("rekey");
	ASSERT_OK(tt_kernel_sends(c, 100));
	ASSERT_OK(tt_rekey_tx(c, false));
	EXPECT_EQ(0, c->tx.seq);
	EXPECT_OK(key_is(c, TLS_TX, &c->tx));
	tt_fill(out, 1000);
	ASSERT_EQ(1000, tt_send(c, out, 1000, 0));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_HANDSHAKE, update,
				 sizeof(update)));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out, 1000));
	EXPECT_EQ(0, c->rec[2].seq);
	ASSERT_OK(tt_peer_expect_data(c, out, 1000));
	EXPECT_EQ(1, tt_seq(c, TLS_TX));
	ASSERT_OK(tt_exchange(c));
}

/* Ours asks OpenSSL to update too: it does, and both directions go on. */
TT_TEST_F(rekey, tx_requested)
{
	TT_NEED("rekey");
	ASSERT_OK(tt_rekey_tx(c, true));
	ASSERT_OK(tt_kernel_sends(c, 100));
	/* Its answer goes out with what it writes next, if not before. */
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	tt_stat_expect("TlsRxRekeyReceived", 1);
	ASSERT_OK(follow(c, false));
	ASSERT_OK(tt_recv_all(c, in, 100));
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_exchange(c));
	EXPECT_EQ(1 + 3, tt_seq(c, TLS_TX));
	EXPECT_EQ(1 + 3, tt_seq(c, TLS_RX));
}

/* Many, with and without data between. */
TT_TEST_F(rekey, tx_back_to_back)
{
	int i;

	TT_NEED("rekey");
	for (i = 0; i < 12; i++) {
		ASSERT_OK(tt_rekey_tx(c, false));
		EXPECT_EQ(0, tt_seq(c, TLS_TX));
		if (i % 3)
			ASSERT_OK(tt_kernel_sends(c, 1 + 300 * i));
	}
	ASSERT_OK(tt_exchange(c));
}

/* Data left open by MSG_MORE goes out under the old key: the KeyUpdate closes it. */
TT_TEST_F(rekey, tx_open_record)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };

	TT_NEED("rekey");
	tt_fill(out, 200);
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_EQ(100, tt_send(c, out + 100, 100, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_HANDSHAKE, update,
				 sizeof(update)));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out + 100, 100));
	ASSERT_OK(tt_peer_expect_data(c, out, 200));
}

/* Data left open when the key is set goes out under the new key, with what
 * comes after it: no record was made of it yet.
 */
TT_TEST_F(rekey, tx_open_record_after_update)
{
	TT_NEED("rekey");
	tt_fill(out, 200);
	ASSERT_OK(tt_rekey_send_update(c, false));
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	ASSERT_OK(tt_traffic_next(&c->traffic, TLS_TX, c->o.cipher, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_EQ(100, tt_send(c, out + 100, 100, 0));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out, 200));
	ASSERT_OK(tt_peer_expect_data(c, out, 200));
	EXPECT_EQ(1, tt_seq(c, TLS_TX));
}

/* A new key that no KeyUpdate announced: OpenSSL says that the record is bad. */
TT_TEST_F(rekey, tx_without_update)
{
	int type;

	TT_NEED("rekey");
	ASSERT_OK(tt_kernel_sends(c, 100));
	ASSERT_OK(tt_traffic_next(&c->traffic, TLS_TX, c->o.cipher, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	tt_fill(out, 100);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_peer_records(c, 2));
	EXPECT_FALSE(c->rec[1].authentic);
	EXPECT_EQ(-EPROTO, tt_peer_poll(c));
	EXPECT_EQ(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, tt_peer_reason());
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_FATAL, in[0]);
	EXPECT_EQ(TLS_ALERT_BAD_RECORD_MAC, in[1]);
}

/* What waits in the kernel, encrypted, for the peer to read is not touched. */
TT_TEST_F(rekey, tx_full_buffer)
{
	int small = 4096, records = 0, rest, i;
	size_t at, n, len = 1000;
	long sent = 0;

	TT_NEED("rekey");
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small,
				sizeof(small)));
	ASSERT_EQ(0, setsockopt(c->peer_fd, SOL_SOCKET, SO_RCVBUF, &small,
				sizeof(small)));
	tt_fill(out, sizeof(out));
	for (at = 0; at + len <= sizeof(out); at += sent, records++) {
		sent = tt_send(c, out + at, len, MSG_DONTWAIT);
		if (sent != (long)len)
			break;
	}
	ASSERT_EQ(-EAGAIN, sent) {
		TH_LOG("%zu bytes fit in", at);
	}
	/* The KeyUpdate needs room: the peer reads a part. */
	n = at / 2;
	ASSERT_OK(tt_peer_expect_data(c, out, n));
	ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room to send"));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_peer_expect_data(c, out + n, at - n));
	rest = records;
	for (i = 0; i < rest; i++)
		ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, out + i * len,
					 len));
	ASSERT_OK(tt_exchange(c));
}

/* Both sides at once: the KeyUpdates cross. */
TT_TEST_F(rekey, both_cross)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_kernel_sends(c, 700));
	ASSERT_OK(follow(c, false));
	ASSERT_OK(tt_recv_all(c, in, 100));
	ASSERT_OK(tt_exchange(c));
}

/* Both ask for what the other has just done: one more from each. */
TT_TEST_F(rekey, both_request)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, true));
	ASSERT_OK(tt_rekey_tx(c, true));
	ASSERT_OK(tt_kernel_sends(c, 200));
	ASSERT_OK(follow(c, true));
	/* OpenSSL answers our request, then we answer its one. */
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	tt_stat_expect("TlsRxRekeyReceived", 1);
	ASSERT_OK(follow(c, false));
	ASSERT_OK(tt_recv_all(c, in, 100));
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_exchange(c));
}

/* A long, random succession of data and KeyUpdates, by both sides. */
TT_TEST_F(rekey, random)
{
	int i, err, done[5] = { };
	bool request;

	TT_NEED("rekey");
	for (i = 0; i < 150; i++) {
		int what = tt_random() % 5;

		done[what]++;
		switch (what) {
		case 0:
			err = tt_kernel_sends(c, 1 + tt_random() % 4096);
			break;
		case 1:
			err = tt_kernel_receives(c, 1 + tt_random() % 4096);
			break;
		case 2:
			err = tt_rekey_tx(c, false);
			break;
		default:
			request = what == 3;
			err = peer_updates(c, request) ?: follow(c, request);
			if (!err && request)
				err = tt_rekey_tx(c, false);
		}
		ASSERT_EQ(0, err) {
			TH_LOG("step %d, kind %d: %s", i, what, tt_why());
		}
	}
	ASSERT_OK(tt_exchange(c));
	for (i = 0; i < 5; i++)
		EXPECT_LT(0, done[i]);
}
