// SPDX-License-Identifier: GPL-2.0
/* Room to send: poll and calls that block when it is used up, and what frees it. */

/* Wait until nothing is on its way to the peer: what is left waits for room there. So
 * does what stays on its way: the peer's memory was used up before its window, and TCP
 * sends it again later and later.
 */
static int nothing_in_flight(struct tt_conn *c)
{
	long long end = tt_now_ms() + tt_limit(1000);
	int all, unsent, before = -1, one = 1;

	/* Do not let acknowledgements wait for more data. */
	setsockopt(c->peer_fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
	do {
		if (ioctl(c->fd, SIOCOUTQ, &all) ||
		    ioctl(c->fd, SIOCOUTQNSD, &unsent))
			return tt_fail(errno, "SIOCOUTQ: %s", strerror(errno));
		if (all == unsent)
			return 0;
		if (all != before)
			end = tt_now_ms() + tt_limit(1000);
		before = all;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return 0;
}

/* More than there is room for on the way to the peer. */
#define MORE		300000

/* Send from @out until there is no room at all. Return: bytes or -errno. */
static long fill_room(struct tt_conn *c)
{
	size_t sum = 0, before;
	long n;
	int err;

	tt_fill(out, MORE + 20000);
	do {
		before = sum;
		while ((n = tt_send(c, out + sum, 1 + tt_random() % 20000,
				    MSG_DONTWAIT)) > 0)
			sum += n;
		if (n != -EAGAIN)
			return n;
		if (sum > MORE)
			return tt_fail(EMSGSIZE, "there is always room");
		err = nothing_in_flight(c);
		if (err)
			return err;
	} while (sum != before);
	return sum;
}

enum send_way {
	SEND_SEND,
	SEND_SENDMSG,
	SEND_SENDFILE,
	SEND_SPLICE,
	NR_SEND_WAYS
};

static const int send_call[NR_SEND_WAYS] = {
	SYS_sendto, SYS_sendmsg, SYS_sendfile, SYS_splice,
};

/**
 * struct sender - somebody who wants to send
 * @c: connection
 * @way: how
 * @at: from where in @out
 * @len: bytes
 * @file: what sendfile sends
 * @off: and its offset
 * @pipe: what splice sends from
 * @call: his call
 */
struct sender {
	struct tt_conn *c;
	enum send_way way;
	size_t at;
	size_t len;
	int file;
	off_t off;
	int pipe[2];
	struct tt_call call;
};

static long sender_sends(void *arg)
{
	struct sender *s = arg;
	struct iovec iov[2] = { { out + s->at, s->len / 3 },
				{ out + s->at + s->len / 3,
				  s->len - s->len / 3 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };

	switch (s->way) {
	case SEND_SEND:
		return tt_send(s->c, out + s->at, s->len, 0);
	case SEND_SENDMSG:
		return tt_sendmsg(s->c, &m, 0, TLS_TYPE_DATA);
	case SEND_SENDFILE:
		return tt_sendfile(s->c, s->file, &s->off, s->len);
	default:
		return tt_splice_out(s->c, s->pipe[0], s->len, 0);
	}
}

static int sender_init(struct sender *s, struct tt_conn *c, enum send_way way,
		       size_t at, size_t len)
{
	memset(s, 0, sizeof(*s));
	s->c = c;
	s->way = way;
	s->at = at;
	s->len = len;
	s->file = -1;
	s->pipe[0] = -1;
	s->pipe[1] = -1;
	if (way == SEND_SENDFILE) {
		s->file = tt_file(0, NULL);
		if (write(s->file, out + at, len) != (ssize_t)len)
			return tt_fail(EIO, "file");
	} else if (way == SEND_SPLICE) {
		if (pipe2(s->pipe, O_CLOEXEC) ||
		    fcntl(s->pipe[1], F_SETPIPE_SZ, 1 << 20) < 0 ||
		    write(s->pipe[1], out + at, len) != (ssize_t)len)
			return tt_fail(EIO, "pipe");
	}
	return 0;
}

static void sender_free(struct sender *s)
{
	close(s->file);
	close(s->pipe[0]);
	close(s->pipe[1]);
}

/* Begin to send more than there is room for, and wait until he sleeps. */
static int sender_start(struct sender *s, struct tt_conn *c, enum send_way way,
			size_t at, size_t len)
{
	int err = sender_init(s, c, way, at, len);

	set_time(c->fd, SO_SNDTIMEO, 0);
	err = err ?: tt_call_blocks(&s->call, sender_sends, s, send_call[way]);
	return err ? tt_fail(-err, "way %d: %s", way, tt_why()) : 0;
}

static int sender_join(struct sender *s)
{
	int err = tt_call_join(&s->call);

	return err ? tt_fail(-err, "way %d: nobody woke it", s->way) : 0;
}

static long poll_for_room(void *arg)
{
	struct tt_conn *c = arg;
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	int n = ppoll(&p, 1, NULL, NULL);

	return n < 0 ? -errno : p.revents;
}

/* A full buffer is no room to send, and still one can read; room comes back, and
 * who polls is woken, when the peer reads. What was taken arrives, and only that.
 */
TT_TEST_F(wait, room_returns)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	struct tt_call call;
	long n;
	int i;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	for (i = 0; i < 3; i++) {
		n = fill_room(c);
		ASSERT_LT(0, n);
		EXPECT_EQ(0, mask(c));
		EXPECT_EQ(-EAGAIN, tt_send(c, out + n, 1, MSG_DONTWAIT));
		EXPECT_EQ(0, poll(&p, 1, 0));
		ASSERT_OK(tt_call_blocks(&call, poll_for_room, c, SYS_ppoll));
		ASSERT_OK(tt_peer_expect_data(c, out, n));
		ASSERT_OK(tt_call_join(&call));
		EXPECT_EQ(POLLOUT, call.result);
		EXPECT_EQ(ROOM, mask(c));
	}
	ASSERT_OK(tt_exchange(c));
}

/* What was taken goes on its way by itself, in whatever pieces the peer reads; the
 * buffer was full in the middle of a record.
 */
TT_TEST_F(wait, room_flows)
{
	size_t want, got;
	long n, k;
	int i;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	for (i = 0; i < 3; i++) {
		n = fill_room(c);
		ASSERT_LT(0, n);
		want = c->recs;
		got = 0;
		while (got < (size_t)n) {
			ASSERT_OK(tt_wait_fd(c->peer_fd, POLLIN, "the rest"));
			k = tt_peer_take(c, 1 + tt_random() % 5000);
			ASSERT_LT(0, k);
			for (; want < c->recs; want++)
				got += c->rec[want].len;
		}
		ASSERT_OK(tt_peer_expect_data(c, out, n));
	}
	ASSERT_OK(tt_exchange(c));
}

/* An edge tells of room each time it was used up. */
TT_TEST_F(wait, room_edge)
{
	int ep = epoll_on(c->fd, EPOLLOUT | EPOLLET), i;
	long n;

	ASSERT_LE(0, ep);
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	ASSERT_EQ(EPOLLOUT, epoll_next(ep, 0));
	for (i = 0; i < 3; i++) {
		n = fill_room(c);
		ASSERT_LT(0, n);
		while (epoll_next(ep, 0))
			;
		ASSERT_OK(tt_peer_expect_data(c, out, n));
		ASSERT_EQ(EPOLLOUT, epoll_next(ep, TT_WAIT_MS));
	}
	close(ep);
}

/* A sender who blocks goes on when the peer reads, and all arrives. */
TT_TEST_F(wait, room_wakes_sender)
{
	struct sender s;
	int way;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_fill(out, MORE + 4000);
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(sender_start(&s, c, way, way * 1000, MORE));
		ASSERT_OK(tt_peer_expect_data(c, out + way * 1000, MORE));
		ASSERT_OK(sender_join(&s));
		ASSERT_EQ(MORE, s.call.result);
		if (way == SEND_SENDFILE)
			EXPECT_EQ(MORE, s.off);
		sender_free(&s);
	}
	ASSERT_OK(tt_exchange(c));
}

/* So does one with a single byte for a buffer that is full. */
TT_TEST_F(wait, room_wakes_short)
{
	struct sender s;
	long n;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	n = fill_room(c);
	ASSERT_LT(0, n);
	ASSERT_OK(sender_start(&s, c, SEND_SEND, n, 1));
	ASSERT_OK(tt_peer_expect_data(c, out, n + 1));
	ASSERT_OK(sender_join(&s));
	EXPECT_EQ(1, s.call.result);
	ASSERT_OK(tt_exchange(c));
}

/* A reset ends a blocked call that had nothing taken, with its error. */
TT_TEST_F(wait, room_reset)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct sender s;
	long n;
	int way;

	o.no_handshake = true;
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		tt_tcp_narrow(c->fd, c->peer_fd, 16384);
		c->ledger.unordered = true;
		n = fill_room(c);
		ASSERT_LT(0, n);
		ASSERT_OK(sender_start(&s, c, way, n, 1000));
		tt_reset(&c->peer_fd);
		ASSERT_OK(sender_join(&s));
		EXPECT_EQ(-ECONNRESET, s.call.result);
		sender_free(&s);
	}
}

