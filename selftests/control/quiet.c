// SPDX-License-Identifier: GPL-2.0
/*
 * The events of calls are off, so tls_trace looks at a call only for what has passed.
 * The library compares at the end of each test what it has counted, and the events
 * alert, rekey and close, with the ledger.
 */

/* The calls are known by their counters alone. */
static int quiet(struct tt_conn *c)
{
	c->ledger.unordered = true;
	return tt_trace_quiet();
}

/* A KeyUpdate, as the peer sends it in a record of its own. */
static int peer_update(struct tt_conn *c, int request)
{
	unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, request };

	if (!tt_feature_missing("rekey"))
		tt_stat_expect("TlsRxRekeyReceived", 1);
	return tt_peer_record(c, TLS_TYPE_HANDSHAKE, update, sizeof(update), 0);
}

/* Alerts between data: each is counted, and told of with its record's number. */
TT_TEST_F(quiet, rx_alerts)
{
	unsigned char alert[2];
	int type;
	size_t i;

	ASSERT_OK(quiet(c));
	tt_fill(out, 100);
	for (i = 0; i < ARRAY_SIZE(alerts); i++) {
		alert[0] = 1 + (i & 1);
		alert[1] = alerts[i];
		if (i % 3)
			ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100,
						 0));
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
		if (i % 3) {
			ASSERT_EQ(100, tt_recv_type(c, &type, in, sizeof(in),
						    0));
			EXPECT_EQ(TLS_TYPE_DATA, type);
		}
		ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_ALERT, type);
		EXPECT_EQ(0, memcmp(in, alert, 2));
	}
	EXPECT_EQ(ARRAY_SIZE(alerts), c->ledger.alerts);
}

/* One that is looked at twice has passed once. */
TT_TEST_F(quiet, rx_peeked)
{
	static const unsigned char alert[] = { 2, SSL_AD_INTERNAL_ERROR };
	int type;

	ASSERT_OK(quiet(c));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), MSG_PEEK));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(1, c->ledger.alerts);
}

/* No alert: one whose second byte comes alone, an empty one, one of another type;
 * and a call that fails, or gets nothing.
 */
TT_TEST_F(quiet, rx_none)
{
	static const unsigned char alert[] = { 2, SSL_AD_INTERNAL_ERROR };
	int type, i;

	ASSERT_OK(quiet(c));
	ASSERT_EQ(-EAGAIN, tt_recv_type(c, &type, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 0, 0));
	ASSERT_OK(tt_peer_record(c, 99, alert, 2, 0));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(1, tt_recv_type(c, &type, in + i, 1, 0));
		EXPECT_EQ(TLS_TYPE_ALERT, type);
	}
	EXPECT_EQ(0, memcmp(in, alert, 2));
	ASSERT_EQ(0, tt_recv_type(c, &type, in, 100, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(-EIO, tt_recv(c, in, 100, 0));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 100, 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(0, c->ledger.alerts);
}

/* Alerts that are sent, to OpenSSL: the same. */
TT_TEST_F(quiet, tx_alert)
{
	ASSERT_OK(quiet(c));
	tt_fill(out, 100);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 100));
	ASSERT_EQ(-EPROTO, send_alert(c, TLS_ALERT_FATAL,
				      SSL_AD_INTERNAL_ERROR));
	EXPECT_EQ(1, c->ledger.alerts);
}

/* KeyUpdates, and a ticket, which is none: each is counted and told of, and whether
 * it asks for another.
 */
TT_TEST_F(quiet13, rx_key_update)
{
	int type;

	ASSERT_OK(quiet(c));
	put_message(out, SSL3_MT_NEWSESSION_TICKET, 1);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 5, 0));
	ASSERT_EQ(5, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(0, c->ledger.steps);
	ASSERT_OK(peer_update(c, 1));
	ASSERT_OK(tt_rekey_read_update(c, true));
	EXPECT_EQ(1, c->ledger.steps);
	if (tt_feature_missing("rekey")) {
		ASSERT_OK(peer_update(c, 0));
		ASSERT_OK(tt_rekey_read_update(c, false));
		EXPECT_EQ(2, c->ledger.steps);
		return;
	}
	EXPECT_EQ(-EKEYEXPIRED, tt_recv_type(c, &type, in, 100, 0));
	ASSERT_OK(tt_peer_next_key(c));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(peer_update(c, 0));
	ASSERT_OK(tt_rekey_read_update(c, false));
	EXPECT_EQ(4, c->ledger.steps);
}
