// SPDX-License-Identifier: GPL-2.0
/* The moment of the hand-over: tickets, and what waits in the socket. */

/* Data that OpenSSL sent before TLS_RX was set is not lost. */
TT_TEST_F(fresh, handoff_data_waits)
{
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 600));
	ASSERT_OK(tt_peer_write(c, out + 600, 400));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data at our end"));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_recv_all(c, in, 1000));
	EXPECT_EQ(0, memcmp(in, out, 1000));
	ASSERT_OK(tt_exchange(c));
}

/* Half a record in the socket when TLS_RX is set is completed by the rest. */
TT_TEST_F(fresh, handoff_half_record)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n;

	tt_fill(out, 500);
	n = tt_peer_seal(c, TLS_TYPE_DATA, out, 500, 0, wire);
	ASSERT_LT(0, n);
	ASSERT_OK(tt_peer_raw(c, wire, 3));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data at our end"));
	ASSERT_OK(tt_conn_start(c));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 500, MSG_DONTWAIT));
	ASSERT_OK(tt_peer_raw(c, wire + 3, n - 3));
	ASSERT_EQ(500, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 500));
	ASSERT_OK(tt_kernel_sends(c, 100));
}

/* An alert that came before TLS_RX was set is told as one. */
TT_TEST_F(fresh, handoff_alert_waits)
{
	int type;

	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the alert at our end"));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_CLOSE_NOTIFY, in[1]);
}

/* A client whose OpenSSL read the tickets: the first sequence is their number. */
TT_TEST_F(options13, tickets_read)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;

	o.server = false;
	o.tickets = 3;
	o.read_tickets = true;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(3, d->rx.seq);
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(tt_exchange(d));
}

/* Tickets that wait for the kernel are handshake records, EIO to a plain read. */
TT_TEST_F(options13, tickets_wait)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;
	int type, i;

	o.server = false;
	o.tickets = 2;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(0, d->rx.seq);
	ASSERT_OK(tt_conn_start(d));
	EXPECT_EQ(-EIO, tt_recv(d, in, sizeof(in), 0));
	for (i = 0; i < 2; i++) {
		ASSERT_LT(2, tt_recv_type(d, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
		EXPECT_EQ(SSL3_MT_NEWSESSION_TICKET, in[0]);
	}
	ASSERT_OK(tt_exchange(d));
}

/* A server that sent tickets: the first sequence it sends with is their number. */
TT_TEST_F(options13, tickets_sent)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;

	o.server = true;
	o.tickets = 4;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(4, d->tx.seq);
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(tt_exchange(d));
}
