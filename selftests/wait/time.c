// SPDX-License-Identifier: GPL-2.0
/* Time limits and marks: SO_RCVTIMEO, SO_SNDTIMEO, SO_RCVLOWAT. */

/* Long enough to see that somebody waited. */
#define LIMIT_MS	40

/* A call that must take its time, and not much more. */
#define TIMED(WANT, EXPR)						\
	do {								\
		long long __start = tt_timer_ms(), __took;		\
									\
		EXPECT_EQ(WANT, EXPR);					\
		__took = tt_timer_passed(__start);			\
		EXPECT_LE(LIMIT_MS, __took);				\
		EXPECT_GT(TT_WAIT_MS, __took);				\
	} while (0)

/* One that must not wait. */
#define AT_ONCE(WANT, EXPR)						\
	do {								\
		set_time(c->fd, SO_RCVTIMEO, TT_WAIT_MS);		\
		set_time(c->fd, SO_SNDTIMEO, TT_WAIT_MS);		\
		long long __start = tt_now_ms();			\
									\
		EXPECT_EQ(WANT, EXPR);					\
		EXPECT_GT(TT_WAIT_MS, tt_now_ms() - __start);		\
	} while (0)

/* Every way to read ends with EAGAIN after the time, with nothing there and with
 * a part of a record, which then comes whole.
 */
TT_TEST_F(wait, time_receive)
{
	int i, type, p[2];

	ASSERT_EQ(0, pipe2(p, O_CLOEXEC));
	ASSERT_EQ(0, set_time(c->fd, SO_RCVTIMEO, LIMIT_MS));
	tt_fill(out, 300);
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 300));
	for (i = 0; i < 2; i++) {
		TIMED(-EAGAIN, tt_recv(c, in, 300, 0));
		TIMED(-EAGAIN, tt_recv(c, in, 300, MSG_PEEK));
		TIMED(-EAGAIN, tt_recv(c, in, 300, MSG_WAITALL));
		TIMED(-EAGAIN, tt_recv_type(c, &type, in, 300, 0));
		TIMED(-EAGAIN, tt_splice_in(c, p[1], 300, 0));
		if (!i) {
			ASSERT_OK(tt_peer_raw(c, wire, 200));
			ASSERT_OK(arrived(c, 200));
		}
	}
	ASSERT_OK(tt_peer_raw(c, wire + 200, wire_len - 200));
	wire_len = 0;
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
	close(p[0]);
	close(p[1]);
}

/* Who waits for all gets what there was, when the time is over: records, the rest
 * of one, peeked ones.
 */
TT_TEST_F(wait, time_all)
{
	ASSERT_EQ(0, set_time(c->fd, SO_RCVTIMEO, LIMIT_MS));
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 200));
	ASSERT_OK(tt_peer_write(c, out + 200, 300));
	TIMED(500, tt_recv(c, in, 1000, MSG_WAITALL | MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out, 500));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	TIMED(400, tt_recv(c, in + 100, 900, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 500));
	ASSERT_OK(tt_peer_write(c, out + 500, 500));
	ASSERT_EQ(100, tt_recv(c, in + 500, 100, 0));
	TIMED(400, tt_recv(c, in + 600, 900, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 1000));
}

