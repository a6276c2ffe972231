// SPDX-License-Identifier: GPL-2.0
/* Far offsets, large counts, holes. */

#define GIB	(1LL << 30)

/* A file of holes with 40000 bytes of data around each of the offsets. */
static int make_sparse(off_t size, const off_t *at, size_t n)
{
	int file = memfd_create("sparse", MFD_CLOEXEC);
	size_t i;

	if (file < 0 || ftruncate(file, size))
		return tt_fail(errno, "sparse file: %s", strerror(errno));
	for (i = 0; i < n; i++) {
		tt_fill(out, 40000);
		if (pwrite(file, out, 40000, at[i] - 20000) != 40000)
			return tt_fail(errno, "sparse file: %s",
				       strerror(errno));
	}
	return file;
}

/* Offsets over 2 and 4 GiB, and data on both sides of these borders. */
TT_TEST_F(file, beyond_2_and_4_gib)
{
	static const off_t border[] = { 2 * GIB, 4 * GIB };
	int file = make_sparse(4 * GIB + 60000, border, ARRAY_SIZE(border));
	size_t i;
	off_t off;

	ASSERT_LE(0, file);
	for (i = 0; i < ARRAY_SIZE(border); i++) {
		off = border[i] - 20000;
		ASSERT_OK(send_part(t, c, file, &off, 40000, 40000));
		EXPECT_EQ(border[i] + 20000, off);
		off = border[i] + 1;
		ASSERT_OK(send_part(t, c, file, &off, 30000, 30000));
		ASSERT_EQ(border[i] - 10001,
			  lseek(file, border[i] - 10001, SEEK_SET));
		ASSERT_OK(send_part(t, c, file, NULL, 20002, 20002));
		EXPECT_EQ(border[i] + 10001, lseek(file, 0, SEEK_CUR));
	}
}

/* The largest count there is, from an offset so far that the sum passes 4 GiB: what
 * there is comes.
 */
TT_TEST_F(file, largest_count)
{
	off_t border = 3 * GIB, off = border - 20000;
	int file = make_sparse(border + 20001, &border, 1);

	ASSERT_LE(0, file);
	ASSERT_OK(send_part(t, c, file, &off, 0x7ffff000, 40001));
	EXPECT_EQ(border + 20001, off);
	off = 4 * GIB;
	EXPECT_EQ(0, tt_sendfile(c, file, &off, 0x7ffff000));
	EXPECT_EQ(4 * GIB, off);
}

/* Holes at the beginning, in the middle and at the end, their borders off those of
 * pages and records; and nothing but a hole.
 */
TT_TEST_F(file, holes)
{
	static const off_t data[] = { 20123, 99999, 200001 };
	off_t off = 0, size = 300007;
	int file = make_sparse(size, data, ARRAY_SIZE(data));

	ASSERT_LE(0, file);
	ASSERT_OK(send_part(t, c, file, &off, size, size));
	off = 19999;
	ASSERT_OK(send_part(t, c, file, &off, 100000, 100000));
	ASSERT_EQ(0, ftruncate(file, 0));
	ASSERT_EQ(0, ftruncate(file, size));
	off = 0;
	ASSERT_OK(send_part(t, c, file, &off, size, size));
}
