// SPDX-License-Identifier: GPL-2.0
/* Files that change while they are sent: the sender waits for its peer meanwhile. */

#define CHANGING	(1 << 20)
/* No buffer lets the sender get so far without a reader. */
#define NOT_YET		(CHANGING / 2 + 1)

/* What is done to the file when the sender waits; then the peer reads. */
struct change {
	struct tt_test *t;
	struct tt_conn *c;
	int file;
	int (*apply)(int file);
	int err;
	char why[TT_WHY_SIZE];
	pthread_t thread;
};

static unsigned char *content;	/* of the file, at first */

static int wait_blocked(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	long long end = tt_now_ms() + TT_WAIT_MS;

	do {
		if (!poll(&p, 1, 0))
			return 0;
		sched_yield();
	} while (tt_now_ms() < end);
	return tt_fail(ETIMEDOUT, "the sender does not wait for its peer");
}

static void *change(void *arg)
{
	struct change *ch = arg;

	ch->err = wait_blocked(ch->c->fd) ?: ch->apply(ch->file) ?:
		  tt_drain_start(&ch->t->drain, ch->c, CHANGING);
	if (ch->err) {
		snprintf(ch->why, sizeof(ch->why), "%s", tt_why());
		shutdown(ch->c->peer_fd, SHUT_RDWR);
	}
	return NULL;
}

/* Send @count bytes of a file that @apply changes meanwhile, and all of @want that
 * sendfile did not send by send.
 * Return: what sendfile returned, or -errno.
 */
static long send_changing(struct tt_test *t, struct tt_conn *c, int file,
			  int (*apply)(int file), const unsigned char *want)
{
	struct change ch = { .t = t, .c = c, .file = file, .apply = apply };
	unsigned char sha[TT_SHA256_SIZE];
	int err, size = 32768;
	off_t off = 0;
	long n, rest;

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	err = pthread_create(&ch.thread, NULL, change, &ch);
	if (err)
		return tt_fail(err, "thread: %s", strerror(err));
	n = tt_sendfile(c, file, &off, CHANGING);
	pthread_join(ch.thread, NULL);
	if (ch.err)
		return tt_fail(-ch.err, "%s", ch.why);
	if (n < 0)
		return n;
	if (off != n)
		return tt_fail(EIO, "%ld bytes, but offset %ld", n, (long)off);
	if (n < CHANGING) {
		rest = tt_send(c, want + n, CHANGING - n, 0);
		if (rest != CHANGING - n)
			return tt_fail(EIO, "sent %ld of the rest", rest);
	}
	tt_sha256(want, CHANGING, sha);
	err = tt_drain_join(&t->drain) ?: same_hash(t->drain.sha256, sha);
	return err ?: n;
}

static int changing_file(size_t size)
{
	int file = memfd_create("changing", MFD_CLOEXEC);

	content = malloc(CHANGING);
	if (file < 0 || !content)
		return tt_fail(ENOMEM, "test file");
	tt_fill(content, CHANGING);
	if (pwrite(file, content, size, 0) != (ssize_t)size)
		return tt_fail(EIO, "test file");
	return file;
}

static int truncate_ahead(int file)
{
	return ftruncate(file, NOT_YET) ? tt_fail(errno, "ftruncate") : 0;
}

/* Cut ahead of what was sent: all up to the cut arrives, and the count tells it. */
TT_TEST_F(file, truncated_ahead)
{
	int file = changing_file(CHANGING);

	ASSERT_LE(0, file);
	ASSERT_EQ(NOT_YET, send_changing(t, c, file, truncate_ahead, content))
		TH_LOG("%s", tt_why());
}

static int truncate_behind(int file)
{
	return ftruncate(file, PAGE) ? tt_fail(errno, "ftruncate") : 0;
}

/* Cut behind what was sent: what is counted as sent arrives as it was before. */
TT_TEST_F(file, truncated_behind)
{
	int file = changing_file(CHANGING);
	long n;

	ASSERT_LE(0, file);
	n = send_changing(t, c, file, truncate_behind, content);
	ASSERT_LE(PAGE, n) TH_LOG("%s", tt_why());
	EXPECT_GT(NOT_YET, n);
}

static int grow(int file)
{
	size_t n = CHANGING - NOT_YET;

	return pwrite(file, content + NOT_YET, n, NOT_YET) == (ssize_t)n ? 0 :
	       tt_fail(EIO, "the file does not grow");
}

/* Grown before its end was reached: the new part is sent too. */
TT_TEST_F(file, grown)
{
	int file = changing_file(NOT_YET);

	ASSERT_LE(0, file);
	ASSERT_EQ(CHANGING, send_changing(t, c, file, grow, content))
		TH_LOG("%s", tt_why());
}

static unsigned char *changed;

static int overwrite(int file)
{
	size_t n = CHANGING - NOT_YET;

	/* What was sent long ago, and what is to be sent. */
	if (pwrite(file, changed, PAGE, 0) != PAGE ||
	    pwrite(file, changed + NOT_YET, n, NOT_YET) != (ssize_t)n)
		return tt_fail(EIO, "the file cannot be written");
	return 0;
}

/* Overwritten: what had been sent arrives as it was, what had not as it is. */
TT_TEST_F(file, overwritten)
{
	int file = changing_file(CHANGING);

	changed = malloc(CHANGING);
	ASSERT_LE(0, file);
	ASSERT_NE(NULL, changed);
	tt_fill(changed, CHANGING);
	memcpy(changed + PAGE, content + PAGE, NOT_YET - PAGE);
	memcpy(content + NOT_YET, changed + NOT_YET, CHANGING - NOT_YET);
	/* the file still has what it had */
	ASSERT_EQ(CHANGING, send_changing(t, c, file, overwrite, content))
		TH_LOG("%s", tt_why());
}

/* Overwritten when sendfile has returned and nothing was read: the peer gets what
 * was sent, with TLS_TX_ZEROCOPY_RO too where the kernel itself encrypts.
 */
TT_TEST_F(file, overwritten_after)
{
	unsigned char sha[TT_SHA256_SIZE];
	unsigned int value;
	off_t off;
	int file;

	for (value = 0; value < 2; value++) {
		file = tt_file(20000, sha);
		ASSERT_LE(0, file);
		ASSERT_EQ(0, tt_set(c, TLS_TX_ZEROCOPY_RO, &value,
				    sizeof(value)));
		off = 0;
		ASSERT_EQ(20000, tt_sendfile(c, file, &off, 20000));
		tt_fill(out, 20000);
		ASSERT_EQ(20000, pwrite(file, out, 20000, 0));
		ASSERT_EQ(0, ftruncate(file, 0));
		close(file);
		ASSERT_OK(tt_drain_start(&t->drain, c, 20000));
		ASSERT_OK(tt_drain_join(&t->drain));
		EXPECT_OK(same_hash(t->drain.sha256, sha));
	}
}
