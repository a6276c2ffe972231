// SPDX-License-Identifier: GPL-2.0
/* Messages after the handshake, and records that are empty. */

/* A handshake message of a type, its length right, its content random. */
static size_t put_message(unsigned char *p, int type, size_t len)
{
	tt_fill(p, 4 + len);
	p[0] = type;
	p[1] = len >> 16;
	p[2] = len >> 8;
	p[3] = len;
	return 4 + len;
}

/* Tickets between data: one in a record, two in a record, one over two records, and
 * behind each other. The kernel hands out records, whatever is in them.
 */
TT_TEST_F(control, rx_tickets)
{
	static const int cut[] = { 104, 208, 50, 54, 1, 103 };
	const int ticket = SSL3_MT_NEWSESSION_TICKET;
	size_t i, at = 0;
	int type;

	for (i = 0; i < 5; i++)
		put_message(out + 104 * i, ticket, 100);
	for (i = 0; i < ARRAY_SIZE(cut); i++) {
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out + at,
					 cut[i], 0));
		/* not behind each other: the first three */
		if (i < 3)
			ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 600,
						 60 + i, 0));
		at += cut[i];
	}
	for (i = 0, at = 0; i < ARRAY_SIZE(cut); i++) {
		EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
		ASSERT_EQ(cut[i], tt_recv_type(c, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
		EXPECT_EQ(0, memcmp(in, out + at, cut[i]));
		at += cut[i];
		if (i < 3) {
			ASSERT_EQ(60 + i, tt_recv(c, in, sizeof(in), 0));
			EXPECT_EQ(0, memcmp(in, out + 600, 60 + i));
		}
	}
	EXPECT_EQ(c->rx.seq + ARRAY_SIZE(cut) + 3, tt_seq(c, TLS_RX));
}

/* OpenSSL's own tickets, several of them, between its data. */
TT_TEST_F(control13, rx_openssl_tickets)
{
	int i, type;
	long n;

	tt_fill(out, 300);
	for (i = 0; i < 3; i++) {
		ASSERT_OK(tt_peer_ticket(c));
		ASSERT_OK(tt_peer_write(c, out + 100 * i, 100));
	}
	for (i = 0; i < 3; i++) {
		n = tt_recv_type(c, &type, in, sizeof(in), 0);
		ASSERT_LT(4, n) TH_LOG("%s", tt_why());
		EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
		EXPECT_EQ(SSL3_MT_NEWSESSION_TICKET, in[0]);
		EXPECT_EQ(n - 4, in[1] << 16 | in[2] << 8 | in[3]);
		ASSERT_EQ(100, tt_recv(c, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, out + 100 * i, 100));
	}
}

/* Empty data records are passed over, at the beginning and in between, and wake
 * nobody who asks whether there is data.
 */
TT_TEST_F(control, rx_empty_data)
{
	int i;

	tt_fill(out, 200);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the record"));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	EXPECT_EQ(c->rx.seq + 1, tt_seq(c, TLS_RX));
	for (i = 0; i < 2; i++) {
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 0, 0));
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 0, 0));
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 100 * i, 100,
					 0));
	}
	ASSERT_EQ(200, tt_recv(c, in, 200, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 200));
	EXPECT_EQ(c->rx.seq + 7, tt_seq(c, TLS_RX));
}

/* An empty control record is read as such: no bytes, but its type. */
TT_TEST_F(control, rx_empty_control)
{
	int type;

	tt_fill(out, 10);
	ASSERT_OK(tt_peer_record(c, 99, out, 0, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 10, 0));
	ASSERT_EQ(0, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(99, type);
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	EXPECT_EQ(0, memcmp(in, out, 10));
}

/* Padding of TLS 1.3 of many lengths, the largest there is among them, on data and
 * control records; the content may itself end with zeroes.
 */
TT_TEST_F(control13, rx_padding)
{
	size_t i, len, pad, most = TLS_MAX_PAYLOAD;
	int want, type;

	for (i = 0; i < 40; i++) {
		len = 1 + tt_random() % 200;
		pad = i < 20 ? i : tt_random() % (most - len);
		if (i >= 38) {
			len = i == 38 ? 1 : most - 1;
			pad = most - len;
		}
		tt_fill(out, len);
		if (i & 1 && len > 3)
			memset(out + len - 2, 0, 2);
		want = i % 3 ? TLS_TYPE_DATA : 99;
		ASSERT_OK(tt_peer_record(c, want, out, len, pad));
		ASSERT_EQ(len, tt_recv_type(c, &type, in, sizeof(in), 0));
		ASSERT_EQ(want, type);
		ASSERT_EQ(0, memcmp(in, out, len));
	}
}
