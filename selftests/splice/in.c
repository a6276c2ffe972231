// SPDX-License-Identifier: GPL-2.0
/* From the connection to a pipe, and on. */

/* OpenSSL's records come through the pipe, each in one splice at most. */
TT_TEST_F(splice, in_sizes)
{
	static const size_t size[] = { 1, 100, PAGE - 1, PAGE, PAGE + 1,
				       RECORD - 1, RECORD };
	struct ends p;
	size_t i, n, at;

	ASSERT_OK(make_pipe(&p));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		n = size[i];
		tt_fill(out, n);
		ASSERT_OK(tt_peer_write(c, out, n));
		for (at = 0; at < n;) {
			long got = tt_splice_in(c, p.write, n - at, 0);

			ASSERT_LT(0, got) TH_LOG("%s", tt_why());
			ASSERT_EQ(got, read(p.read, in + at, got));
			at += got;
		}
		ASSERT_EQ(0, memcmp(in, out, n));
	}
	EXPECT_EQ(c->rx.seq + ARRAY_SIZE(size), tt_seq(c, TLS_RX));
}

/* A record spliced in pieces: the rest stays, for splice and for recv. */
TT_TEST_F(splice, in_partial)
{
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_EQ(300, tt_splice_in(c, p.write, 300, 0));
	ASSERT_EQ(200, tt_splice_in(c, p.write, 200, 0));
	ASSERT_EQ(500, read(p.read, in, sizeof(in)));
	ASSERT_EQ(500, tt_recv(c, in + 500, sizeof(in) - 500, 0));
	EXPECT_EQ(0, memcmp(in, out, 1000));
}

/* splice of a control record is EINVAL; recvmsg still gets it, splice the rest. */
TT_TEST_F(splice, in_control)
{
	struct ends p;
	int type;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, out + 100, 2, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 102, 198, 0));
	ASSERT_EQ(100, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(100, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, 100));
	EXPECT_EQ(-EINVAL, tt_splice_in(c, p.write, 1000, 0));
	EXPECT_EQ(-EINVAL, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, out + 100, 2));
	ASSERT_EQ(198, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(198, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out + 102, 198));
}

/* Nothing there: EAGAIN with SPLICE_F_NONBLOCK; at end of file 0. */
TT_TEST_F(splice, in_nothing)
{
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	EXPECT_EQ(-EAGAIN, tt_splice_in(c, p.write, 100, SPLICE_F_NONBLOCK));
	shutdown(c->peer_fd, SHUT_WR);
	EXPECT_EQ(0, tt_splice_in(c, p.write, 100, 0));
}

/* Splice and recv take turns in one record, either of them first. */
TT_TEST_F(pipe, in_turns)
{
	struct ends p;
	size_t i;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 3000);
	for (i = 0; i < 3000; i += 1000)
		ASSERT_OK(tt_peer_write(c, out + i, 1000));
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	ASSERT_EQ(100, tt_splice_in(c, p.write, 100, 0));
	ASSERT_EQ(100, read(p.read, in + 300, 1000));
	ASSERT_EQ(200, tt_recv(c, in + 400, 200, 0));
	/* what is left of the record, and no more of the next */
	ASSERT_EQ(400, tt_splice_in(c, p.write, 3000, 0));
	ASSERT_EQ(400, read(p.read, in + 600, 1000));
	ASSERT_EQ(1, tt_splice_in(c, p.write, 1, 0));
	ASSERT_EQ(1, read(p.read, in + 1000, 1000));
	ASSERT_EQ(1999, tt_recv(c, in + 1001, 1999, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 3000));
	EXPECT_EQ(c->rx.seq + 3, tt_seq(c, TLS_RX));
}

/* Peeked records are spliced as if nobody had looked, each by itself. */
TT_TEST_F(pipe, in_peeked)
{
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 3000);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_OK(tt_peer_write(c, out + 1000, 1000));
	ASSERT_EQ(1500, tt_recv(c, in, 1500, MSG_PEEK | MSG_WAITALL));
	ASSERT_EQ(1000, tt_splice_in(c, p.write, 3000, 0));
	ASSERT_OK(tt_peer_write(c, out + 2000, 1000));
	ASSERT_EQ(500, tt_recv(c, in, 500, MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out + 1000, 500));
	ASSERT_EQ(1000, tt_splice_in(c, p.write, 3000, 0));
	ASSERT_EQ(1000, tt_splice_in(c, p.write, 3000, 0));
	ASSERT_EQ(3000, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, 3000));
}

/* A record larger than the pipe comes in as many pieces as it takes; a full pipe
 * takes nothing, and loses nothing.
 */
