// SPDX-License-Identifier: GPL-2.0
/* All alerts, of either level, in both directions. */

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

/* A new connection, since OpenSSL goes on with none after a fatal alert. */
static int alert_conn(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int err = tt_test_conn(t, &o, c);

	return err ?: tt_conn_start(*c);
}

/* Send an alert, and see what OpenSSL reads. Return: as tt_peer_poll(). */
static int send_alert(struct tt_conn *c, int level, int description)
{
	unsigned char alert[2] = { level, description };
	size_t from = c->peer.msgs, rec = c->recs;
	const struct tt_msg *m;
	int err, verdict;

	if (tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0) != 2)
		return -EIO;
	err = tt_peer_expect(c, rec, TLS_TYPE_ALERT, alert, 2);
	if (err)
		return err;
	verdict = tt_peer_poll(c);
	m = openssl_read(c, from, TLS_TYPE_ALERT);
	if (!m || m->first != level || m->second != description)
		return tt_fail(EBADMSG, "OpenSSL read alert %d %d, not %d %d",
			       m ? m->first : 0, m ? m->second : 0, level,
			       description);
	return verdict;
}

/* OpenSSL reads level and description of every fatal alert as they were sent, and
 * gives up with just that one.
 */
TT_TEST_F(control, tx_all_alerts)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(alerts); i++) {
		ASSERT_OK(alert_conn(t, &c));
		ASSERT_EQ(-EPROTO, send_alert(c, TLS_ALERT_FATAL, alerts[i]))
			TH_LOG("alert %d: %s", alerts[i], tt_why());
		ASSERT_EQ(SSL_AD_REASON_OFFSET + alerts[i], tt_peer_reason());
	}
}

/* In TLS 1.2 a warning ends nothing: OpenSSL reads it, and the data behind it. */
TT_TEST_F(control, tx_all_warnings)
{
	size_t i;

	if (v->version == TLS_1_3)
		SKIP(return, "TLS 1.3 has no warnings but two");
	for (i = 0; i < ARRAY_SIZE(alerts); i++) {
		/* The answer to what was not asked for: see below. */
		if (alerts[i] == SSL_AD_NO_RENEGOTIATION)
			continue;
		ASSERT_EQ(0, send_alert(c, TLS_ALERT_WARNING, alerts[i]))
			TH_LOG("alert %d: %s", alerts[i], tt_why());
		tt_fill(out, 30);
		ASSERT_EQ(30, tt_send(c, out, 30, 0));
		ASSERT_OK(tt_peer_expect_data(c, out, 30));
	}
}

/* In TLS 1.3 an error is one whatever its level says (RFC 8446 6), and only
 * user_canceled is none.
 */
TT_TEST_F(control13, tx_warnings)
{
	size_t i;

	ASSERT_EQ(0, send_alert(c, TLS_ALERT_WARNING, SSL_AD_USER_CANCELLED))
		TH_LOG("%s", tt_why());
	tt_fill(out, 30);
	ASSERT_EQ(30, tt_send(c, out, 30, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 30));
	for (i = tt_random() % 5; i < ARRAY_SIZE(alerts); i += 5) {
		ASSERT_OK(alert_conn(t, &c));
		ASSERT_EQ(-EPROTO, send_alert(c, TLS_ALERT_WARNING, alerts[i]))
			TH_LOG("alert %d: %s", alerts[i], tt_why());
		ASSERT_EQ(SSL_AD_REASON_OFFSET + alerts[i], tt_peer_reason());
	}
}

/* OpenSSL's own alert, the answer to one that it does not accept, is read as it is. */
TT_TEST_F(control, rx_answer)
{
	int type;

	if (v->version == TLS_1_3)
		SKIP(return, "TLS 1.3 has no renegotiation to refuse");
	ASSERT_EQ(-EPROTO, send_alert(c, TLS_ALERT_WARNING,
				      SSL_AD_NO_RENEGOTIATION));
	EXPECT_EQ(SSL_R_NO_RENEGOTIATION, tt_peer_reason());
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_FATAL, in[0]);
	EXPECT_EQ(SSL_AD_HANDSHAKE_FAILURE, in[1]);
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
