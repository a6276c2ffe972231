// SPDX-License-Identifier: GPL-2.0
/* Many who receive. */

#define READERS		5
#define RECORDS		120
/* All have this size, so that a read takes exactly one. */
#define RECORD_LEN	700

/* Ways to receive, all of which may be at it at once. */
enum read_way {
	READ_RECV,	/* blocks */
	READ_POLL,	/* polls, then does not block */
	READ_EDGE,	/* has an edge-triggered epoll of its own */
	READ_SPLICE,	/* blocks */
	NR_READ_WAYS
};

/* What they got, shared with processes too. */
struct catch {
	int times[RECORDS];
	int got;
	int wrong;
};

struct rx_reader {
	int fd;
	enum read_way way;
	struct catch *catch;
	int pipe[2];
	int epoll;
	bool ended;
	long got;
	struct tt_call call;
};

static struct catch *catch_new(void)
{
	void *p = mmap(NULL, sizeof(struct catch), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void catch_note(struct catch *catch, const void *buf, long n)
{
	const struct message *m = buf;

	if (n != RECORD_LEN || message_check(buf, n) != n ||
	    m->number >= RECORDS)
		__atomic_add_fetch(&catch->wrong, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&catch->times[m->number], 1,
				   __ATOMIC_RELAXED);
	__atomic_add_fetch(&catch->got, 1, __ATOMIC_RELEASE);
}

static int catch_check(const struct catch *catch)
{
	int i;

	if (catch->wrong)
		return tt_fail(EBADMSG, "%d reads were not one whole record",
			       catch->wrong);
	for (i = 0; i < RECORDS; i++)
		if (catch->times[i] != 1)
			return tt_fail(EBADMSG, "record %d came %d times", i,
				       catch->times[i]);
	return 0;
}

/* For as long as it takes: others may get all that comes. */
static void wait_for_some(struct rx_reader *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	struct epoll_event e = { };

	if (r->way == READ_POLL)
		poll(&p, 1, -1);
	else
		epoll_wait(r->epoll, &e, 1, -1);
	/* There is no edge after this one, but EAGAIN as long as it is the turn of
	 * one who blocks. A read that may wait waits for no more than that now.
	 */
	r->ended = e.events & EPOLLRDHUP;
}

/* One read: bytes, 0 at the end, -errno. */
static long read_one(struct rx_reader *r, void *buf)
{
	long n;

	switch (r->way) {
	case READ_RECV:
		n = recv(r->fd, buf, RECORD_LEN, 0);
		break;
	case READ_SPLICE:
		n = splice(r->fd, NULL, r->pipe[1], NULL, RECORD_LEN, 0);
		if (n > 0 && read(r->pipe[0], buf, n) != n)
			return -EIO;
		break;
	default:
		while ((n = recv(r->fd, buf, RECORD_LEN,
				 r->ended ? 0 : MSG_DONTWAIT)) < 0 &&
		       errno == EAGAIN)
			wait_for_some(r);
	}
	return n < 0 ? -errno : n;
}

static long reader_reads(void *arg)
{
	struct rx_reader *r = arg;
	char buf[RECORD_LEN];
	long n;

	while ((n = read_one(r, buf)) > 0) {
		catch_note(r->catch, buf, n);
		r->got += n;
	}
	return n;
}

static int reader_init(struct rx_reader *r, const struct tt_conn *c,
		       enum read_way way, struct catch *catch)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };

	memset(r, 0, sizeof(*r));
	r->fd = c->fd;
	r->way = way;
	r->catch = catch;
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (pipe2(r->pipe, O_CLOEXEC) ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->fd, &e))
		return tt_fail(errno, "pipe or epoll");
	return 0;
}

static void reader_free(struct rx_reader *r)
{
	close(r->pipe[0]);
	close(r->pipe[1]);
	close(r->epoll);
}

/* Send record number @i, in a segment with others at times. */
static int send_record(struct tt_conn *c, int i)
{
	static unsigned char wire[8 * TLS_MAX_RECORD];
	static size_t len;
	char buf[RECORD_LEN];
	size_t all;
	int n;

	message_fill(buf, 0, i, sizeof(buf), tt_random() | 1);
	n = tt_peer_seal(c, TLS_TYPE_DATA, buf, sizeof(buf), 0, wire + len);
	if (n < 0)
		return n;
	len += n;
	if (i < RECORDS - 1 && len < 7 * TLS_MAX_RECORD && tt_random() % 3)
		return 0;
	/* And, also at times, it comes in two pieces. */
	all = len;
	len = 0;
	n = tt_random() % all;
	return tt_peer_raw(c, wire, n) ?: tt_peer_raw(c, wire + n, all - n);
}

