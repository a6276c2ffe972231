// SPDX-License-Identifier: GPL-2.0
/* What the kernel sends. */

/* Keys of both directions use the cipher: else nothing here tests what it says. */
TT_TEST_F(async, in_use)
{
	int users;

	TT_NEED("pcrypt");
	users = tt_pcrypt_users(ALG);
	ASSERT_LE(2, users) TH_LOG("%s", tt_why());
	tt_conn_shut_fd(c);
	EXPECT_EQ(users - 2, tt_pcrypt_users(ALG));
}

/* The peer has these bytes as records of full size and a rest, from record @rec on.
 * Return: the next record or -errno.
 */
static int expect_cut(struct tt_conn *c, size_t rec, int type,
		      const unsigned char *p, size_t n)
{
	size_t part;
	int err;

	for (; n; n -= part, p += part) {
		part = n < TLS_MAX_PAYLOAD ? n : TLS_MAX_PAYLOAD;
		err = tt_peer_expect(c, rec++, type, p, part);
		if (err)
			return err;
	}
	return rec;
}

/* Records of every size, one after the other and several at once, are the same as
 * those of any cipher, and in the order of the calls, whichever is ready first.
 */
TT_TEST_F(async, tx_sizes)
{
	static const size_t size[] = { 1, 16, 100000, 3, 4096, 16384, 2, 16385,
				       32768, 5, 1400, 262144, 1 };
	size_t i, at = 0;
	long rec = 0;

	TT_NEED("pcrypt");
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		tt_fill(out + at, size[i]);
		ASSERT_EQ(size[i], tt_send(c, out + at, size[i], 0));
		rec = expect_cut(c, rec, TLS_TYPE_DATA, out + at, size[i]);
		ASSERT_LT(0, rec) TH_LOG("%s", tt_why());
		at += size[i];
	}
	EXPECT_EQ(c->tx.seq + rec, tt_seq(c, TLS_TX));
	ASSERT_OK(tt_peer_expect_data(c, out, at));
}

/* Calls that nobody waits between: the peer reads only when all have returned. */
TT_TEST_F(async, tx_burst)
{
	size_t len[60], i, at = 0;
	long rec = 0;

	TT_NEED("pcrypt");
	for (i = 0; i < ARRAY_SIZE(len); i++) {
		len[i] = 1 + tt_random() % 3000;
		tt_fill(out + at, len[i]);
		ASSERT_EQ(len[i], tt_send(c, out + at, len[i], 0));
		at += len[i];
	}
	at = 0;
	for (i = 0; i < ARRAY_SIZE(len); i++) {
		rec = expect_cut(c, rec, TLS_TYPE_DATA, out + at, len[i]);
		ASSERT_LT(0, rec) TH_LOG("%s", tt_why());
		at += len[i];
	}
}

/* MSG_MORE over the borders of records: the full ones leave, the rest waits. */
TT_TEST_F(async, tx_more)
{
	size_t n = 5 * TLS_MAX_PAYLOAD + 700, at, part;

	TT_NEED("pcrypt");
	tt_fill(out, n);
	for (at = 0; at < n - 1; at += part) {
		part = 1 + tt_random() % 9000;
		if (part > n - 1 - at)
			part = n - 1 - at;
		ASSERT_EQ(part, tt_send(c, out + at, part, MSG_MORE));
	}
	EXPECT_EQ(c->tx.seq + 5, tt_seq(c, TLS_TX));
	ASSERT_EQ(6, 1 + expect_cut(c, 0, TLS_TYPE_DATA, out,
				    5 * TLS_MAX_PAYLOAD)) TH_LOG("%s", tt_why());
	ASSERT_EQ(1, tt_send(c, out + n - 1, 1, 0));
	ASSERT_OK(tt_peer_expect(c, 5, TLS_TYPE_DATA,
				 out + 5 * TLS_MAX_PAYLOAD, 700));
}

/* Types that change with every call: none overtakes another, none changes its type. */
TT_TEST_F(async, tx_types)
{
	static const unsigned char type[] = { 23, 99, 23, 22, 200, 99 };
	size_t i, at = 0, n;
	long rec = 0;

	TT_NEED("pcrypt");
	for (i = 0; i < 24; i++) {
		n = i % 5 ? 1 + tt_random() % 500 : 20000;
		tt_fill(out + at, n);
		/* Not a KeyUpdate. */
		if (type[i % ARRAY_SIZE(type)] == TLS_TYPE_HANDSHAKE)
			out[at] = SSL3_MT_FINISHED;
		ASSERT_EQ(n, tt_send_type(c, type[i % ARRAY_SIZE(type)],
					  out + at, n, 0));
		at += n;
		tt_fill(out + at, 50);
		ASSERT_EQ(50, tt_send(c, out + at, 50, 0));
		at += 50;
	}
	at = 0;
	for (i = 0; i < 24; i++) {
		n = c->rec[rec].len;
		ASSERT_OK(tt_peer_records(c, rec + 1));
		n = c->rec[rec].len;
		if (n == TLS_MAX_PAYLOAD)
			n = 20000;
		rec = expect_cut(c, rec, type[i % ARRAY_SIZE(type)], out + at,
				 n);
		ASSERT_LT(0, rec) TH_LOG("%s", tt_why());
		at += n;
		ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA, out + at, 50));
		at += 50;
	}
}

/* A file between and behind calls of send, to the byte. */
TT_TEST_F(async, tx_file)
{
	size_t size = 500000, at = 0, n;
	unsigned char sha[TT_SHA256_SIZE];
	int file = tt_file(size, sha);
	off_t off;

	TT_NEED("pcrypt");
	ASSERT_LE(0, file);
	ASSERT_EQ(size, pread(file, out, size, 0));
	ASSERT_OK(tt_drain_start(&t->drain, c, size));
	while (at < size) {
		n = 1 + tt_random() % 50000;
		if (n > size - at)
			n = size - at;
		off = at;
		ASSERT_EQ(n, tt_random() & 1 ? tt_sendfile(c, file, &off, n) :
			     tt_send(c, out + at, n, 0));
		at += n;
	}
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_EQ(0, memcmp(sha, t->drain.sha256, sizeof(sha)));
	close(file);
}

/* Hardly any room, calls that do not wait: what a call says it took arrives, once,
 * and poll tells when there is room again.
 */
TT_TEST_F(async, tx_full)
{
	size_t size = 300000, at = 0;
	unsigned char sha[TT_SHA256_SIZE];
	int full = 0;
	long n;

	TT_NEED("pcrypt");
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_fill(out, size);
	tt_sha256(out, size, sha);
	while (at < size) {
		n = 1 + tt_random() % 40000;
		n = tt_send(c, out + at, n < size - at ? n : size - at,
			    MSG_DONTWAIT);
		if (n == -EAGAIN) {
			if (!full++)
				ASSERT_OK(tt_drain_start(&t->drain, c, size));
			ASSERT_OK(tt_wait_fd(c->fd, POLLOUT, "room"));
			continue;
		}
		ASSERT_LT(0, n);
		at += n;
	}
	EXPECT_LT(0, full);
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_EQ(0, memcmp(sha, t->drain.sha256, sizeof(sha)));
}
