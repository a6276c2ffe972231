// SPDX-License-Identifier: GPL-2.0
/* What went as pages: sendfile, splice, vmsplice, and splice from the socket. */

static int file_with(const void *data, size_t len)
{
	int fd = memfd_create("tls_test", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != len)
		return tt_fail(errno, "file: %s", strerror(errno));
	return fd;
}

/* Parts of a file, from odd offsets, past its end too. */
TT_TEST_F(pages, sendfile)
{
	static const struct {
		size_t off, len;
	} part[] = { { 0, 1 }, { 1, PAGE }, { 4095, 2 }, { 100, 3840 },
		     { 5, RECORD }, { 7, RECORD + 1 }, { 3, 65536 },
		     { 99000, 5000 } };
	size_t i, len, sum = 0;
	off_t off;
	int file;

	BEGIN(WHOLE);
	tt_fill(out, 100000);
	file = file_with(out, 100000);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		off = part[i].off;
		len = off + part[i].len > 100000 ? 100000 - off : part[i].len;
		ASSERT_OK(drain(t, c, len));
		ASSERT_EQ(len, tt_sendfile(c, file, &off, part[i].len));
		flows(out + part[i].off, len);
		ASSERT_OK(tt_drain_join(&t->drain));
		sum += len;
	}
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
	EXPECT_LT(sum / TT_PIECE_MAX, count_pieces(c));
}

/* No room: sendfile in as many calls as it takes. */
TT_TEST_F(pages, sendfile_short)
{
	int file, size = 10000, calls = 0;
	off_t off = 0;
	long n;

	BEGIN(WHOLE);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	ASSERT_EQ(0, fcntl(c->fd, F_SETFL, O_NONBLOCK));
	tt_fill(out, 300000);
	file = file_with(out, 300000);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	/* Nobody knows how many events each of these calls has. */
	c->ledger.unordered = true;
	ASSERT_OK(drain(t, c, 300000));
	for (; off < 300000 && calls < 3000; calls++) {
		n = tt_sendfile(c, file, &off, 300000 - off);
		if (n == -EAGAIN) {
			ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room"));
			continue;
		}
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
	}
	ASSERT_EQ(300000, off);
	EXPECT_LT(2, calls);
	flows(out, 300000);
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* From a pipe, with memory that was copied into it and memory that was lent. */
TT_TEST_F(pages, splice_out)
{
	static const size_t size[] = { 1, 100, PAGE + 1, RECORD, 40000 };
	struct iovec iov[3];
	size_t i, n, at;
	int p[2];

	BEGIN(WHOLE);
	ASSERT_EQ(0, pipe(p));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		n = size[i];
		tt_fill(out, n);
		ASSERT_EQ(n, write(p[1], out, n));
		ASSERT_OK(drain(t, c, n));
		for (at = 0; at < n;) {
			long sent = tt_splice_out(c, p[0], n - at, 0);

			ASSERT_LT(0, sent) TH_LOG("%s", tt_why());
			at += sent;
		}
		flows(out, n);
		ASSERT_OK(tt_drain_join(&t->drain));
	}
	tt_fill(out, 20000);
	iov[0] = (struct iovec){ out + 1, 1000 };
	iov[1] = (struct iovec){ out + 5000, 3 };
	iov[2] = (struct iovec){ out + 9001, 7000 };
	for (i = 0, at = 0; i < 3; at += iov[i++].iov_len)
		flows(iov[i].iov_base, iov[i].iov_len);
	ASSERT_EQ(at, vmsplice(p[1], iov, 3, 0));
	ASSERT_OK(drain(t, c, at));
	ASSERT_EQ(at, tt_splice_out(c, p[0], at, 0));
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Pages of a file that is gone when they are sent. */
TT_TEST_F(pages, file_truncated)
{
	int file, p[2];
	loff_t off = 50;

	BEGIN(WHOLE);
	tt_fill(out, 10000);
	file = file_with(out, 10000);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(9000, splice(file, &off, p[1], NULL, 9000, 0));
	ASSERT_EQ(0, ftruncate(file, 0));
	close(file);
	ASSERT_EQ(9000, tt_splice_out(c, p[0], 9000, 0));
	ASSERT_OK(tt_peer_read(c, in, 9000));
	flows(in, 9000);
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}

/* Into a pipe, whole records and parts, behind what the pipe has already. */
TT_TEST_F(pages, splice_in)
{
	static const size_t take[] = { 1, 3840, 5000, 100, 70000 };
	size_t i = 0, at;
	int p[2];
	long n;

	BEGIN(WHOLE);
	ASSERT_EQ(0, pipe(p));
	tt_fill(out, 60000);
	ASSERT_OK(tt_peer_write(c, out, 60000));
	for (at = 0; at < 60000; at += n, i++) {
		ASSERT_EQ(5, write(p[1], "first", 5));
		n = tt_splice_in(c, p[1], take[i % ARRAY_SIZE(take)], 0);
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		ASSERT_EQ(5 + n, read(p[0], in, 5 + n));
		ASSERT_EQ(0, memcmp(in + 5, out + at, n));
	}
	flows(out, 60000);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* A pipe that is nearly full, and one that is: what did not fit is not told. */
TT_TEST_F(pages, splice_in_full_pipe)
{
	int p[2], pipe_size;
	long n;

	BEGIN(WHOLE);
	ASSERT_EQ(0, pipe2(p, O_NONBLOCK));
	pipe_size = fcntl(p[1], F_SETPIPE_SZ, 4 * PAGE);
	ASSERT_LE(4 * PAGE, pipe_size);
	/* All but one of its slots. */
	ASSERT_EQ(pipe_size - PAGE, write(p[1], out, pipe_size - PAGE));
	tt_fill(in, RECORD);
	ASSERT_OK(tt_peer_write(c, in, RECORD));
	n = tt_splice_in(c, p[1], RECORD, SPLICE_F_NONBLOCK);
	ASSERT_LT(0, n) TH_LOG("%s", tt_why());
	ASSERT_GT(RECORD, n);
	flows(in, n);
	EXPECT_EQ(-EAGAIN, splice(c->fd, NULL, p[1], NULL, RECORD,
				  SPLICE_F_NONBLOCK) < 0 ? -errno : 0);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* A control record stays where it is, and what is not moved is not captured. */
TT_TEST_F(pages, splice_in_control)
{
	int p[2], type;

	BEGIN(WHOLE);
	ASSERT_EQ(0, pipe(p));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(tt_peer_record(c, 99, out + 100, 200, 0));
	ASSERT_EQ(100, tt_splice_in(c, p[1], 1000, 0));
	EXPECT_EQ(-EINVAL, tt_splice_in(c, p[1], 1000, 0));
	flows(out, 100);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
	ASSERT_EQ(200, tt_recv_type(c, &type, in, 1000, 0));
	EXPECT_EQ(99, type);
	flows(out + 100, 200);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}