/* A connection that was reset takes nothing more: at the latest the second call
 * tells so.
 */
TT_TEST_F(wait, reset_send)
{
	tt_reset(&c->peer_fd);
	ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
	ASSERT_EQ(-ECONNRESET, tt_recv(c, in, 10, 0));
	tt_send(c, out, 10, 0);
	TT_KNOWN("send-after-reset");
	EXPECT_EQ(-EPIPE, tt_send(c, out, 10, 0));
}

/* shutdown of the own end for sending ends it too. */
TT_TEST_F(wait, room_shutdown)
{
	struct sender s;
	long n;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	n = fill_room(c);
	ASSERT_LT(0, n);
	ASSERT_OK(sender_start(&s, c, SEND_SEND, n, 1000));
	ASSERT_EQ(0, shutdown(c->fd, SHUT_WR));
	ASSERT_OK(sender_join(&s));
	EXPECT_EQ(-EPIPE, s.call.result);
}

/* Who goes on behind what a call had taken, while the peer reads: all comes, once. Of
 * sendfile and splice something may wait for this, see signal_flows.
 */
static void goes_on(struct __test_metadata *_metadata, struct tt_conn *c,
		    enum send_way way, size_t taken)
{
	size_t waits = way == SEND_SENDFILE || way == SEND_SPLICE ? taken : 0;
	size_t comes = taken - waits;
	struct sender s;

