// SPDX-License-Identifier: GPL-2.0
/* Keys that must be refused, and that refusing them does no harm. */

static const int both[] = { TLS_TX, TLS_RX };

/* Offer the variant's keys with another version, cipher and length. */
static int offer(struct tt_conn *c, int option, int version, int cipher,
		 int longer)
{
	const struct tt_keys *keys = option == TLS_TX ? &c->tx : &c->rx;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tls_crypto_info head = { version, cipher };
	size_t len;

	len = tt_cipher_pack(c->o.cipher, c->o.version, keys, info);
	memcpy(info, &head, sizeof(head));
	return tt_set(c, option, info, len + longer);
}

/* After a refusal: nothing is set, and the right keys are still accepted. */
static int still_usable(struct tt_conn *c)
{
	struct tt_keys keys;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(both); i++)
		if (tt_get_keys(c, both[i], &keys) != -EBUSY)
			return tt_fail(EBADMSG, "a refused key left a state");
	return tt_set_keys(c, TLS_TX, &c->tx) ?:
	       tt_set_keys(c, TLS_RX, &c->rx) ?: tt_exchange(c);
}

/* Versions that TLS in the kernel does not have are EINVAL. */
TT_TEST_F(fresh, refused_version)
{
	static const int versions[] = { 0, 0x0300, 0x0301, 0x0302, 0x0305,
					0x0204, 0x0403, 0xfefd, 0xffff };
	size_t i, j;

	ASSERT_OK(tt_conn_attach(c));
	for (i = 0; i < ARRAY_SIZE(versions); i++)
		for (j = 0; j < ARRAY_SIZE(both); j++)
			EXPECT_EQ(-EINVAL, offer(c, both[j], versions[i],
						 v->cipher, 0));
	ASSERT_OK(still_usable(c));
}

/* Ciphers that do not exist are EINVAL. */
TT_TEST_F(fresh, refused_cipher)
{
	static const int ciphers[] = { 0, 1, 50, 100, 0x1301, 0xffff };
	size_t i, j;

	ASSERT_OK(tt_conn_attach(c));
	for (i = 0; i < ARRAY_SIZE(ciphers); i++)
		for (j = 0; j < ARRAY_SIZE(both); j++)
			EXPECT_EQ(-EINVAL, offer(c, both[j], v->version,
						 ciphers[i], 0));
	ASSERT_OK(still_usable(c));
}

/* Any length but the cipher's own is EINVAL, shorter and longer. */
TT_TEST_F(fresh, refused_length)
{
	int len = tt_cipher_info_size(c->o.cipher), i;
	size_t j;

	ASSERT_OK(tt_conn_attach(c));
	for (j = 0; j < ARRAY_SIZE(both); j++) {
		for (i = 0; i < 8; i++)
			EXPECT_EQ(-EINVAL, offer(c, both[j], v->version,
						 v->cipher, i - len));
		EXPECT_EQ(-EINVAL, offer(c, both[j], v->version, v->cipher,
					 -1));
		EXPECT_EQ(-EINVAL, offer(c, both[j], v->version, v->cipher,
					 1));
	}
	ASSERT_OK(still_usable(c));
}

/* Memory that is not there: EINVAL for no pointer, EFAULT for a wrong one. */
TT_TEST_F(fresh, refused_pointer)
{
	size_t len = tt_cipher_info_size(c->o.cipher), j;
	/* not "(void *)1": the library looks at what it can read */
	void *wrong = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	ASSERT_NE(MAP_FAILED, wrong);
	ASSERT_OK(tt_conn_attach(c));
	c->ledger.unordered = true;
	for (j = 0; j < ARRAY_SIZE(both); j++) {
		EXPECT_EQ(-EINVAL, tt_set(c, both[j], NULL, len));
		EXPECT_EQ(-1, setsockopt(c->fd, SOL_TLS, both[j], wrong, len));
		EXPECT_EQ(EFAULT, errno);
	}
	if (c->ledger.attached)
		tt_stat_expect("TlsTraceSetsockoptError", 2);
	ASSERT_OK(still_usable(c));
}

