// SPDX-License-Identifier: GPL-2.0
/* Where OpenSSL must go on without kTLS, and does. */

static const char text[] = "not a byte of this may leave unencrypted";

/* Without kTLS there is no SSL_sendfile, and it sends nothing. */
static int no_sendfile(struct duo *d, int who)
{
	int n, file = tt_file(1000, NULL);

	if (file < 0)
		return file;
	n = SSL_sendfile(ssl_of(d, who), file, 0, 1000, 0);
	close(file);
	ERR_clear_error();
	return n < 0 ? 0 : tt_fail(EBADMSG, "SSL_sendfile without kTLS: %d", n);
}

/* Make the connection; neither side may use kTLS, and all works. */
static int falls_back(struct duo *d)
{
	int i, err;

	err = duo_shake(d);
	for (i = 0; !err && i < 2; i++)
		err = is_end(d, i, false, false);
	for (i = 0; !err && i < 2; i++)
		err = no_sendfile(d, i);
	return err ?: duo_exchange(d);
}

/* Both ends take this suite and no other. */
static int use_suite(struct duo *d, const char *suite)
{
	char list[100];
	int i;

	snprintf(list, sizeof(list), "%s:@SECLEVEL=0", suite);
	for (i = 0; i < 2; i++)
		if (SSL_set_cipher_list(ssl_of(d, i), list) != 1)
			return tt_fail_ssl("suite %s", suite);
	return 0;
}

/* Suites of TLS 1.2 that OpenSSL has no kTLS for, though some are the kernel's. */
TT_TEST_F(app12, suites)
{
	static const char * const suite[] = {
		"ECDHE-ECDSA-AES128-CCM8", "ECDHE-ECDSA-AES256-CCM",
		"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA",
		"ECDHE-ECDSA-ARIA128-GCM-SHA256",
		"ECDHE-ECDSA-ARIA256-GCM-SHA384",
		"ECDHE-ECDSA-CAMELLIA128-SHA256",
	};
	struct duo d;
	size_t i;

	APP_BEGIN();
	for (i = 0; i < ARRAY_SIZE(suite); i++) {
		ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
		ASSERT_OK(use_suite(&d, suite[i]));
		ASSERT_EQ(0, falls_back(&d)) {
			TH_LOG("%s: %s", suite[i], tt_why());
		}
		duo_close(&d);
	}
	EXPECT_EQ(0, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxSw"));
	tt_cgroup_leave();
}

/* A suite of TLS 1.3 that OpenSSL has no kTLS for: a tag of 8 bytes. */
TT_TEST_F(app13, suites)
{
	struct duo d;
	int i;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	for (i = 0; i < 2; i++) {
		SSL_set_security_level(ssl_of(&d, i), 0);
		ASSERT_EQ(1, SSL_set_ciphersuites(ssl_of(&d, i),
						  "TLS_AES_128_CCM_8_SHA256"));
	}
	ASSERT_OK(falls_back(&d));
	duo_close(&d);
	EXPECT_EQ(0, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxSw"));
	tt_cgroup_leave();
}

/* Without the option, kTLS is not used, whatever kernel and cipher can. */
TT_TEST_F(app, option_off)
{
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, 0));
	ASSERT_OK(falls_back(&d));
	duo_close(&d);
	EXPECT_EQ(0, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxSw"));
	tt_cgroup_leave();
}

/* A kernel without the ULP (here: it refuses to set it) is no reason to fail. */
TT_TEST_F(app, no_ulp)
{
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(tt_cgroup_enter(tt_bpf_refuse(IPPROTO_TCP, TCP_ULP)));
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	ASSERT_OK(falls_back(&d));
	duo_close(&d);
	EXPECT_EQ(0, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxSw"));
	tt_cgroup_leave();
}

/* A kernel that takes the key of one direction only: the other falls back, and so
 * one socket has both kinds at once.
 */
static void one_refused(struct __test_metadata *_metadata,
			const struct tt_variant *v, int option)
{
	int i, server, other = option == TLS_TX ? TLS_RX : TLS_TX;
	struct duo d;

	ASSERT_OK(tt_cgroup_enter(tt_bpf_refuse(SOL_TLS, option)));
	for (server = 0; server < 2; server++) {
		ASSERT_OK(duo_prepare(&d, v, server, BOTH));
		/* The program that refuses takes the place of the other. */
		for (i = 0; i < 2; i++)
			tt_tcp_ulp(d.fd[i], v->ulp);
		ASSERT_OK(duo_shake(&d));
		for (i = 0; i < 2; i++) {
			ASSERT_OK(is_direction(&d, i, option, false));
			ASSERT_OK(is_direction(&d, i, other, allows(v, other)));
		}
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* TLS_TX refused. */
TT_TEST_F(app, no_tx)
{
	APP_BEGIN();
	one_refused(_metadata, v, TLS_TX);
}

/* TLS_RX refused. */
TT_TEST_F(app, no_rx)
{
	APP_BEGIN();
	one_refused(_metadata, v, TLS_RX);
}

/* A handshake that fails leaves no key in the kernel, and no data unencrypted. */
TT_TEST_F(app, handshake_fails)
{
	struct duo d;
	int i;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	/* The client does not trust the certificate. */
	SSL_set_verify(ssl_of(&d, !server_of(&d)), SSL_VERIFY_PEER, NULL);
	EXPECT_NE(0, duo_shake(&d));
	for (i = 0; i < 2; i++)
		EXPECT_GE(0, SSL_write(ssl_of(&d, i), text, sizeof(text)));
	EXPECT_GE(0, SSL_read(ssl_of(&d, server_of(&d)), in, sizeof(in)));
	ERR_clear_error();
	duo_close(&d);
	EXPECT_EQ(0, tt_stat_delta("TlsCurrTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsCurrRxSw"));
	tt_cgroup_leave();
}
