// SPDX-License-Identifier: GPL-2.0
/* What send, write and sendmsg have sent. */

/* Sizes around the borders of pieces, pages and records. */
TT_TEST_F(tx, sizes)
{
	static const size_t size[] = { 1, 2, 100, 3839, 3840, 3841, 4096, 7680,
				       7681, 16383, 16384, 16385, 32773,
				       100000 };
	size_t i, sum = 0;

	BEGIN(WHOLE);
	for (i = 0; i < ARRAY_SIZE(size); i++)
		sum += size[i];
	ASSERT_OK(drain(t, c, sum));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		tt_fill(out, size[i]);
		ASSERT_EQ(size[i], i % 2 ? tt_send(c, out, size[i], 0) :
					   tt_write(c, out, size[i]));
		flows(out, size[i]);
	}
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Pieces of memory of all sizes, none at all among them, at odd addresses. */
TT_TEST_F(tx, layouts)
{
	struct iovec iov[64];
	struct msghdr m = { .msg_iov = iov };
	unsigned char *p = out + 1;
	size_t i, round, from, sum = 0;

	BEGIN(WHOLE);
	tt_fill(out, 300000);
	for (round = 0; round < 8; round++) {
		static const size_t most[] = { 1, 2, 10, 100, 1000, 4096, 5000,
					       300 };

		from = flow;
		m.msg_iovlen = 1 + tt_random() % ARRAY_SIZE(iov);
		for (i = 0; i < m.msg_iovlen; i++) {
			iov[i].iov_base = p;
			iov[i].iov_len = tt_random() % (most[round] + 1);
			flows(p, iov[i].iov_len);
			p += iov[i].iov_len + tt_random() % 3;
		}
		sum = flow - from;
		ASSERT_OK(drain(t, c, sum));
		ASSERT_EQ(sum, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
		ASSERT_OK(tt_drain_join(&t->drain));
	}
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Bytes that wait in an open record are captured with the call that gave them. */
TT_TEST_F(tx, more)
{
	static const size_t size[] = { 10, 5000, 1, 12000, 3 };
	size_t i;

	BEGIN(WHOLE);
	tt_fill(out, 20000);
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		ASSERT_EQ(size[i], tt_send(c, out + flow, size[i],
					   i + 1 < ARRAY_SIZE(size) ? MSG_MORE :
								      0));
		flows(out + flow, size[i]);
		EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
	}
	ASSERT_OK(tt_peer_expect_data(c, flowed, flow));
}

/* No room: of what was asked for only that is captured which was taken. */
TT_TEST_F(tx, short_counts)
{
	int size = 10000, calls = 0, shorter = 0;
	size_t left;
	long n;

	BEGIN(WHOLE);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	tt_fill(out, 400000);
	ASSERT_OK(drain(t, c, 400000));
	for (left = 400000; left && calls < 2000; calls++) {
		n = tt_send(c, out + flow, left, MSG_DONTWAIT);
		if (n == -EAGAIN) {
			ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room"));
			continue;
		}
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		shorter += n < left;
		flows(out + flow, n);
		left -= n;
	}
	ASSERT_EQ(0, left);
	EXPECT_LT(0, shorter);
	ASSERT_OK(tt_drain_join(&t->drain));
	tt_sha256(flowed, flow, in);
	EXPECT_EQ(0, memcmp(t->drain.sha256, in, TT_SHA256_SIZE));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Memory that ends in the middle: captured is what was sent, if anything. */
TT_TEST_F(tx, fault)
{
	unsigned char *p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static const size_t before[] = { 0, 1, 100, PAGE, 5 * PAGE };
	size_t i;
	long n;

	BEGIN(WHOLE);
	ASSERT_NE(MAP_FAILED, p);
	tt_fill(p, 8 * PAGE);
	ASSERT_EQ(0, mprotect(p + 8 * PAGE, PAGE, PROT_NONE));
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		unsigned char *from = p + 8 * PAGE - before[i];

		n = tt_send(c, from, before[i] + 100, 0);
		if (!before[i])
			EXPECT_EQ(-EFAULT, n);
		flows(from, n);
	}
	/* What such a call left in an open record goes with the next. */
	ASSERT_EQ(10, tt_send(c, p, 10, 0));
	flows(p, 10);
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Control records, alerts with their type like all others. */
TT_TEST_F(tx, control)
{
	static const unsigned char type[] = { TLS_TYPE_ALERT,
					      TLS_TYPE_HANDSHAKE, 99,
					      TLS_TYPE_CCS };
	unsigned char alert[2] = { TLS_ALERT_WARNING, TLS_ALERT_USER_CANCELED };
	const struct tt_piece *p;
	size_t i, n, k = 0;

	BEGIN(WHOLE);
	tt_fill(out, 5000);
	/* No KeyUpdate, which is another story. */
	out[0] = 11;
	memcpy(out + 4998, alert, 2);
	for (i = 0; i < ARRAY_SIZE(type); i++) {
		void *data = i ? out : alert;
		size_t len = i ? 5000 : 2;

		ASSERT_EQ(len, tt_send_type(c, type[i], data, len, 0));
		flows(data, len);
	}
	ASSERT_EQ(-EINVAL, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, MSG_MORE));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
	p = tt_capture_pieces(&n);
	for (i = 0; i < n; i++)
		if (!p[i].call && !p[i].offset)
			EXPECT_EQ(type[k++], p[i].type);
	EXPECT_EQ(ARRAY_SIZE(type), k);
}

/* Calls that fail have no data. */
TT_TEST_F(tx, failed)
{
	int one = 1;

	BEGIN(WHOLE);
	tt_fill(out, 100);
	EXPECT_EQ(-EOPNOTSUPP, tt_send(c, out, 100, MSG_OOB));
	/* The flag of the socket alone changes nothing, that of a call does. */
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_ZEROCOPY, &one,
				sizeof(one)));
	EXPECT_GT(0, tt_send(c, out, 100, MSG_ZEROCOPY));
	ASSERT_EQ(50, tt_send(c, out, 50, 0));
	flows(out, 50);
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
	EXPECT_EQ(1, count_pieces(c));
}