static void readers_run(struct __test_metadata *_metadata, struct tt_conn *c,
			const enum read_way *way)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r[READERS];
	long sum = 0;
	int i;

	ASSERT_NE(NULL, catch);
	set_time(c->fd, SO_RCVTIMEO, 0);
	for (i = 0; i < READERS; i++) {
		ASSERT_OK(reader_init(&r[i], c, way[i], catch));
		ASSERT_OK(tt_call_start(&r[i].call, reader_reads, &r[i]));
	}
	for (i = 0; i < RECORDS; i++)
		ASSERT_OK(send_record(c, i));
	shutdown(c->peer_fd, SHUT_WR);
	for (i = 0; i < READERS; i++) {
		ASSERT_OK(tt_call_join(&r[i].call));
		ASSERT_EQ(0, r[i].call.result);
		sum += r[i].got;
		reader_free(&r[i]);
	}
	EXPECT_OK(catch_check(catch));
	tt_flow_end(&rx, sum);
	EXPECT_EQ(c->rx.seq + RECORDS, tt_seq(c, TLS_RX));
}

/* Readers that block: each record comes to one of them, whole; then all see the end. */
TT_TEST_F(share, readers)
{
	static const enum read_way way[READERS] = { READ_RECV, READ_RECV,
						    READ_RECV, READ_RECV,
						    READ_RECV };

	readers_run(_metadata, c, way);
}

/* Readers that poll, by level and by edge: none of them misses the last record. */
TT_TEST_F(share, readers_poll)
{
	static const enum read_way way[READERS] = { READ_POLL, READ_POLL,
						    READ_POLL, READ_EDGE,
						    READ_EDGE };

	readers_run(_metadata, c, way);
}

/* Readers that block, poll and splice at the same socket. */
TT_TEST_F(share, readers_mixed)
{
	static const enum read_way way[READERS] = { READ_SPLICE, READ_RECV,
						    READ_POLL, READ_EDGE,
						    READ_SPLICE };

	readers_run(_metadata, c, way);
}

/* One record at a time: whoever sleeps, one of them is woken for it. */
TT_TEST_F(share, readers_one_by_one)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r[READERS];
	char buf[RECORD_LEN];
	long long end;
	long sum = 0;
	int i;

	ASSERT_NE(NULL, catch);
	set_time(c->fd, SO_RCVTIMEO, 0);
	for (i = 0; i < READERS; i++) {
		ASSERT_OK(reader_init(&r[i], c, i == 4 ? READ_SPLICE :
				      READ_RECV, catch));
		ASSERT_OK(tt_call_start(&r[i].call, reader_reads, &r[i]));
	}
	for (i = 0; i < RECORDS; i++) {
		message_fill(buf, 0, i, sizeof(buf), tt_random() | 1);
		ASSERT_OK(tt_peer_write(c, buf, sizeof(buf)));
		end = tt_now_ms() + TT_WAIT_MS;
		while (__atomic_load_n(&catch->got, __ATOMIC_ACQUIRE) <= i) {
			ASSERT_GT(end, tt_now_ms()) {
				TH_LOG("nobody was woken for record %d", i);
			}
			sched_yield();
		}
	}
	shutdown(c->peer_fd, SHUT_WR);
	for (i = 0; i < READERS; i++) {
		ASSERT_OK(tt_call_join(&r[i].call));
		ASSERT_EQ(0, r[i].call.result);
		sum += r[i].got;
		reader_free(&r[i]);
	}
	EXPECT_OK(catch_check(catch));
	tt_flow_end(&rx, sum);
}

/* What ends the connection wakes all who wait for data, or for their turn. */
TT_TEST_F(share, readers_end)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct catch *catch = catch_new();
	struct rx_reader r[READERS];
	struct tt_flow rx;
	int i, k, resets;

	ASSERT_NE(NULL, catch);
	o.no_handshake = true;
	for (k = 0; k < 3; k++) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		rx = tt_flow_begin(c, TT_OP_RX);
		set_time(c->fd, SO_RCVTIMEO, 0);
		for (i = 0; i < READERS; i++) {
			ASSERT_OK(reader_init(&r[i], c, i & 1 ? READ_SPLICE :
					      READ_RECV, catch));
			ASSERT_OK(tt_call_blocks(&r[i].call, reader_reads,
						 &r[i], i & 1 ? SYS_splice :
						 SYS_recvfrom));
		}
		if (k == 0)
			shutdown(c->peer_fd, SHUT_WR);
		else if (k == 1)
			shutdown(c->fd, SHUT_RD);
		else
			tt_reset(&c->peer_fd);
		for (i = 0, resets = 0; i < READERS; i++) {
			ASSERT_OK(tt_call_join(&r[i].call));
			resets += r[i].call.result == -ECONNRESET;
			if (r[i].call.result != -ECONNRESET)
				ASSERT_EQ(0, r[i].call.result);
			reader_free(&r[i]);
		}
		/* The error is told once. */
		EXPECT_EQ(k == 2, resets);
		tt_flow_end(&rx, k == 2 ? -ECONNRESET : 0);
	}
}
