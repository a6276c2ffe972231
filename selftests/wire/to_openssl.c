// SPDX-License-Identifier: GPL-2.0
/* The kernel's records changed on their way to OpenSSL. */

/* What OpenSSL says to a fault, and the alert that it sends, -1 for any. */
struct verdict {
	int reason;
	int alert;
};

static const struct verdict bad_mac = {
	SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_AD_BAD_RECORD_MAC,
};

/* Hold what the kernel sends in @n records of 100 bytes. */
static int kernel_sent(struct tt_conn *c, size_t n)
{
	size_t i;
	int err;

	tt_fill(out, 100 * n);
	for (i = 0; i < n; i++) {
		err = same("send", tt_send(c, out + 100 * i, 100, 0), 100);
		if (err)
			return err;
	}
	return tt_proxy_hold(c->proxy, TT_TO_PEER, n);
}

/* OpenSSL gives up over the record just passed on, and its alert arrives. */
static int openssl_complains(struct tt_conn *c, const struct verdict *v)
{
	int type;

	return same("OpenSSL's verdict", tt_peer_poll(c), -EPROTO) ?:
	      same("OpenSSL's reason", tt_peer_reason(), v->reason) ?:
	      tt_proxy_hold(c->proxy, TT_TO_KERNEL, 1) ?:
	      tt_proxy_pass(c->proxy, TT_TO_KERNEL, 0) ?:
	      same("recv without room for a type",
		   tt_recv(c, in, 100, 0), -EIO) ?:
	      same("alert", tt_recv_type(c, &type, in, 100, 0), 2) ?:
	      same("type", type, TLS_TYPE_ALERT) ?:
	      same("level", in[0], TLS_ALERT_FATAL) ?:
	      (v->alert < 0 ? 0 : same("description", in[1], v->alert));
}

static const struct verdict *verdict(const struct tt_conn *c,
				     enum tt_region region)
{
	static const struct verdict type13 = {
		SSL_R_BAD_RECORD_TYPE, SSL_AD_UNEXPECTED_MESSAGE,
	};
	static const struct verdict version = {
		SSL_R_WRONG_VERSION_NUMBER, -1,
	};
	bool tls13 = c->o.version == TLS_1_3;

	if (region == TT_AT_TYPE && tls13)
		return &type13;
	if (region == TT_AT_VERSION_HIGH || region == TT_AT_VERSION_LOW)
		return &version;
	return &bad_mac;
}

static int flip_one(struct tt_test *t, enum tt_region region)
{
	struct tt_conn *c;
	struct tt_held *h;
	long at;
	int err;

	err = open_proxied(t, &c) ?: kernel_sent(c, 2);
	if (err)
		return err;
	/* Left alone, they pass. */
	err = tt_proxy_pass(c->proxy, TT_TO_PEER, 0) ?:
	      tt_peer_expect_data(c, out, 100);
	if (err)
		return err;
	h = &c->proxy->held[TT_TO_PEER][1];
	at = tt_region_at(c->o.cipher, c->o.version, region, h->len);
	if (at < 0)
		return 0;
	h->wire[at] ^= 1;
	return tt_proxy_pass(c->proxy, TT_TO_PEER, 1) ?:
	       tt_peer_records(c, 2) ?:
	       openssl_complains(c, verdict(c, region));
}

/* OpenSSL sees a change of nonce, content and tag, and its alert comes through. */
TT_TEST_F(wire, flip_to_openssl)
{
	static const enum tt_region region[] = { TT_AT_NONCE_LAST,
						 TT_AT_BODY_FIRST,
						 TT_AT_TAG_LAST };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(region); i++) {
		OK_AT(flip_one(t, region[i]), "bit of %s",
		      tt_region_name(region[i]));
	}
}

/* Of all other parts too. */
TT_TEST_F(fault, flip_to_openssl)
{
	enum tt_region region;

	for (region = 0; region < TT_REGIONS; region++) {
		OK_AT(flip_one(t, region), "bit of %s",
		      tt_region_name(region));
	}
}

/* Repeated, swapped and lost records: the sequence is part of the kernel's tag. */
TT_TEST_F(fault, order_to_openssl)
{
	static const size_t order[][2] = { { 0, 0 }, { 1, 0 }, { 0, 2 } };
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		ASSERT_OK(open_proxied(t, &c));
		ASSERT_OK(kernel_sent(c, 3));
		for (k = 0; k < 2; k++) {
			ASSERT_OK(tt_proxy_pass(c->proxy, TT_TO_PEER,
						order[i][k]));
			if (order[i][k] != k)
				break;
			ASSERT_OK(tt_peer_expect_data(c, out, 100));
		}
		ASSERT_OK(tt_peer_records(c, k + 1));
		ASSERT_OK(openssl_complains(c, &bad_mac));
	}
}

/* A header that tells a byte too much or too little shows in the tag. */
TT_TEST_F(fault, length_to_openssl)
{
	struct tt_held *h;
	int by;

	for (by = -1; by <= 1; by += 2) {
		ASSERT_OK(open_proxied(t, &c));
		ASSERT_OK(kernel_sent(c, 2));
		h = c->proxy->held[TT_TO_PEER];
		tt_record_stretch(h->wire, by);
		/* Just as much as the header tells. */
		ASSERT_OK(tt_proxy_send(c->proxy, TT_TO_PEER, h->wire,
					by < 0 ? h->len - 1 : h->len));
		if (by > 0) {
			ASSERT_OK(tt_proxy_send(c->proxy, TT_TO_PEER,
						h[1].wire, 1));
		}
		ASSERT_OK(tt_peer_records(c, 1));
		ASSERT_OK(openssl_complains(c, &bad_mac));
	}
}

/* Cut at every byte of it, the kernel's record is the same for OpenSSL. */
TT_TEST_F(fault, cut_to_openssl)
{
	struct tt_held *h;
	size_t at;

	ASSERT_OK(open_proxied(t, &c));
	ASSERT_OK(kernel_sent(c, 1));
	h = &c->proxy->held[TT_TO_PEER][0];
	for (at = 0; at < h->len; at++)
		ASSERT_OK(tt_proxy_send(c->proxy, TT_TO_PEER, h->wire + at, 1));
	ASSERT_OK(tt_peer_expect_data(c, out, 100));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
}
