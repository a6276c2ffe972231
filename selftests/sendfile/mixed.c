// SPDX-License-Identifier: GPL-2.0
/* sendfile among other calls. */

/* A header left open by MSG_MORE and the file after it share a record. */
TT_TEST_F(sendfile, after_more)
{
	int file = tt_file(1000, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 100);
	ASSERT_EQ(1000, pread(file, out + 100, 1000, 0));
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	ASSERT_EQ(1000, tt_sendfile(c, file, &off, 1000));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1100));
	ASSERT_OK(tt_peer_expect_data(c, out, 1100));
}

/* The same with a file that fills the open record over its border. */
TT_TEST_F(sendfile, after_more_over_border)
{
	size_t size = RECORD + 500, n = 100 + size;
	int file = tt_file(size, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 100);
	ASSERT_EQ(size, pread(file, out + 100, size, 0));
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	ASSERT_EQ(size, tt_sendfile(c, file, &off, size));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, RECORD));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out + RECORD,
				 n - RECORD));
	ASSERT_OK(tt_peer_expect_data(c, out, n));
}

/* sendfile of nothing does not close what MSG_MORE left open, nor loses it. */
TT_TEST_F(file, nothing_after_more)
{
	int file = tt_file(1000, NULL);
	__u64 seq = tt_seq(c, TLS_TX);
	off_t off = 0, end = 1000;

	ASSERT_LE(0, file);
	tt_fill(out, 100);
	ASSERT_EQ(1000, pread(file, out + 100, 1000, 0));
	ASSERT_EQ(100, tt_send(c, out, 100, MSG_MORE));
	EXPECT_EQ(0, tt_sendfile(c, file, &off, 0));
	EXPECT_EQ(0, tt_sendfile(c, file, &end, 500));
	EXPECT_EQ(seq, tt_seq(c, TLS_TX));
	ASSERT_EQ(1000, tt_sendfile(c, file, &off, 1000));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1100));
	EXPECT_EQ(seq + 1, tt_seq(c, TLS_TX));
}

/* To the very border of an open record, one short of it, and one over it. */
TT_TEST_F(file, fills_open_record)
{
	static const int over[] = { -1, 0, 1 };
	size_t i, n, rec = 0;
	int file;
	off_t off;

	for (i = 0; i < ARRAY_SIZE(over); i++) {
		n = RECORD - 5 + over[i];
		file = tt_file(n, NULL);
		ASSERT_LE(0, file);
		tt_fill(out, 5);
		ASSERT_EQ(n, pread(file, out + 5, n, 0));
		ASSERT_EQ(5, tt_send(c, out, 5, MSG_MORE));
		off = 0;
		ASSERT_EQ(n, tt_sendfile(c, file, &off, n));
		n = over[i] < 0 ? RECORD - 1 : RECORD;
		ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA, out, n));
		if (over[i] > 0)
			ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA,
						 out + n, 1));
		close(file);
	}
	EXPECT_EQ(c->tx.seq + rec, tt_seq(c, TLS_TX));
}

/* Open data, a file, an alert, open data, an alert, a file: each of its type, in
 * the order of the calls, and nothing shares a record with an alert.
 */
TT_TEST_F(file, among_control_records)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_USER_CANCELED };
	int file = tt_file(300, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 200);
	ASSERT_EQ(300, pread(file, out + 200, 300, 0));
	ASSERT_EQ(200, tt_send(c, out, 200, MSG_MORE));
	ASSERT_EQ(300, tt_sendfile(c, file, &off, 300));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_EQ(70, tt_send(c, out, 70, MSG_MORE));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	off = 0;
	ASSERT_EQ(300, tt_sendfile(c, file, &off, 300));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 500));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_ALERT, alert, 2));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out, 70));
	ASSERT_OK(tt_peer_expect(c, 3, TLS_TYPE_ALERT, alert, 2));
	ASSERT_OK(tt_peer_expect(c, 4, TLS_TYPE_DATA, out + 200, 300));
}

