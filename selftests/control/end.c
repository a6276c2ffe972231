// SPDX-License-Identifier: GPL-2.0
/* Ends of connections with records left open, and calls after them. */

static volatile sig_atomic_t pipes;

static void on_pipe(int number)
{
	pipes += number == SIGPIPE;
}

/* A record left open is not sent at close: nobody said that it is complete. */
TT_TEST_F(control, close_with_open)
{
	tt_fill(out, 200);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_EQ(100, tt_send(c, out + 100, 100, MSG_MORE));
	tt_conn_shut_fd(c);
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	EXPECT_OK(tt_peer_eof(c));
	EXPECT_EQ(1, c->recs);
}

/* Nor at shutdown. */
TT_TEST_F(control, shutdown_with_open)
{
	tt_fill(out, 200);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_EQ(100, tt_send(c, out + 100, 100, MSG_MORE));
	ASSERT_EQ(0, shutdown(c->fd, SHUT_WR));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	EXPECT_OK(tt_peer_eof(c));
	EXPECT_EQ(1, c->recs);
	/* The other direction goes on. */
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_EQ(100, tt_recv(c, in, 200, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* After shutdown nothing is sent: EPIPE, and SIGPIPE to those who did not ask for
 * silence.
 */
TT_TEST_F(control, send_after_shutdown)
{
	long n[3];
	int i;

	signal(SIGPIPE, on_pipe);
	tt_fill(out, 100);
	ASSERT_EQ(0, shutdown(c->fd, SHUT_WR));
	for (i = 0; i < 3; i++)
		n[i] = tt_send(c, out, 100, 0);
	EXPECT_EQ(0, pipes);
	tt_write(c, out, 100);
	EXPECT_EQ(1, pipes);
	EXPECT_OK(tt_peer_eof(c));
	EXPECT_EQ(0, c->recs);
	signal(SIGPIPE, SIG_IGN);
	TT_KNOWN("send-after-shutdown");
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EPIPE, n[i]);
}
