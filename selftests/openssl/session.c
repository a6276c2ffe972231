// SPDX-License-Identifier: GPL-2.0
/* Session tickets, resumption, early data, authentication after the handshake. */

#define TICKET_KEYS	80
#define EARLY		12000

/* Servers of both connections open each other's tickets. */
static int share_ticket_keys(struct duo *from, struct duo *to)
{
	unsigned char keys[TICKET_KEYS];

	if (SSL_CTX_get_tlsext_ticket_keys(from->end[server_of(from)].ctx,
					   keys, sizeof(keys)) != 1 ||
	    SSL_CTX_set_tlsext_ticket_keys(to->end[server_of(to)].ctx, keys,
					   sizeof(keys)) != 1)
		return tt_fail_ssl("ticket keys");
	return 0;
}

/* With tickets (the library of the tests has none in TLS 1.2), and early data. */
static int prepare_tickets(struct duo *d, const struct tt_variant *v,
			   bool server)
{
	int i, err = duo_prepare(d, v, server, BOTH);

	for (i = 0; !err && i < 2; i++) {
		SSL_clear_options(ssl_of(d, i), SSL_OP_NO_TICKET);
		SSL_set_options(ssl_of(d, i), SSL_OP_NO_ANTI_REPLAY);
		SSL_set_max_early_data(ssl_of(d, i), TLS_MAX_PAYLOAD);
	}
	return err;
}

/* The first connection of a session: full handshake, then the client has the ticket,
 * which came through the kernel where that receives.
 */
static int first_of_session(struct duo *d, const struct tt_variant *v,
			    bool server, SSL_SESSION **session)
{
	int err = prepare_tickets(d, v, server) ?: duo_shake(d) ?:
		  is_as_expected(d) ?: duo_exchange(d);

	if (err)
		return err;
	*session = SSL_get1_session(ssl_of(d, !server_of(d)));
	/* A session whose connection was not shut down is good for nothing. */
	SSL_shutdown(ssl_of(d, 0));
	SSL_shutdown(ssl_of(d, 1));
	return SSL_SESSION_has_ticket(*session) ? 0 :
	       tt_fail(EPROTO, "the client got no ticket");
}

/* A resumed session uses kTLS as the first one did. */
TT_TEST_F(app, resumed)
{
	SSL_SESSION *session = NULL;
	struct duo first, d;
	int i, server;

	APP_BEGIN();
	for (server = 0; server < 2; server++) {
		ASSERT_OK(first_of_session(&first, v, server, &session));
		ASSERT_OK(prepare_tickets(&d, v, server));
		ASSERT_OK(share_ticket_keys(&first, &d));
		duo_close(&first);
		ASSERT_EQ(1, SSL_set_session(ssl_of(&d, !server_of(&d)),
					     session));
		ASSERT_OK(duo_shake(&d));
		for (i = 0; i < 2; i++)
			EXPECT_EQ(1, SSL_session_reused(ssl_of(&d, i)));
		EXPECT_OK(is_as_expected(&d));
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
		SSL_SESSION_free(session);
	}
	EXPECT_OK(app_counted(t, 4 * count_expected(&d, TLS_TX),
			      4 * count_expected(&d, TLS_RX)));
}

/* Read early data at the server, and let both ends go on, until it is all there. */
static int read_early(struct duo *d, size_t *got)
{
	SSL *server = ssl_of(d, server_of(d));
	long long limit = tt_now_ms() + TT_WAIT_MS;
	bool done = false;
	size_t n;
	int err = 0, what;

	*got = 0;
	while (!err && tt_now_ms() < limit) {
		what = SSL_read_early_data(server, in + *got,
					   sizeof(in) - *got, &n);
		if (what != SSL_READ_EARLY_DATA_ERROR)
			*got += n;
		if (what == SSL_READ_EARLY_DATA_FINISH)
			return 0;
		if (what == SSL_READ_EARLY_DATA_ERROR)
			err = wants(d, server_of(d), 0, "early data");
		if (!err && !done)
			err = shake_step(d, !server_of(d), &done);
	}
	return err ?: tt_fail(ETIMEDOUT, "early data does not end");
}

/* Early data goes past kTLS, in userspace; what comes after it goes through. */
TT_TEST_F(app13, early_data)
{
	SSL_SESSION *session = NULL;
	struct duo first, d;
	size_t n = 0, got;
	int server;

	APP_BEGIN();
	for (server = 0; server < 2; server++) {
		ASSERT_OK(first_of_session(&first, v, server, &session));
		ASSERT_OK(prepare_tickets(&d, v, server));
		ASSERT_OK(share_ticket_keys(&first, &d));
		duo_close(&first);
		ASSERT_EQ(1, SSL_set_session(ssl_of(&d, !server_of(&d)),
					     session));
		tt_fill(out, EARLY);
		ASSERT_EQ(1, SSL_write_early_data(ssl_of(&d, !server_of(&d)),
						  out, EARLY, &n));
		ASSERT_EQ(EARLY, n);
		EXPECT_FALSE(by_ktls(&d, !server_of(&d), TLS_TX));
		ASSERT_OK(read_early(&d, &got));
		ASSERT_EQ(EARLY, got);
		ASSERT_OK(same(&d, server_of(&d), EARLY));
		EXPECT_EQ(SSL_EARLY_DATA_ACCEPTED,
			  SSL_get_early_data_status(ssl_of(&d, 0)));
		ASSERT_OK(duo_shake(&d));
		EXPECT_OK(is_as_expected(&d));
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
		SSL_SESSION_free(session);
	}
	tt_cgroup_leave();
}

static int trust(int ok, X509_STORE_CTX *x)
{
	(void)ok;
	(void)x;
	return 1;
}

/* Authentication of the client after the handshake: four handshake messages through
 * the kernel, with data around them.
 */
TT_TEST_F(app13, post_handshake_auth)
{
	SSL *client, *server;
	struct duo d;
	int role;

	APP_BEGIN();
	for (role = 0; role < 2; role++) {
		ASSERT_OK(duo_prepare(&d, v, role, BOTH));
		server = ssl_of(&d, server_of(&d));
		client = ssl_of(&d, !server_of(&d));
		SSL_set_post_handshake_auth(client, 1);
		ASSERT_OK(tt_cert_use_ssl(client));
		ASSERT_OK(duo_shake(&d));
		ASSERT_OK(duo_exchange(&d));

		SSL_set_verify(server, SSL_VERIFY_PEER, trust);
		ASSERT_EQ(1, SSL_verify_client_post_handshake(server));
		ASSERT_EQ(1, SSL_do_handshake(server));
		ASSERT_OK(duo_move(&d, server_of(&d), 1000));
		ASSERT_OK(duo_move(&d, !server_of(&d), 1000));
		EXPECT_NE(NULL, SSL_get0_peer_certificate(server));
		EXPECT_OK(is_as_expected(&d));
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
	}
	tt_cgroup_leave();
}
