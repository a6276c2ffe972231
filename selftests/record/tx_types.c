// SPDX-License-Identifier: GPL-2.0
/* Content types on the way from the kernel to OpenSSL. */

/* Data arrives as it was sent, in one record, and the kernel's state moved on. */
TT_TEST_F(record, tx_data)
{
	struct tt_keys want = c->tx, now;
	size_t from = c->peer.msgs;

	tt_fill(out, 1000);
	ASSERT_EQ(1000, tt_send(c, out, 1000, 0)) TH_LOG("%s", tt_why());
	ASSERT_OK(tt_peer_expect_data(c, out, 1000));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1000));
	EXPECT_TRUE(openssl_saw(c, from, TLS_TYPE_DATA));

	tt_keys_advance(c->o.cipher, c->o.version, &want, 1);
	ASSERT_OK(tt_get_keys(c, TLS_TX, &now));
	EXPECT_EQ(want.seq, now.seq);
	EXPECT_EQ(0, memcmp(&want, &now, sizeof(now)));
}

/* A warning alert is an alert for OpenSSL, which goes on reading data. */
TT_TEST_F(record, tx_alert_warning)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_USER_CANCELED };
	size_t from = c->peer.msgs;
	const struct tt_msg *m;

	tt_fill(out, 64);
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_EQ(64, tt_send(c, out, 64, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 64));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_ALERT, alert, 2));
	EXPECT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out, 64));
	EXPECT_TRUE(openssl_saw(c, from, TLS_TYPE_ALERT));
	m = openssl_read(c, from, TLS_TYPE_ALERT);
	ASSERT_NE(NULL, m);
	EXPECT_EQ(TLS_ALERT_WARNING, m->first);
	EXPECT_EQ(TLS_ALERT_USER_CANCELED, m->second);
}

/* OpenSSL takes the kernel's close_notify for the end of data. */
TT_TEST_F(record, tx_close_notify)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_CLOSE_NOTIFY };

	tt_fill(out, 64);
	ASSERT_EQ(64, tt_send(c, out, 64, 0));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 64));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_ALERT, alert, 2));
	EXPECT_EQ(-EPIPE, tt_peer_poll(c)) TH_LOG("%s", tt_why());
	EXPECT_EQ(SSL_RECEIVED_SHUTDOWN, SSL_get_shutdown(c->peer.ssl));
}

/* A fatal alert makes OpenSSL give up with that alert as the reason. */
TT_TEST_F(record, tx_alert_fatal)
{
	const unsigned char alert[] = { TLS_ALERT_FATAL,
					SSL_AD_INTERNAL_ERROR };
	size_t from = c->peer.msgs;
	const struct tt_msg *m;

	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_ALERT, alert, 2));
	EXPECT_EQ(-EPROTO, tt_peer_poll(c));
	EXPECT_EQ(SSL_R_TLSV1_ALERT_INTERNAL_ERROR, tt_peer_reason());
	m = openssl_read(c, from, TLS_TYPE_ALERT);
	ASSERT_NE(NULL, m);
	EXPECT_EQ(TLS_ALERT_FATAL, m->first);
	EXPECT_EQ(SSL_AD_INTERNAL_ERROR, m->second);
}

/* A handshake message is one for OpenSSL: KeyUpdate in 1.3, else HelloRequest. */
TT_TEST_F(record, tx_handshake)
{
	static const unsigned char key_update[] = { SSL3_MT_KEY_UPDATE, 0, 0, 1,
						    0 };
	static const unsigned char hello[] = { SSL3_MT_HELLO_REQUEST, 0, 0, 0 };
	bool tls13 = c->o.version == TLS_1_3;
	const unsigned char *message = tls13 ? key_update : hello;
	size_t len = tls13 ? sizeof(key_update) : sizeof(hello);
	size_t from = c->peer.msgs;
	const struct tt_msg *m;

	ASSERT_EQ(len, tt_send_type(c, TLS_TYPE_HANDSHAKE, message, len, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_HANDSHAKE, message, len));
	/* An OpenSSL server does not expect a HelloRequest, and says so. */
	EXPECT_EQ(tls13 || c->o.server ? 0 : -EPROTO, tt_peer_poll(c))
		TH_LOG("%s", tt_why());
	EXPECT_TRUE(openssl_saw(c, from, TLS_TYPE_HANDSHAKE));
	if (tls13 || c->o.server) {
		m = openssl_read(c, from, TLS_TYPE_HANDSHAKE);
		ASSERT_NE(NULL, m);
		EXPECT_EQ(message[0], m->first);
	}
}

