// SPDX-License-Identifier: GPL-2.0
/* Sizes of records that the kernel sends, and where they are cut. */

/* What fits in a record is one record, at every border. */
TT_TEST_F(record, tx_sizes)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = sizes[i];
		tt_fill(out, n);
		ASSERT_EQ(n, tt_send(c, out, n, 0)) TH_LOG("%s", tt_why());
		ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, out, n));
		ASSERT_OK(tt_peer_expect_data(c, out, n));
	}
	EXPECT_EQ(c->tx.seq + ARRAY_SIZE(sizes), tt_seq(c, TLS_TX));
}

/* What does not fit is cut into full records and a rest. */
TT_TEST_F(record, tx_split)
{
	static const size_t large[] = { 16385, 32767, 32768, 32769, 49159,
					65537, 100000 };
	size_t i, n, at, part, rec = 0;

	for (i = 0; i < ARRAY_SIZE(large); i++) {
		n = large[i];
		tt_fill(out, n);
		ASSERT_EQ(n, tt_send(c, out, n, 0)) TH_LOG("%s", tt_why());
		for (at = 0; at < n; at += part) {
			part = n - at;
			if (part > TLS_MAX_PAYLOAD)
				part = TLS_MAX_PAYLOAD;
			ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA,
						 out + at, part));
		}
		ASSERT_OK(tt_peer_expect_data(c, out, n));
	}
	EXPECT_EQ(c->tx.seq + rec, tt_seq(c, TLS_TX));
}

/* A typed message larger than a record is cut, and every part keeps the type. */
TT_TEST_F(record, tx_split_typed)
{
	size_t n = TLS_MAX_PAYLOAD + 100;

	tt_fill(out, n);
	ASSERT_EQ(n, tt_send_type(c, 99, out, n, 0));
	ASSERT_OK(tt_peer_expect(c, 0, 99, out, TLS_MAX_PAYLOAD));
	ASSERT_OK(tt_peer_expect(c, 1, 99, out + TLS_MAX_PAYLOAD, 100));
}

/* MSG_MORE collects into one record; nothing leaves before it is complete. */
TT_TEST_F(record, tx_more)
{
	__u64 seq = tt_seq(c, TLS_TX);
	size_t i;

	tt_fill(out, 700);
	for (i = 0; i < 6; i++)
		ASSERT_EQ(100, tt_send(c, out + 100 * i, 100, MSG_MORE));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(100, tt_send(c, out + 600, 100, 0));
	EXPECT_EQ(seq + 1, tt_seq(c, TLS_TX));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 700));
	ASSERT_OK(tt_peer_expect_data(c, out, 700));
}

/* MSG_MORE fills records to the last byte, and opens the next one with the rest. */
TT_TEST_F(record, tx_more_full)
{
	size_t n = TLS_MAX_PAYLOAD, at = 0, step = 5000;
	__u64 seq = tt_seq(c, TLS_TX);

	tt_fill(out, 2 * n + 1);
	for (at = 0; at < 4 * step; at += step)
		ASSERT_EQ(step, tt_send(c, out + at, step, MSG_MORE));
	EXPECT_EQ(seq + 1, tt_seq(c, TLS_TX));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, n));
	/* exactly to the border: full without a byte more */
	ASSERT_EQ(2 * n - at, tt_send(c, out + at, 2 * n - at, MSG_MORE));
	EXPECT_EQ(seq + 2, tt_seq(c, TLS_TX));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out + n, n));
	ASSERT_EQ(1, tt_send(c, out + 2 * n, 1, 0));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out + 2 * n, 1));
	ASSERT_OK(tt_peer_expect_data(c, out, 2 * n + 1));
}

/* Pieces of memory, empty ones among them, become one record in their order. */
TT_TEST_F(record, tx_iovec)
{
	static const size_t piece[] = { 1, 0, 3, 4096, 17, 0, 1000, 2 };
	struct iovec iov[ARRAY_SIZE(piece)];
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(piece) };
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(piece); i++) {
		iov[i].iov_base = out + n;
		iov[i].iov_len = piece[i];
		n += piece[i];
	}
	tt_fill(out, n);
	ASSERT_EQ(n, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, n));
	ASSERT_OK(tt_peer_expect_data(c, out, n));
}

/* Many pieces over record borders: more of them than a record has room for. */
TT_TEST_F(record, tx_iovec_many)
{
	struct iovec iov[200];
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(iov); i++) {
		iov[i].iov_base = out + n;
		iov[i].iov_len = 1 + tt_random() % 500;
		n += iov[i].iov_len;
	}
	tt_fill(out, n);
	ASSERT_EQ(n, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	ASSERT_OK(tt_peer_expect_data(c, out, n));
	/* How the kernel cuts is its own affair, but no data may be lost. */
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
}

/* write(2), the plainest call there is, makes a record. */
TT_TEST_F(record, tx_write)
{
	tt_fill(out, 33);
	ASSERT_EQ(33, tt_write(c, out, 33));
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 33));
	ASSERT_OK(tt_peer_expect_data(c, out, 33));
}

/* Memory at every offset of interest in its page, so that a record covers parts of
 * one to six pages.
 */
static const size_t page_offsets[] = { 1, 2048, 4095 };
static const size_t page_sizes[] = { 2, 4097, 16383, 16384 };

static unsigned char *page_aligned(unsigned char *p)
{
	return (unsigned char *)(((unsigned long)p + 4095) & ~4095UL);
}

/* What is sent is at these offsets. */
TT_TEST_F(record, tx_page_offsets)
{
	unsigned char *p;
	size_t i, j, n, rec = 0;

	for (i = 0; i < ARRAY_SIZE(page_offsets); i++)
		for (j = 0; j < ARRAY_SIZE(page_sizes); j++) {
			p = page_aligned(out) + page_offsets[i];
			n = page_sizes[j];
			tt_fill(p, n);
			ASSERT_EQ(n, tt_send(c, p, n, 0));
			ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA, p,
						 n));
		}
}
