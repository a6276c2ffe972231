// SPDX-License-Identifier: GPL-2.0
/* The turns of readers: one reads, the others wait for it, or are told to. */

static long lock_recv(void *arg)
{
	struct rx_reader *r = arg;
	char buf[RECORD_LEN];
	long n = read_one(r, buf);

	if (n > 0)
		catch_note(r->catch, buf, n);
	return n;
}

/* Begin to read, and sleep. */
static int lock_start(struct rx_reader *r, struct tt_conn *c,
		      struct catch *catch)
{
	return reader_init(r, c, READ_RECV, catch) ?:
	       tt_call_blocks(&r->call, lock_recv, r, SYS_recvfrom);
}

static int lock_end(struct rx_reader *r, long want)
{
	int err = tt_call_join(&r->call);

	reader_free(r);
	if (err)
		return err;
	return r->call.result == want ? 0 :
	       tt_fail(EBADMSG, "a reader got %ld, not %ld", r->call.result,
		       want);
}

static int send_one(struct tt_conn *c, int number)
{
	char buf[RECORD_LEN];

	message_fill(buf, 0, number, sizeof(buf), tt_random() | 1);
	return tt_peer_write(c, buf, sizeof(buf));
}

/* While one waits for data, others that do not wait get EAGAIN, at once, and those
 * with a limit after it; then the data goes to the one.
 */
TT_TEST_F(share, lock_again)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r;
	long long start;
	int i, p[2];
	char byte;

	ASSERT_NE(NULL, catch);
	ASSERT_EQ(0, pipe2(p, O_CLOEXEC));
	for (i = 0; i < 3; i++) {
		set_time(c->fd, SO_RCVTIMEO, 0);
		ASSERT_OK(lock_start(&r, c, catch));
		set_time(c->fd, SO_RCVTIMEO, TT_WAIT_MS);
		start = tt_now_ms();
		EXPECT_EQ(-1, recv(c->fd, &byte, 1, MSG_DONTWAIT));
		EXPECT_EQ(EAGAIN, errno);
		EXPECT_EQ(-1, recv(c->fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK));
		EXPECT_EQ(EAGAIN, errno);
		EXPECT_EQ(-1, splice(c->fd, NULL, p[1], NULL, 1,
				     SPLICE_F_NONBLOCK));
		EXPECT_EQ(EAGAIN, errno);
		EXPECT_GT(TT_WAIT_MS, tt_now_ms() - start);
		set_time(c->fd, SO_RCVTIMEO, 40);
		start = tt_timer_ms();
		EXPECT_EQ(-1, recv(c->fd, &byte, 1, 0));
		EXPECT_EQ(EAGAIN, errno);
		EXPECT_LE(40, tt_timer_passed(start));
		EXPECT_EQ(-1, splice(c->fd, NULL, p[1], NULL, 1, 0));
		EXPECT_EQ(EAGAIN, errno);
		ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
		ASSERT_OK(send_one(c, i));
		ASSERT_OK(lock_end(&r, RECORD_LEN));
		EXPECT_EQ(0, catch->wrong);
	}
	tt_flow_end(&rx, 3 * RECORD_LEN);
	close(p[0]);
	close(p[1]);
}

static void on_signal(int nr)
{
	(void)nr;
}

/* A signal takes one of those who wait, for data or for their turn, out; the others
 * stay, and their records come to them.
 */
TT_TEST_F(share, lock_signal)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r[3];
	int i, out;

	ASSERT_NE(NULL, catch);
	sigaction(SIGUSR1, &sa, NULL);
	set_time(c->fd, SO_RCVTIMEO, 0);
	for (out = 0; out < 3; out++) {
		for (i = 0; i < 3; i++)
			ASSERT_OK(lock_start(&r[i], c, catch));
		ASSERT_OK(tt_call_signal(&r[out].call, SIGUSR1));
		ASSERT_OK(lock_end(&r[out], -EINTR));
		for (i = 0; i < 2; i++)
			ASSERT_OK(send_one(c, i));
		for (i = 0; i < 3; i++)
			if (i != out)
				ASSERT_OK(lock_end(&r[i], RECORD_LEN));
		EXPECT_EQ(0, catch->wrong);
		EXPECT_EQ(out + 1, catch->times[0]);
		EXPECT_EQ(out + 1, catch->times[1]);
	}
	tt_flow_end(&rx, 6 * RECORD_LEN);
	ASSERT_OK(tt_kernel_sends(c, 100));
}