/* Any other type goes out as it was given, each in a record of its own. */
TT_TEST_F(record, tx_unknown_types)
{
	size_t i, at = 0;

	tt_fill(out, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(unknown_types); i++, at += 100) {
		ASSERT_EQ(100, tt_send_type(c, unknown_types[i], out + at, 100,
					    0));
		ASSERT_OK(tt_peer_expect(c, i, unknown_types[i], out + at,
					 100));
	}
}

/* OpenSSL answers a type it does not know with an alert, and the kernel hands
 * that alert to us.
 */
TT_TEST_F(record, tx_unknown_type_alert)
{
	int reason = c->o.version == TLS_1_3 ? SSL_R_BAD_RECORD_TYPE :
					       SSL_R_UNEXPECTED_RECORD;
	int type;

	tt_fill(out, 10);
	ASSERT_EQ(10, tt_send_type(c, 99, out, 10, 0));
	ASSERT_OK(tt_peer_expect(c, 0, 99, out, 10));
	EXPECT_EQ(-EPROTO, tt_peer_poll(c));
	EXPECT_EQ(reason, tt_peer_reason());
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_FATAL, in[0]);
	EXPECT_EQ(TLS_ALERT_UNEXPECTED_MESSAGE, in[1]);
}

/* Data left open by MSG_MORE is not merged with a record of another type. */
TT_TEST_F(record, tx_no_merge)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_USER_CANCELED };
	__u64 seq = tt_seq(c, TLS_TX);

	tt_fill(out, 300);
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	EXPECT_EQ(seq + 2, tt_seq(c, TLS_TX));
	ASSERT_EQ(200, tt_send(c, out + 100, 200, 0));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	EXPECT_OK(tt_peer_expect(c, 1, TLS_TYPE_ALERT, alert, 2));
	EXPECT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out + 100, 200));
	ASSERT_OK(tt_peer_expect_data(c, out, 300));
}

/* A record type given with no data makes no record. */
TT_TEST_F(record, tx_empty)
{
	__u64 seq = tt_seq(c, TLS_TX);

	tt_fill(out, 10);
	EXPECT_EQ(0, tt_send_type(c, TLS_TYPE_ALERT, out, 0, 0));
	EXPECT_EQ(0, tt_send(c, out, 0, 0));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(10, tt_send(c, out, 10, 0));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 10));
}

/* A message with one control message of @type and @len bytes of data in it. */
static long send_cmsg(struct tt_conn *c, int level, int type, size_t len,
		      int flags)
{
	union {
		char buf[CMSG_SPACE(16)];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { out, 10 };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	*CMSG_DATA(cmsg) = TLS_TYPE_ALERT;
	return tt_sendmsg(c, &m, flags, -1);
}

/* Control messages that are refused leave the connection as it was. */
TT_TEST_F(record, tx_cmsg_refused)
{
	__u64 seq = tt_seq(c, TLS_TX);

	tt_fill(out, 20);
	/* a type together with MSG_MORE */
	EXPECT_EQ(-EINVAL, send_cmsg(c, SOL_TLS, TLS_SET_RECORD_TYPE, 1,
				     MSG_MORE));
	/* too short for a type */
	EXPECT_EQ(-EINVAL, send_cmsg(c, SOL_TLS, TLS_SET_RECORD_TYPE, 0, 0));
	/* one that is for receiving only, and one that does not exist */
	EXPECT_EQ(-EINVAL, send_cmsg(c, SOL_TLS, TLS_GET_RECORD_TYPE, 1, 0));
	EXPECT_EQ(-EINVAL, send_cmsg(c, SOL_TLS, 99, 1, 0));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));

	ASSERT_EQ(20, tt_send(c, out, 20, 0));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 20));
	ASSERT_OK(tt_peer_expect_data(c, out, 20));
}

/* A refused control message does not lose data that MSG_MORE left open. */
TT_TEST_F(record, tx_cmsg_refused_keeps_open)
{
	tt_fill(out, 20);
	ASSERT_EQ(10, tt_send(c, out, 10, MSG_MORE));
	EXPECT_EQ(-EINVAL, send_cmsg(c, SOL_TLS, TLS_SET_RECORD_TYPE, 0, 0));
	ASSERT_EQ(10, tt_send(c, out + 10, 10, 0));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 20));
}

/* A message flag that TLS has no meaning for is refused, not ignored. */
TT_TEST_F(record, tx_flag_refused)
{
	tt_fill(out, 20);
	EXPECT_EQ(-EOPNOTSUPP, tt_send(c, out, 20, MSG_OOB));
	ASSERT_EQ(20, tt_send(c, out, 20, 0));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 20));
	ASSERT_OK(tt_peer_expect_data(c, out, 20));
}
