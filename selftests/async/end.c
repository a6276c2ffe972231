// SPDX-License-Identifier: GPL-2.0
/* Connections that end with records in work. */

/* Closed right behind a call: all that was sent arrives in front of the FIN. */
TT_TEST_F(async, close)
{
	size_t n = 150000;

	TT_NEED("pcrypt");
	tt_fill(out, n);
	ASSERT_EQ(n, tt_send(c, out, n, 0));
	tt_conn_shut_fd(c);
	ASSERT_LT(0, expect_cut(c, 0, TLS_TYPE_DATA, out, n))
		TH_LOG("%s", tt_why());
	ASSERT_OK(tt_peer_eof(c));
}

/* Closed with full records that no cipher has touched yet, and one left open. */
TT_TEST_F(async, close_in_work)
{
	size_t n = 3 * TLS_MAX_PAYLOAD;

	TT_NEED("pcrypt");
	tt_fill(out, n + 100);
	/* The first call that meets such a cipher waits for it, others do not. */
	ASSERT_OK(tt_kernel_sends(c, 100));
	ASSERT_OK(tt_pcrypt_gather());
	ASSERT_OK(tt_pcrypt_hold());
	EXPECT_EQ(n + 100, tt_send(c, out, n + 100, MSG_MORE));
	tt_conn_shut_fd(c);
	ASSERT_OK(tt_pcrypt_let_go());
	ASSERT_OK(tt_pcrypt_spread());
	ASSERT_EQ(4, expect_cut(c, 1, TLS_TYPE_DATA, out, n))
		TH_LOG("%s", tt_why());
	ASSERT_OK(tt_peer_eof(c));
}

/* Sends of a connection: more than there is room for, if it is narrow. */
#define SENDS	20

/* Records both ways, then an end of some kind: @i says which. */
static int live_and_die(struct tt_test *t, int i)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *c = calloc(1, sizeof(*c));
	bool narrow = i & 1, open = i & 2, reset = i & 4, held = i & 8;
	int err, n = narrow ? SENDS : 1;

	o.no_handshake = true;
	err = tt_conn_open(c, &o) ?: tt_conn_start(c) ?: flight_of(c, 8, 2000) ?:
	      flight_send(c);
	if (!err && narrow)
		tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	/* Only after a first one calls do not wait for the cipher. */
	if (!err)
		tt_send(c, out, 100, MSG_DONTWAIT);
	if (!err && held)
		err = tt_pcrypt_hold();
	while (!err && n-- &&
	       tt_send(c, out, 1 + tt_random() % 30000,
		       MSG_DONTWAIT | (open ? MSG_MORE : 0)) > 0)
		;
	/* Some of what came is read, or a byte of it, or nothing. */
	if (!err && i % 3)
		tt_recv(c, in, i % 3 == 1 ? 5000 : 1, 0);
	if (reset && c->peer_fd >= 0)
		tt_reset(&c->peer_fd);
	tt_conn_shut_fd(c);
	if (held)
		err = err ?: tt_pcrypt_let_go();
	if (c->peer_fd >= 0)
		tt_reset(&c->peer_fd);
	tt_conn_close(c);
	tt_check_expect(&c->ledger);
	tt_ledger_free(&c->ledger);
	free(c);
	return err;
}

static int round_of(struct tt_test *t, int n)
{
	int err = 0;

	while (n-- && !err)
		err = live_and_die(t, n);
	return err;
}

/* Connections of a round: each has all ends equally often. */
#define LEFT_WARM	48
#define LEFT_ROUND	96

/* Whatever was in work, nothing is left of it. */
TT_TEST_F(async_raw, left)
{
	static struct tt_memory m[3];
	int n = tt_slow() > 1 ? LEFT_ROUND / 2 : LEFT_ROUND;
	int users, i;

	TT_NEED("pcrypt");
	users = tt_pcrypt_users(ALG);
	ASSERT_OK(tt_pcrypt_gather());
	ASSERT_OK(round_of(t, LEFT_WARM));
	ASSERT_OK(tt_memory_read(&m[0]));
	for (i = 1; i < 3; i++) {
		ASSERT_OK(round_of(t, n));
		ASSERT_OK(tt_memory_read(&m[i]));
	}
	EXPECT_OK(tt_memory_left(m, n / 3));
	ASSERT_OK(tt_pcrypt_spread());
	EXPECT_EQ(users, tt_pcrypt_users(ALG));
}
