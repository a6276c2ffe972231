// SPDX-License-Identifier: GPL-2.0
/*
 * A network block device: the kernel sends and receives by iterators over its own
 * memory (ITER_KVEC for headers, ITER_BVEC for blocks), from workers, waiting for
 * whole requests (MSG_WAITALL) and announcing more (MSG_MORE).
 */

#define DISK		(1 << 20)

struct io {
	struct tt_nbd *n;
	size_t from;
	size_t len;
	unsigned char *data;
	int err;
};

static void *aligned(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Past the page cache, so that each is a request on the wire. */
static int disk_write(struct tt_nbd *n, const void *data, size_t from,
		      size_t len)
{
	ssize_t got = pwrite(n->fd, data, len, from);

	return got == len ? 0 :
	       tt_fail(got < 0 ? errno : EIO, "%zu bytes at %zu: wrote %zd", len,
		       from, got);
}

static int disk_read(struct tt_nbd *n, void *data, size_t from, size_t len)
{
	ssize_t got = pread(n->fd, data, len, from);

	return got == len ? 0 :
	       tt_fail(got < 0 ? errno : EIO, "%zu bytes at %zu: read %zd", len,
		       from, got);
}

static int direct(struct tt_nbd *n)
{
	return fcntl(n->fd, F_SETFL, O_DIRECT) ?
	       tt_fail(errno, "O_DIRECT: %s", strerror(errno)) : 0;
}

static int end_of_device(struct tt_nbd *n, const struct tt_flow *tx,
			 const struct tt_flow *rx)
{
	int err = tt_nbd_stop(n);

	tt_flow_end(tx, n->in);
	tt_flow_end(rx, n->out);
	return err ?: check_events(tx->c, "tx", TT_PATH_CALL, n->in) ?:
	       check_events(tx->c, "rx", TT_PATH_CALL, n->out);
}

/* Blocks of all sizes, written and read back. */
TT_TEST_F(nbd, blocks)
{
	static const size_t size[] = { 512, 1024, 4096, 8192, 15872, 16384,
				       16896, 65536, 131072 };
	struct tt_flow tx, rx;
	unsigned char *data, *back;
	struct tt_nbd n;
	size_t i, at;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	data = aligned(DISK);
	back = aligned(DISK);
	for (i = 0, at = 512; i < ARRAY_SIZE(size); at += size[i++]) {
		tt_fill(data, size[i]);
		ASSERT_OK(disk_write(&n, data, at, size[i]));
		ASSERT_EQ(0, memcmp(n.disk + at, data, size[i]));
	}
	for (i = 0, at = 512; i < ARRAY_SIZE(size); at += size[i++]) {
		ASSERT_OK(disk_read(&n, back, at, size[i]));
		ASSERT_EQ(0, memcmp(n.disk + at, back, size[i]));
	}
	/* Blocks of the server's that never were ours, all at once. */
	tt_fill(n.disk + DISK / 2, DISK / 2);
	ASSERT_OK(disk_read(&n, back, DISK / 2, DISK / 2));
	EXPECT_EQ(0, memcmp(n.disk + DISK / 2, back, DISK / 2));
	EXPECT_LE(2 * ARRAY_SIZE(size), n.requests);
	EXPECT_OK(end_of_device(&n, &tx, &rx));
	EXPECT_EQ(0, n.ended);
}

/* Memory that is no whole pages: blocks begin anywhere in it. */
TT_TEST_F(nbd, scattered)
{
	unsigned char *data = aligned(65536), *want = aligned(65536);
	struct iovec iov[] = { { data + 512, 1024 }, { data + 4096, 512 },
			       { data + 12288 - 512, 1024 },
			       { data + 16384, 40960 - 512 * 5 } };
	struct tt_flow tx, rx;
	struct tt_nbd n;
	ssize_t sum = 0;
	int i;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	tt_fill(data, 65536);
	for (i = 0; i < ARRAY_SIZE(iov); i++) {
		memcpy(want + sum, iov[i].iov_base, iov[i].iov_len);
		sum += iov[i].iov_len;
	}
	ASSERT_EQ(sum, pwritev(n.fd, iov, ARRAY_SIZE(iov), 4096));
	EXPECT_EQ(0, memcmp(n.disk + 4096, want, sum));
	memset(data, 0, 65536);
	ASSERT_EQ(sum, preadv(n.fd, iov, ARRAY_SIZE(iov), 4096));
	for (i = 0, sum = 0; i < ARRAY_SIZE(iov); sum += iov[i++].iov_len) {
		EXPECT_EQ(0, memcmp(want + sum, iov[i].iov_base,
				    iov[i].iov_len));
	}
	EXPECT_OK(end_of_device(&n, &tx, &rx));
}

/* Through the page cache, with fsync, which the server sees as a flush. */
TT_TEST_F(nbd, cached)
{
	struct tt_flow tx, rx;
	struct tt_nbd n;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	tt_fill(out, 100001);
	ASSERT_OK(disk_write(&n, out, 1000, 100001));
	ASSERT_EQ(0, fsync(n.fd));
	EXPECT_EQ(0, memcmp(n.disk + 1000, out, 100001));
	ASSERT_OK(disk_read(&n, in, 1000, 100001));
	EXPECT_EQ(0, memcmp(in, out, 100001));
	EXPECT_OK(end_of_device(&n, &tx, &rx));
}

static void *work(void *arg)
{
	struct io *io = arg;
	unsigned char *back = aligned(16384);
	size_t at, k;

	for (k = 0; !io->err && k < 6; k++) {
		at = k * 16384 % io->len;
		io->err = disk_write(io->n, io->data + at, io->from + at,
				     16384) ?:
			  disk_read(io->n, back, io->from + at, 16384);
		if (!io->err && memcmp(back, io->data + at, 16384))
			io->err = -EBADMSG;
	}
	munmap(back, 16384);
	return NULL;
}

/* Requests of several threads under way at once. */
TT_TEST_F(nbd, threads)
{
	pthread_t thread[4];
	struct io io[4];
	struct tt_flow tx, rx;
	struct tt_nbd n;
	int i;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	for (i = 0; i < ARRAY_SIZE(io); i++) {
		io[i] = (struct io){ &n, i * 65536, 65536, aligned(65536), 0 };
		tt_fill(io[i].data, 65536);
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, work, &io[i]));
	}
	for (i = 0; i < ARRAY_SIZE(io); i++) {
		pthread_join(thread[i], NULL);
		EXPECT_EQ(0, io[i].err);
		EXPECT_EQ(0, memcmp(n.disk + io[i].from, io[i].data, 65536));
	}
	EXPECT_OK(end_of_device(&n, &tx, &rx));
}