/* A file between two sends, the second with a type of its own: three records. */
TT_TEST_F(sendfile, between)
{
	const unsigned char alert[] = { TLS_ALERT_WARNING,
					TLS_ALERT_USER_CANCELED };
	int file = tt_file(300, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 100);
	ASSERT_EQ(300, pread(file, out + 100, 300, 0));
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_EQ(300, tt_sendfile(c, file, &off, 300));
	ASSERT_EQ(2, tt_send_type(c, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out + 100, 300));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_ALERT, alert, 2));
	ASSERT_OK(tt_peer_expect_data(c, out, 400));
}

/* A long, random succession of all ways to send: nothing is lost, doubled or
 * put in another order.
 */
TT_TEST_F(sendfile, random_mix)
{
	size_t size = 300000, at = 0, n;
	unsigned char sha[TT_SHA256_SIZE];
	unsigned char *all = malloc(size);
	int file = tt_file(size, sha);
	off_t off;
	long sent;

	ASSERT_NE(NULL, all);
	ASSERT_LE(0, file);
	ASSERT_EQ(size, pread(file, all, size, 0));
	ASSERT_OK(tt_drain_start(&t->drain, c, size));
	while (at < size) {
		n = 1 + tt_random() % 20000;
		if (n > size - at)
			n = size - at;
		off = at;
		switch (tt_random() % 3) {
		case 0:
			sent = tt_sendfile(c, file, &off, n);
			break;
		case 1:
			sent = tt_send(c, all + at, n,
				       at + n < size ? MSG_MORE : 0);
			break;
		default:
			sent = tt_send(c, all + at, n, 0);
		}
		ASSERT_EQ(n, sent) TH_LOG("%s", tt_why());
		at += n;
	}
	ASSERT_OK(tt_drain_join(&t->drain));
	EXPECT_OK(same_hash(t->drain.sha256, sha));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
	free(all);
}

/* Received data in between does not disturb the file on its way out. */
TT_TEST_F(sendfile, both_ways)
{
	int file = tt_file(20000, NULL);
	off_t off = 0;

	ASSERT_LE(0, file);
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_OK(send_part(t, c, file, &off, 10000, 10000));
	ASSERT_EQ(1000, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 1000));
	ASSERT_OK(send_part(t, c, file, &off, 10000, 10000));
}

/* TLS_TX_MAX_PAYLOAD_LEN cuts a file's records too, and those begun by a send. */
TT_TEST_F(sendfile, max_payload)
{
	size_t limit = 1000, size = 10 * limit - 50, at;
	int file = tt_file(size, NULL);
	__u16 value = limit;
	off_t off = 0;
	size_t i;

	TT_NEED("tx-max-payload");
	ASSERT_LE(0, file);
	ASSERT_EQ(0, tt_set(c, TLS_TX_MAX_PAYLOAD_LEN, &value, sizeof(value)));
	tt_fill(out, 50);
	ASSERT_EQ(size, pread(file, out + 50, size, 0));
	ASSERT_EQ(50, tt_send(c, out, 50, MSG_MORE));
	ASSERT_EQ(size, tt_sendfile(c, file, &off, size));
	for (i = 0, at = 0; i < 10; i++, at += limit)
		ASSERT_OK(tt_peer_expect(c, i, TLS_TYPE_DATA, out + at, limit));
	ASSERT_OK(tt_peer_expect_data(c, out, size + 50));
	EXPECT_EQ(c->tx.seq + 10, tt_seq(c, TLS_TX));
}

/* TLS_TX_ZEROCOPY_RO is a promise about the file: what arrives is the same. */
TT_TEST_F(sendfile, zerocopy_ro)
{
	int file = tt_file(3 * RECORD + 5, NULL);
	unsigned int value = 1;
	off_t off = 0;

	ASSERT_LE(0, file);
	ASSERT_EQ(0, tt_set(c, TLS_TX_ZEROCOPY_RO, &value, sizeof(value)));
	ASSERT_OK(send_part(t, c, file, &off, 3 * RECORD + 5, 3 * RECORD + 5));
	off = 1;
	ASSERT_OK(send_part(t, c, file, &off, 2 * RECORD, 2 * RECORD));
}
