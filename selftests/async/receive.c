// SPDX-License-Identifier: GPL-2.0
/* What the kernel receives. */

#define RECORDS		30

/* Records that are sent at once, and the plaintext that they have in @out. */
static struct flight {
	size_t wire_at[RECORDS + 1];
	size_t at[RECORDS + 1];
	size_t n;
} flight;

static void flight_begin(void)
{
	memset(&flight, 0, sizeof(flight));
}

static int flight_add(struct tt_conn *c, unsigned char type, size_t len)
{
	size_t at = flight.at[flight.n], wire_at = flight.wire_at[flight.n];
	int n;

	tt_fill(out + at, len);
	n = tt_peer_seal(c, type, out + at, len, 0, wire + wire_at);
	if (n < 0)
		return n;
	flight.n++;
	flight.at[flight.n] = at + len;
	flight.wire_at[flight.n] = wire_at + n;
	return 0;
}

/* All have come when it returns: then they are read at once. */
static int flight_send(struct tt_conn *c)
{
	int bytes = flight.wire_at[flight.n], room = 4 * bytes;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	return tt_peer_raw(c, wire, bytes) ?: tt_tcp_arrived(c->fd, bytes);
}

/* @n records of up to @most bytes. */
static int flight_of(struct tt_conn *c, size_t n, size_t most)
{
	int err = 0;

	for (flight_begin(); n-- && !err;)
		err = flight_add(c, TLS_TYPE_DATA, 1 + tt_random() % most);
	return err;
}

/* Exactly this data is next, in one call. */
static int reads(struct tt_conn *c, size_t at, size_t len)
{
	int err;

	memset(in, 0, len);
	err = same("recv", tt_recv(c, in, len, 0), len);
	if (!err && memcmp(in, out + at, len))
		err = tt_fail(EBADMSG, "other data of %zu bytes", len);
	return err;
}

/* One call takes as many records as there are and have room. */
TT_TEST_F(async_raw, rx_at_once)
{
	static const size_t most[] = { 100, 1400, 16384 };
	size_t i, all;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	for (i = 0; i < ARRAY_SIZE(most); i++) {
		ASSERT_OK(flight_of(c, RECORDS / (i + 1), most[i]));
		ASSERT_OK(flight_send(c));
		all = flight.at[flight.n];
		memset(in, 0, all);
		/* Room for more than that. */
		ASSERT_EQ(all, tt_recv(c, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, out, all));
	}
	EXPECT_EQ(c->rx.seq + RECORDS + RECORDS / 2 + RECORDS / 3,
		  tt_seq(c, TLS_RX));
}

/* Room that ends within a record: the rest of it comes first in the next call. */
TT_TEST_F(async_raw, rx_partial)
{
	size_t all, at, n;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(flight_of(c, RECORDS, 3000));
	ASSERT_OK(flight_send(c));
	all = flight.at[flight.n];
	for (at = 0; at < all; at += n) {
		n = 1 + tt_random() % 7000;
		if (n > all - at)
			n = all - at;
		ASSERT_OK(reads(c, at, n));
	}
}

/* Peeks of one record and of several change nothing. */
TT_TEST_F(async_raw, rx_peek)
{
	size_t all;
	long n;
	int i;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(flight_of(c, RECORDS, 2000));
	ASSERT_OK(flight_send(c));
	all = flight.at[flight.n];
	for (i = 0; i < 3; i++) {
		memset(in, 0, all);
		n = tt_recv(c, in, all, MSG_PEEK);
		ASSERT_LT(0, n);
		EXPECT_EQ(0, memcmp(in, out, n));
	}
	ASSERT_OK(reads(c, 0, flight.at[1]));
	n = tt_recv(c, in, all, MSG_PEEK);
	ASSERT_LT(0, n);
	EXPECT_EQ(0, memcmp(in, out + flight.at[1], n));
	ASSERT_OK(reads(c, flight.at[1], all - flight.at[1]));
}

/* A call ends in front of another type, which is found with its type. */
TT_TEST_F(async_raw, rx_types)
{
	size_t i;
	int type;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	for (i = 0; i < 12; i++)
		ASSERT_OK(flight_add(c, i % 4 == 3 ? 99 : TLS_TYPE_DATA,
				     300 + i));
	ASSERT_OK(flight_send(c));
	for (i = 0; i < 12; i += 4) {
		ASSERT_OK(reads(c, flight.at[i],
				flight.at[i + 3] - flight.at[i]));
		ASSERT_EQ(-EIO, tt_recv(c, in, 1000, 0));
		ASSERT_EQ(300 + i + 3, tt_recv_type(c, &type, in, 1000, 0));
		EXPECT_EQ(99, type);
		EXPECT_EQ(0, memcmp(in, out + flight.at[i + 3], 300 + i + 3));
	}
}

