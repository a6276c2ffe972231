// SPDX-License-Identifier: GPL-2.0
/* Ends of connections: close_notify, alerts, end of file, bad records. */

/* close_notify by one side: the other is told after all data, and may go on to send
 * until it closes too.
 */
TT_TEST_F(app, shutdown)
{
	struct duo d;
	int who;

	APP_BEGIN();
	for (who = 0; who < 2; who++) {
		SSL *a, *b;

		ASSERT_OK(duo_open(&d, v, v->server, BOTH));
		a = ssl_of(&d, who);
		b = ssl_of(&d, !who);
		/* The client has taken the tickets. */
		ASSERT_OK(duo_exchange(&d));
		tt_fill(out, 40000);
		ASSERT_EQ(40000, SSL_write(a, out, 40000));
		ASSERT_EQ(0, SSL_shutdown(a));
		ASSERT_OK(read_rest(&d, who, 0, 40000));
		ASSERT_OK(tt_wait_fd(d.fd[!who], POLLIN, "close_notify"));
		EXPECT_EQ(-EPIPE, duo_poll(&d, !who));
		EXPECT_EQ(SSL_RECEIVED_SHUTDOWN, SSL_get_shutdown(b));
		EXPECT_EQ(-EPIPE, duo_poll(&d, !who));
		EXPECT_GE(0, SSL_write(a, out, 1));
		ERR_clear_error();

		ASSERT_OK(duo_move(&d, !who, 40000));
		EXPECT_EQ(1, SSL_shutdown(b));
		ASSERT_OK(tt_wait_fd(d.fd[who], POLLIN, "close_notify"));
		EXPECT_EQ(1, SSL_shutdown(a));
		EXPECT_EQ(SSL_RECEIVED_SHUTDOWN | SSL_SENT_SHUTDOWN,
			  SSL_get_shutdown(a));
		duo_close(&d);
	}
	EXPECT_OK(app_counted(t, 2 * count_expected(&d, TLS_TX),
			      2 * count_expected(&d, TLS_RX)));
}

/* End of file without close_notify is not taken for an end of data. */
TT_TEST_F(app, truncated)
{
	struct duo d;
	int who;

	APP_BEGIN();
	for (who = 0; who < 2; who++) {
		ASSERT_OK(duo_open(&d, v, v->server, BOTH));
		ASSERT_OK(duo_exchange(&d));
		tt_fill(out, 20000);
		ASSERT_EQ(20000, SSL_write(ssl_of(&d, who), out, 20000));
		shutdown(d.fd[who], SHUT_WR);
		ASSERT_OK(read_rest(&d, who, 0, 20000));
		EXPECT_EQ(-EPROTO, duo_verdict(&d, !who));
		EXPECT_NE(NULL, strstr(tt_why(), "unexpected eof")) {
			TH_LOG("%s", tt_why());
		}
		duo_close(&d);
	}
	EXPECT_OK(app_counted(t, 2 * count_expected(&d, TLS_TX),
			      2 * count_expected(&d, TLS_RX)));
}

/* A record of a type, by the kernel, past OpenSSL. */
static long send_type(int fd, unsigned char type, const void *buf, size_t len)
{
	union {
		char buf[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { (void *)buf, len };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(cmsg) = type;
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

/* @who gave up for @why, and the other end gets its alert, which says @alert (unless
 * that is 0).
 */
static void gives_up(struct __test_metadata *_metadata, struct duo *d, int who,
		     int why, int alert)
{
	ERR_clear_error();
	ASSERT_OK(tt_wait_fd(d->fd[who], POLLIN, "a bad record"));
	EXPECT_GE(0, SSL_read(ssl_of(d, who), in, 1));
	EXPECT_EQ(why, ERR_GET_REASON(ERR_peek_error())) {
		TH_LOG("%s", ERR_reason_error_string(ERR_peek_error()));
	}
	ERR_clear_error();
	if (!alert)
		return;
	ASSERT_OK(tt_wait_fd(d->fd[!who], POLLIN, "the alert"));
	EXPECT_GE(0, SSL_read(ssl_of(d, !who), in, 1));
	EXPECT_EQ(SSL_AD_REASON_OFFSET + alert,
		  ERR_GET_REASON(ERR_peek_error())) {
		TH_LOG("%s", ERR_reason_error_string(ERR_peek_error()));
	}
	ERR_clear_error();
}

/* A type that nobody knows: the reader's alert comes back, and is told. */
TT_TEST_F(app, unknown_type)
{
	int reason = v->version == TLS_1_3 ? SSL_R_BAD_RECORD_TYPE :
					     SSL_R_UNEXPECTED_RECORD;
	struct duo d;
	int who;

	APP_BEGIN();
	for (who = 0; who < 2; who++) {
		ASSERT_OK(duo_open(&d, v, v->server, BOTH));
		ASSERT_OK(duo_exchange(&d));
		ASSERT_EQ(10, send_type(d.fd[who], 99, out, 10));
		gives_up(_metadata, &d, !who, reason,
			 SSL_AD_UNEXPECTED_MESSAGE);
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* A bad record, written by the peer past its OpenSSL. */
static int bad_record(struct duo *d, int version, int len)
{
	unsigned char wire[TLS_HEADER_SIZE + 100] = {
		TLS_TYPE_DATA, version >> 8, version, len >> 8, len,
	};

	tt_fill(wire + TLS_HEADER_SIZE, 100);
	return tt_write_all(d->fd[1], wire, sizeof(wire));
}

/* What the kernel makes of a bad record is to the application what OpenSSL makes of
 * it. (The kernel's socket has failed then, so that OpenSSL's alert may not get out.)
 */
TT_TEST_F(app, bad_records)
{
	static const struct {
		int version, len, reason;
	} bad[] = {
		{ 0x0303, 100, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC },
		{ 0x0305, 100, SSL_R_WRONG_VERSION_NUMBER },
		{ 0x0303, 0xffff, SSL_R_PACKET_LENGTH_TOO_LONG },
	};
	struct duo d;
	size_t i;

	APP_BEGIN();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_OK(duo_open(&d, v, v->server, US));
		ASSERT_OK(duo_exchange(&d));
		ASSERT_OK(bad_record(&d, bad[i].version, bad[i].len));
		gives_up(_metadata, &d, 0, bad[i].reason, 0);
		duo_close(&d);
	}
	EXPECT_EQ(expected(&d, 0, TLS_RX), tt_stat_delta("TlsDecryptError"));
	tt_cgroup_leave();
}
