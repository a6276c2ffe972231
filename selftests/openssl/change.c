// SPDX-License-Identifier: GPL-2.0
/* Changes of keys: KeyUpdate of TLS 1.3, renegotiation of TLS 1.2. */

static int key_update(struct duo *d, int who, int type)
{
	if (SSL_key_update(ssl_of(d, who), type) != 1 ||
	    SSL_do_handshake(ssl_of(d, who)) != 1)
		return tt_fail_ssl("KeyUpdate of the %s", d->end[who].name);
	return 0;
}

static const int update_types[] = { SSL_KEY_UPDATE_NOT_REQUESTED,
				    SSL_KEY_UPDATE_REQUESTED };

/* With kTLS both ways on both sides, KeyUpdates of every kind go on with new keys in
 * the kernel; also right before a file is sent, and with data under way.
 */
TT_TEST_F(app13, key_update)
{
	int i, file;
	struct duo d;

	APP_BEGIN();
	if (!openssl_newer()) {
		tt_cgroup_leave();
		SKIP(return, "this OpenSSL does not bring KeyUpdate to kTLS");
	}
	ASSERT_OK(tt_test_need(t, "rekey"));
	if (*t->skip) {
		tt_cgroup_leave();
		SKIP(return, "%s", t->skip);
	}
	file = tt_file(50000, NULL);
	ASSERT_LE(0, file);
	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	for (i = 0; i < 4; i++) {
		ASSERT_OK(key_update(&d, i / 2, update_types[i % 2]));
		ASSERT_OK(file_part(&d, i / 2, file, 1, 49999, 50000));
		ASSERT_OK(duo_exchange(&d));
		EXPECT_OK(is_as_expected(&d));
	}
	duo_close(&d);
	close(file);
	/* One each, and an answer to each request. */
	EXPECT_EQ(6, tt_stat_delta("TlsTxRekeyOk"));
	EXPECT_EQ(6, tt_stat_delta("TlsRxRekeyOk"));
	EXPECT_EQ(6, tt_stat_delta("TlsRxRekeyReceived"));
	EXPECT_EQ(0, tt_stat_delta("TlsTxRekeyError"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxRekeyError"));
	EXPECT_OK(app_counted(t, 2, 2));
}

/* Where OpenSSL or the kernel cannot, the connection ends with an error. Data that
 * is wrong never passes.
 */
TT_TEST_F(app13, key_update_fails)
{
	int i, err;
	struct duo d;

	APP_BEGIN();
	if (openssl_newer() && !tt_feature_missing("rekey")) {
		tt_cgroup_leave();
		SKIP(return, "KeyUpdate works here");
	}
	for (i = 0; i < 4; i++) {
		ASSERT_OK(duo_open(&d, v, v->server, BOTH));
		ASSERT_OK(duo_exchange(&d));
		err = key_update(&d, i / 2, update_types[i % 2]) ?:
		      duo_move(&d, i / 2, 100);
		TH_LOG("KeyUpdate of the %s: %s", d.end[i / 2].name,
		       err ? tt_why() : "nothing happens");
		EXPECT_GT(0, err);
		EXPECT_NE(-EBADMSG, err);
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* The client asks for a new handshake, and both go on until one gives up or the
 * client is done.
 */
static int renegotiate(struct duo *d)
{
	int client = !server_of(d), n, step, err;
	bool done = false;
	char byte;

	if (SSL_renegotiate(ssl_of(d, client)) != 1)
		return tt_fail_ssl("renegotiation");
	for (step = 0; step < 100 && !done; step++) {
		err = shake_step(d, client, &done);
		n = SSL_read(ssl_of(d, !client), &byte, 1);
		if (!err && n <= 0)
			err = wants(d, !client, n, "renegotiation");
		if (err)
			return err;
	}
	return done ? 0 : tt_fail(ETIMEDOUT, "renegotiation does not end");
}

/* A server that refuses renegotiation says so through the kernel, by a warning; the
 * client gives up then.
 */
TT_TEST_F(app12, renegotiation_refused)
{
	struct duo d;
	int role;

	APP_BEGIN();
	for (role = 0; role < 2; role++) {
		ASSERT_OK(duo_prepare(&d, v, role, BOTH));
		SSL_set_options(ssl_of(&d, server_of(&d)),
				SSL_OP_NO_RENEGOTIATION);
		ASSERT_OK(duo_shake(&d));
		ASSERT_OK(duo_exchange(&d));
		EXPECT_EQ(-EPROTO, renegotiate(&d));
		EXPECT_NE(NULL, strstr(tt_why(), "no renegotiation")) {
			TH_LOG("%s", tt_why());
		}
		duo_close(&d);
	}
	EXPECT_OK(app_counted(t, 4, 4));
}

/* Keys in the kernel cannot be changed in TLS 1.2: the handshake that would do it
 * fails at the latest when it comes to that, whoever has kTLS.
 */
TT_TEST_F(app12, renegotiation_fails)
{
	struct duo d;
	int ktls;

	APP_BEGIN();
	for (ktls = US; ktls <= BOTH; ktls++) {
		ASSERT_OK(duo_open(&d, v, v->server, ktls));
		ASSERT_OK(duo_exchange(&d));
		EXPECT_GT(0, renegotiate(&d));
		TH_LOG("kTLS of %d: %s", ktls, tt_why());
		duo_close(&d);
	}
	tt_cgroup_leave();
}
