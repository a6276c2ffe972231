// SPDX-License-Identifier: GPL-2.0
/* What poll, epoll and select say, and how much TCP's queue has, at every stage. */

static int poll_mask(int fd)
{
	struct pollfd p = { .fd = fd, .events = ALL };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

static int epoll_mask(int fd)
{
	struct epoll_event e = { .events = ALL };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e))
		return -errno;
	e.events = 0;
	if (epoll_wait(ep, &e, 1, 0) < 0)
		return -errno;
	close(ep);
	return e.events;
}

/* What select says of a socket with this mask, as bits: read 1, write 2. */
static int select_says(int fd)
{
	struct timeval zero = { };
	fd_set r, w, x;

	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&x);
	FD_SET(fd, &r);
	FD_SET(fd, &w);
	FD_SET(fd, &x);
	if (select(fd + 1, &r, &w, &x, &zero) < 0)
		return -errno;
	return FD_ISSET(fd, &r) | FD_ISSET(fd, &w) << 1 | FD_ISSET(fd, &x) << 2;
}

/* All three must say the same: the mask, or -1 where they do not. */
static int mask(const struct tt_conn *c)
{
	int m = poll_mask(c->fd), sel = 0;

	if (m & (DATA | POLLHUP | POLLERR))
		sel |= 1;
	if (m & (ROOM | POLLERR))
		sel |= 2;
	if (m == epoll_mask(c->fd) && sel == select_says(c->fd))
		return m;
	fprintf(stderr, "# poll %#x, epoll %#x, select %#x\n", m,
		epoll_mask(c->fd), select_says(c->fd));
	return -1;
}

/* The stage of a connection: what poll says, and bytes in TCP's queue. */
#define STAGE(MASK, QUEUED)						\
	do {								\
		EXPECT_EQ(MASK, mask(c));				\
		EXPECT_EQ(QUEUED, queued(c));				\
	} while (0)

/* What poll says of a record that has come in part. */
static int part_mask(void)
{
	return records_polled() ? ROOM : ROOM | DATA;
}

/* Before TLS_RX it is TCP's: half a record is data. With the key it is not. */
TT_TEST_F(wait_shaken, ready_before_keys)
{
	int n;

	ASSERT_OK(tt_conn_attach(c));
	STAGE(ROOM, 0);
	tt_fill(out, 300);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 300));
	n = wire_len;
	ASSERT_OK(tt_peer_raw(c, wire, 100));
	ASSERT_OK(arrived(c, 100));
	STAGE(ROOM | DATA, 100);
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	STAGE(ROOM | DATA, 100);
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	STAGE(part_mask(), 100);
	ASSERT_OK(tt_peer_raw(c, wire + 100, n - 100));
	ASSERT_OK(arrived(c, n));
	STAGE(ROOM | DATA, n);
	ASSERT_EQ(300, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
	STAGE(ROOM, 0);
	wire_len = 0;
}

/* A whole record that waits for TLS_RX is readable with it, and edges tell of it. */
TT_TEST_F(wait_shaken, ready_with_key)
{
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };

	ASSERT_OK(tt_conn_attach(c));
	tt_fill(out, 300);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 300));
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 200));
	ASSERT_OK(send_wire(c));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e));
	ASSERT_EQ(1, epoll_wait(ep, &e, 1, TT_WAIT_MS));
	ASSERT_EQ(0, epoll_wait(ep, &e, 1, 0));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(1, epoll_wait(ep, &e, 1, 0));
	EXPECT_EQ(ROOM | DATA, mask(c));
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
	EXPECT_EQ(ROOM | DATA, mask(c));
	ASSERT_EQ(200, tt_recv(c, in, 300, 0));
	STAGE(ROOM, 0);
	close(ep);
}

/* With a key for sending only, reading stays TCP's. */
TT_TEST_F(wait_shaken, ready_tx_only)
{
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	STAGE(ROOM, 0);
	ASSERT_OK(tt_peer_raw(c, "x", 1));
	ASSERT_OK(arrived(c, 1));
	STAGE(ROOM | DATA, 1);
	ASSERT_EQ(1, tt_recv(c, in, 10, 0));
	STAGE(ROOM, 0);
	ASSERT_OK(tt_kernel_sends(c, 100));
	STAGE(ROOM, 0);
}