/* Through a pipe, which takes a record at a time. */
TT_TEST_F(async_raw, rx_splice)
{
	size_t at = 0, all;
	int fd[2];
	long n;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_OK(flight_of(c, 10, 16384));
	ASSERT_OK(flight_send(c));
	/* What was decrypted for a peek is there already. */
	ASSERT_LT(0, tt_recv(c, in, 100, MSG_PEEK));
	for (all = flight.at[flight.n]; at < all; at += n) {
		n = tt_splice_in(c, fd[1], all - at, 0);
		ASSERT_LT(0, n);
		ASSERT_EQ(n, read(fd[0], in + at, n));
	}
	EXPECT_EQ(0, memcmp(in, out, all));
	close(fd[0]);
	close(fd[1]);
}

static long receives(void *arg)
{
	struct tt_conn *c = arg;

	return tt_recv(c, in, 500, MSG_WAITALL);
}

/* A call that sleeps gets records that come one by one, and wakes for the last. */
TT_TEST_F(async_raw, rx_wakes)
{
	struct tt_call call;
	int i;

	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 500);
	ASSERT_OK(tt_call_blocks(&call, receives, c, SYS_recvfrom));
	for (i = 0; i < 5; i++)
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 100 * i, 100,
					 0));
	ASSERT_OK(tt_call_join(&call));
	ASSERT_EQ(500, call.result);
	EXPECT_EQ(0, memcmp(in, out, 500));
}

/* What comes of a flight whose record @bad is not authentic: what was in front of it,
 * or a part of that, then EBADMSG and nothing else. That the call that meets it says
 * so at once is allowed: then nobody knows how much of its room is filled.
 */
static int ends_bad(struct tt_conn *c, size_t bad, size_t room)
{
	size_t at = 0;
	int errors = 0;
	long n;

	while (errors < 4) {
		n = tt_recv(c, in, room, 0);
		if (n == -EBADMSG) {
			errors++;
			continue;
		}
		if (errors)
			return tt_fail(EBADMSG, "%ld after EBADMSG", n);
		if (n <= 0)
			return tt_fail(EBADMSG, "recv is %ld", n);
		if (at + n > flight.at[bad] || memcmp(in, out + at, n))
			return tt_fail(EBADMSG,
				       "%ld bytes that may not be read, from %zu on",
				       n, at);
		at += n;
	}
	return 0;
}

/* Any of several records that are in work at once is found to be wrong. */
TT_TEST_F(async_raw, rx_bad)
{
	static const size_t room[] = { 200000, 1000, 10 };
	size_t i, bad, at;

	TT_NEED("pcrypt");
	/* How many calls fail depends on how many records each takes. */
	t->unchecked = true;
	for (i = 0; i < 9; i++) {
		bad = i * 2;
		ASSERT_OK(tt_test_raw(t, &c));
		c->ledger.attached = false;
		ASSERT_OK(flight_of(c, 20, 700));
		at = flight.wire_at[bad + 1] - 1 - tt_random() % 16;
		wire[at] ^= 1 << tt_random() % 8;
		ASSERT_OK(flight_send(c));
		ASSERT_OK(ends_bad(c, bad, room[i % ARRAY_SIZE(room)]));
		EXPECT_LT(0, tt_stat_delta("TlsDecryptError"));
	}
}

/* Nor do other ways to read pass over it: what comes behind a record that is not
 * authentic must never be taken for what follows the data in front of it.
 */
TT_TEST_F(async_raw, rx_bad_stays)
{
	int fd[2];

	TT_NEED("pcrypt");
	t->unchecked = true;
	ASSERT_OK(tt_test_raw(t, &c));
	c->ledger.attached = false;
	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_OK(flight_of(c, 8, 700));
	wire[flight.wire_at[2] - 1] ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, 0, flight.at[1]));
	ASSERT_EQ(-EBADMSG, tt_recv(c, in, 10, 0));
	ASSERT_EQ(-EBADMSG, tt_recv(c, in, 10, 0));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 1000, MSG_PEEK));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 1000, MSG_PEEK));
	EXPECT_EQ(-EBADMSG, tt_splice_in(c, fd[1], 1000, 0));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 1000, 0));
	close(fd[0]);
	close(fd[1]);
}

/* Empty records among others are passed over. */
TT_TEST_F(async_raw, rx_empty)
{
	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, 100));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, 100));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, 0, 200));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	EXPECT_EQ(c->rx.seq + 3, tt_seq(c, TLS_RX));
}

/* Nor is one by itself the end of the connection. */
TT_TEST_F(async_raw, rx_empty_alone)
{
	TT_NEED("pcrypt");
	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, 0));
	ASSERT_OK(flight_send(c));
	if (v->version == TLS_1_2)
		TT_KNOWN("async-empty-is-end");
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
}