	ASSERT_EQ(0, set_time(c->fd, SO_SNDTIMEO, TT_WAIT_MS));
	ASSERT_OK(tt_peer_expect_data(c, out, comes));
	ASSERT_OK(sender_init(&s, c, SEND_SEND, taken, 1000));
	ASSERT_OK(tt_call_start(&s.call, sender_sends, &s));
	ASSERT_OK(tt_peer_expect_data(c, out + comes, waits + 1000));
	ASSERT_OK(sender_join(&s));
	ASSERT_EQ(1000, s.call.result);
}

/* A call that more was wanted of was cut short: the count of a part. */
static void cut_short(struct __test_metadata *_metadata, struct sender *s)
{
	ASSERT_LT(0, s->call.result);
	ASSERT_GT(s->len, s->call.result);
	if (s->way == SEND_SENDFILE)
		EXPECT_EQ(s->call.result, s->off);
	sender_free(s);
	goes_on(_metadata, s->c, s->way, s->call.result);
}

/* SO_SNDTIMEO: EAGAIN where nothing was taken, the count where some was; what the
 * count says arrives, and the caller goes on behind it.
 */
TT_TEST_F(wait, time_send)
{
	struct sender s;
	long n;
	int way;

	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_fill(out, MORE);
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(sender_init(&s, c, way, 0, MORE));
		ASSERT_EQ(0, set_time(c->fd, SO_SNDTIMEO, LIMIT_MS));
		s.call.result = sender_sends(&s);
		cut_short(_metadata, &s);
	}
	n = fill_room(c);
	ASSERT_LT(0, n);
	ASSERT_EQ(0, set_time(c->fd, SO_SNDTIMEO, LIMIT_MS));
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(sender_init(&s, c, way, n, 1000));
		TIMED(-EAGAIN, sender_sends(&s));
		EXPECT_EQ(0, s.off);
		sender_free(&s);
	}
	goes_on(_metadata, c, SEND_SEND, n);
	ASSERT_OK(tt_exchange(c));
}