/* Not to wait means for no record, for the rest of none, and for all of nothing. */
TT_TEST_F(wait, time_none)
{
	int p[2];

	ASSERT_EQ(0, pipe2(p, O_CLOEXEC));
	tt_fill(out, 500);
	AT_ONCE(-EAGAIN, tt_recv(c, in, 10, MSG_DONTWAIT));
	AT_ONCE(-EAGAIN, tt_recv(c, in, 10, MSG_DONTWAIT | MSG_PEEK));
	AT_ONCE(-EAGAIN, tt_recv(c, in, 10, MSG_DONTWAIT | MSG_WAITALL));
	AT_ONCE(-EAGAIN, tt_splice_in(c, p[1], 10, SPLICE_F_NONBLOCK));
	ASSERT_OK(tt_peer_write(c, out, 500));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data"));
	AT_ONCE(500, tt_recv(c, in, 1000, MSG_DONTWAIT | MSG_WAITALL |
					  MSG_PEEK));
	AT_ONCE(100, tt_recv(c, in, 100, MSG_DONTWAIT));
	AT_ONCE(400, tt_recv(c, in + 100, 1000, MSG_DONTWAIT | MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 500));

	/* O_NONBLOCK is the same for all calls, until it is taken back. */
	ASSERT_EQ(0, set_nonblock(c->fd, true));
	c->ledger.unordered = true;
	AT_ONCE(-EAGAIN, tt_recv(c, in, 10, 0));
	AT_ONCE(-EAGAIN, tt_recv(c, in, 10, MSG_WAITALL));
	AT_ONCE(-1, read(c->fd, in, 10));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, set_nonblock(c->fd, false));
	ASSERT_EQ(0, set_time(c->fd, SO_RCVTIMEO, LIMIT_MS));
	TIMED(-EAGAIN, tt_recv(c, in, 10, 0));
	close(p[0]);
	close(p[1]);
}

/* O_NONBLOCK holds for splice too, as it does with TCP. */
TT_TEST_F(wait, time_none_splice)
{
	struct reader r;
	int slept;

	ASSERT_EQ(0, set_nonblock(c->fd, true));
	slept = reader_start(&r, c, BY_SPLICE, 10);
	if (!slept)
		ASSERT_OK(tt_peer_write(c, out, 10));
	ASSERT_OK(reader_join(&r));
	TT_KNOWN("splice-ignores-nonblock");
	EXPECT_EQ(-EALREADY, slept);
	EXPECT_EQ(-EAGAIN, r.call.result);
}

/* A read of nothing waits for nothing, and takes nothing. */
TT_TEST_F(wait, time_zero_length)
{
	AT_ONCE(0, tt_recv(c, in, 0, 0));
	AT_ONCE(0, tt_recv(c, in, 0, MSG_WAITALL));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data"));
	AT_ONCE(0, tt_recv(c, in, 0, 0));
	AT_ONCE(0, tt_recv(c, in, 0, MSG_PEEK));
	ASSERT_EQ(100, tt_recv(c, in, 200, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* SO_RCVLOWAT over the borders of records: below, at and above what there is. */
TT_TEST_F(wait, low_water)
{
	int overhead = tt_cipher_overhead(c->o.cipher, c->o.version);
	struct reader r;

	tt_fill(out, 1000);
	ASSERT_EQ(0, set_size(c->fd, SO_RCVLOWAT, 500));
	ASSERT_EQ(0, set_time(c->fd, SO_RCVTIMEO, LIMIT_MS));

	/* Below: the time ends it, and what was there comes. */
	ASSERT_OK(tt_peer_write(c, out, 400));
	TIMED(400, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 400));
	/* But not if there is no room for as much. */
	ASSERT_OK(tt_peer_write(c, out, 400));
	ASSERT_OK(arrived(c, 400 + overhead));
	AT_ONCE(400, tt_recv(c, in, 400, 0));
	EXPECT_EQ(0, memcmp(in, out, 400));

	/* Above and at the mark, out of several records. */
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 200));
	ASSERT_OK(tt_peer_write(c, out + 200, 200));
	ASSERT_OK(tt_peer_write(c, out + 400, 200));
	AT_ONCE(600, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 600));
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_peer_write(c, out + 100, 400));
	AT_ONCE(500, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 500));

	/* A record that reaches it wakes. */
	ASSERT_OK(reader_start(&r, c, BY_RECV, 1000));
	ASSERT_OK(tt_peer_write(c, out, 700));
	ASSERT_OK(reader_got(&r, out, 700));

	/* Below it nobody is told, but who does not wait takes what there is. */
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(arrived(c, 100 + overhead));
	EXPECT_EQ(ROOM, mask(c));
	AT_ONCE(100, tt_recv(c, in, 1000, MSG_DONTWAIT));
}