/* A part of a record is nothing to read, wherever it ends. */
TT_TEST_F(wait, ready_part)
{
	int cut[] = { 1, 4, 5, 6, 12, 13, 14, 100, 0, 0 };
	size_t i, len = 300;

	for (i = 0; i < ARRAY_SIZE(cut); i++) {
		tt_fill(out, len);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, len));
		if (!cut[i])
			cut[i] = wire_len - (ARRAY_SIZE(cut) - i);
		ASSERT_OK(tt_peer_raw(c, wire, cut[i]));
		ASSERT_OK(arrived(c, cut[i]));
		STAGE(part_mask(), cut[i]);
		EXPECT_EQ(-EAGAIN, tt_recv(c, in, len, MSG_DONTWAIT));
		STAGE(part_mask(), cut[i]);
		ASSERT_OK(tt_peer_raw(c, wire + cut[i], wire_len - cut[i]));
		ASSERT_OK(arrived(c, wire_len));
		wire_len = 0;
		EXPECT_EQ(ROOM | DATA, mask(c));
		ASSERT_EQ(len, tt_recv(c, in, len + 1, 0));
		ASSERT_EQ(0, memcmp(in, out, len));
		STAGE(ROOM, 0);
	}
}

/* A part of a record behind a whole one is not readable when that was read. */
TT_TEST_F(wait, ready_part_behind)
{
	int first, all;

	tt_fill(out, 700);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 300));
	first = wire_len;
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out + 300, 400));
	all = wire_len;
	ASSERT_OK(tt_peer_raw(c, wire, all - 1));
	ASSERT_OK(arrived(c, all - 1));
	STAGE(ROOM | DATA, all - 1);
	ASSERT_EQ(300, tt_recv(c, in, 1000, 0));
	STAGE(part_mask(), all - 1 - first);
	ASSERT_OK(tt_peer_raw(c, wire + all - 1, 1));
	ASSERT_OK(arrived(c, all - first));
	STAGE(ROOM | DATA, all - first);
	ASSERT_EQ(400, tt_recv(c, in + 300, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 700));
	STAGE(ROOM, 0);
	wire_len = 0;
}

/* Several records in a segment: readable after each read, until the last. */
TT_TEST_F(wait, ready_several)
{
	size_t i, at = 0, rest, overhead;

	overhead = tt_cipher_overhead(c->o.cipher, c->o.version);
	tt_fill(out, 10 * 200);
	for (i = 0; i < 10; i++)
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out + i * 200, 200));
	rest = wire_len;
	ASSERT_OK(send_wire(c));
	ASSERT_OK(arrived(c, rest));
	for (i = 0; i < 10; i++, at += 200) {
		STAGE(ROOM | DATA, rest);
		ASSERT_EQ(200, tt_recv(c, in + at, 200, MSG_DONTWAIT));
		rest -= 200 + overhead;
	}
	STAGE(ROOM, 0);
	EXPECT_EQ(0, memcmp(in, out, at));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 1, MSG_DONTWAIT));
}

/* What a short read left, decrypted, is readable though TCP has nothing. */
TT_TEST_F(wait, ready_rest)
{
	int i;

	tt_fill(out, 500);
	ASSERT_OK(tt_peer_write(c, out, 500));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(100, tt_recv(c, in + i * 100, 100, 0));
		STAGE(i < 4 ? ROOM | DATA : ROOM, 0);
	}
	EXPECT_EQ(0, memcmp(in, out, 500));
}

/* So is what was peeked at; and what splice left. */
TT_TEST_F(wait, ready_peeked)
{
	int p[2];

	ASSERT_EQ(0, pipe2(p, O_CLOEXEC));
	tt_fill(out, 500);
	ASSERT_OK(tt_peer_write(c, out, 500));
	ASSERT_EQ(500, tt_recv(c, in, 1000, MSG_PEEK));
	STAGE(ROOM | DATA, 0);
	ASSERT_EQ(1, tt_recv(c, in, 1, MSG_PEEK));
	STAGE(ROOM | DATA, 0);
	ASSERT_EQ(200, tt_splice_in(c, p[1], 200, 0));
	STAGE(ROOM | DATA, 0);
	ASSERT_EQ(300, tt_splice_in(c, p[1], 1000, 0));
	STAGE(ROOM, 0);
	ASSERT_EQ(500, read(p[0], in, 1000));
	EXPECT_EQ(0, memcmp(in, out, 500));
	close(p[0]);
	close(p[1]);
}

