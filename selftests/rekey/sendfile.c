// SPDX-License-Identifier: GPL-2.0
/* Changes of keys among sendfile. */

#define FILE_SIZE	(2 << 20)

/* A file in parts, with a KeyUpdate of ours between them, arrives as it is. */
TT_TEST_F(rekey, sendfile_between)
{
	static const size_t part[] = { 1, 4096, 16384, 50001, 16383, 100000 };
	unsigned char sha[TT_SHA256_SIZE];
	size_t i, all = 0;
	off_t off = 0;
	int file;

	TT_NEED("rekey");
	for (i = 0; i < ARRAY_SIZE(part); i++)
		all += part[i];
	file = tt_file(all, sha);
	ASSERT_LE(0, file);
	ASSERT_OK(tt_drain_start(&t->drain, c, all));
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		ASSERT_EQ(part[i], tt_sendfile(c, file, &off, part[i]))
			TH_LOG("%s", tt_why());
		ASSERT_OK(tt_rekey_tx(c, false));
		EXPECT_EQ(0, tt_seq(c, TLS_TX));
	}
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_EQ(0, memcmp(sha, t->drain.sha256, sizeof(sha)));
}

struct sender {
	int fd;
	int file;
	long sent;
	bool done;
};

static void *send_file(void *arg)
{
	struct sender *s = arg;
	off_t off = 0;

	/* One call moves no more than a file has, but may move less. */
	while (off < FILE_SIZE) {
		long n = sendfile(s->fd, s->file, &off, FILE_SIZE - off);

		if (n <= 0) {
			s->sent = n ? -errno : off;
			break;
		}
		s->sent = off;
	}
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Have OpenSSL read a piece of the file. */
static int peer_reads(struct tt_conn *c, int file, size_t at, size_t len)
{
	if (pread(file, out, len, at) != (long)len)
		return tt_fail(EIO, "the file at %zu", at);
	return tt_peer_expect_data(c, out, len);
}

/* KeyUpdates of OpenSSL while a sendfile of ours is under way in a thread. */
TT_TEST_F(rekey, sendfile_meanwhile)
{
	struct tt_op op = { .kind = TT_OP_TX, .path = TT_TX_SENDFILE,
			    .type = TLS_TYPE_DATA, .keyed = true,
			    .len = FILE_SIZE };
	struct sender s = { .fd = c->fd };
	size_t at = 0, step = 40000;
	int small = 32768, i;
	pthread_t thread;

	TT_NEED("rekey");
	/* Far less than the file, so that sendfile has to wait for the peer. */
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small,
				sizeof(small)));
	ASSERT_EQ(0, setsockopt(c->peer_fd, SOL_SOCKET, SO_RCVBUF, &small,
				sizeof(small)));
	s.file = tt_file(FILE_SIZE, NULL);
	ASSERT_LE(0, s.file);
	c->ledger.unordered = true;
	op.before = tt_seq(c, TLS_TX);
	ASSERT_EQ(0, pthread_create(&thread, NULL, send_file, &s));
	for (i = 0; i < 10; i++, at += step) {
		ASSERT_OK(peer_reads(c, s.file, at, step));
		ASSERT_OK(peer_updates(c, false));
		tt_fill(out, 5000);
		ASSERT_OK(tt_peer_write(c, out, 5000));
		ASSERT_OK(follow(c, false));
		ASSERT_OK(tt_recv_all(c, in, 5000));
		ASSERT_EQ(0, memcmp(in, out, 5000));
		ASSERT_FALSE(__atomic_load_n(&s.done, __ATOMIC_ACQUIRE));
	}
	for (; at < FILE_SIZE; at += step) {
		if (step > FILE_SIZE - at)
			step = FILE_SIZE - at;
		ASSERT_OK(peer_reads(c, s.file, at, step));
	}
	pthread_join(thread, NULL);
	ASSERT_EQ(FILE_SIZE, s.sent);
	op.result = s.sent;
	op.after = tt_seq(c, TLS_TX);
	tt_ledger_add(&c->ledger, &op);
	/* Its own key can change when it is done. */
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_exchange(c));
}
