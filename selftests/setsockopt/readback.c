// SPDX-License-Identifier: GPL-2.0
/* What getsockopt gives back. */

static const int directions[] = { TLS_TX, TLS_RX };

/* Before a key there is nothing to read: EBUSY, in each direction by itself. */
TT_TEST_F(fresh, get_before_keys)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	socklen_t len;
	size_t j;

	ASSERT_OK(tt_conn_attach(c));
	for (j = 0; j < ARRAY_SIZE(directions); j++) {
		len = tt_cipher_info_size(c->o.cipher);
		EXPECT_EQ(-EBUSY, tt_get(c, directions[j], info, &len));
		len = sizeof(struct tls_crypto_info);
		EXPECT_EQ(-EBUSY, tt_get(c, directions[j], info, &len));
	}
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	len = tt_cipher_info_size(c->o.cipher);
	EXPECT_EQ(0, tt_get(c, TLS_TX, info, &len));
	EXPECT_EQ(-EBUSY, tt_get(c, TLS_RX, info, &len));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(0, tt_get(c, TLS_RX, info, &len));
}

/* Key, iv, salt and sequence come back as they were set, to the last byte. */
TT_TEST_F(fresh, get_content)
{
	unsigned char set[TLS_CRYPTO_INFO_MAX], got[TLS_CRYPTO_INFO_MAX];
	socklen_t len;
	size_t want, j;

	ASSERT_OK(tt_conn_start(c));
	for (j = 0; j < ARRAY_SIZE(directions); j++) {
		want = tt_cipher_pack(c->o.cipher, v->version,
				      j ? &c->rx : &c->tx, set);
		memset(got, 0xa5, sizeof(got));
		len = want;
		ASSERT_EQ(0, tt_get(c, directions[j], got, &len));
		EXPECT_EQ(want, len);
		EXPECT_EQ(0, memcmp(set, got, want));
		/* and nothing behind it is written */
		EXPECT_EQ(0xa5, got[want]);
	}
}

/* After records, sequence and explicit nonce have moved by their number. */
TT_TEST_F(fresh, get_after_records)
{
	struct tt_keys want[2], now;
	size_t j;

	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
	want[0] = c->tx;
	want[1] = c->rx;
	for (j = 0; j < ARRAY_SIZE(directions); j++) {
		tt_keys_advance(c->o.cipher, v->version, &want[j], 3);
		ASSERT_OK(tt_get_keys(c, directions[j], &now));
		EXPECT_EQ(want[j].seq, now.seq);
		EXPECT_EQ(0, memcmp(&want[j], &now, sizeof(now)));
	}
}

/* Only two lengths are good: the head's alone and the whole structure's. */
TT_TEST_F(fresh, get_length)
{
	socklen_t whole = tt_cipher_info_size(c->o.cipher), len, i;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tls_crypto_info head;
	size_t j;

	ASSERT_OK(tt_conn_start(c));
	for (j = 0; j < ARRAY_SIZE(directions); j++) {
		len = sizeof(head);
		memset(&head, 0, sizeof(head));
		ASSERT_EQ(0, tt_get(c, directions[j], &head, &len));
		EXPECT_EQ(v->version, head.version);
		EXPECT_EQ(v->cipher, head.cipher_type);
		for (i = 0; i < sizeof(info); i++) {
			if (i == sizeof(head) || i == whole)
				continue;
			len = i;
			EXPECT_EQ(-EINVAL, tt_get(c, directions[j], info,
						  &len));
		}
	}
	ASSERT_OK(tt_exchange(c));
}

/* A wrong pointer is an errno, and does no harm. */
TT_TEST_F(fresh, get_pointer)
{
	socklen_t len = tt_cipher_info_size(c->o.cipher);

	ASSERT_OK(tt_conn_start(c));
	EXPECT_EQ(-EINVAL, tt_get(c, TLS_TX, NULL, &len));
	EXPECT_EQ(-EFAULT, tt_get(c, TLS_TX, (void *)8, &len));
	EXPECT_EQ(-1, getsockopt(c->fd, SOL_TLS, TLS_TX, in, NULL));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_OK(tt_exchange(c));
}