/* A control record is readable at the head and behind data, until it is taken; a
 * read without room for its type leaves it.
 */
TT_TEST_F(wait, ready_control)
{
	static const unsigned char alert[2] = { TLS_ALERT_WARNING,
						TLS_ALERT_USER_CANCELED };
	int type;

	tt_fill(out, 100);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(seal(c, TLS_TYPE_ALERT, alert, 2));
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(send_wire(c));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	EXPECT_EQ(ROOM | DATA, mask(c));
	EXPECT_EQ(-EIO, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(ROOM | DATA, mask(c));
	EXPECT_EQ(-EIO, tt_recv(c, in, 1000, MSG_DONTWAIT));
	EXPECT_EQ(ROOM | DATA, mask(c));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 1000, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, alert, 2));
	EXPECT_EQ(ROOM | DATA, mask(c));
	ASSERT_EQ(100, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
	STAGE(ROOM, 0);
}

/* close_notify is a record like others; then FIN is end of file, for ever. */
TT_TEST_F(wait, ready_end)
{
	int i, type;

	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "close_notify"));
	EXPECT_EQ(ROOM | DATA, mask(c));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 10, 0));
	STAGE(ROOM, 0);
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_OK(tt_wait_fd(c->fd, POLLRDHUP, "FIN"));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(ROOM | DATA | POLLRDHUP, mask(c));
		EXPECT_EQ(0, tt_recv(c, in, 10, 0));
	}
	shutdown(c->fd, SHUT_WR);
	EXPECT_EQ(ROOM | DATA | POLLRDHUP | POLLHUP, mask(c));
}

/* FIN behind data: the data is there, and the end of the file after it. */
TT_TEST_F(wait, ready_data_and_fin)
{
	tt_fill(out, 200);
	ASSERT_OK(tt_peer_write(c, out, 200));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_OK(tt_wait_fd(c->fd, POLLRDHUP, "FIN"));
	EXPECT_EQ(ROOM | DATA | POLLRDHUP, mask(c));
	ASSERT_EQ(150, tt_recv(c, in, 150, 0));
	EXPECT_EQ(ROOM | DATA | POLLRDHUP, mask(c));
	ASSERT_EQ(50, tt_recv(c, in + 150, 150, 0));
	EXPECT_EQ(0, memcmp(in, out, 200));
	EXPECT_EQ(ROOM | DATA | POLLRDHUP, mask(c));
	EXPECT_EQ(0, tt_recv(c, in, 10, MSG_DONTWAIT));
	/* The other direction goes on. */
	ASSERT_OK(tt_kernel_sends(c, 1000));
}

/* RST: everything at once; the error is told once. */
TT_TEST_F(wait, ready_reset)
{
	int hup = ROOM | DATA | POLLRDHUP | POLLHUP;

	tt_reset(&c->peer_fd);
	ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
	EXPECT_EQ(hup | POLLERR, mask(c));
	EXPECT_EQ(-ECONNRESET, tt_recv(c, in, 10, 0));
	EXPECT_EQ(hup, mask(c));
	EXPECT_EQ(0, tt_recv(c, in, 10, 0));
}

/* A record with a wrong tag is a record to read; the error then stays. */
TT_TEST_F(wait, ready_bad_tag)
{
	tt_fill(out, 100);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	wire[wire_len - 1] ^= 1;
	ASSERT_OK(send_wire(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the record"));
	EXPECT_EQ(ROOM | DATA, mask(c));
	tt_stat_expect("TlsDecryptError", 1);
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 200, 0));
	EXPECT_EQ(ROOM | DATA | POLLERR, mask(c));
}

/* A header that no record has is an error without anybody reading. */
TT_TEST_F(wait, ready_bad_header)
{
	tt_fill(out, 100);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	wire[3] = 0xff;
	ASSERT_OK(send_wire(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLERR, "an error"));
	EXPECT_EQ(part_mask() | POLLERR, mask(c));
	EXPECT_EQ(-EMSGSIZE, tt_recv(c, in, 200, 0));
}
