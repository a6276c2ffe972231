// SPDX-License-Identifier: GPL-2.0
/* What connections leave behind when they are closed: nothing. */

/* Connections of a round, and what is less than one object in three of them. */
#define LEFT_WARM	40
#define LEFT_ROUND	90
#define LEFT_LIMIT	30

/* Versions and ciphers take turns. */
static void take_turns(struct tt_conn_opts *o, const struct state *s, int i)
{
	static const int cipher[] = { TLS_CIPHER_AES_GCM_128,
				      TLS_CIPHER_CHACHA20_POLY1305,
				      TLS_CIPHER_AES_GCM_256,
				      TLS_CIPHER_AES_CCM_128 };

	o->version = i & 1 || s->tls13 ? TLS_1_3 : TLS_1_2;
	o->family = i & 4 ? TT_IPV6 : TT_IPV4;
	if (!tt_feature_missing(tt_feature_cipher(cipher[i / 2 % 4],
						  o->version)))
		o->cipher = tt_cipher_find(cipher[i / 2 % 4]);
	if (tt_feature_missing("ipv6"))
		o->family = TT_IPV4;
}

static int start(struct tt_conn *c, const struct state *s)
{
	int small = 1;

	if (s->narrow) {
		narrow(c);
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	}
	return tt_conn_attach(c) ?: tt_set_keys(c, TLS_TX, &c->tx) ?:
	       (s->tx_only ? 0 : tt_set_keys(c, TLS_RX, &c->rx));
}

static int live_and_die(struct state_run *r, const struct state *s)
{
	struct tt_conn_opts o = tt_test_opts(r->t);
	int err;

	o.no_handshake = true;
	take_turns(&o, s, r->i);
	err = tt_conn_open(r->c, &o) ?: start(r->c, s) ?: s->reach(r);
	/* A reset for the peer leaves no socket in TIME_WAIT. */
	tt_conn_shut_fd(r->c);
	if (r->c->peer_fd >= 0)
		tt_reset(&r->c->peer_fd);
	tt_conn_close(r->c);
	tt_check_expect(&r->c->ledger);
	tt_ledger_free(&r->c->ledger);
	return err;
}

static int round_of(struct state_run *r, const struct state *s, int n)
{
	int err = 0;

	while (n-- && !err) {
		r->i++;
		err = live_and_die(r, s);
	}
	return err;
}

static int references(const char *ulp, int before)
{
	long long end = tt_now_ms() + TT_WAIT_MS;

	while (tt_ko_refs(ulp) != before && tt_now_ms() < end)
		poll(NULL, 0, 5);
	return same("references to the module", tt_ko_refs(ulp), before);
}

static const struct state *state_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i].name, name))
			return &states[i];
	abort();
}

/* Warm up, then two rounds; only what grows in both is a leak. */
static int leaves_nothing(struct tt_test *t, const char *state)
{
	static struct tt_memory m[3];
	const struct state *s = state_find(state);
	struct state_run r = { .t = t };
	int i, n, err, refs = tt_ko_refs(t->v->ulp);

	r.c = calloc(1, sizeof(*r.c));
	r.file = tt_file(60000, NULL);
	n = tt_rounds(LEFT_ROUND);
	if (n < LEFT_LIMIT)
		n = LEFT_LIMIT;
	err = round_of(&r, s, LEFT_WARM) ?: references(t->v->ulp, refs) ?:
	      tt_memory_read(&m[0]);
	for (i = 1; i < 3 && !err; i++)
		err = round_of(&r, s, n) ?: references(t->v->ulp, refs) ?:
		      tt_memory_read(&m[i]);
	close(r.file);
	free(r.c);
	if (err)
		return err;
	return tt_memory_left(m, n / 3) ?:
	       sessions(0, 0, tt_stat_delta("TlsTxSw"),
			tt_stat_delta("TlsRxSw"));
}

/* Closed with all read: nothing is left. */
TT_TEST_F(left, quiet)
{
	ASSERT_OK(leaves_nothing(t, "quiet"));
}

/* With whole records unread. */
TT_TEST_F(left, unread)
{
	ASSERT_OK(leaves_nothing(t, "unread"));
}

/* With half a record unread. */
TT_TEST_F(left, half_record)
{
	ASSERT_OK(leaves_nothing(t, "half_record"));
}

/* With a record read in part. */
TT_TEST_F(left, half_read)
{
	ASSERT_OK(leaves_nothing(t, "half_read"));
}

/* With records peeked at, and a control record refused. */
TT_TEST_F(left, peeked)
{
	ASSERT_OK(leaves_nothing(t, "peeked"));
}

/* With a record that MSG_MORE left open. */
TT_TEST_F(left, open_record)
{
	ASSERT_OK(leaves_nothing(t, "open_record"));
}

/* With data unsent, and a peer that resets, before and after us. */
TT_TEST_F(left, unsent)
{
	ASSERT_OK(leaves_nothing(t, "unsent"));
}

/* After keys that were refused. */
TT_TEST_F(left, refused)
{
	ASSERT_OK(leaves_nothing(t, "refused"));
}

/* After records that were not authentic. */
TT_TEST_F(left, bad_tag)
{
	ASSERT_OK(leaves_nothing(t, "bad_tag"));
}

/* After records without a type, and headers that cannot be. */
TT_TEST_F(left, bad_record)
{
	ASSERT_OK(leaves_nothing(t, "bad_record"));
}

/* With half a record in a pipe that lives longer. */
TT_TEST_F(left, spliced)
{
	ASSERT_OK(leaves_nothing(t, "spliced"));
}

/* With a file sent in part, with and without zero-copy. */
TT_TEST_F(left, sendfile)
{
	ASSERT_OK(leaves_nothing(t, "sendfile"));
}

/* With half a record copied out of a small receive buffer. */
TT_TEST_F(left, copied)
{
	ASSERT_OK(leaves_nothing(t, "copied"));
}

/* Keys changed twice in each direction. */
TT_TEST_F(left, rekeyed)
{
	TT_NEED("rekey");
	ASSERT_OK(leaves_nothing(t, "rekeyed"));
}

/* One number of a line of sockstat. */
static long long sockstat(const char *protocol, const char *what)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	char line[256], *at;
	long long value = -1;

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, protocol, strlen(protocol)))
			continue;
		at = strstr(line, what);
		if (at)
			value = atoll(at + strlen(what));
	}
	if (f)
		fclose(f);
	return value;
}

/* Sockets in use and orphans, in all states at once, and none of them later. */
TT_TEST_F(left, sockets)
{
	long long inuse = sockstat("TCP:", "inuse ");
	long long orphans = sockstat("TCP:", "orphan ");
	long long waiting = sockstat("TCP:", "tw ");
	long long end = tt_now_ms() + TT_WAIT_MS;
	struct state_run r = { .t = t };
	size_t i;

	ASSERT_LE(0, inuse);
	r.c = calloc(1, sizeof(*r.c));
	r.file = tt_file(60000, NULL);
	for (i = 0; i < ARRAY_SIZE(states) - 1; i++) {
		for (r.i = 0; r.i < 8; r.i++)
			ASSERT_OK(live_and_die(&r, &states[i]));
	}
	while ((sockstat("TCP:", "inuse ") != inuse ||
		sockstat("TCP:", "orphan ") != orphans) && tt_now_ms() < end)
		poll(NULL, 0, 5);
	EXPECT_EQ(inuse, sockstat("TCP:", "inuse "));
	EXPECT_EQ(orphans, sockstat("TCP:", "orphan "));
	EXPECT_GE(waiting, sockstat("TCP:", "tw "));
	close(r.file);
	free(r.c);
}
