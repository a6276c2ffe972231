// SPDX-License-Identifier: GPL-2.0
/* epoll: no event is lost, and none comes for nothing. */

static int epoll_on(int fd, unsigned int events)
{
	struct epoll_event e = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e))
		return tt_fail(errno, "epoll: %s", strerror(errno));
	return ep;
}

/* The next event, or 0 where none comes. */
static int epoll_next(int ep, int ms)
{
	struct epoll_event e = { };
	int n = epoll_wait(ep, &e, 1, ms);

	return n < 0 ? -errno : n ? (int)e.events : 0;
}

/* Read until there is nothing: bytes, or -errno. */
static long drain_socket(struct tt_conn *c, unsigned char *buf)
{
	long n, sum = 0;

	while ((n = tt_recv(c, buf + sum, 1 + tt_random() % 3000,
			    MSG_DONTWAIT)) > 0)
		sum += n;
	return n == -EAGAIN ? sum : n;
}

/*
 * A reader that drains the socket after each edge gets every record, in whatever
 * pieces they come; a piece that completes none is no edge. (With TCP's poll it can
 * be: the reader saw several records, each of which rang, and is asked once more.)
 */
TT_TEST_F(wait, edge_drained)
{
	int ep = epoll_on(c->fd, EPOLLIN | EPOLLET), i, n, before = 0;
	size_t end[40], at = 0, cut, next = 0, got = 0, sum = 0;
	long len;

	ASSERT_LE(0, ep);
	for (i = 0; i < ARRAY_SIZE(end); i++) {
		n = 1 + tt_random() % 1500;
		tt_fill(out + sum, n);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out + sum, n));
		sum += n;
		end[i] = wire_len;
	}
	while (at < wire_len) {
		cut = at + 1 + tt_random() % (tt_random() & 1 ? 40 : 4000);
		if (cut > wire_len)
			cut = wire_len;
		ASSERT_OK(tt_peer_raw(c, wire + at, cut - at));
		before = cut - (next ? end[next - 1] : 0);
		ASSERT_OK(arrived(c, before));
		at = cut;
		if (next == ARRAY_SIZE(end) || end[next] > at) {
			n = epoll_next(ep, 0);
			ASSERT_EQ(records_polled() ? 0 : n, n);
			continue;
		}
		ASSERT_EQ(EPOLLIN, epoll_next(ep, TT_WAIT_MS));
		len = drain_socket(c, in + got);
		ASSERT_LT(0, len);
		got += len;
		while (next < ARRAY_SIZE(end) && end[next] <= at)
			next++;
	}
	wire_len = 0;
	EXPECT_EQ(sum, got);
	EXPECT_EQ(0, memcmp(in, out, sum));
	close(ep);
}

/* Who reads one record for an edge gets an edge for the next one that is there. */
TT_TEST_F(wait, edge_per_record)
{
	int ep = epoll_on(c->fd, EPOLLIN | EPOLLET), i;

	ASSERT_LE(0, ep);
	tt_fill(out, 5 * 300);
	for (i = 0; i < 5; i++)
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out + i * 300, 300));
	ASSERT_OK(send_wire(c));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(EPOLLIN, epoll_next(ep, TT_WAIT_MS));
		ASSERT_EQ(0, epoll_next(ep, 0));
		ASSERT_EQ(300, tt_recv(c, in + i * 300, 300, 0));
	}
	EXPECT_EQ(0, epoll_next(ep, 0));
	EXPECT_EQ(0, memcmp(in, out, 5 * 300));
	close(ep);
}

/* By level, an event comes as long as there is something, and no longer. */
TT_TEST_F(wait, level)
{
	int ep = epoll_on(c->fd, EPOLLIN), i;

	ASSERT_LE(0, ep);
	tt_fill(out, 200);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out + 100, 100));
	ASSERT_OK(send_wire(c));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(EPOLLIN, epoll_next(ep, TT_WAIT_MS));
		ASSERT_EQ(EPOLLIN, epoll_next(ep, 0));
		ASSERT_EQ(50, tt_recv(c, in + i * 50, 50, 0));
	}
	EXPECT_EQ(0, epoll_next(ep, 0));
	EXPECT_EQ(0, memcmp(in, out, 200));
	close(ep);
}

/* What comes while a one-shot watch is off is told when it is on again. */
TT_TEST_F(wait, edge_one_shot)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET | EPOLLONESHOT };
	int ep = epoll_on(c->fd, e.events), i;

	ASSERT_LE(0, ep);
	for (i = 0; i < 3; i++) {
		tt_fill(out, 200);
		ASSERT_OK(tt_peer_write(c, out, 100));
		ASSERT_EQ(EPOLLIN, epoll_next(ep, TT_WAIT_MS));
		ASSERT_EQ(100, tt_recv(c, in, 1000, 0));
		ASSERT_OK(tt_peer_write(c, out + 100, 100));
		ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data"));
		ASSERT_EQ(0, epoll_next(ep, 0));
		ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e));
		ASSERT_EQ(EPOLLIN, epoll_next(ep, 0));
		ASSERT_EQ(100, tt_recv(c, in + 100, 1000, 0));
		ASSERT_EQ(0, memcmp(in, out, 200));
		ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e));
		ASSERT_EQ(0, epoll_next(ep, 0));
	}
	close(ep);
}

/* The ends of a connection are edges: close_notify, FIN, RST. */
TT_TEST_F(wait, edge_end)
{
	int ep = epoll_on(c->fd, EPOLLIN | EPOLLRDHUP | EPOLLET), type;

	ASSERT_LE(0, ep);
	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_EQ(EPOLLIN, epoll_next(ep, TT_WAIT_MS));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 10, 0));
	ASSERT_EQ(0, epoll_next(ep, 0));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_EQ(EPOLLIN | EPOLLRDHUP, epoll_next(ep, TT_WAIT_MS));
	ASSERT_EQ(0, tt_recv(c, in, 10, 0));
	/* Data of ours that nobody is there for brings the reset. */
	tt_reset(&c->peer_fd);
	ASSERT_EQ(EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP,
		  epoll_next(ep, TT_WAIT_MS));
	close(ep);
}
