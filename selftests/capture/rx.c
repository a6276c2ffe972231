// SPDX-License-Identifier: GPL-2.0
/* What recv, read and recvmsg have received. */

/* Records of all sizes, read whole. */
TT_TEST_F(rx, sizes)
{
	static const size_t size[] = { 1, 2, 100, 3839, 3840, 3841, 4096, 7680,
				       7681, 16383, 16384 };
	size_t i;

	BEGIN(WHOLE);
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		tt_fill(out, size[i]);
		ASSERT_OK(tt_peer_write(c, out, size[i]));
		ASSERT_EQ(size[i], tt_recv(c, in, RECORD, 0));
		ASSERT_EQ(0, memcmp(in, out, size[i]));
		flows(out, size[i]);
	}
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* Many records in one call, and records in many calls. */
TT_TEST_F(rx, partial)
{
	static const size_t size[] = { 1, 10, 3840, 100, 20000, 16384, 7 };
	size_t i = 0, at;
	long n;

	BEGIN(WHOLE);
	tt_fill(out, 150000);
	ASSERT_OK(tt_peer_write(c, out, 150000));
	for (at = 0; at < 150000; at += n, i++) {
		n = tt_recv(c, in, size[i % ARRAY_SIZE(size)], 0);
		ASSERT_LT(0, n) TH_LOG("%s", tt_why());
		ASSERT_EQ(0, memcmp(in, out + at, n));
		flows(in, n);
	}
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* All at once with MSG_WAITALL: more than 16384 bytes of a call. */
TT_TEST_F(rx, waitall)
{
	BEGIN(WHOLE);
	tt_fill(out, 100000);
	ASSERT_OK(tt_peer_write(c, out, 100000));
	ASSERT_EQ(100000, tt_recv(c, in, 100000, MSG_WAITALL));
	flows(out, 100000);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* Into pieces of memory of all sizes, none at all among them. */
TT_TEST_F(rx, layouts)
{
	struct iovec iov[64];
	struct msghdr m = { .msg_iov = iov };
	size_t i, round, room;
	unsigned char *p;
	int type;
	long n;

	BEGIN(WHOLE);
	for (round = 0; round < 8; round++) {
		static const size_t most[] = { 1, 2, 10, 100, 1000, 4096, 5000,
					       300 };

		p = in + 1;
		m.msg_iovlen = 1 + tt_random() % ARRAY_SIZE(iov);
		/* No more than a record, or the call would wait for the rest. */
		for (i = 0, room = 0; i < m.msg_iovlen; i++) {
			n = tt_random() % (most[round] + 1);
			if (room + n > RECORD)
				n = RECORD - room;
			iov[i].iov_base = p;
			iov[i].iov_len = n;
			room += n;
			p += n + tt_random() % 3;
		}
		if (!room)
			continue;
		tt_fill(out, room);
		ASSERT_OK(tt_peer_write(c, out, room));
		n = tt_recvmsg(c, &m, MSG_WAITALL, &type);
		ASSERT_EQ(room, n);
		flows(out, n);
	}
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* A byte is captured when it is taken, not when it is looked at. */
TT_TEST_F(rx, peek)
{
	BEGIN(WHOLE);
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_EQ(1000, tt_recv(c, in, 2000, MSG_PEEK));
	ASSERT_EQ(10, tt_recv(c, in, 10, MSG_PEEK));
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
	EXPECT_EQ(0, count_pieces(c));
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	flows(out, 300);
	ASSERT_EQ(700, tt_recv(c, in, 2000, MSG_PEEK));
	ASSERT_EQ(700, tt_recv(c, in, 2000, 0));
	flows(out + 300, 700);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* Control records with their types, and none where there was no room for it. */
TT_TEST_F(rx, control)
{
	static const unsigned char type[] = { TLS_TYPE_DATA, TLS_TYPE_ALERT,
					      TLS_TYPE_HANDSHAKE, 99,
					      TLS_TYPE_DATA };
	size_t len[] = { 500, 2, 6000, 300, 20 };
	const struct tt_piece *p;
	size_t i, n, k = 0;
	int got;

	BEGIN(WHOLE);
	for (i = 0; i < ARRAY_SIZE(type); i++) {
		tt_fill(out, len[i]);
		/* No alert that means something, and no KeyUpdate. */
		out[0] = type[i] == TLS_TYPE_ALERT ? TLS_ALERT_WARNING : 11;
		out[1] = TLS_ALERT_USER_CANCELED;
		ASSERT_OK(tt_peer_record(c, type[i], out, len[i], 0));
		if (type[i] != TLS_TYPE_DATA)
			ASSERT_EQ(-EIO, tt_recv(c, in, 100, 0));
		ASSERT_EQ(len[i], tt_recv_type(c, &got, in, sizeof(in), 0));
		ASSERT_EQ(type[i], got);
		ASSERT_EQ(0, memcmp(in, out, len[i]));
		flows(out, len[i]);
	}
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
	p = tt_capture_pieces(&n);
	for (i = 0; i < n; i++)
		if (!p[i].call && !p[i].offset)
			EXPECT_EQ(type[k++], p[i].type);
	EXPECT_EQ(ARRAY_SIZE(type), k);
}

/* A control record read in two calls: the second half is of that type too. */
TT_TEST_F(rx, control_in_pieces)
{
	int type;

	BEGIN(WHOLE);
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, 99, out, 100, 0));
	ASSERT_EQ(40, tt_recv_type(c, &type, in, 40, 0));
	ASSERT_EQ(60, tt_recv_type(c, &type, in + 40, 100, 0));
	EXPECT_EQ(99, type);
	flows(out, 100);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* Memory that ends in the middle: what the call says it got is captured. */
TT_TEST_F(rx, fault)
{
	unsigned char *p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long n;

	BEGIN(WHOLE);
	ASSERT_NE(MAP_FAILED, p);
	ASSERT_EQ(0, mprotect(p + 8 * PAGE, PAGE, PROT_NONE));
	tt_fill(out, 8000);
	ASSERT_OK(tt_peer_write(c, out, 3000));
	ASSERT_OK(tt_peer_write(c, out + 3000, 5000));
	/* The first record fits, the second does not. */
	n = tt_recv(c, p + 8 * PAGE - 4000, 8000, 0);
	if (n > 0) {
		ASSERT_EQ(0, memcmp(p + 8 * PAGE - 4000, out, n));
		flows(out, n);
	}
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
}

/* Calls that fail or find nothing have no data. */
TT_TEST_F(rx, failed)
{
	unsigned char bad[TLS_MAX_RECORD];
	int n;

	BEGIN(WHOLE);
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	flows(out, 100);
	n = tt_peer_seal(c, TLS_TYPE_DATA, out, 100, 0, bad);
	bad[n - 1] ^= 1;
	ASSERT_OK(tt_peer_raw(c, bad, n));
	tt_stat_expect("TlsDecryptError", 1);
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 100, 0));
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
	EXPECT_EQ(1, count_pieces(c));
}

/* At the end of file there is nothing to capture. */
TT_TEST_F(rx, end_of_file)
{
	BEGIN(WHOLE);
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_EQ(100, tt_recv(c, in, 1000, 0));
	flows(out, 100);
	EXPECT_EQ(0, tt_recv(c, in, 1000, 0));
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));
	EXPECT_EQ(1, count_pieces(c));
}
