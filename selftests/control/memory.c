// SPDX-License-Identifier: GPL-2.0
/* Memory that is not there. */

/* Sending from it is EFAULT and makes no record; what follows is not touched. */
TT_TEST_F(control, tx_fault)
{
	unsigned char *p = border();
	struct iovec iov[] = { { p - 100, 100 }, { p, 100 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };

	ASSERT_NE(NULL, p);
	tt_fill(p - 100, 100);
	tt_fill(out, 60);
	EXPECT_EQ(-EFAULT, tt_send(c, p, 10, 0));
	EXPECT_EQ(-EFAULT, tt_send(c, p - 100, 101, 0));
	EXPECT_EQ(-EFAULT, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	EXPECT_EQ(-EFAULT, tt_send(c, p - 100, 101, MSG_MORE));
	EXPECT_EQ(c->tx.seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(60, tt_send(c, out, 60, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 60));
}

/* Nor is data touched that MSG_MORE left open, with or without more to come. */
TT_TEST_F(control, tx_fault_open)
{
	unsigned char *p = border();

	ASSERT_NE(NULL, p);
	tt_fill(out, 90);
	tt_fill(p - 100, 100);
	ASSERT_EQ(30, tt_send(c, out, 30, MSG_MORE));
	EXPECT_EQ(-EFAULT, tt_send(c, p - 100, 101, MSG_MORE));
	ASSERT_EQ(30, tt_send(c, out + 30, 30, MSG_MORE));
	EXPECT_EQ(-EFAULT, tt_send(c, p - 100, 101, 0));
	EXPECT_EQ(c->tx.seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(30, tt_send(c, out + 60, 30, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 90));
}

/* Records in front of the fault are sent and counted, not a byte more. */
TT_TEST_F(control, tx_fault_behind_record)
{
	unsigned char *p = border();
	size_t n = TLS_MAX_PAYLOAD + 500;

	ASSERT_NE(NULL, p);
	tt_fill(p - n, n);
	memcpy(out, p - n, n);
	ASSERT_EQ(TLS_MAX_PAYLOAD, tt_send(c, p - n, n + 1, 0));
	ASSERT_EQ(500, tt_send(c, p - 500, 500, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, TLS_MAX_PAYLOAD));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out + TLS_MAX_PAYLOAD,
				 500));
	EXPECT_EQ(c->tx.seq + 2, tt_seq(c, TLS_TX));
}

/* A read into it of a part of a record is EFAULT, and the record stays whole. */
TT_TEST_F(control, rx_fault)
{
	unsigned char *p = border();
	int i;

	ASSERT_NE(NULL, p);
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 300, 0));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(-EFAULT, tt_recv(c, p, 100, 0));
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
}
