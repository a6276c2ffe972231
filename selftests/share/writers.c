// SPDX-License-Identifier: GPL-2.0
/* Many who send. */

#define WRITERS		6

/**
 * struct writer - somebody who sends messages
 * @fd: the socket
 * @id: number; odd ones send control records in some tests
 * @type: content type of his messages, TLS_TYPE_DATA for plain send()
 * @count: how many
 * @max: longest
 * @flags: MSG_*
 * @seed: of his messages
 * @sent: out: bytes
 * @call: his thread
 */
struct writer {
	int fd;
	int id;
	int type;
	int count;
	size_t max;
	int flags;
	__u64 seed;
	long sent;
	struct tt_call call;
};

static long write_one(const struct writer *w, void *buf, size_t len)
{
	union {
		char buf[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control = { };
	struct iovec iov = { buf, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	if (w->type == TLS_TYPE_DATA)
		return send(w->fd, buf, len, w->flags | MSG_NOSIGNAL);
	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(cmsg) = w->type;
	return sendmsg(w->fd, &m, (w->flags & ~MSG_MORE) | MSG_NOSIGNAL);
}

static long writer_writes(void *arg)
{
	struct pollfd p = { .events = POLLOUT };
	struct writer *w = arg;
	char *buf = malloc(MESSAGE_MAX);
	__u64 state = w->seed;
	size_t len;
	long n = 0;
	int i;

	p.fd = w->fd;
	for (i = 0; i < w->count; i++) {
		len = sizeof(struct message) +
		      (next_random(&state) >> 32) %
		      (w->max - sizeof(struct message) + 1);
		message_fill(buf, w->id, i, len, state);
		while ((n = write_one(w, buf, len)) < 0 && errno == EAGAIN &&
		       w->flags & MSG_DONTWAIT)
			poll(&p, 1, -1);
		if (n != (long)len)
			break;
		w->sent += n;
	}
	free(buf);
	return i == w->count ? 0 : n < 0 ? -errno : -EMSGSIZE;
}

static void writer_init(struct writer *w, struct tt_conn *c, int id, int count,
			size_t max, int flags)
{
	memset(w, 0, sizeof(*w));
	w->fd = c->fd;
	w->id = id;
	w->type = TLS_TYPE_DATA;
	w->count = count;
	w->max = max;
	w->flags = flags;
	w->seed = tt_random() | 1;
}

/* Each record that came is one message of the right type, each writer's in order. */
static int check_records(struct tt_conn *c, size_t from, const struct writer *w,
			 int writers)
{
	int next[WRITERS] = { }, i;
	const struct message *m;
	long n;

	for (; from < c->recs; from++) {
		const struct tt_record *r = &c->rec[from];

		if (!r->authentic)
			return tt_fail(EBADMSG, "record %zu: not authentic",
				       from);
		n = message_check(r->data, r->len);
		if (n < 0)
			return n;
		m = (const void *)r->data;
		if (n != (long)r->len || m->writer >= writers ||
		    m->number != next[m->writer] ||
		    r->type != w[m->writer].type)
			return tt_fail(EBADMSG,
				       "record %zu: type %d, %zu bytes, message %d of writer %d, who is at %d",
				       from, r->type, r->len, m->number,
				       m->writer, next[m->writer]);
		next[m->writer]++;
	}
	for (i = 0; i < writers; i++)
		if (next[i] != w[i].count)
			return tt_fail(EBADMSG, "writer %d: %d messages of %d",
				       i, next[i], w[i].count);
	return 0;
}

/* All bytes that came are whole messages, wherever records end. */
static int check_stream(struct tt_conn *c, const struct writer *w, int writers)
{
	int next[WRITERS] = { }, i;
	const struct message *m;
	size_t sum = 0, at = 0, k;
	char *all;
	long n;

	for (k = 0; k < c->recs; k++)
		sum += c->rec[k].len;
	all = malloc(sum);
	for (k = 0; k < c->recs; k++) {
		memcpy(all + at, c->rec[k].data, c->rec[k].len);
		at += c->rec[k].len;
	}
	for (at = 0; at < sum; at += n) {
		n = message_check(all + at, sum - at);
		if (n < 0)
			return n;
		m = (const void *)(all + at);
		if (m->writer >= writers || m->number != next[m->writer]++)
			return tt_fail(EBADMSG,
				       "message %d of writer %d out of turn",
				       m->number, m->writer);
	}
	free(all);
	for (i = 0; i < writers; i++)
		if (next[i] != w[i].count)
			return tt_fail(EBADMSG, "writer %d: %d messages of %d",
				       i, next[i], w[i].count);
	return 0;
}

/* Read at the peer until all of them are through. One may have to wait for long, as
 * others take the room; but something must come, or end.
 */
static int peer_reads_along(struct tt_conn *c, const struct writer *w,
			    int writers)
{
	struct pollfd p = { .fd = c->peer_fd, .events = POLLIN };
	long long end = tt_now_ms() + TT_WAIT_MS;
	int i = 0;
	long n;

	while (i < writers) {
		n = tt_peer_take(c, 20000);
		if (n < 0)
			return n;
		if (tt_call_done(&w[i].call)) {
			i++;
			n = 1;
		}
		if (n) {
			end = tt_now_ms() + TT_WAIT_MS;
			continue;
		}
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT, "no room for writer %d", i);
		poll(&p, 1, 10);
	}
	return 0;
}

/* Have them all send, and the last message of the last one when they are through:
 * with it nothing is left in an open record.
 */
static void writers_run(struct __test_metadata *_metadata, struct tt_conn *c,
			struct writer *w, int writers)
{
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct writer *last = &w[writers - 1];
	char buf[1000];
	long sum = sizeof(buf);
	int i;

	small_buffers(c);
	for (i = 0; i < writers; i++)
		ASSERT_OK(tt_call_start(&w[i].call, writer_writes, &w[i]));
	ASSERT_OK(peer_reads_along(c, w, writers));
	for (i = 0; i < writers; i++) {
		ASSERT_OK(tt_call_join(&w[i].call));
		ASSERT_EQ(0, w[i].call.result);
		sum += w[i].sent;
	}
	/* Nobody reads meanwhile: it needs the room that comes with these. */
	ASSERT_OK(tt_peer_records(c, tt_seq(c, TLS_TX) - tx.before));
	message_fill(buf, last->id, last->count++, sizeof(buf), last->seed);
	last->flags = 0;
	ASSERT_EQ(sizeof(buf), write_one(last, buf, sizeof(buf)));
	tt_flow_end(&tx, sum);
	ASSERT_OK(tt_peer_records(c, tt_seq(c, TLS_TX) - tx.before));
}

/* Threads that block, with data and with types of their own: a send of up to 16 KiB
 * is one record, whoever else sends.
 */
TT_TEST_F(share, writers)
{
	struct writer w[WRITERS];
	int i;

	for (i = 0; i < WRITERS; i++) {
		writer_init(&w[i], c, i, 25, TLS_MAX_PAYLOAD, 0);
		if (i & 1)
			w[i].type = 100 + i;
	}
	writers_run(_metadata, c, w, WRITERS);
	EXPECT_OK(check_records(c, 0, w, WRITERS));
	ASSERT_OK(tt_kernel_receives(c, 1000));
}

/* Threads that do not block, and poll for room: each is woken, and has all of a
 * record taken or nothing.
 */
TT_TEST_F(share, writers_poll)
{
	struct writer w[WRITERS];
	int i;

	for (i = 0; i < WRITERS; i++) {
		writer_init(&w[i], c, i, 25, TLS_MAX_PAYLOAD, MSG_DONTWAIT);
		if (i & 1)
			w[i].type = 100 + i;
	}
	writers_run(_metadata, c, w, WRITERS);
	EXPECT_OK(check_records(c, 0, w, WRITERS));
}

/* A send of several records is not torn by another's, though it blocks midway. */
TT_TEST_F(share, writers_large)
{
	struct writer w[4];
	int i;

	for (i = 0; i < 4; i++)
		writer_init(&w[i], c, i, 8, MESSAGE_MAX, 0);
	writers_run(_metadata, c, w, 4);
	EXPECT_OK(check_stream(c, w, 4));
}

/* Open records that others go on with: a message may share a record, and is whole. */
TT_TEST_F(share, writers_more)
{
	struct writer w[4];
	int i;

	for (i = 0; i < 4; i++)
		writer_init(&w[i], c, i, 40, i & 1 ? 300 : 12000,
			    i < 3 ? MSG_MORE : 0);
	writers_run(_metadata, c, w, 4);
	EXPECT_OK(check_stream(c, w, 4));
}
