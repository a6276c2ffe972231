// SPDX-License-Identifier: GPL-2.0
/* What happens to a socket while somebody has it locked. */

struct late_send {
	struct tt_late late;
	struct tt_call call;
	int fd;
};

static long late_sends(void *arg)
{
	struct late_send *s = arg;
	long n = send(s->fd, s->late.page, RECORD_LEN, 0);

	return n < 0 ? -errno : n;
}

/* Begin to send, and have the socket, until late_end(). */
static int late_start(struct late_send *s, const struct tt_conn *c)
{
	s->fd = c->fd;
	return tt_late_open(&s->late) ?:
	       tt_call_start(&s->call, late_sends, s) ?:
	       tt_late_touched(&s->late);
}

static int late_end(struct late_send *s, const void *data)
{
	int err = tt_late_fill(&s->late, data, RECORD_LEN) ?:
		  tt_call_join(&s->call);

	tt_late_close(&s->late);
	if (err)
		return err;
	return s->call.result == RECORD_LEN ? 0 :
	       tt_fail(EBADMSG, "a sender got %ld, not %d", s->call.result,
		       RECORD_LEN);
}

/* A record that comes while a sender has the socket wakes the reader when it is done. */
TT_TEST_F(share, busy_reader)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct catch *catch = catch_new();
	unsigned char data[RECORD_LEN];
	struct late_send s;
	struct rx_reader r;
	int i;

	ASSERT_NE(NULL, catch);
	set_time(c->fd, SO_RCVTIMEO, 0);
	for (i = 0; i < 3; i++) {
		tt_fill(data, sizeof(data));
		ASSERT_OK(lock_start(&r, c, catch));
		ASSERT_OK(late_start(&s, c));
		ASSERT_OK(send_one(c, i));
		EXPECT_EQ(false, tt_call_done(&r.call));
		ASSERT_OK(late_end(&s, data));
		ASSERT_OK(lock_end(&r, RECORD_LEN));
		ASSERT_OK(tt_peer_expect_data(c, data, sizeof(data)));
	}
	EXPECT_EQ(0, catch->wrong);
	tt_flow_end(&rx, 3 * RECORD_LEN);
	tt_flow_end(&tx, 3 * RECORD_LEN);
}

static long polls_for_data(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	return poll(&p, 1, -1) < 0 ? -errno : p.revents;
}

/* So it does who polls. */
TT_TEST_F(share, busy_poll)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	unsigned char data[RECORD_LEN];
	char buf[RECORD_LEN];
	struct tt_call call;
	struct late_send s;

	tt_fill(data, sizeof(data));
	ASSERT_OK(tt_call_blocks(&call, polls_for_data, &c->fd, SYS_poll));
	ASSERT_OK(late_start(&s, c));
	ASSERT_OK(send_one(c, 0));
	EXPECT_EQ(false, tt_call_done(&call));
	ASSERT_OK(late_end(&s, data));
	ASSERT_OK(tt_call_join(&call));
	EXPECT_EQ(POLLIN, call.result);
	ASSERT_EQ(RECORD_LEN, recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT));
	EXPECT_EQ(RECORD_LEN, message_check(buf, sizeof(buf)));
	ASSERT_OK(tt_peer_expect_data(c, data, sizeof(data)));
	tt_flow_end(&rx, RECORD_LEN);
	tt_flow_end(&tx, RECORD_LEN);
}
