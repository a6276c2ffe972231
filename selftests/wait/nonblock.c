// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that do not block and have hardly any room: short counts and EAGAIN at
 * every place. The peer must get all that was taken, once and in order.
 */

#define PIECES_MAX	1000

/* What the peer must get: data in sum, or a control record. */
struct piece {
	int type;
	size_t at;
	size_t len;
};

struct stream {
	struct piece piece[PIECES_MAX];
	size_t n;
	size_t taken;		/* bytes of @out */
};

static struct stream stream;

static void stream_taken(int type, size_t len)
{
	struct piece *last = &stream.piece[stream.n - 1];

	if (type == TLS_TYPE_DATA && stream.n && last->type == type) {
		last->len += len;
	} else {
		stream.piece[stream.n] = (struct piece){ type, stream.taken,
							 len };
		stream.n++;
	}
	stream.taken += len;
}

/* Compare the kernel's records with it, and drop them. */
static int stream_check(struct tt_conn *c)
{
	size_t i, k = 0, at = 0;

	for (i = 0; i < c->recs; i++) {
		const struct tt_record *r = &c->rec[i];
		const struct piece *p = &stream.piece[k];

		if (!r->authentic)
			return tt_fail(EBADMSG, "record %zu: not authentic", i);
		if (k == stream.n)
			return tt_fail(EBADMSG, "record %zu: one too many", i);
		if (r->type != p->type || r->len > p->len - at ||
		    (r->type != TLS_TYPE_DATA && r->len != p->len))
			return tt_fail(EBADMSG,
				       "record %zu: type %d, %zu bytes, where %d has %zu",
				       i, r->type, r->len, p->type, p->len - at);
		if (memcmp(r->data, out + p->at + at, r->len))
			return tt_fail(EBADMSG, "record %zu: other content", i);
		at += r->len;
		if (at == p->len) {
			k++;
			at = 0;
		}
	}
	return k == stream.n ? 0 :
	       tt_fail(EBADMSG, "piece %zu of %zu did not come (%zu bytes of it)",
		       k, stream.n, at);
}

/* One attempt, at random, from a copy of the data that is gone afterwards. */
static long try_send(struct tt_conn *c, bool typed, bool more, int *type)
{
	static unsigned char copy[65536];
	size_t off = tt_random() % 4096, len;
	long n;

	*type = TLS_TYPE_DATA;
	if (typed && tt_random() % 6 == 0) {
		*type = 64 + tt_random() % 100;
		len = 1 + tt_random() % 3000;
	} else {
		len = 1 + tt_random() % (tt_random() & 1 ? 40000 : 300);
	}
	memcpy(copy + off, out + stream.taken, len);
	if (*type != TLS_TYPE_DATA)
		n = tt_send_type(c, *type, copy + off, len, MSG_DONTWAIT);
	else
		n = tt_send(c, copy + off, len, MSG_DONTWAIT |
			    (more && tt_random() & 1 ? MSG_MORE : 0));
	memset(copy + off, 0xee, len);
	if (n > 0 && *type != TLS_TYPE_DATA && n != (long)len)
		return tt_fail(EMSGSIZE, "%ld of a control record of %zu", n,
			       len);
	return n;
}

static void tiny_stream(struct __test_metadata *_metadata, struct tt_conn *c,
			bool typed, bool more, size_t total)
{
	int again = 0, type;
	long n;

	tt_tcp_narrow(c->fd, c->peer_fd, 1);
	memset(&stream, 0, sizeof(stream));
	tt_fill(out, total + 65536);
	while (stream.taken < total && stream.n < PIECES_MAX - 2) {
		n = try_send(c, typed, more, &type);
		if (n > 0) {
			stream_taken(type, n);
			continue;
		}
		ASSERT_EQ(-EAGAIN, n) TH_LOG("%s", tt_why());
		again++;
		ASSERT_OK(tt_wait_fd(c->peer_fd, POLLIN, "what was taken"));
		n = tt_peer_take(c, 1 + tt_random() % 3000);
		ASSERT_LT(0, n);
	}
	/* What is in an open record goes with the next. */
	do {
		n = tt_send(c, out + stream.taken, 1, MSG_DONTWAIT);
		ASSERT_LE(0, tt_peer_take(c, 3000));
		poll(NULL, 0, n == -EAGAIN);
	} while (n == -EAGAIN);
	ASSERT_EQ(1, n);
	stream_taken(TLS_TYPE_DATA, 1);
	ASSERT_OK(tt_peer_records(c, tt_ledger_sum(&c->ledger, TT_OP_TX,
						   true)));
	EXPECT_OK(stream_check(c));
	/* Or the test would prove nothing. */
	EXPECT_LT(5, again);
}

/* Data of all sizes, from another address at each attempt. */
TT_TEST_F(wait, nonblock_data)
{
	tiny_stream(_metadata, c, false, false, 250000);
}

/* With control records in between, each of which is taken whole or not at all. */
TT_TEST_F(wait, nonblock_types)
{
	tiny_stream(_metadata, c, true, false, 250000);
}

/* With open records, which data and control records close. */
TT_TEST_F(wait, nonblock_more)
{
	tiny_stream(_metadata, c, false, true, 250000);
}

/* All of it at once. */
TT_TEST_F(wait, nonblock_more_and_types)
{
	tiny_stream(_metadata, c, true, true, 250000);
}
