// SPDX-License-Identifier: GPL-2.0
/* Records without data. */

/* Whether zero comes with a type. */
static int reads_empty(struct tt_conn *c, int want)
{
	int type;

	return same("recvmsg", tt_recv_type(c, &type, in, 100, 0), 0) ?:
	       same("type", type, want);
}

/* Empty data records in front of data are no end of file, however many. */
TT_TEST_F(fault, empty_before_data)
{
	static const int many[] = { 1, 2, 100 };
	size_t i;
	int k;

	for (i = 0; i < ARRAY_SIZE(many); i++) {
		__u64 seq;

		ASSERT_OK(tt_test_raw(t, &c));
		seq = tt_seq(c, TLS_RX);
		tt_fill(out, 100);
		flight_begin();
		for (k = 0; k < many[i]; k++)
			ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 100, 0));
		ASSERT_OK(flight_send(c));
		ASSERT_OK(reads(c, out, 100));
		EXPECT_EQ(seq + many[i] + 1, tt_seq(c, TLS_RX));
		EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	}
}

/* Between and behind data they change nothing, also for a peek. */
TT_TEST_F(fault, empty_between_data)
{
	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 300);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + 100, 200, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(300, tt_recv(c, in, 300, MSG_PEEK | MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 300));
	ASSERT_OK(reads(c, out, 50));
	ASSERT_EQ(250, tt_recv(c, in, 250, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out + 50, 250));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
}

/* Alone they are nothing to read. */
TT_TEST_F(fault, empty_alone)
{
	int i, type;

	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	for (i = 0; i < 3; i++)
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(-EAGAIN, tt_recv_type(c, &type, in, 100, MSG_DONTWAIT));
	EXPECT_EQ(c->rx.seq + 3, tt_seq(c, TLS_RX));
}

/* An empty control record is zero bytes with its type, each by itself. */
TT_TEST_F(fault, empty_control)
{
	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 100);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_HANDSHAKE, out, 0, 0));
	ASSERT_OK(flight_add(c, 99, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(flight_send(c));
	EXPECT_EQ(-EIO, tt_recv(c, in, 100, 0));
	ASSERT_OK(reads_empty(c, TLS_TYPE_ALERT));
	ASSERT_OK(reads_empty(c, TLS_TYPE_ALERT));
	ASSERT_OK(reads_empty(c, TLS_TYPE_HANDSHAKE));
	ASSERT_OK(reads_empty(c, 99));
	ASSERT_OK(reads(c, out, 100));
}

/* Data, an empty control record, data: no read goes over it. */
TT_TEST_F(fault, empty_control_between)
{
	int type;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 200);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_HANDSHAKE, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + 100, 100, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(100, tt_recv_type(c, &type, in, 1000, 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(reads_empty(c, TLS_TYPE_HANDSHAKE));
	ASSERT_EQ(100, tt_recv_type(c, &type, in, 1000, 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	EXPECT_EQ(0, memcmp(in, out + 100, 100));
}

/* An empty data record in front of a control record: zero bytes of data. */
TT_TEST_F(fault, empty_before_control)
{
	int type;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 2);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out, 2, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads_empty(c, TLS_TYPE_DATA));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 1000, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, out, 2));
}
