// SPDX-License-Identifier: GPL-2.0
/* Two OpenSSLs on the two ends of a TCP connection. */

/* Who may use kTLS. */
#define US	1
#define PEER	2
#define BOTH	(US | PEER)

/**
 * struct duo - a connection
 * @v:		variant
 * @fd:		the two ends, both non-blocking; the first is ours
 * @end:	OpenSSL of each
 * @ktls:	which of them have SSL_OP_ENABLE_KTLS
 */
struct duo {
	const struct tt_variant *v;
	int fd[2];
	struct tt_ssl_end end[2];
	int ktls;
};

static SSL *ssl_of(struct duo *d, int who)
{
	return d->end[who].ssl;
}

static int server_of(const struct duo *d)
{
	return SSL_is_server(d->end[0].ssl) ? 0 : 1;
}

static bool openssl_at_least(unsigned long version)
{
	return OpenSSL_version_num() >= version;
}

/* From 3.2 on, OpenSSL knows receiving in TLS 1.3, CCM of TLS 1.3, and KeyUpdate. */
static bool openssl_newer(void)
{
	return openssl_at_least(0x30200000L);
}

/* Connect, and set both OpenSSLs up. The handshake is still to be made, so that
 * the test may change what it wants.
 */
static int duo_prepare(struct duo *d, const struct tt_variant *v, bool server,
		       int ktls)
{
	const struct tt_cipher *cipher = tt_cipher_find(v->cipher);
	int i, err;

	memset(d, 0, sizeof(*d));
	d->v = v;
	d->ktls = ktls;
	err = tt_tcp_pair(v->family, &d->fd[0], &d->fd[1]);
	for (i = 0; !err && i < 2; i++) {
		err = tt_ssl_end_init(&d->end[i], d->fd[i], server ^ i, cipher,
				      v->version, 2);
		if (err)
			return err;
		fcntl(d->fd[i], F_SETFL, O_NONBLOCK);
		if (ktls & 1 << i)
			SSL_set_options(ssl_of(d, i), SSL_OP_ENABLE_KTLS);
		SSL_set_fd(ssl_of(d, i), d->fd[i]);
	}
	return err;
}

static int shake_step(struct duo *d, int who, bool *done)
{
	int n, why;

	n = SSL_do_handshake(ssl_of(d, who));
	*done = n == 1;
	if (n == 1)
		return 0;
	why = SSL_get_error(ssl_of(d, who), n);
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 :
	       tt_fail_ssl("handshake of the %s", d->end[who].name);
}

/* Make the handshake, or one more. */
static int duo_shake(struct duo *d)
{
	long long limit = tt_now_ms() + TT_WAIT_MS;
	bool done[2] = { };
	int i, err = 0;

	while (!err && !(done[0] && done[1])) {
		for (i = 0; !err && i < 2; i++)
			if (!done[i])
				err = shake_step(d, i, &done[i]);
		if (!err && tt_now_ms() > limit)
			err = tt_fail(ETIMEDOUT, "handshake does not end");
	}
	return err;
}

static int duo_open(struct duo *d, const struct tt_variant *v, bool server,
		    int ktls)
{
	return duo_prepare(d, v, server, ktls) ?: duo_shake(d);
}

static void duo_close(struct duo *d)
{
	int i;

	for (i = 0; i < 2; i++) {
		tt_ssl_end_free(&d->end[i]);
		if (d->fd[i] >= 0)
			close(d->fd[i]);
		d->fd[i] = -1;
	}
}

/*
 * Before anything else of a test. With tls_trace, whoever asks for "tls" gets that.
 * The counters are looked at by duo_counted(), not by the fixture: a test here does
 * not see each call.
 */
static int app_begin(struct tt_test *t)
{
	int err;

	t->unchecked = true;
	if (strcmp(t->v->ulp, "tls_trace"))
		return 0;
	err = tt_cgroup_enter(tt_bpf_rename_ulp());
	if (err && !tt_feature_required("redirect"))
		snprintf(t->skip, sizeof(t->skip), "no BPF program here: %s",
			 tt_why());
	return *t->skip ? 0 : err;
}

#define APP_BEGIN()							\
	do {								\
		ASSERT_OK(app_begin(t));				\
		if (*t->skip)						\
			SKIP(return, "%s", t->skip);			\
	} while (0)

/* Directions that the kernel took since the test began, over all sockets, and that
 * nothing failed or is left. All are closed now.
 */
static int app_counted(struct tt_test *t, int tx, int rx)
{
	bool trace = !strcmp(t->v->ulp, "tls_trace");
	const struct {
		const char *name;
		long long want;
	} c[] = {
		{ "TlsTxSw", tx }, { "TlsRxSw", rx }, { "TlsCurrTxSw", 0 },
		{ "TlsCurrRxSw", 0 }, { "TlsTxDevice", 0 },
		{ "TlsRxDevice", 0 }, { "TlsDecryptError", 0 },
		{ "TlsDecryptRetry", 0 }, { "TlsTraceCurr", 0 },
		{ "TlsTraceAttachError", 0 },
	};
	size_t i;

	tt_cgroup_leave();
	for (i = 0; i < ARRAY_SIZE(c); i++)
		if (tt_stat_delta(c[i].name) != c[i].want)
			return tt_fail(EBADMSG, "%s moved by %lld, not %lld",
				       c[i].name, tt_stat_delta(c[i].name),
				       c[i].want);
	if (tt_stat_delta("TlsTraceAttach") != tt_stat_delta("TlsTraceClose") ||
	    !!tt_stat_delta("TlsTraceAttach") != (trace && tx + rx))
		return tt_fail(EBADMSG, "tls_trace has %lld sockets and %lld closed",
			       tt_stat_delta("TlsTraceAttach"),
			       tt_stat_delta("TlsTraceClose"));
	return 0;
}
