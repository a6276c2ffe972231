// SPDX-License-Identifier: GPL-2.0
/* Kernels that take one key per direction. */

#define NEED_ONE_KEY()							\
	do {								\
		if (!tt_feature_missing("rekey"))			\
			SKIP(return, "this kernel has rekey");		\
	} while (0)

/* A KeyUpdate is a handshake record like others. The next key is refused, and
 * what is under it is not authentic.
 */
TT_TEST_F(one_key, rx)
{
	NEED_ONE_KEY();
	ASSERT_OK(tt_peer_key_update(c, false));
	EXPECT_EQ(-EIO, tt_recv(c, in, 100, 0));
	EXPECT_EQ(POLLIN | POLLOUT, polled(c));
	ASSERT_OK(tt_rekey_read_update(c, false));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	EXPECT_EQ(-EBUSY, tt_rekey_rx(c));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 100, 0));
	tt_stat_expect("TlsDecryptError", 1);
}

/* A KeyUpdate of ours goes out, but its promise cannot be kept: OpenSSL finds the
 * next record bad.
 */
TT_TEST_F(one_key, tx)
{
	NEED_ONE_KEY();
	EXPECT_EQ(-EBUSY, tt_rekey_tx(c, false));
	tt_fill(out, 100);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_peer_records(c, 2));
	EXPECT_FALSE(c->rec[1].authentic);
	EXPECT_EQ(-EPROTO, tt_peer_poll(c));
	EXPECT_EQ(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, tt_peer_reason());
}

/* As long as neither side updates, refused keys do no harm. */
TT_TEST_F(one_key, refused)
{
	struct tt_keys keys;

	NEED_ONE_KEY();
	ASSERT_OK(tt_exchange(c));
	tt_keys_random(c->o.cipher, &keys);
	EXPECT_EQ(-EBUSY, tt_set_keys(c, TLS_TX, &keys));
	EXPECT_EQ(-EBUSY, tt_set_keys(c, TLS_RX, &keys));
	ASSERT_OK(tt_exchange(c));
}
