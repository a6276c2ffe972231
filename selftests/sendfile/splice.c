// SPDX-License-Identifier: GPL-2.0
/* Pipes: splice to the connection and from it. */

struct ends {
	int read;
	int write;
};

static int make_pipe(struct ends *p)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	p->read = fd[0];
	p->write = fd[1];
	return 0;
}

/* What is in the pipe arrives, for sizes around page and record borders. */
TT_TEST_F(splice, out_sizes)
{
	static const size_t size[] = { 1, 100, PAGE - 1, PAGE, PAGE + 1,
				       RECORD - 1, RECORD, RECORD + 1, 65536 };
	struct ends p;
	size_t i, n, at, part;

	ASSERT_OK(make_pipe(&p));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		n = size[i];
		tt_fill(out, n);
		ASSERT_EQ(n, write(p.write, out, n));
		ASSERT_OK(tt_drain_start(&t->drain, c, n));
		for (at = 0; at < n; at += part) {
			long sent = tt_splice_out(c, p.read, n - at, 0);

			ASSERT_LT(0, sent) TH_LOG("%s", tt_why());
			part = sent;
		}
		ASSERT_OK(tt_drain_join(&t->drain));
		tt_sha256(out, n, in);
		ASSERT_OK(same_hash(t->drain.sha256, in));
	}
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
}

/* SPLICE_F_MORE may leave the record open (kernels with sendpage do not heed it);
 * after the call without it nothing is left behind.
 */
TT_TEST_F(splice, out_more)
{
	__u64 seq = tt_seq(c, TLS_TX);
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 300);
	ASSERT_EQ(200, write(p.write, out, 200));
	ASSERT_EQ(200, tt_splice_out(c, p.read, 200, SPLICE_F_MORE));
	ASSERT_EQ(100, write(p.write, out + 200, 100));
	ASSERT_EQ(100, tt_splice_out(c, p.read, 100, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 300));
	EXPECT_EQ(seq + c->recs, tt_seq(c, TLS_TX));
	EXPECT_GE(2, c->recs);
}

/* Memory given to the pipe by vmsplice arrives, from odd addresses too. */
TT_TEST_F(splice, out_vmsplice)
{
	struct iovec iov[] = { { out + 1, 1000 }, { out + 5000, 3 },
			       { out + 9001, 7000 } };
	unsigned char *want = in;
	struct ends p;
	size_t i, n = 0;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 20000);
	for (i = 0; i < ARRAY_SIZE(iov); i++) {
		memcpy(want + n, iov[i].iov_base, iov[i].iov_len);
		n += iov[i].iov_len;
	}
	ASSERT_EQ(n, vmsplice(p.write, iov, ARRAY_SIZE(iov), 0));
	ASSERT_EQ(n, tt_splice_out(c, p.read, n, 0)) TH_LOG("%s", tt_why());
	ASSERT_OK(tt_peer_expect_data(c, want, n));
}

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
