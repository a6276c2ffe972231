// SPDX-License-Identifier: GPL-2.0
/* From a pipe to the connection. */

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
		ASSERT_EQ(0, memcmp(t->drain.sha256, in, TT_SHA256_SIZE));
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

/* A pipe full of pieces of pages, each in a page of its own, more of them than a
 * record has room for, behind data left open: all of it, in order, in one call or
 * several.
 */
TT_TEST_F(pipe, out_fragments)
{
	size_t i, n = 50, pages = 150;
	unsigned char *mem = aligned_alloc(PAGE, pages * PAGE);
	struct ends p;
	long sent;

	ASSERT_NE(NULL, mem);
	ASSERT_OK(make_pipe(&p));
	ASSERT_LE(pages * PAGE, fcntl(p.write, F_SETPIPE_SZ, 256 * PAGE));
	tt_fill(mem, pages * PAGE);
	tt_fill(out, n);
	ASSERT_EQ(n, tt_send(c, out, n, MSG_MORE));
	for (i = 0; i < pages; i++) {
		struct iovec iov = { mem + i * PAGE + tt_random() % 1000,
				     1 + tt_random() % 700 };

		memcpy(out + n, iov.iov_base, iov.iov_len);
		n += iov.iov_len;
		ASSERT_EQ(iov.iov_len, vmsplice(p.write, &iov, 1, 0));
	}
	ASSERT_OK(tt_drain_start(&t->drain, c, n));
	for (i = 50; i < n; i += sent) {
		sent = tt_splice_out(c, p.read, n - i, 0);
		ASSERT_LT(0, sent) TH_LOG("%s", tt_why());
	}
	ASSERT_OK(tt_drain_join(&t->drain));
	tt_sha256(out, n, in);
	EXPECT_EQ(0, memcmp(t->drain.sha256, in, TT_SHA256_SIZE));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
	free(mem);
}

/* Many writes of a few bytes in one pipe, its pages half full. */
TT_TEST_F(pipe, out_small_writes)
{
	size_t i, n = 0, part;
	struct ends p;
	long sent;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, PAGE * 16);
	for (i = 0; i < 16; i++) {
		part = i & 1 ? 1 : PAGE / 2 + i;
		ASSERT_EQ(part, write(p.write, out + n, part));
		n += part;
	}
	for (i = 0; i < n; i += sent) {
		sent = tt_splice_out(c, p.read, n - i, 0);
		ASSERT_LT(0, sent) TH_LOG("%s", tt_why());
	}
	ASSERT_OK(tt_peer_expect_data(c, out, n));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
}

/* Pages given away are changed and unmapped when splice has returned: the peer
 * gets what was in them.
 */