/* TLS 1.3 has no ARIA suites, so the kernel takes none. */
TT_TEST_F(fresh, refused_aria_tls13)
{
	const struct tt_cipher *aria;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t len, j;
	int number;

	ASSERT_OK(tt_conn_attach(c));
	for (number = TLS_CIPHER_ARIA_GCM_128;
	     number <= TLS_CIPHER_ARIA_GCM_256; number++) {
		aria = tt_cipher_find(number);
		tt_keys_random(aria, &keys);
		len = tt_cipher_pack(aria, TLS_1_3, &keys, info);
		for (j = 0; j < ARRAY_SIZE(both); j++)
			EXPECT_EQ(-EINVAL, tt_set(c, both[j], info, len));
	}
	ASSERT_OK(still_usable(c));
}

/* The second direction must have the first one's version and cipher. */
TT_TEST_F(fresh, refused_directions_differ)
{
	const struct tt_cipher *other =
		tt_cipher_find(v->cipher == TLS_CIPHER_AES_GCM_128 ?
			       TLS_CIPHER_AES_GCM_256 : TLS_CIPHER_AES_GCM_128);
	int version = v->version == TLS_1_2 ? TLS_1_3 : TLS_1_2;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t len;

	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-EINVAL, offer(c, TLS_RX, version, v->cipher, 0));
	tt_keys_random(other, &keys);
	len = tt_cipher_pack(other, v->version, &keys, info);
	EXPECT_EQ(-EINVAL, tt_set(c, TLS_RX, info, len));
	EXPECT_EQ(-EBUSY, tt_get_keys(c, TLS_RX, &keys));
	ASSERT_OK(tt_kernel_sends(c, 100));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_exchange(c));
}

/* The same, the other direction first. */
TT_TEST_F(fresh, refused_directions_differ_rx_first)
{
	int version = v->version == TLS_1_2 ? TLS_1_3 : TLS_1_2;

	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(-EINVAL, offer(c, TLS_TX, version, v->cipher, 0));
	ASSERT_OK(tt_kernel_receives(c, 100));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_exchange(c));
}

/* A second key where there is no rekey is EBUSY, and the first goes on working;
 * where there is, the second one takes its place (more of that in tls_rekey).
 */
TT_TEST_F(fresh, second_key)
{
	struct tt_keys keys;
	size_t j;

	ASSERT_OK(tt_conn_start(c));
	if (v->version == TLS_1_3 && !tt_feature_missing("rekey")) {
		ASSERT_OK(tt_rekey_tx(c, false));
		ASSERT_OK(tt_exchange(c));
		return;
	}
	for (j = 0; j < ARRAY_SIZE(both); j++) {
		tt_keys_random(c->o.cipher, &keys);
		EXPECT_EQ(-EBUSY, tt_set_keys(c, both[j], &keys));
		/* the same key again is no exception */
		EXPECT_EQ(-EBUSY, tt_set_keys(c, both[j], j ? &c->rx :
								&c->tx));
	}
	ASSERT_OK(tt_exchange(c));
}

/* A rekey to another version or cipher is EINVAL, and the old key goes on. */
TT_TEST_F(options13, rekey_refused)
{
	const struct tt_cipher *other =
		tt_cipher_find(v->cipher == TLS_CIPHER_AES_GCM_128 ?
			       TLS_CIPHER_AES_GCM_256 : TLS_CIPHER_AES_GCM_128);
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t len, j;

	TT_NEED("rekey");
	ASSERT_OK(tt_conn_start(c));
	tt_keys_random(other, &keys);
	len = tt_cipher_pack(other, v->version, &keys, info);
	for (j = 0; j < ARRAY_SIZE(both); j++) {
		EXPECT_EQ(-EINVAL, offer(c, both[j], TLS_1_2, v->cipher, 0));
		EXPECT_EQ(-EINVAL, tt_set(c, both[j], info, len));
	}
	ASSERT_OK(tt_exchange(c));
}

/* A cipher that the crypto API lacks is ENOENT and leaves nothing behind. */
TT_TEST_F(ulp, cipher_lacking)
{
	const struct tt_cipher *lacking = NULL;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t len, i;

	for (i = 0; i < tt_cipher_count; i++)
		if (tt_feature_missing(tt_feature_cipher(tt_ciphers[i].number,
							 TLS_1_2)))
			lacking = &tt_ciphers[i];
	if (!lacking)
		SKIP(return, "this kernel has all ciphers");
	ASSERT_OK(tt_conn_attach(c));
	tt_keys_random(lacking, &keys);
	len = tt_cipher_pack(lacking, TLS_1_2, &keys, info);
	/* The kernel asks modprobe again each time: one direction will do. */
	EXPECT_EQ(-ENOENT, tt_set(c, v->server ? TLS_RX : TLS_TX, info, len));
	ASSERT_OK(still_usable(c));
}
