// SPDX-License-Identifier: GPL-2.0
/* Sizes of records that the kernel receives, and ways to read them. */

/* Records of every size come whole: their lengths and content are OpenSSL's. */
TT_TEST_F(record, rx_sizes)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = sizes[i];
		tt_fill(out, n);
		ASSERT_OK(tt_peer_write(c, out, n));
		ASSERT_EQ(n, tt_recv(c, in, sizeof(in), 0));
		ASSERT_EQ(0, memcmp(in, out, n));
	}
	EXPECT_EQ(c->rx.seq + ARRAY_SIZE(sizes), tt_seq(c, TLS_RX));
}

/* With exactly the room for a record (the kernel may decrypt in place). */
TT_TEST_F(record, rx_exact_room)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = sizes[i];
		tt_fill(out, n);
		in[n] = 0x5a;
		ASSERT_OK(tt_peer_write(c, out, n));
		ASSERT_EQ(n, tt_recv(c, in, n, 0));
		ASSERT_EQ(0, memcmp(in, out, n));
		ASSERT_EQ(0x5a, in[n]);
	}
}

/* Into memory at every offset of interest in its page, with nothing written beside. */
TT_TEST_F(record, rx_page_offsets)
{
	unsigned char *p;
	size_t i, j, n;

	for (i = 0; i < ARRAY_SIZE(page_offsets); i++)
		for (j = 0; j < ARRAY_SIZE(page_sizes); j++) {
			p = page_aligned(in) + 4096 + page_offsets[i];
			n = page_sizes[j];
			tt_fill(out, n);
			memset(p - 64, 0x5a, n + 128);
			ASSERT_OK(tt_peer_write(c, out, n));
			ASSERT_EQ(n, tt_recv(c, p, n, 0));
			ASSERT_EQ(0, memcmp(p, out, n));
			ASSERT_EQ(0x5a, p[-1]);
			ASSERT_EQ(0x5a, p[n]);
		}
}

/* Several data records come in one read when it waits for all of them. */
TT_TEST_F(record, rx_merge_data)
{
	size_t n = 3 * TLS_MAX_PAYLOAD + 100;
	__u64 seq = tt_seq(c, TLS_RX);

	tt_fill(out, n);
	ASSERT_OK(tt_peer_write(c, out, n));
	ASSERT_EQ(n, tt_recv(c, in, n, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, n));
	EXPECT_EQ(seq + 4, tt_seq(c, TLS_RX));
}

/* A record read in small pieces comes whole, and is decrypted once. */
TT_TEST_F(record, rx_partial)
{
	size_t at, n = 1001;
	__u64 seq = tt_seq(c, TLS_RX);
	long got;

	tt_fill(out, n);
	ASSERT_OK(tt_peer_write(c, out, n));
	for (at = 0; at < n; at += got) {
		got = tt_recv(c, in + at, 77, 0);
		ASSERT_EQ(n - at < 77 ? n - at : 77, got);
		ASSERT_EQ(seq + 1, tt_seq(c, TLS_RX));
	}
	EXPECT_EQ(0, memcmp(in, out, n));
}

/* A read that ends inside a record leaves the rest for the next one. */
TT_TEST_F(record, rx_over_border)
{
	size_t at, n = 3 * 1000;

	tt_fill(out, n);
	for (at = 0; at < n; at += 1000)
		ASSERT_OK(tt_peer_write(c, out + at, 1000));
	ASSERT_EQ(1500, tt_recv(c, in, 1500, MSG_WAITALL));
	ASSERT_EQ(1500, tt_recv(c, in + 1500, 1500, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, n));
}

/* Peeked data is there still, in part, over records, and after a partial read. */
TT_TEST_F(record, rx_peek)
{
	size_t n = 2000;

	tt_fill(out, n);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_OK(tt_peer_write(c, out + 1000, 1000));
	ASSERT_EQ(10, tt_recv(c, in, 10, MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out, 10));
	ASSERT_EQ(n, tt_recv(c, in, n, MSG_PEEK | MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, n));
	ASSERT_EQ(300, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
	ASSERT_EQ(700, tt_recv(c, in, 700, MSG_PEEK));
	EXPECT_EQ(0, memcmp(in, out + 300, 700));
	ASSERT_EQ(n - 300, tt_recv(c, in, n - 300, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out + 300, n - 300));
}

/* A read into several pieces of memory fills them in their order. */
TT_TEST_F(record, rx_iovec)
{
	struct iovec iov[] = {
		{ in, 1 }, { in + 1, 999 }, { in + 1000, 0 },
		{ in + 1000, 4000 },
	};
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	int type;

	tt_fill(out, 5000);
	ASSERT_OK(tt_peer_write(c, out, 5000));
	ASSERT_EQ(5000, tt_recvmsg(c, &m, 0, &type));
	EXPECT_EQ(0, memcmp(in, out, 5000));
}

/* Nothing there: EAGAIN, also in the middle of a record; then it comes. */
TT_TEST_F(record, rx_again)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n;

	tt_fill(out, 100);
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	n = tt_peer_seal(c, TLS_TYPE_DATA, out, 100, 0, wire);
	ASSERT_LT(0, n);
	ASSERT_OK(tt_peer_raw(c, wire, 40));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_peer_raw(c, wire + 40, n - 40));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* Padding of TLS 1.3 is taken off, whatever its length. */
TT_TEST_F(record13, rx_padding)
{
	static const size_t pad[] = { 1, 2, 100, 1000, 4096, 16000 };
	size_t i;
	int type;

	tt_fill(out, 300);
	for (i = 0; i < ARRAY_SIZE(pad); i++) {
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 300, pad[i]));
		ASSERT_EQ(300, tt_recv_type(c, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_DATA, type);
		ASSERT_EQ(0, memcmp(in, out, 300));
	}
}

/* End of the TCP connection without close_notify is end of file, after all data. */
TT_TEST_F(record, rx_fin)
{
	tt_fill(out, 70);
	ASSERT_OK(tt_peer_write(c, out, 70));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_EQ(70, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 70));
	EXPECT_EQ(0, tt_recv(c, in, sizeof(in), 0));
}
