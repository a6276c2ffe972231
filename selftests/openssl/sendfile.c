// SPDX-License-Identifier: GPL-2.0
/* SSL_sendfile. */

/* Send a part of a file, and read it at the other end. What is there of it, and no
 * more, must come.
 */
static int file_part(struct duo *d, int from, int file, size_t off, size_t len,
		     size_t have)
{
	size_t want = off >= have ? 0 : len < have - off ? len : have - off;
	size_t done = 0, at = 0, before;
	int err = 0;
	long n;

	if (want && pread(file, out, want, off) != (ssize_t)want)
		return tt_fail(EIO, "test file");
	memset(in, 0, want);
	do {
		n = SSL_sendfile(ssl_of(d, from), file, off + done, len - done,
				 0);
		if (n > 0)
			done += n;
		else if (n)
			err = wants(d, from, n, "SSL_sendfile");
		if (done > want)
			return tt_fail(EBADMSG, "%zu of %zu bytes were sent",
				       done, want);
		before = at;
		if (!err && n < 0)
			err = read_some(d, !from, &at, want);
		if (!err && n < 0 && at == before)
			err = wait_pair(d, from, true);
	} while (!err && n && done < len);
	if (!err && done != want)
		err = tt_fail(EBADMSG, "%zu of %zu bytes were sent", done,
			      want);
	return err ?: read_rest(d, from, at, want);
}

/* Parts of a file at every offset and size of interest, also past its end, with data
 * of SSL_write between them.
 */
TT_TEST_F(offload, sendfile)
{
	static const struct {
		size_t off, len;
	} part[] = {
		{ 0, 1 }, { 0, 100001 }, { 1, 4095 }, { 4095, 2 },
		{ 4096, 4096 }, { 4097, 16383 }, { 16383, 16386 },
		{ 100000, 1 }, { 99990, 100 }, { 100001, 10 }, { 200000, 1 },
	};
	int i, file = tt_file(100001, NULL);
	struct duo d;
	size_t p;

	ASSERT_LE(0, file);
	APP_BEGIN();
	if (!allows(v, TLS_TX)) {
		tt_cgroup_leave();
		SKIP(return, "this OpenSSL has no kTLS for the cipher");
	}
	for (i = 0; i < 2; i++) {
		ASSERT_OK(duo_open(&d, v, i, i ? BOTH : US));
		for (p = 0; p < ARRAY_SIZE(part); p++) {
			ASSERT_EQ(0, file_part(&d, 0, file, part[p].off,
					       part[p].len, 100001)) {
				TH_LOG("%zu bytes at %zu: %s", part[p].len,
				       part[p].off, tt_why());
			}
			if (p % 3 == 0)
				ASSERT_OK(duo_exchange(&d));
		}
		duo_close(&d);
	}
	close(file);
	tt_cgroup_leave();
}

/* A file through little buffer, without blocking: short counts, waits, resumed where
 * it stopped. (Linux 6.1 stops for good where a record fills the buffer: it lies in
 * TCP's queue, and nothing pushes it.)
 */
TT_TEST_F(app, sendfile_narrow)
{
	size_t len = 700001;
	struct duo d;
	int i, file;

	APP_BEGIN();
	file = tt_file(len, NULL);
	ASSERT_LE(0, file);
	for (i = 0; i < 2; i++) {
		ASSERT_OK(duo_open(&d, v, i, BOTH));
		ASSERT_OK(narrow(&d, 0, 65536));
		ASSERT_OK(file_part(&d, 0, file, 0, len, len));
		ASSERT_OK(file_part(&d, 0, file, 33333, len, len));
		ASSERT_OK(duo_exchange(&d));
		duo_close(&d);
	}
	close(file);
	tt_cgroup_leave();
}