/* A signal: EINTR where nothing was taken, else the count; all that was taken, and
 * no more, arrives.
 */
TT_TEST_F(wait, signal_send)
{
	struct sender s;
	long n;
	int way;

	catch_signal(false);
	c->ledger.unordered = true;
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_fill(out, MORE);
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(sender_start(&s, c, way, 0, MORE));
		ASSERT_OK(signal_call(&s.call));
		ASSERT_OK(sender_join(&s));
		cut_short(_metadata, &s);
	}
	n = fill_room(c);
	ASSERT_LT(0, n);
	for (way = 0; way < NR_SEND_WAYS; way++) {
		ASSERT_OK(sender_start(&s, c, way, n, 1000));
		ASSERT_OK(signal_call(&s.call));
		ASSERT_OK(sender_join(&s));
		EXPECT_EQ(-EINTR, s.call.result);
		EXPECT_EQ(0, s.off);
		sender_free(&s);
	}
	goes_on(_metadata, c, SEND_SEND, n);
	ASSERT_OK(tt_exchange(c));
}

/* Have so many records come. Where a rest does not, TCP is made to look at its queue.
 * Return: 0, 1 if that helped, or -errno.
 */
static int records_come(struct tt_conn *c, size_t n)
{
	struct pollfd p = { .fd = c->peer_fd, .events = POLLIN };
	int one = 1;
	long k = 0;

	while (c->recs < n && k >= 0) {
		if (poll(&p, 1, tt_limit(500)) <= 0) {
			setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one,
				   sizeof(one));
			return tt_peer_records(c, n) ?: 1;
		}
		k = tt_peer_take(c, 65536);
	}
	return k < 0 ? k : 0;
}

/* Cut a call short by a signal, and have come what it counted, in records that are all
 * made. Return: as records_come().
 */
static int cut_by_signal(struct tt_conn *c, enum send_way way)
{
	__u64 before = tt_seq(c, TLS_TX);
	size_t recs = c->recs;
	struct sender s;
	long at = 0;
	int err;

	err = sender_start(&s, c, way, 0, MORE) ?: signal_call(&s.call) ?:
	      sender_join(&s);
	if (err)
		return err;
	sender_free(&s);
	err = records_come(c, recs + tt_seq(c, TLS_TX) - before);
	for (; recs < c->recs; at += c->rec[recs++].len)
		if (memcmp(c->rec[recs].data, out + at, c->rec[recs].len))
			return tt_fail(EBADMSG, "way %d: other data", way);
	return at != s.call.result && err >= 0 ?
	       tt_fail(EBADMSG, "way %d: %ld of %ld bytes are in records", way,
		       at, s.call.result) : err;
}

/* What a sendfile or splice that a signal cuts short has counted goes on its way by
 * itself: none of it waits for the next call.
 */
TT_TEST_F(wait, signal_flows)
{
	int i, n, pushed = 0;

	catch_signal(false);
	c->ledger.unordered = true;
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_fill(out, MORE);
	for (i = 0; i < 4; i++) {
		n = cut_by_signal(c, i & 1 ? SEND_SENDFILE : SEND_SPLICE);
		ASSERT_LE(0, n) TH_LOG("%s", tt_why());
		pushed += n;
	}
	TT_KNOWN("sendpage-unpushed");
	EXPECT_EQ(0, pushed);
}

/* With SA_RESTART and no limit, a call that has sent nothing goes on. */
TT_TEST_F(wait, signal_restarts_send)
{
	struct sender s;
	long n;
	int way;

	catch_signal(true);
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	/* A call is two for the kernel then. */
	c->ledger.unordered = true;
	for (way = 0; way < NR_SEND_WAYS; way++) {
		n = fill_room(c);
		ASSERT_LT(0, n);
		ASSERT_OK(sender_start(&s, c, way, n, 3000));
		ASSERT_OK(signal_call(&s.call));
		ASSERT_OK(tt_call_sleeps(&s.call, send_call[way]));
		ASSERT_OK(tt_peer_expect_data(c, out, n + 3000));
		ASSERT_OK(sender_join(&s));
		EXPECT_EQ(3000, s.call.result);
		sender_free(&s);
	}
}
