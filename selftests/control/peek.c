// SPDX-License-Identifier: GPL-2.0
/* Looks at records before they are read. */

/* Ever longer looks, over records and up to a change of type, always see the same,
 * and reads of other lengths take it as if nobody had looked.
 */
TT_TEST_F(control, peek_growing)
{
	size_t len, at, n;
	int type;

	tt_fill(out, 400);
	for (at = 0; at < 300; at += 100)
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + at, 100, 0));
	ASSERT_OK(tt_peer_record(c, 99, out + 300, 100, 0));
	for (len = 10; len <= 300; len += 58) {
		memset(in, 0, 400);
		ASSERT_EQ(len, tt_recv_type(c, &type, in, len,
					    MSG_PEEK | MSG_WAITALL));
		EXPECT_EQ(TLS_TYPE_DATA, type);
		ASSERT_EQ(0, memcmp(in, out, len));
		EXPECT_EQ(0, in[len]);
	}
	/* more than there is of the type: not a byte of the next */
	for (at = 0; at < 2; at++) {
		memset(in, 0, 400);
		ASSERT_EQ(300, tt_recv_type(c, &type, in, 400,
					    MSG_PEEK | MSG_WAITALL));
		EXPECT_EQ(TLS_TYPE_DATA, type);
		ASSERT_EQ(0, memcmp(in, out, 300));
		EXPECT_EQ(0, in[300]);
	}
	EXPECT_EQ(c->rx.seq + 4, tt_seq(c, TLS_RX));
	for (at = 0; at < 300; at += n) {
		n = 300 - at < 77 ? 300 - at : 77;
		ASSERT_EQ(n, tt_recv(c, in + at, n, MSG_WAITALL));
	}
	EXPECT_EQ(0, memcmp(in, out, 300));
	EXPECT_EQ(-EIO, tt_recv(c, in, 400, MSG_PEEK));
	ASSERT_EQ(100, tt_recv_type(c, &type, in, 400, 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(0, memcmp(in, out + 300, 100));
}

/* A part of a record is read, then there is a look over its rest and the next one,
 * and the read goes on from where it was.
 */
TT_TEST_F(control, peek_after_part)
{
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 150, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 150, 150, 0));
	ASSERT_EQ(40, tt_recv(c, in, 40, 0));
	ASSERT_EQ(200, tt_recv(c, in + 40, 200, MSG_PEEK | MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 240));
	ASSERT_EQ(115, tt_recv(c, in + 40, 115, MSG_WAITALL));
	ASSERT_EQ(145, tt_recv(c, in + 155, 145, MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out, 300));
	memset(in + 155, 0, 145);
	ASSERT_EQ(145, tt_recv(c, in + 155, 145, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
}

/* A look at a control record takes neither it nor its type away, read in parts. */
TT_TEST_F(control, peek_control_part)
{
	int type, i;

	tt_fill(out, 120);
	ASSERT_OK(tt_peer_record(c, 99, out, 60, 0));
	ASSERT_OK(tt_peer_record(c, 99, out + 60, 60, 0));
	for (i = 0; i < 120; i += 20) {
		ASSERT_EQ(10, tt_recv_type(c, &type, in, 10, MSG_PEEK));
		EXPECT_EQ(99, type);
		EXPECT_EQ(0, memcmp(in, out + i, 10));
		ASSERT_EQ(20, tt_recv_type(c, &type, in, 20, 0));
		EXPECT_EQ(99, type);
		ASSERT_EQ(0, memcmp(in, out + i, 20));
	}
}

/* MSG_TRUNC has no meaning: what fits is copied and counted, the rest stays. */
TT_TEST_F(control, trunc)
{
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_EQ(30, tt_recv(c, in, 30, MSG_TRUNC | MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out, 30));
	memset(in, 0, 100);
	ASSERT_EQ(30, tt_recv(c, in, 30, MSG_TRUNC));
	ASSERT_EQ(70, tt_recv(c, in + 30, 70, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* No room at all is 0 bytes, of data and of a control record, and both stay. */
TT_TEST_F(control, no_room)
{
	int type;

	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 50, 0));
	ASSERT_OK(tt_peer_record(c, 99, out + 50, 50, 0));
	EXPECT_EQ(0, tt_recv(c, in, 0, 0));
	ASSERT_EQ(50, tt_recv(c, in, 100, 0));
	EXPECT_EQ(0, tt_recv(c, in, 0, 0));
	ASSERT_EQ(50, tt_recv_type(c, &type, in + 50, 50, 0));
	EXPECT_EQ(99, type);
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* The error queue has nothing, and is not the records. */
TT_TEST_F(control, errqueue)
{
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the record"));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_ERRQUEUE));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}
