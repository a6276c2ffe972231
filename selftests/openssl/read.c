// SPDX-License-Identifier: GPL-2.0
/* SSL_read and its relatives. */

/* Wait until so much has come for an end, none of which was read. */
static int wait_queued(struct duo *d, int who, int bytes)
{
	long long limit = tt_now_ms() + TT_WAIT_MS;
	int queued = 0;

	do {
		if (ioctl(d->fd[who], SIOCINQ, &queued))
			return tt_fail(errno, "SIOCINQ: %s", strerror(errno));
		if (queued >= bytes)
			return 0;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < limit);
	return tt_fail(ETIMEDOUT, "%d of %d bytes came", queued, bytes);
}

/* SSL_peek takes nothing, SSL_pending tells what is left of a record. */
TT_TEST_F(app, peek_pending)
{
	int i, first;
	struct duo d;

	APP_BEGIN();
	for (i = 0; i < 2; i++) {
		SSL *ssl;

		ASSERT_OK(duo_open(&d, v, i, BOTH));
		ASSERT_OK(duo_exchange(&d));
		ssl = ssl_of(&d, 0);
		tt_fill(out, 2000);
		ASSERT_EQ(1000, SSL_write(ssl_of(&d, 1), out, 1000));
		ASSERT_EQ(1000, SSL_write(ssl_of(&d, 1), out + 1000, 1000));
		ASSERT_OK(wait_queued(&d, 0, 2000));
		EXPECT_EQ(0, SSL_pending(ssl));
		ASSERT_EQ(10, SSL_peek(ssl, in, 10));
		EXPECT_EQ(0, memcmp(in, out, 10));
		/* The kernel gives several records at once for one. */
		first = by_ktls(&d, 0, TLS_RX) ? 2000 : 1000;
		EXPECT_EQ(first, SSL_pending(ssl));
		ASSERT_EQ(first, SSL_peek(ssl, in, 5000));
		EXPECT_EQ(0, memcmp(in, out, first));
		ASSERT_EQ(300, SSL_read(ssl, in, 300));
		EXPECT_EQ(first - 300, SSL_pending(ssl));
		ASSERT_EQ(700, SSL_read(ssl, in + 300, 700));
		EXPECT_EQ(first - 1000, SSL_pending(ssl));
		ASSERT_EQ(1, SSL_read(ssl, in + 1000, 1));
		EXPECT_EQ(999, SSL_pending(ssl));
		ASSERT_EQ(999, SSL_peek(ssl, in + 1001, 5000));
		ASSERT_EQ(999, SSL_read(ssl, in + 1001, 5000));
		EXPECT_EQ(0, SSL_pending(ssl));
		EXPECT_OK(same(&d, 0, 2000));
		EXPECT_EQ(-1, SSL_peek(ssl, in, 1));
		EXPECT_EQ(SSL_ERROR_WANT_READ, SSL_get_error(ssl, -1));
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* Large records read in steps of every small size. */
TT_TEST_F(app, read_steps)
{
	size_t len = 3 * TLS_MAX_PAYLOAD, at = 0;
	struct duo d;
	int n, step;

	APP_BEGIN();
	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	tt_fill(out, len);
	ASSERT_EQ(len, SSL_write(ssl_of(&d, 1), out, len));
	for (step = 1; at < len; step += 7) {
		n = SSL_read(ssl_of(&d, 0), in + at, step);
		if (n <= 0) {
			ASSERT_OK(wants(&d, 0, n, "reading"));
			ASSERT_OK(wait_pair(&d, 1, false));
			continue;
		}
		at += n;
	}
	EXPECT_OK(same(&d, 0, len));
	duo_close(&d);
	tt_cgroup_leave();
}

/* With read-ahead, OpenSSL may have a record of the kernel's in its own buffer when
 * it sets TLS_RX: whatever it does then, no record may get lost.
 */
TT_TEST_F(app, read_ahead)
{
	int i, who, server;
	struct duo d;

	APP_BEGIN();
	for (server = 0; server < 2; server++) {
		ASSERT_OK(duo_prepare(&d, v, server, BOTH));
		for (i = 0; i < 2; i++)
			SSL_set_read_ahead(ssl_of(&d, i), 1);
		ASSERT_OK(duo_shake(&d));
		for (who = 0; who < 2; who++)
			ASSERT_OK(is_direction(&d, who, TLS_RX,
					       by_ktls(&d, who, TLS_RX)));
		ASSERT_OK(duo_exchange(&d));
		ASSERT_OK(duo_move(&d, 0, 70000));
		ASSERT_OK(duo_move(&d, 1, 70000));
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* Application data that is there already when the handshake ends: a client of TLS
 * 1.3 sends with its Finished, and the server sets TLS_RX with it all queued.
 */
TT_TEST_F(app, early_bird)
{
	size_t len = 50000, at = 0;
	int n, step, role;
	struct duo d;
	bool done;

	APP_BEGIN();
	for (role = 0; role < 2; role++) {
		int client, server;

		ASSERT_OK(duo_prepare(&d, v, role, BOTH));
		server = server_of(&d);
		client = !server;
		/* Step by step until the client is done and the server is not. */
		for (done = false, step = 0; !done && step < 100; step++) {
			ASSERT_OK(shake_step(&d, client, &done));
			if (!done)
				ASSERT_OK(shake_step(&d, server,
						     &(bool){ false }));
		}
		ASSERT_TRUE(done);
		tt_fill(out, len);
		n = SSL_write(ssl_of(&d, client), out, len);
		ASSERT_EQ(len, n);
		ASSERT_OK(wait_queued(&d, server, len));
		for (at = 0; at < len;) {
			ASSERT_OK(read_some(&d, server, &at, len));
			if (at < len)
				ASSERT_OK(wait_pair(&d, client, false));
		}
		ASSERT_OK(same(&d, server, len));
		EXPECT_OK(is_as_expected(&d));
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
	}
	tt_cgroup_leave();
}
