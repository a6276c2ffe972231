// SPDX-License-Identifier: GPL-2.0
/* Signals: EINTR only where nothing was moved, and nothing is ever lost. */

static volatile int signals;

static void on_signal(int nr)
{
	(void)nr;
	signals++;
}

static void catch_signal(bool restart)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = restart ? SA_RESTART : 0 };

	sigaction(SIGUSR1, &sa, NULL);
	signals = 0;
}

/* Send one, and wait until its handler has run. */
static int signal_call(struct tt_call *call)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int before = signals;

	if (tt_call_signal(call, SIGUSR1))
		return -ESRCH;
	while (signals == before) {
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT, "the signal does not come");
		poll(NULL, 0, 1);
	}
	return 0;
}

/* A reader with nothing to read: EINTR, and what comes then is all there. With
 * half a record as well.
 */
TT_TEST_F(wait, signal_receive)
{
	struct reader r;
	int way;

	catch_signal(false);
	/* What EINTR is here is ERESTARTSYS for tls, and for who looks there. */
	c->ledger.unordered = true;
	for (way = 0; way < NR_WAYS; way++) {
		tt_fill(out, 400);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 400));
		ASSERT_OK(reader_start(&r, c, way, 400));
		ASSERT_OK(signal_call(&r.call));
		ASSERT_OK(reader_join(&r));
		ASSERT_EQ(-EINTR, r.call.result);
		ASSERT_OK(tt_peer_raw(c, wire, 100));
		ASSERT_OK(arrived(c, 100));
		/* TCP's poll takes it for something to read. */
		if (way != BY_POLL || records_polled()) {
			ASSERT_OK(reader_start(&r, c, way, 400));
			ASSERT_OK(signal_call(&r.call));
			ASSERT_OK(reader_join(&r));
			ASSERT_EQ(-EINTR, r.call.result);
		}
		ASSERT_OK(tt_peer_raw(c, wire + 100, wire_len - 100));
		wire_len = 0;
		ASSERT_OK(tt_recv_all(c, in, 400));
		ASSERT_EQ(0, memcmp(in, out, 400));
	}
}

/* With SA_RESTART and no time limit the call goes on, as if nothing had been. */
TT_TEST_F(wait, signal_restarts)
{
	struct reader r;
	int i, way;

	catch_signal(true);
	/* A call is two for the kernel then. */
	c->ledger.unordered = true;
	for (way = 0; way < BY_POLL; way++) {
		tt_fill(out, 400);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 400));
		ASSERT_OK(reader_start(&r, c, way, 400));
		for (i = 0; i < 2; i++) {
			ASSERT_OK(signal_call(&r.call));
			ASSERT_OK(tt_call_sleeps(&r.call, way_call[way]));
			if (i)
				break;
			ASSERT_OK(tt_peer_raw(c, wire, 100));
			ASSERT_OK(arrived(c, 100));
		}
		ASSERT_OK(tt_peer_raw(c, wire + 100, wire_len - 100));
		wire_len = 0;
		ASSERT_OK(reader_got(&r, out, 400));
	}
}

/* A time limit makes it EINTR, SA_RESTART or not (signal(7)). */
TT_TEST_F(wait, signal_with_limit)
{
	struct reader r = { .c = c, .way = BY_RECV, .len = 100 };

	catch_signal(true);
	ASSERT_EQ(0, set_time(c->fd, SO_RCVTIMEO, TT_WAIT_MS));
	ASSERT_OK(tt_call_blocks(&r.call, reader_reads, &r, SYS_recvfrom));
	ASSERT_OK(signal_call(&r.call));
	ASSERT_OK(reader_join(&r));
	EXPECT_EQ(-EINTR, r.call.result);
	ASSERT_OK(tt_exchange(c));
}

/* Who waits for all, and has some: the count, and the rest is there later. */
TT_TEST_F(wait, signal_all)
{
	struct reader r;
	int i;

	for (i = 0; i < 2; i++) {
		catch_signal(i);
		tt_fill(out, 1000);
		ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
		ASSERT_OK(tt_peer_write(c, out, 300));
		ASSERT_OK(tt_peer_write(c, out + 300, 300));
		ASSERT_OK(arrived(c, 0));
		ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
		ASSERT_OK(signal_call(&r.call));
		ASSERT_OK(reader_join(&r));
		ASSERT_EQ(600, r.call.result);
		ASSERT_EQ(0, memcmp(in, out, 600));
		ASSERT_OK(tt_peer_write(c, out + 600, 400));
		ASSERT_OK(tt_recv_all(c, in + 600, 400));
		ASSERT_EQ(0, memcmp(in, out, 1000));
	}
}
