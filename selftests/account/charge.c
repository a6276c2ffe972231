// SPDX-License-Identifier: GPL-2.0
/* Memory that TCP charges for a socket's data, and lengths of its queues. */

/* Wait until nothing is charged and queued; -EBADMSG with what still is. */
static int uncharged(struct tt_conn *c)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	struct tt_diag d;
	int err;

	do {
		err = tt_diag(c->fd, &d);
		if (err)
			return err;
		err = same("receive memory", d.mem[SK_MEMINFO_RMEM_ALLOC], 0) ?:
		      same("send memory", d.mem[SK_MEMINFO_WMEM_ALLOC], 0) ?:
		      same("send queue", d.mem[SK_MEMINFO_WMEM_QUEUED], 0) ?:
		      same("option memory", d.mem[SK_MEMINFO_OPTMEM], 0) ?:
		      same("backlog", d.mem[SK_MEMINFO_BACKLOG], 0) ?:
		      same("unread", d.rqueue, 0) ?:
		      same("unacknowledged", d.wqueue, 0);
		if (!err)
			return 0;
		sched_yield();
	} while (tt_now_ms() < end);
	return err;
}

static int queue(struct tt_conn *c, unsigned long what)
{
	int n = -1;

	return ioctl(c->fd, what, &n) ? -errno : n;
}

/* Wait for a queue's length. */
static int queue_is(struct tt_conn *c, unsigned long what, int want)
{
	long long end = tt_now_ms() + TT_WAIT_MS;

	while (queue(c, what) != want && tt_now_ms() < end)
		sched_yield();
	return same(what == SIOCINQ ? "SIOCINQ" : "SIOCOUTQ", queue(c, what),
		    want);
}

/* After data both ways, of every size and kind of call, nothing is charged. */
TT_TEST_F(account, uncharged_after_data)
{
	static const int size[] = { 1, 100, 4096, TLS_MAX_PAYLOAD, 50000 };
	size_t i, rec = 0, n, at;
	int fd, pipe[2];
	off_t off = 0;

	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(uncharged(c));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		n = size[i];
		tt_fill(out, n);
		ASSERT_EQ(n, tt_send(c, out, n, 0));
		rec += (n + TLS_MAX_PAYLOAD - 1) / TLS_MAX_PAYLOAD;
		ASSERT_OK(tt_peer_records(c, rec));
		ASSERT_OK(uncharged(c));
		for (at = 0; at < n; at += TLS_MAX_PAYLOAD) {
			ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + at,
						 n - at < TLS_MAX_PAYLOAD ?
						 n - at : TLS_MAX_PAYLOAD, 0));
		}
		ASSERT_OK(tt_recv_all(c, in, n));
		ASSERT_EQ(0, memcmp(in, out, n));
		ASSERT_OK(uncharged(c));
	}
	/* A record in two calls, and a file. */
	ASSERT_EQ(1000, tt_send(c, out, 1000, MSG_MORE));
	ASSERT_EQ(1000, tt_send(c, out, 1000, 0));
	ASSERT_OK(tt_peer_records(c, rec + 1));
	ASSERT_OK(uncharged(c));
	fd = tt_file(30000, NULL);
	ASSERT_LE(0, fd);
	ASSERT_EQ(30000, tt_sendfile(c, fd, &off, 30000));
	ASSERT_OK(tt_peer_records(c, rec + 3));
	ASSERT_OK(uncharged(c));
	close(fd);
	/* What a pipe holds is the socket's no more. */
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 5000, 0));
	ASSERT_EQ(0, pipe2(pipe, O_CLOEXEC));
	ASSERT_EQ(5000, tt_splice_in(c, pipe[1], 5000, 0));
	ASSERT_OK(uncharged(c));
	close(pipe[0]);
	close(pipe[1]);
}

/* What is not read yet is counted as it came over the wire, until it is read. */
TT_TEST_F(account, unread)
{
	int wire = 1000 + tt_cipher_overhead(tt_cipher_find(v->cipher),
					     v->version);
	struct tt_diag d;

	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 2000);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 1000, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 1000, 1000, 0));
	ASSERT_OK(queue_is(c, SIOCINQ, 2 * wire));
	ASSERT_OK(tt_diag(c->fd, &d));
	EXPECT_EQ(2 * wire, d.rqueue);
	EXPECT_LE(2 * wire, d.mem[SK_MEMINFO_RMEM_ALLOC]);
	ASSERT_EQ(1000, tt_recv(c, in, 1000, 0));
	ASSERT_OK(queue_is(c, SIOCINQ, wire));
	/* Read in part: it is decrypted, and not TCP's any more. */
	ASSERT_EQ(10, tt_recv(c, in, 10, 0));
	ASSERT_OK(queue_is(c, SIOCINQ, 0));
	ASSERT_EQ(990, tt_recv(c, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out + 1010, 990));
	ASSERT_OK(uncharged(c));
}

/* What is not sent yet is counted, and goes down to nothing. */
TT_TEST_F(account, unsent)
{
	struct tt_diag d;
	size_t got = 0, i;
	long n;

	ASSERT_OK(open_raw(t, &c));
	narrow(c);
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 5000);
	n = send_until_full(c);
	ASSERT_LT(0, n) {
		TH_LOG("%s", tt_why());
	}
	EXPECT_LT(0, queue(c, SIOCOUTQ));
	ASSERT_OK(tt_diag(c->fd, &d));
	EXPECT_LT(0, d.wqueue);
	EXPECT_LT(0, d.mem[SK_MEMINFO_WMEM_QUEUED]);
	for (i = 0; got < n; got += c->rec[i++].len)
		ASSERT_OK(tt_peer_records(c, i + 1));
	EXPECT_EQ(n, got);
	ASSERT_OK(queue_is(c, SIOCOUTQ, 0));
	ASSERT_OK(uncharged(c));
}

/* Data of an open record is none of TCP's; once sent it is gone. */
TT_TEST_F(account, open_record)
{
	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 3000);
	ASSERT_EQ(2000, tt_send(c, out, 2000, MSG_MORE));
	EXPECT_EQ(0, queue(c, SIOCOUTQ));
	ASSERT_EQ(1000, tt_send(c, out + 2000, 1000, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 3000));
	ASSERT_OK(uncharged(c));
}

/* The event close tells what the peer has not acknowledged; an end is no byte of it. */
TT_TEST_F(account, unacknowledged_at_close)
{
	const struct tt_event *e;
	size_t i, n, closes = 0;
	int left;

	ASSERT_OK(open_raw(t, &c));
	narrow(c);
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 5000);
	ASSERT_LT(0, send_until_full(c));
	ASSERT_EQ(0, shutdown(c->fd, SHUT_WR));
	/* With the end. */
	left = queue(c, SIOCOUTQ) - 1;
	ASSERT_LT(0, left);
	tt_conn_close(c);
	if (!c->ledger.attached)
		return;
	ASSERT_OK(tt_trace_read());
	for (e = tt_trace_events(&n), i = 0; i < n; i++, e++) {
		if (strcmp(e->name, "close"))
			continue;
		closes++;
		EXPECT_EQ(left, e->unacked);
		EXPECT_EQ(TCP_FIN_WAIT1, e->state);
	}
	EXPECT_EQ(1, closes);
}