TT_TEST_F(pipe, out_gift)
{
	size_t n = 4 * PAGE;
	unsigned char *mem = mmap(NULL, n, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov = { mem, n };
	struct ends p;

	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_OK(make_pipe(&p));
	tt_fill(mem, n);
	memcpy(out, mem, n);
	ASSERT_EQ(n, vmsplice(p.write, &iov, 1, SPLICE_F_GIFT));
	ASSERT_EQ(n, tt_splice_out(c, p.read, n, 0)) TH_LOG("%s", tt_why());
	memset(mem, 0, n);
	ASSERT_EQ(0, munmap(mem, n));
	ASSERT_OK(tt_peer_expect_data(c, out, n));
}

/* Unmapped while a record that is still open has them: the pages live on. */
TT_TEST_F(pipe, out_gift_left_open)
{
	size_t n = 2 * PAGE;
	unsigned char *mem = mmap(NULL, n, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov = { mem, n };
	struct ends p;

	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_OK(make_pipe(&p));
	tt_fill(mem, n);
	memcpy(out, mem, n);
	tt_fill(out + n, 10);
	ASSERT_EQ(n, vmsplice(p.write, &iov, 1, SPLICE_F_GIFT));
	ASSERT_EQ(n, tt_splice_out(c, p.read, n, SPLICE_F_MORE));
	ASSERT_EQ(0, munmap(mem, n));
	close(p.read);
	close(p.write);
	/* pages that were free would be taken for this */
	mem = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	memset(mem, 0xa5, 64 * PAGE);
	ASSERT_EQ(10, tt_send(c, out + n, 10, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, n + 10));
	munmap(mem, 64 * PAGE);
}

/* The same pages in two pipes by tee, sent on two connections and left in a pipe. */
TT_TEST_F(pipe, out_tee)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct ends p, q, r;
	struct tt_conn *d;
	size_t n = 30000;

	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(make_pipe(&p));
	ASSERT_OK(make_pipe(&q));
	ASSERT_OK(make_pipe(&r));
	tt_fill(out, n);
	ASSERT_EQ(n, write(p.write, out, n));
	ASSERT_EQ(n, tee(p.read, q.write, n, 0));
	ASSERT_EQ(n, tee(q.read, r.write, n, 0));
	ASSERT_EQ(n, tt_splice_out(c, p.read, n, 0));
	ASSERT_EQ(n, tt_splice_out(d, q.read, n, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, n));
	ASSERT_OK(tt_peer_expect_data(d, out, n));
	ASSERT_EQ(n, read(r.read, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, n));
}

/* A record of another type closes what SPLICE_F_MORE left open, in front of it. */
TT_TEST_F(pipe, out_more_and_control)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_USER_CANCELED };
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	tt_fill(out, 300);
	ASSERT_EQ(300, write(p.write, out, 300));
	ASSERT_EQ(300, tt_splice_out(c, p.read, 300, SPLICE_F_MORE));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 300));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_ALERT, alert, 2));
	ASSERT_OK(tt_peer_expect_data(c, out, 300));
}

/* Without room in the socket: EAGAIN and short counts, the pipe keeps the rest. */
TT_TEST_F(pipe, out_nonblock)
{
	size_t size = 300000, at = 0, put = 0, again = 0;
	unsigned char *all = malloc(size);
	int sndbuf = 32768;
	struct ends p;
	long n;

	ASSERT_NE(NULL, all);
	ASSERT_OK(make_pipe(&p));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
	fcntl(p.write, F_SETFL, fcntl(p.write, F_GETFL) | O_NONBLOCK);
	tt_fill(all, size);
	while (at < size) {
		n = write(p.write, all + put, size - put);
		put += n > 0 ? n : 0;
		n = tt_splice_out(c, p.read, put - at, SPLICE_F_NONBLOCK);
		if (n == -EAGAIN) {
			if (!again++)
				ASSERT_OK(tt_drain_start(&t->drain, c, size));
			ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room"));
			continue;
		}
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		at += n;
	}
	EXPECT_LT(0, again);
	ASSERT_OK(tt_drain_join(&t->drain));
	tt_sha256(all, size, in);
	EXPECT_EQ(0, memcmp(t->drain.sha256, in, TT_SHA256_SIZE));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
	free(all);
}

/* An empty pipe has nothing to send: EAGAIN, or 0 when nobody writes to it. */
TT_TEST_F(pipe, out_nothing)
{
	__u64 seq = tt_seq(c, TLS_TX);
	struct ends p;

	ASSERT_OK(make_pipe(&p));
	EXPECT_EQ(-1, splice(p.read, NULL, c->fd, NULL, 10, SPLICE_F_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	close(p.write);
	EXPECT_EQ(0, splice(p.read, NULL, c->fd, NULL, 10, 0));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	tt_fill(out, 10);
	ASSERT_EQ(10, tt_send(c, out, 10, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 10));
}

/* SO_ZEROCOPY may be set on the socket, but MSG_ZEROCOPY is not for TLS. */
TT_TEST_F(pipe, out_msg_zerocopy)
{
	int one = 1;

	tt_fill(out, 100);
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_ZEROCOPY, &one,
				sizeof(one)));
	EXPECT_EQ(-EOPNOTSUPP, tt_send(c, out, 100, MSG_ZEROCOPY));
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(tt_peer_expect_data(c, out, 100));
}