static long wait_for_all(void *arg)
{
	static char buf[10 * RECORD_LEN];
	int fd = *(int *)arg, i;
	long n = recv(fd, buf, sizeof(buf), MSG_WAITALL);

	for (i = 0; i < n / RECORD_LEN; i++)
		if (message_check(buf + i * RECORD_LEN, RECORD_LEN) < 0)
			return -EBADMSG;
	return n < 0 ? -errno : n;
}

/* Who waits for all gets all, whole: nobody else gets between, and who comes later
 * gets what comes later.
 */
TT_TEST_F(share, lock_wait_all)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r;
	struct tt_call call;
	char buf[RECORD_LEN];
	long all;
	int i;

	ASSERT_NE(NULL, catch);
	set_time(c->fd, SO_RCVTIMEO, 0);
	ASSERT_OK(tt_call_blocks(&call, wait_for_all, &c->fd, SYS_recvfrom));
	for (i = 0; i < 9; i++) {
		ASSERT_OK(send_one(c, i));
		EXPECT_EQ(-1, recv(c->fd, buf, 1, MSG_DONTWAIT));
		EXPECT_EQ(EAGAIN, errno);
	}
	ASSERT_OK(lock_start(&r, c, catch));
	ASSERT_OK(send_one(c, 9));
	ASSERT_OK(tt_call_join(&call));
	all = call.result;
	EXPECT_EQ(10 * RECORD_LEN, all);
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	ASSERT_OK(send_one(c, 10));
	ASSERT_OK(lock_end(&r, RECORD_LEN));
	EXPECT_EQ(0, catch->wrong);
	tt_flow_end(&rx, all + RECORD_LEN);
}

static int messages_of(const struct tt_conn *c, int writer)
{
	const struct message *m;
	int count = 0;
	size_t i;

	for (i = 0; i < c->recs; i++) {
		m = (const void *)c->rec[i].data;
		count += m && m->writer == writer;
	}
	return count;
}

/* Until it returns: a call whose record was taken is through, and comes again. */
static int signal_until_done(struct tt_call *call)
{
	long long end = tt_now_ms() + TT_WAIT_MS;

	while (!tt_call_done(call)) {
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT, "signals do not end it");
		tt_call_signal(call, SIGUSR1);
		poll(NULL, 0, 5);
	}
	return tt_call_join(call);
}

/* The ones who wait for room, or for the one that does: a signal ends the call of
 * each with EINTR or a count, and what was taken comes.
 */
TT_TEST_F(share, lock_send_signal)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct writer w[3];
	long sum = 0;
	int i;

	sigaction(SIGUSR1, &sa, NULL);
	small_buffers(c);
	set_time(c->fd, SO_SNDTIMEO, 0);
	for (i = 0; i < 3; i++) {
		writer_init(&w[i], c, i, 1000, TLS_MAX_PAYLOAD, 0);
		ASSERT_OK(tt_call_start(&w[i].call, writer_writes, &w[i]));
	}
	for (i = 0; i < 3; i++)
		ASSERT_OK(tt_call_sleeps(&w[i].call, SYS_sendto));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(signal_until_done(&w[i].call));
		EXPECT_EQ(-EINTR, w[i].call.result);
		sum += w[i].sent;
	}
	tt_flow_end(&tx, sum);
	ASSERT_OK(tt_peer_records(c, tt_seq(c, TLS_TX) - tx.before));
	for (i = 0; i < 3; i++)
		w[i].count = messages_of(c, i);
	EXPECT_OK(check_records(c, 0, w, 3));
}
