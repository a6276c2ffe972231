// SPDX-License-Identifier: GPL-2.0
/* Further keys that must be refused; and the old ones go on. */

static const int directions[] = { TLS_TX, TLS_RX };

/* Offer a random key under another version, cipher and length. */
static int offer_next(struct tt_conn *c, int option, int version, int cipher,
		      int longer)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX + 32] = { };
	struct tls_crypto_info head = { version, cipher };
	struct tt_keys keys;
	size_t len;

	tt_keys_random(c->o.cipher, &keys);
	len = tt_cipher_pack(c->o.cipher, c->o.version, &keys, info);
	memcpy(info, &head, sizeof(head));
	return tt_set(c, option, info, len + longer);
}

/* All the ways to be wrong, in both directions. */
static void offer_wrong(struct __test_metadata *_metadata, struct tt_conn *c)
{
	static const int versions[] = { 0, 0x0301, TLS_1_2, 0x0305, 0xffff };
	int len = tt_cipher_info_size(c->o.cipher), cipher = c->o.cipher->number;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(directions); i++) {
		int o = directions[i];

		for (j = 0; j < ARRAY_SIZE(versions); j++)
			EXPECT_EQ(-EINVAL, offer_next(c, o, versions[j],
						      cipher, 0));
		EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, 0, 0));
		EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, 99, 0));
		for (j = TLS_CIPHER_AES_GCM_128; j <= TLS_CIPHER_ARIA_GCM_256;
		     j++)
			if ((int)j != cipher)
				EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, j,
							      0));
		for (j = 0; (int)j < len; j++)
			EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, cipher,
						      (int)j - len));
		EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, cipher, 1));
		EXPECT_EQ(-EINVAL, offer_next(c, o, TLS_1_3, cipher, 8));
		EXPECT_EQ(-EINVAL, tt_set(c, o, NULL, len));
	}
}

/* A refused key changes nothing: the old ones go on, state included. */
TT_TEST_F(rekey, refused)
{
	struct tt_keys before[2];
	size_t i;

	TT_NEED("rekey");
	ASSERT_OK(tt_exchange(c));
	for (i = 0; i < 2; i++)
		ASSERT_OK(tt_get_keys(c, directions[i], &before[i]));
	offer_wrong(_metadata, c);
	for (i = 0; i < 2; i++)
		EXPECT_OK(key_is(c, directions[i], &before[i]));
	ASSERT_OK(tt_exchange(c));
}

/* Nor does it end the wait for the right one. */
TT_TEST_F(rekey, refused_while_waiting)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_rekey_read_update(c, false));
	offer_wrong(_metadata, c);
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 200, 0));
	EXPECT_EQ(POLLOUT, polled(c));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_EQ(100, tt_recv(c, in, 200, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_exchange(c));
}

/* Memory that is not there, whole or in its second half, is EFAULT. */
TT_TEST_F(rekey, refused_pointer)
{
	size_t len = tt_cipher_info_size(c->o.cipher), i;
	unsigned char *p = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *half = p + 4096 - len / 2;
	struct tls_crypto_info head = { v->version, v->cipher };

	TT_NEED("rekey");
	ASSERT_NE(MAP_FAILED, p);
	ASSERT_EQ(0, mprotect(p + 4096, 4096, PROT_NONE));
	memcpy(half, &head, sizeof(head));
	ASSERT_OK(tt_exchange(c));
	/* The library would look into what it passes on. */
	c->ledger.unordered = true;
	for (i = 0; i < ARRAY_SIZE(directions); i++) {
		EXPECT_EQ(-1, setsockopt(c->fd, SOL_TLS, directions[i], half,
					 len));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, setsockopt(c->fd, SOL_TLS, directions[i],
					 p + 4096, len));
		EXPECT_EQ(EFAULT, errno);
	}
	tt_stat_expect("TlsTxRekeyError", 2);
	tt_stat_expect("TlsRxRekeyError", 2);
	if (c->ledger.attached)
		tt_stat_expect("TlsTraceSetsockoptError", 4);
	ASSERT_OK(tt_exchange(c));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_exchange(c));
}

/* A direction that has no key yet gets its first one, not another one's next. */
TT_TEST_F(rekey, other_direction_has_none)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_keys keys;
	struct tt_conn *d;

	TT_NEED("rekey");
	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_attach(d));
	ASSERT_OK(tt_set_keys(d, TLS_TX, &d->tx));
	ASSERT_OK(tt_kernel_sends(d, 100));
	ASSERT_OK(tt_rekey_tx(d, false));
	EXPECT_EQ(-EBUSY, tt_get_keys(d, TLS_RX, &keys));
	ASSERT_OK(tt_set_keys(d, TLS_RX, &d->rx));
	ASSERT_OK(tt_exchange(d));
}