TT_TEST_F(pipe, in_small_pipe)
{
	size_t at = 0, n = RECORD + 1000;
	struct ends p;
	long got;

	ASSERT_OK(make_pipe(&p));
	ASSERT_EQ(PAGE, fcntl(p.write, F_SETPIPE_SZ, PAGE));
	tt_fill(out, n);
	ASSERT_OK(tt_peer_write(c, out, n));
	while (at < n) {
		got = tt_splice_in(c, p.write, n - at, 0);
		ASSERT_LT(0, got) TH_LOG("%s", tt_why());
		ASSERT_GE(PAGE, got);
		if (at + got < n)
			ASSERT_EQ(-1, splice(c->fd, NULL, p.write, NULL, n,
					     SPLICE_F_NONBLOCK));
		ASSERT_EQ(got, read(p.read, in + at, sizeof(in) - at));
		at += got;
	}
	EXPECT_EQ(0, memcmp(in, out, n));
	EXPECT_EQ(c->rx.seq + 2, tt_seq(c, TLS_RX));
}

/* The pages in the pipe are the pipe's: closing the connection, or more records,
 * does not touch them; and on they go to a file.
 */
TT_TEST_F(pipe, in_to_file)
{
	int file = tt_file(0, NULL);
	size_t n = RECORD + 5000, at = 0;
	struct ends p;
	long got;

	ASSERT_LE(0, file);
	ASSERT_OK(make_pipe(&p));
	tt_fill(out, n);
	ASSERT_OK(tt_peer_write(c, out, n));
	while (at < n) {
		got = tt_splice_in(c, p.write, n - at, SPLICE_F_MOVE);
		ASSERT_LT(0, got) TH_LOG("%s", tt_why());
		at += got;
	}
	tt_fill(in, 20000);
	ASSERT_OK(tt_peer_write(c, in, 20000));
	ASSERT_OK(tt_recv_all(c, in, 20000));
	tt_conn_shut_fd(c);
	for (at = 0; at < n; at += got) {
		got = splice(p.read, NULL, file, NULL, n - at, SPLICE_F_MOVE);
		ASSERT_LT(0, got);
	}
	ASSERT_EQ(n, pread(file, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, n));
}

/* One call takes from one record at most, though more are there and fit. */
TT_TEST_F(pipe, in_one_record)
{
	struct ends p;
	size_t i;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 700);
	for (i = 0; i < 7; i++)
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 100 * i, 100,
					 0));
	for (i = 0; i < 7; i++)
		ASSERT_EQ(100, tt_splice_in(c, p.write, 65536, 0));
	ASSERT_EQ(700, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, 700));
}

/* An empty record is 0 for splice, like the end of data; but what follows it comes.
 */
TT_TEST_F(pipe, in_empty_record)
{
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	EXPECT_EQ(0, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(100, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(100, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, 100));
	EXPECT_EQ(c->rx.seq + 2, tt_seq(c, TLS_RX));
}

/* A control record behind a partly spliced one, and one that was peeked, are EINVAL
 * for splice at their turn and not before; neither is lost.
 */
TT_TEST_F(pipe, in_control_behind)
{
	struct ends p;
	int type;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 400);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 200, 0));
	ASSERT_OK(tt_peer_record(c, 99, out + 200, 100, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 300, 100, 0));
	ASSERT_EQ(50, tt_splice_in(c, p.write, 50, 0));
	ASSERT_EQ(150, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(20, tt_recv_type(c, &type, in, 20, MSG_PEEK));
	EXPECT_EQ(99, type);
	EXPECT_EQ(-EINVAL, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(200, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, 200));
	ASSERT_EQ(40, tt_recv_type(c, &type, in, 40, 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(-EINVAL, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(60, tt_recv_type(c, &type, in + 40, 100, 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(0, memcmp(in, out + 200, 100));
	ASSERT_EQ(100, tt_splice_in(c, p.write, 1000, 0));
	ASSERT_EQ(100, read(p.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out + 300, 100));
}

/* From one TLS connection through a pipe to another, both in the kernel. */
TT_TEST_F(splice, relay)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;
	struct ends p;
	size_t i;
	long n, m;

	o.server = !o.server;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 30000);
	for (i = 0; i < 30000; i += 10000)
		ASSERT_OK(tt_peer_write(c, out + i, 10000));
	for (i = 0; i < 30000; i += n) {
		n = tt_splice_in(c, p.write, 30000 - i, 0);
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		for (m = 0; m < n;) {
			long k = tt_splice_out(d, p.read, n - m, 0);

			ASSERT_LT(0, k) TH_LOG("%s", tt_why());
			m += k;
		}
	}
	ASSERT_OK(tt_peer_expect_data(d, out, 30000));
}
