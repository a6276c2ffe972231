// SPDX-License-Identifier: GPL-2.0
/* Whole files and parts of them. */

static const size_t file_sizes[] = {
	1, 2, PAGE - 1, PAGE, PAGE + 1, RECORD - 1, RECORD, RECORD + 1,
	2 * RECORD - 1, 2 * RECORD, 2 * RECORD + 1, 100001,
};

/* Files of every size around page and record borders arrive as they are. */
TT_TEST_F(sendfile, sizes)
{
	size_t i;
	off_t off;
	int file;

	for (i = 0; i < ARRAY_SIZE(file_sizes); i++) {
		file = tt_file(file_sizes[i], NULL);
		ASSERT_LE(0, file);
		off = 0;
		ASSERT_OK(send_part(t, c, file, &off, file_sizes[i],
				    file_sizes[i]));
		EXPECT_EQ(file_sizes[i], off);
		close(file);
	}
}

/* No bytes asked for, or none in the file: nothing is sent, no record is made. */
TT_TEST_F(sendfile, nothing)
{
	__u64 seq = tt_seq(c, TLS_TX);
	int file = tt_file(1000, NULL), empty = tt_file(0, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	ASSERT_LE(0, empty);
	EXPECT_EQ(0, tt_sendfile(c, file, &off, 0));
	EXPECT_EQ(0, off);
	EXPECT_EQ(0, tt_sendfile(c, empty, &off, 1000));
	EXPECT_EQ(0, off);
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	ASSERT_OK(send_part(t, c, file, &off, 1000, 1000));
	EXPECT_EQ(seq + 1, tt_seq(c, TLS_TX));
}

/* From an offset: exactly that part, and the offset moves, not the file's. */
TT_TEST_F(sendfile, offsets)
{
	static const struct {
		off_t off;
		size_t len;
	} part[] = {
		{ 0, 1 }, { 1, 1 }, { PAGE - 1, 2 }, { PAGE, PAGE },
		{ 1, PAGE }, { PAGE + 1, RECORD }, { 5000, RECORD + 1 },
		{ 3 * PAGE - 1, 40000 }, { 2 * RECORD - 7, RECORD },
	};
	int file = tt_file(60000, NULL);
	size_t i;
	off_t off;

	ASSERT_LE(0, file);
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		off = part[i].off;
		ASSERT_OK(send_part(t, c, file, &off, part[i].len,
				    part[i].len));
		EXPECT_EQ(part[i].off + (off_t)part[i].len, off);
		EXPECT_EQ(0, lseek(file, 0, SEEK_CUR));
	}
}

/* Without an offset the file's own position is used, and moves. */
TT_TEST_F(sendfile, own_position)
{
	int file = tt_file(50000, NULL);

	ASSERT_LE(0, file);
	ASSERT_OK(send_part(t, c, file, NULL, 20001, 20001));
	EXPECT_EQ(20001, lseek(file, 0, SEEK_CUR));
	ASSERT_OK(send_part(t, c, file, NULL, 29999, 29999));
	EXPECT_EQ(50000, lseek(file, 0, SEEK_CUR));
}

/* More asked for than there is: what there is comes at once, without a further
 * call to push it out; then nothing.
 */
TT_TEST_F(sendfile, past_eof)
{
	/* Few: kernels with sendpage take 200 ms for each, TCP's cork. */
	static const size_t size[] = { 1, PAGE, RECORD, RECORD + 1 };
	size_t i;
	off_t off;
	int file;

	for (i = 0; i < ARRAY_SIZE(size); i++) {
		file = tt_file(size[i], NULL);
		ASSERT_LE(0, file);
		off = 0;
		ASSERT_OK(send_part(t, c, file, &off, size[i] + 100000,
				    size[i]));
		EXPECT_EQ(0, tt_sendfile(c, file, &off, 100));
		off = size[i] + 10 * PAGE;
		EXPECT_EQ(0, tt_sendfile(c, file, &off, 100));
		close(file);
	}
}

/* Holes are zeroes for the peer. */
TT_TEST_F(sendfile, sparse)
{
	int file = tt_file(100, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 100);
	ASSERT_EQ(100, pwrite(file, out, 100, 70000));
	ASSERT_OK(send_part(t, c, file, &off, 70100, 70100));
}

/* The same file twice at once in a record's page: no page is taken for another. */
TT_TEST_F(sendfile, again)
{
	int file = tt_file(3 * PAGE, NULL), i;
	off_t off;

	ASSERT_LE(0, file);
	for (i = 0; i < 5; i++) {
		off = 0;
		ASSERT_OK(send_part(t, c, file, &off, 3 * PAGE, 3 * PAGE));
	}
}

/* A MiB and a bit, over many records. */
TT_TEST_F(sendfile, mebibyte)
{
	size_t size = (1 << 20) + 12345;
	int file = tt_file(size, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	ASSERT_OK(send_part(t, c, file, &off, size, size));
}

/* 32 MiB in one call, while the peer reads. */
TT_TEST_F(large, one_call)
{
	size_t size = 32 << 20;
	int file = tt_file(size, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	ASSERT_OK(send_part(t, c, file, &off, size, size));
	EXPECT_EQ(c->tx.seq + size / RECORD, tt_seq(c, TLS_TX));
}