/* The server says no to a block, and goes on. */
TT_TEST_F(nbd, refused_block)
{
	unsigned char *data = aligned(4096);
	struct tt_flow tx, rx;
	struct tt_nbd n;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	n.bad = 100;
	EXPECT_EQ(-EIO, disk_read(&n, data, 100 * TT_NBD_BLOCK, 4096));
	n.bad = -1;
	EXPECT_OK(disk_read(&n, data, 100 * TT_NBD_BLOCK, 4096));
	EXPECT_OK(end_of_device(&n, &tx, &rx));
}

/* A reply that was tampered with: EBADMSG for the kernel's read, EIO for ours. */
TT_TEST_F(nbd, tampered)
{
	unsigned char *data = aligned(4096);
	struct tt_flow tx, rx;
	struct tt_nbd n;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	ASSERT_OK(disk_write(&n, data, 0, 4096));
	n.tamper = true;
	tt_stat_expect("TlsDecryptError", 1);
	EXPECT_EQ(-EIO, disk_write(&n, data, 0, 4096));
	EXPECT_OK(tt_nbd_stop(&n));
	tt_flow_end(&tx, n.in);
	tt_flow_end(&rx, n.out);
	rx = tt_flow_begin(c, TT_OP_RX);
	tt_flow_end(&rx, -EBADMSG);
}

/* A control record in the way, which a reader without room for it gets as EIO. */
TT_TEST_F(nbd, close_notify)
{
	unsigned char *data = aligned(4096);
	struct tt_flow tx, rx;
	struct tt_nbd n;

	TT_NEED("nbd");
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(tt_nbd_start(&n, c, DISK));
	ASSERT_OK(direct(&n));
	ASSERT_OK(disk_write(&n, data, 0, 4096));
	n.goodbye = true;
	EXPECT_EQ(-EIO, disk_read(&n, data, 0, 4096));
	EXPECT_OK(tt_nbd_stop(&n));
	tt_flow_end(&tx, n.in);
	tt_flow_end(&rx, n.out);
	rx = tt_flow_begin(c, TT_OP_RX);
	tt_flow_end(&rx, -EIO);
}
