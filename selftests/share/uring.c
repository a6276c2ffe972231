// SPDX-License-Identifier: GPL-2.0
/* io_uring: many requests for one socket at once, and one that answers many times. */

/* Several reads that wait, in two rings: each record completes one of them. */
TT_TEST_F(share, uring_reads)
{
	static char buf[2][8][RECORD_LEN];
	struct io_uring_sqe sqe = { .opcode = IORING_OP_RECV };
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct tt_uring u[2];
	int i, k, round;

	TT_NEED("io_uring");
	ASSERT_NE(NULL, catch);
	ASSERT_OK(tt_uring_open(&u[0]));
	ASSERT_OK(tt_uring_open(&u[1]));
	sqe.fd = c->fd;
	sqe.len = RECORD_LEN;
	for (round = 0; round < 4; round++) {
		for (i = 0; i < 16; i++) {
			sqe.addr = (unsigned long)buf[i & 1][i / 2];
			ASSERT_OK(tt_uring_start(&u[i & 1], &sqe));
		}
		for (i = 0; i < 16; i++)
			ASSERT_OK(send_one(c, round * 16 + i));
		for (i = 0; i < 16; i++)
			ASSERT_EQ(RECORD_LEN, tt_uring_wait(&u[i & 1], NULL));
		for (i = 0; i < 2; i++)
			for (k = 0; k < 8; k++)
				catch_note(catch, buf[i][k], RECORD_LEN);
	}
	EXPECT_EQ(0, catch->wrong);
	for (i = 0; i < 64; i++)
		EXPECT_EQ(1, catch->times[i]);
	tt_flow_end(&rx, 64 * RECORD_LEN);
	tt_uring_close(&u[0]);
	tt_uring_close(&u[1]);
}

/* A poll that goes on tells of every record. */
TT_TEST_F(share, uring_poll_multishot)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_POLL_ADD,
				    .len = IORING_POLL_ADD_MULTI };
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	unsigned int flags = 0;
	char buf[RECORD_LEN];
	struct tt_uring u;
	long mask;
	int i;

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	sqe.fd = c->fd;
	sqe.poll32_events = POLLIN;
	ASSERT_OK(tt_uring_start(&u, &sqe));
	for (i = 0; i < 20; i++) {
		ASSERT_OK(send_one(c, i));
		mask = tt_uring_wait(&u, &flags);
		ASSERT_EQ(POLLIN, mask & POLLIN);
		ASSERT_EQ(IORING_CQE_F_MORE, flags & IORING_CQE_F_MORE);
		ASSERT_EQ(RECORD_LEN, recv(c->fd, buf, sizeof(buf), 0));
		ASSERT_EQ(RECORD_LEN, message_check(buf, sizeof(buf)));
		ASSERT_EQ(-1, recv(c->fd, buf, 1, MSG_DONTWAIT));
	}
	tt_flow_end(&rx, 20 * RECORD_LEN);
	tt_uring_close(&u);
}

/**
 * struct ring_writer - sends its messages in two rings, by turns
 * @w: what it sends; its call runs ring_writes()
 * @ring: the rings
 */
struct ring_writer {
	struct writer *w;
	struct tt_uring ring[2];
};

static long ring_writes(void *arg)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SEND };
	static char buf[TLS_MAX_PAYLOAD];
	struct ring_writer *r = arg;
	struct writer *w = r->w;
	__u64 state = w->seed;
	long n;
	int i;

	sqe.fd = w->fd;
	sqe.addr = (unsigned long)buf;
	for (i = 0; i < w->count; i++) {
		sqe.len = sizeof(struct message) + (next_random(&state) >> 32) %
			  (w->max - sizeof(struct message) + 1);
		message_fill(buf, w->id, i, sqe.len, state);
		/* A thread with work of a ring waiting counts as one with a signal: tls, which
		 * waits for its own lock interruptibly, then takes nothing of the message.
		 */
		do {
			if (tt_uring_start(&r->ring[i & 1], &sqe))
				return -EIO;
			/* Each ring's answer tells that it is its turn again. */
			n = tt_uring_wait(&r->ring[i & 1], NULL);
		} while (n == -EINTR);
		if (n != sqe.len)
			return n < 0 ? n : -EMSGSIZE;
		w->sent += n;
	}
	return 0;
}

/* Sends of two rings that wait for room while a thread sends: whole records all the
 * same.
 */
TT_TEST_F(share, uring_sends)
{
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct ring_writer rings;
	struct writer w[2];
	int i;

	TT_NEED("io_uring");
	small_buffers(c);
	for (i = 0; i < 2; i++) {
		ASSERT_OK(tt_uring_open(&rings.ring[i]));
		writer_init(&w[i], c, i, i ? 16 : 40, TLS_MAX_PAYLOAD, 0);
	}
	rings.w = &w[1];
	ASSERT_OK(tt_call_start(&w[0].call, writer_writes, &w[0]));
	ASSERT_OK(tt_call_start(&w[1].call, ring_writes, &rings));
	ASSERT_OK(peer_reads_along(c, w, 2));
	for (i = 0; i < 2; i++) {
		ASSERT_OK(tt_call_join(&w[i].call));
		ASSERT_EQ(0, w[i].call.result);
		tt_uring_close(&rings.ring[i]);
	}
	tt_flow_end(&tx, w[0].sent + w[1].sent);
	ASSERT_OK(tt_peer_records(c, w[0].count + w[1].count));
	EXPECT_OK(check_records(c, 0, w, 2));
}
