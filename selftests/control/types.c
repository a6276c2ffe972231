// SPDX-License-Identifier: GPL-2.0
/* All content types and alerts, towards OpenSSL and the reference layer. */

/* Each of the 255 types goes out as it was given, in a record of its own, between
 * data that is not taken along.
 */
TT_TEST_F(control, tx_all_types)
{
	size_t rec = 0;
	int type, n;

	for (type = 1; type < 256; type++) {
		n = 2 + tt_random() % 49;
		tt_fill(out, 100);
		/* Nothing of the key change that a KeyUpdate would be. */
		out[50] = SSL3_MT_FINISHED;
		ASSERT_EQ(50, tt_send(c, out, 50, type & 1 ? MSG_MORE : 0));
		ASSERT_EQ(n, tt_send_type(c, type, out + 50, n, 0));
		ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA, out, 50));
		ASSERT_OK(tt_peer_expect(c, rec++, type, out + 50, n));
	}
	EXPECT_EQ(c->tx.seq + rec, tt_seq(c, TLS_TX));
}

/* Type 0 is sent as given too. In TLS 1.3 it is what padding is made of, so that a
 * peer takes the last byte of the data for the type.
 */
TT_TEST_F(control, tx_type_0)
{
	const struct tt_record *r;

	tt_fill(out, 20);
	out[19] = 42;
	ASSERT_EQ(20, tt_send_type(c, 0, out, 20, 0));
	ASSERT_OK(tt_peer_records(c, 1));
	r = &c->rec[0];
	ASSERT_TRUE(r->authentic);
	if (c->o.version == TLS_1_3) {
		EXPECT_EQ(42, r->type);
		EXPECT_EQ(1, r->pad);
		ASSERT_EQ(19, r->len);
	} else {
		EXPECT_EQ(0, r->type);
		ASSERT_EQ(20, r->len);
	}
	EXPECT_EQ(0, memcmp(r->data, out, r->len));
}

/* The alerts that a TLS library sends (RFC 8446 6, RFC 5246 7.2). */
static const unsigned char alerts[] = {
	SSL_AD_UNEXPECTED_MESSAGE, SSL_AD_BAD_RECORD_MAC,
	SSL_AD_DECRYPTION_FAILED, SSL_AD_RECORD_OVERFLOW,
	SSL_AD_DECOMPRESSION_FAILURE, SSL_AD_HANDSHAKE_FAILURE,
	SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE,
	SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED,
	SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_ILLEGAL_PARAMETER,
	SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED, SSL_AD_DECODE_ERROR,
	SSL_AD_DECRYPT_ERROR, SSL_AD_EXPORT_RESTRICTION,
	SSL_AD_PROTOCOL_VERSION, SSL_AD_INSUFFICIENT_SECURITY,
	SSL_AD_INTERNAL_ERROR, SSL_AD_INAPPROPRIATE_FALLBACK,
	SSL_AD_NO_RENEGOTIATION, SSL_AD_MISSING_EXTENSION,
	SSL_AD_UNSUPPORTED_EXTENSION, SSL_AD_CERTIFICATE_UNOBTAINABLE,
	SSL_AD_UNRECOGNIZED_NAME, SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE,
	SSL_AD_BAD_CERTIFICATE_HASH_VALUE, SSL_AD_UNKNOWN_PSK_IDENTITY,
	SSL_AD_CERTIFICATE_REQUIRED, SSL_AD_NO_APPLICATION_PROTOCOL,
};

/* OpenSSL reads level and description of every alert as they were sent, and, fatal
 * ones ending a connection, gives up with the first of them.
 */
TT_TEST_F(control, tx_all_alerts)
{
	unsigned char alert[2] = { TLS_ALERT_FATAL };
	const struct tt_msg *m;
	size_t from = c->peer.msgs, i;

	/* One fatal alert is OpenSSL's last: of the others see the record. */
	for (i = 0; i < ARRAY_SIZE(alerts); i++) {
		alert[1] = alerts[i];
		ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
		ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_ALERT, alert, 2));
	}
	EXPECT_EQ(-EPROTO, tt_peer_poll(c));
	EXPECT_EQ(SSL_AD_REASON_OFFSET + alerts[0], tt_peer_reason());
	m = openssl_read(c, from, TLS_TYPE_ALERT);
	ASSERT_NE(NULL, m);
	EXPECT_EQ(TLS_ALERT_FATAL, m->first);
	EXPECT_EQ(alerts[0], m->second);
}

/* Every alert of the peer, of both levels, is told with its two bytes. */
TT_TEST_F(control, rx_all_alerts)
{
	unsigned char alert[2];
	int type;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(alerts); i++) {
		alert[0] = i & 1 ? TLS_ALERT_FATAL : TLS_ALERT_WARNING;
		alert[1] = alerts[i / 2];
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
		ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_ALERT, type);
		ASSERT_EQ(0, memcmp(in, alert, 2));
	}
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_EQ(100, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}
