// SPDX-License-Identifier: GPL-2.0
/* Sockets that do not wait. */

static void set_nonblock(int fd, int sndbuf)
{
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* With a small send buffer: short counts and EAGAIN, gone on from the offset that
 * the kernel left; nothing is lost, doubled or left behind at the end.
 */
TT_TEST_F(file, nonblock_resume)
{
	size_t size = 400000, again = 0, cut = 0;
	unsigned char sha[TT_SHA256_SIZE];
	int file = tt_file(size, sha);
	off_t off = 0, before;
	long n;

	ASSERT_LE(0, file);
	set_nonblock(c->fd, 32768);
	while (off < (off_t)size) {
		before = off;
		n = tt_sendfile(c, file, &off, size - off);
		if (n == -EAGAIN) {
			ASSERT_EQ(before, off);
			if (!again++)
				ASSERT_OK(tt_drain_start(&t->drain, c, size));
			ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room"));
			continue;
		}
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		ASSERT_EQ(before + n, off);
		cut += off < (off_t)size;
	}
	EXPECT_LT(0, again);
	EXPECT_LT(0, cut);
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(same_hash(t->drain.sha256, sha));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
}

/* Until there is room; if it takes too long, TCP is made to look at its queue.
 * Return: 0, 1 if that helped, or -errno.
 */
static int wait_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int one = 1;

	if (poll(&p, 1, tt_limit(500)) > 0)
		return 0;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return tt_wait_fd(fd, POLLOUT, "room in a tiny send buffer") ?: 1;
}

/* The same with a buffer that has no room for a record. */
TT_TEST_F(file, nonblock_tiny)
{
	unsigned char sha[TT_SHA256_SIZE];
	int file = tt_file(70001, sha), pushed = 0, room;
	size_t size = 70001, again = 0;
	off_t off = 0;
	long n;

	ASSERT_LE(0, file);
	set_nonblock(c->fd, 4096);
	while (off < (off_t)size) {
		n = tt_sendfile(c, file, &off, size - off);
		if (n != -EAGAIN) {
			ASSERT_LT(0, n) TH_LOG("%s", tt_why());
			continue;
		}
		if (!again++)
			ASSERT_OK(tt_drain_start(&t->drain, c, size));
		room = wait_room(c->fd);
		ASSERT_LE(0, room) TH_LOG("%s", tt_why());
		pushed += room;
	}
	EXPECT_LT(0, again);
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(same_hash(t->drain.sha256, sha));
	TT_KNOWN("sendpage-unpushed");
	EXPECT_EQ(0, pushed);
}

/* What sendfile counted as sent leaves with no further call, when there is room. */
TT_TEST_F(file, nonblock_no_further_call)
{
	unsigned char sha[TT_SHA256_SIZE], *all = malloc(1 << 20);
	int file = tt_file(1 << 20, NULL);
	off_t off = 0;
	long n;

	ASSERT_LE(0, file);
	ASSERT_EQ(1 << 20, pread(file, all, 1 << 20, 0));
	set_nonblock(c->fd, 32768);
	n = tt_sendfile(c, file, &off, RECORD);
	while (n == RECORD)
		n = tt_sendfile(c, file, &off, RECORD);
	ASSERT_EQ(-EAGAIN, n);
	ASSERT_LT(2 * RECORD, off);
	ASSERT_OK(tt_drain_start(&t->drain, c, off));
	ASSERT_OK(tt_drain_join(&t->drain));
	tt_sha256(all, off, sha);
	EXPECT_OK(same_hash(t->drain.sha256, sha));
}

/* A sender that waits for its peer, over and over: nothing keeps it asleep. */
TT_TEST_F(file, slow_reader)
{
	size_t size = (3 << 19) + 777;
	int file = tt_file(size, NULL), sndbuf = 16384, rcvbuf = 32768;
	off_t off = 0;

	ASSERT_LE(0, file);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	setsockopt(c->peer_fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	ASSERT_OK(send_part(t, c, file, &off, size, size));
}
