// SPDX-License-Identifier: GPL-2.0
/* What sock_diag, and so ss, tells of a TLS socket. */

static int told(int fd, const char *ulp, const struct tt_diag *want)
{
	struct tt_diag d;
	int err = tt_diag(fd, &d);

	if (err)
		return err;
	if (strcmp(d.ulp, ulp))
		return tt_fail(EBADMSG, "ULP is \"%s\", not \"%s\"", d.ulp, ulp);
	return same("nest of TLS", d.tls, want->tls) ?:
	       same("version", d.version, want->version) ?:
	       same("cipher", d.cipher, want->cipher) ?:
	       same("txconf", d.txconf, want->txconf) ?:
	       same("rxconf", d.rxconf, want->rxconf) ?:
	       same("zc_ro", d.zc_ro, want->zc_ro) ?:
	       same("no_pad", d.no_pad, want->no_pad) ?:
	       same("max payload", d.max_payload, want->max_payload) ?:
	       same("unknown attributes", d.unknown, 0);
}

/* Nothing but TCP, then the ULP with no key. */
static void no_keys(struct tt_diag *want)
{
	memset(want, 0, sizeof(*want));
	want->version = -1;
	want->cipher = -1;
	want->txconf = -1;
	want->rxconf = -1;
	want->max_payload = -1;
}

static void attached(struct tt_diag *want)
{
	no_keys(want);
	want->tls = true;
	want->txconf = TT_CONF_BASE;
	want->rxconf = TT_CONF_BASE;
	if (!tt_feature_missing("tx-max-payload"))
		want->max_payload = TLS_MAX_PAYLOAD;
}

/* Before the ULP, with it, half keyed in either order, and keyed. */
TT_TEST_F(diag, stages)
{
	struct tt_diag want;
	int first;

	for (first = TLS_TX; first <= TLS_RX; first++) {
		bool tx = first == TLS_TX;

		ASSERT_OK(open_raw(t, &c));
		no_keys(&want);
		ASSERT_OK(told(c->fd, "", &want));
		ASSERT_OK(tt_conn_attach(c));
		attached(&want);
		ASSERT_OK(told(c->fd, v->ulp, &want));
		/* A refused key changes nothing. */
		EXPECT_EQ(-EINVAL, tt_set(c, first, out, 40));
		ASSERT_OK(told(c->fd, v->ulp, &want));
		ASSERT_OK(tt_set_keys(c, first, tx ? &c->tx : &c->rx));
		want.version = v->version;
		want.cipher = v->cipher;
		want.txconf = tx ? TT_CONF_SW : TT_CONF_BASE;
		want.rxconf = tx ? TT_CONF_BASE : TT_CONF_SW;
		ASSERT_OK(told(c->fd, v->ulp, &want));
		ASSERT_OK(tt_set_keys(c, tx ? TLS_RX : TLS_TX,
				      tx ? &c->rx : &c->tx));
		want.txconf = TT_CONF_SW;
		want.rxconf = TT_CONF_SW;
		ASSERT_OK(told(c->fd, v->ulp, &want));
		/* The other end is none of it. */
		no_keys(&want);
		ASSERT_OK(told(c->peer_fd, "", &want));
	}
}

/* Options show as long as they are set. */
TT_TEST_F(account, diag_options)
{
	struct tt_diag want;
	unsigned int on = 1, off = 0;
	__u16 most = 1000;

	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	attached(&want);
	want.version = v->version;
	want.cipher = v->cipher;
	want.txconf = TT_CONF_SW;
	want.rxconf = TT_CONF_SW;
	/* It is for devices only that zero-copy makes a difference. */
	ASSERT_EQ(0, tt_set(c, TLS_TX_ZEROCOPY_RO, &on, sizeof(on)));
	ASSERT_OK(told(c->fd, v->ulp, &want));
	if (v->version == TLS_1_3) {
		ASSERT_EQ(0, tt_set(c, TLS_RX_EXPECT_NO_PAD, &on, sizeof(on)));
		want.no_pad = true;
		ASSERT_OK(told(c->fd, v->ulp, &want));
		ASSERT_EQ(0, tt_set(c, TLS_RX_EXPECT_NO_PAD, &off,
				    sizeof(off)));
		want.no_pad = false;
		ASSERT_OK(told(c->fd, v->ulp, &want));
	} else {
		EXPECT_EQ(-EINVAL, tt_set(c, TLS_RX_EXPECT_NO_PAD, &on,
					  sizeof(on)));
		ASSERT_OK(told(c->fd, v->ulp, &want));
	}
	if (want.max_payload > 0) {
		ASSERT_EQ(0, tt_set(c, TLS_TX_MAX_PAYLOAD_LEN, &most,
				    sizeof(most)));
		want.max_payload = most;
		ASSERT_OK(told(c->fd, v->ulp, &want));
	}
}

/* Each socket has its own, and data changes none of it. */
TT_TEST_F(account, diag_of_many)
{
	struct tt_diag base, tx;
	struct tt_conn *a, *b;

	ASSERT_OK(open_raw(t, &a));
	ASSERT_OK(open_raw(t, &b));
	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_attach(a));
	ASSERT_OK(tt_conn_attach(b));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_set_keys(b, TLS_TX, &b->tx));
	tt_fill(out, 1000);
	ASSERT_EQ(1000, tt_send(b, out, 1000, 0));
	ASSERT_OK(tt_peer_expect(b, 0, TLS_TYPE_DATA, out, 1000));
	attached(&base);
	tx = base;
	tx.version = v->version;
	tx.cipher = v->cipher;
	tx.txconf = TT_CONF_SW;
	ASSERT_OK(told(a->fd, v->ulp, &base));
	ASSERT_OK(told(b->fd, v->ulp, &tx));
	tx.rxconf = TT_CONF_SW;
	ASSERT_OK(told(c->fd, v->ulp, &tx));
}