/* Memory that is a file's: shared, private, and one that was never touched. */
TT_TEST_F(tx, file_mapping)
{
	int file = tt_file(40000, NULL);
	unsigned char *shared, *priv;

	BEGIN(WHOLE);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	shared = mmap(NULL, 40000, PROT_READ, MAP_SHARED, file, 0);
	priv = mmap(NULL, 40000, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	ASSERT_NE(MAP_FAILED, shared);
	ASSERT_NE(MAP_FAILED, priv);
	ASSERT_OK(drain(t, c, 80000));
	ASSERT_EQ(40000, tt_send(c, shared, 40000, 0));
	flows(shared, 40000);
	ASSERT_EQ(40000, tt_send(c, priv, 40000, 0));
	flows(priv, 40000);
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

static void *send_all(void *arg)
{
	struct tt_conn *c = arg;

	return (void *)tt_send(c, in, 600000, 0);
}

/*
 * Memory that another thread takes away while the call waits, after tls has read
 * it: those bytes are said to be missing, and others are not put in their place.
 */
TT_TEST_F(tx, unmapped)
{
	const size_t gone = 4 * PAGE;
	const struct tt_piece *p;
	int size = 50000;
	static const char zero[TT_PIECE_MAX];
	size_t i, n, there, missing = 0;
	pthread_t thread;
	void *sent;

	BEGIN(WHOLE);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	tt_fill(in, 600000);
	memcpy(flowed, in, 600000);
	ASSERT_EQ(0, pthread_create(&thread, NULL, send_all, c));
	/* What has come was read; the call has not ended, for want of room. */
	ASSERT_OK(tt_tcp_arrived(c->peer_fd, 2 * gone));
	/* Page-aligned, as the array is. */
	ASSERT_EQ(&in[0], mmap(in, gone, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	ASSERT_OK(drain(t, c, 600000));
	pthread_join(thread, &sent);
	ASSERT_EQ(600000, (long)sent);
	ASSERT_OK(tt_drain_join(&t->drain));
	ASSERT_OK(tt_capture_read());
	p = tt_capture_pieces(&n);
	for (i = 0; i < n; i++) {
		if (p[i].call)
			continue;
		ASSERT_GE(p[i].size, p[i].missing);
		missing += p[i].missing;
		there = p[i].size - p[i].missing;
		ASSERT_EQ(0, memcmp(flowed + p[i].offset, p[i].data, there));
		ASSERT_EQ(0, memcmp(zero, p[i].data + there, p[i].missing));
	}
	/* A piece may end in the part that is there. */
	EXPECT_LE(gone, missing + TT_PIECE_MAX);
	EXPECT_GE(gone + TT_PIECE_MAX, missing);
}
