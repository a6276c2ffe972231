// SPDX-License-Identifier: GPL-2.0
/* Connections that end, at every stage of a record. */

/* What the kernel has when the connection ends */
enum stage {
	STAGE_IDLE,
	STAGE_IN_HEADER,
	STAGE_AFTER_HEADER,
	STAGE_IN_BODY,
	STAGE_LAST_BYTE_MISSING,
	STAGE_AFTER_RECORD,
	STAGE_IN_NEXT,
	STAGE_HALF_READ,
	STAGES,
};

static const char * const stage_name[] = {
	"idle", "in a header", "after a header", "in a record",
	"a byte before its end", "after a record", "in the next record",
	"half read",
};

static bool stage_has_data(enum stage s)
{
	return s >= STAGE_AFTER_RECORD;
}

/* Two records are made, and so much of them comes. */
static int reach(struct tt_conn *c, enum stage s)
{
	size_t len[] = { 0, 3, TLS_HEADER_SIZE, 60, 0, 0, 0, 0 };
	size_t first;
	int err;

	tt_fill(out, 200);
	flight_begin();
	err = flight_add(c, TLS_TYPE_DATA, out, 100, 0) ?:
	      flight_add(c, TLS_TYPE_DATA, out + 100, 100, 0);
	if (err)
		return err;
	flight_record(0, &first);
	len[STAGE_LAST_BYTE_MISSING] = first - 1;
	len[STAGE_AFTER_RECORD] = first;
	len[STAGE_IN_NEXT] = first + 50;
	len[STAGE_HALF_READ] = first;
	flight.len = len[s];
	err = flight_send(c);
	if (!err && s == STAGE_HALF_READ)
		err = reads(c, out, 40);
	return err;
}

/* Read what is whole. */
static int reads_rest(struct tt_conn *c, enum stage s)
{
	if (s == STAGE_HALF_READ)
		return reads(c, out + 40, 60);
	return stage_has_data(s) ? reads(c, out, 100) : 0;
}

/* TCP takes nothing any more. The kernel may only find that out when it has taken
 * the data, but it neither waits nor says anything else.
 */
static int cannot_send(struct tt_conn *c)
{
	int i, err = 0;
	long n;

	for (i = 0; i < 3 && !err; i++) {
		n = tt_send(c, out, 100, 0);
		if (n != 100)
			err = same("send", n, -EPIPE);
	}
	return err;
}

/* FIN: all whole records are read, then it is the end, again and again; half a
 * record is nothing. Sending goes on.
 */
TT_TEST_F(fault, fin_at_every_stage)
{
	enum stage s;

	for (s = 0; s < STAGES; s++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(reach(c, s));
		shutdown(c->peer_fd, SHUT_WR);
		ASSERT_OK(tt_wait_fd(c->fd, POLLRDHUP, "FIN"));
		OK_AT(reads_rest(c, s), "%s",
		      stage_name[s]);
		EXPECT_EQ(POLLIN | POLLRDHUP,
			  polls(c) & (POLLIN | POLLRDHUP | POLLERR));
		OK_AT(reads_fail(c, 0, 0), "%s",
		      stage_name[s]);
		tt_fill(out, 100);
		ASSERT_EQ(100, tt_send(c, out, 100, 0));
		ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	}
}

/* RST: whole records that had come are read, then the reset is told once, then
 * it is the end; nothing can be sent.
 */
TT_TEST_F(fault, rst_at_every_stage)
{
	enum stage s;

	for (s = 0; s < STAGES; s++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(reach(c, s));
		tt_reset(&c->peer_fd);
		ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
		EXPECT_EQ(POLLERR, polls(c) & POLLERR);
		OK_AT(reads_rest(c, s), "%s",
		      stage_name[s]);
		ASSERT_EQ(-ECONNRESET, tt_recv(c, in, 100, 0))
			TH_LOG("%s", stage_name[s]);
		OK_AT(reads_fail(c, 0, 0), "%s",
		      stage_name[s]);
		ASSERT_OK(cannot_send(c));
	}
}

/* On a connection that was reset a send is refused. */
TT_TEST_F(fault, send_after_reset)
{
	ASSERT_OK(tt_test_raw(t, &c));
	tt_reset(&c->peer_fd);
	ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
	EXPECT_EQ(-ECONNRESET, tt_recv(c, in, 100, 0));
	TT_KNOWN("send-after-reset");
	EXPECT_EQ(-EPIPE, tt_send(c, out, 100, 0));
}

/* What came before the keys, and FIN with it, is read under them. */
TT_TEST_F(fault, fin_before_keys)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(three(c));
	ASSERT_OK(flight_send(c));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_OK(tt_wait_fd(c->fd, POLLRDHUP, "FIN"));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(reads(c, out, 300));
	ASSERT_OK(reads_fail(c, 0, 0));
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
}

/* A reset before the keys: they are taken, and the reset is what is read. */
TT_TEST_F(fault, rst_before_keys)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	ASSERT_OK(tt_conn_attach(c));
	tt_reset(&c->peer_fd);
	ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-ECONNRESET, tt_recv(c, in, 100, 0));
	EXPECT_EQ(0, tt_recv(c, in, 100, 0));
	ASSERT_OK(cannot_send(c));
}

/* Truncated by the proxy in the middle of the kernel's record: OpenSSL waits for
 * the rest and never gets it; its answer still comes.
 */
TT_TEST_F(fault, truncated_to_openssl)
{
	struct tt_held *h;

	ASSERT_OK(open_proxied(t, &c));
	ASSERT_OK(kernel_sent(c, 2));
	ASSERT_OK(tt_proxy_pass(c->proxy, TT_TO_PEER, 0));
	h = &c->proxy->held[TT_TO_PEER][1];
	ASSERT_OK(tt_proxy_send(c->proxy, TT_TO_PEER, h->wire, h->len - 1));
	tt_proxy_end(c->proxy, TT_TO_PEER, false);
	ASSERT_OK(tt_peer_expect_data(c, out, 100));
	EXPECT_EQ(0, tt_peer_poll(c));
	ASSERT_OK(tt_peer_eof(c));
	EXPECT_EQ(1, c->recs);
	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_OK(tt_proxy_hold(c->proxy, TT_TO_KERNEL, 1));
	ASSERT_OK(tt_proxy_pass(c->proxy, TT_TO_KERNEL, 0));
	EXPECT_EQ(-EIO, tt_recv(c, in, 100, 0));
}

/* Send without waiting until no more is taken; returns the bytes. */
static long send_until_full(struct tt_conn *c)
{
	long n, sum = 0;

	do {
		n = tt_send(c, out + sum, 5000, MSG_DONTWAIT);
		sum += n > 0 ? n : 0;
	} while (n > 0 && sum + 5000 < sizeof(out));
	return n == -EAGAIN ? sum : n < 0 ? n : -ENOBUFS;
}

/* A connection whose peer takes little. */
static int open_narrow(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);
	int size = 4096;

	o.no_handshake = true;
	if (tt_test_conn(t, &o, c))
		return -1;
	setsockopt((*c)->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt((*c)->peer_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return tt_conn_start(*c);
}

/* A FIN of either side does not lose what is unsent, nor its end. */
TT_TEST_F(fault, fin_with_unsent)
{
	size_t at, i;
	int ours;
	long n;

	for (ours = 0; ours < 2; ours++) {
		ASSERT_OK(open_narrow(t, &c));
		tt_fill(out, sizeof(out));
		n = send_until_full(c);
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		shutdown(ours ? c->fd : c->peer_fd, SHUT_WR);
		for (at = 0, i = 0; at < n; at += c->rec[i++].len) {
			ASSERT_OK(tt_peer_records(c, i + 1));
			ASSERT_TRUE(c->rec[i].authentic);
			ASSERT_EQ(0, memcmp(c->rec[i].data, out + at,
					    c->rec[i].len));
		}
		EXPECT_EQ(n, at);
		if (ours) {
			ASSERT_OK(tt_peer_eof(c));
			ASSERT_OK(cannot_send(c));
		} else {
			ASSERT_EQ(10, tt_send(c, out, 10, 0));
			ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, out, 10));
		}
	}
}

/* A reset with data unsent is told to the sender, who can close then. */
TT_TEST_F(fault, rst_with_unsent)
{
	long n;

	ASSERT_OK(open_narrow(t, &c));
	tt_fill(out, sizeof(out));
	ASSERT_LT(0, send_until_full(c));
	tt_reset(&c->peer_fd);
	ASSERT_OK(tt_wait_fd(c->fd, POLLHUP, "RST"));
	n = tt_send(c, out, 10, 0);
	EXPECT_EQ(-ECONNRESET, n);
	n = tt_send(c, out, 10, 0);
	EXPECT_TRUE(n == -EPIPE || n == -ECONNRESET) TH_LOG("%ld", n);
	EXPECT_GE(0, tt_recv(c, in, 10, 0));
}
