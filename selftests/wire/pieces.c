// SPDX-License-Identifier: GPL-2.0
/* Records that come to the kernel in pieces. */

/* A byte at a time: nothing can be read before the last one, all of it then. */
TT_TEST_F(fault, byte_by_byte)
{
	static const size_t size[] = { 1, 0, 100, 33 };
	size_t i, at, end = 0, got = 0, len;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 134);
	flight_begin();
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + end, size[i], 0));
		end += size[i];
	}
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		unsigned char *p = flight_record(i, &len);

		for (at = 0; at < len; at++) {
			ASSERT_EQ(-EAGAIN, tt_recv(c, in, 1000, MSG_DONTWAIT));
			ASSERT_OK(tt_peer_raw(c, p + at, 1));
		}
		if (!size[i])
			continue;
		ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the whole record"));
		ASSERT_EQ(size[i], tt_recv(c, in, 1000, 0));
		ASSERT_EQ(0, memcmp(in, out + got, size[i]));
		got += size[i];
	}
}

/* The sender's thread of the tests below. */
struct pieces {
	struct tt_conn *c;
	size_t most;
	pthread_t thread;
	int err;
	__u64 state;
};

static void *send_pieces(void *arg)
{
	struct pieces *p = arg;
	size_t at, n;

	for (at = 0; at < flight.len && !p->err; at += n) {
		p->state = p->state * 6364136223846793005ULL + 1442695040888963407ULL;
		n = 1 + (p->state >> 33) % p->most;
		if (n > flight.len - at)
			n = flight.len - at;
		p->err = tt_peer_raw(p->c, flight.wire + at, n);
	}
	return NULL;
}

/* Send what is in the flight in pieces and read it all. */
static int pass_pieces(struct tt_conn *c, size_t most, size_t total)
{
	struct pieces p = { .c = c, .most = most, .state = tt_random() };
	int err;

	err = pthread_create(&p.thread, NULL, send_pieces, &p);
	if (err)
		return tt_fail(err, "thread: %s", strerror(err));
	err = tt_recv_all(c, in, total);
	if (err)
		shutdown(c->peer_fd, SHUT_RDWR);
	pthread_join(p.thread, NULL);
	if (!err && p.err)
		err = tt_fail(-p.err, "sending in pieces");
	if (!err && memcmp(in, out, total))
		err = tt_fail(EBADMSG, "data in pieces of up to %zu bytes differs",
			      most);
	return err;
}

/* Records of all sizes are in the flight: returns the bytes of data. */
static long mixed_flight(struct tt_conn *c, size_t full)
{
	static const size_t size[] = { 1, 1000, 16, 4096, 5000, 3, 8191 };
	size_t i, n, total = 0;
	int err;

	flight_begin();
	tt_fill(out, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(size) - full; i++) {
		n = i < full ? TLS_MAX_PAYLOAD : size[i];
		err = flight_add(c, TLS_TYPE_DATA, out + total, n, 0);
		if (err)
			return err;
		total += n;
	}
	return total;
}

/* However the stream is cut, the data is the same. */
TT_TEST_F(fault, random_pieces)
{
	static const size_t most[] = { 7, 40, 700, 3000, 20000 };
	size_t i;
	long n;

	ASSERT_OK(tt_test_raw(t, &c));
	for (i = 0; i < ARRAY_SIZE(most); i++) {
		n = mixed_flight(c, i > 1 ? 2 : 0);
		ASSERT_LT(0, n);
		ASSERT_OK(pass_pieces(c, most[i], n));
	}
}

/* A receive buffer that does not take a whole record: the kernel has to take the
 * record out of it in pieces, or all stands still.
 */
TT_TEST_F(fault, tiny_receive_buffer)
{
	static const int size[] = { 1, 4096, 9000 };
	size_t i;
	long n;

	for (i = 0; i < ARRAY_SIZE(size); i++) {
		struct tt_conn_opts o = tt_test_opts(t);

		o.no_handshake = true;
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size[i],
					sizeof(size[i])));
		ASSERT_OK(tt_conn_start(c));
		n = mixed_flight(c, 3);
		ASSERT_LT(0, n);
		ASSERT_OK(pass_pieces(c, 50000, n));
		n = mixed_flight(c, 2);
		ASSERT_OK(pass_pieces(c, 1500, n));
	}
}

/* A bad record is found there too, after the good ones. */
TT_TEST_F(fault, tiny_receive_buffer_bad)
{
	size_t n = TLS_MAX_PAYLOAD;
	struct tt_conn_opts o = tt_test_opts(t);
	struct pieces p = { .most = 3000, .state = tt_random() };
	int size = 4096;

	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 2 * n);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, n, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + n, n, 0));
	flight.wire[flight.len - 20] ^= 4;
	p.c = c;
	ASSERT_EQ(0, pthread_create(&p.thread, NULL, send_pieces, &p));
	ASSERT_OK(tt_recv_all(c, in, n));
	EXPECT_EQ(0, memcmp(in, out, n));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, n, 0));
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, n, 0));
	tt_stat_expect("TlsDecryptError", 2);
	pthread_join(p.thread, NULL);
	EXPECT_EQ(0, p.err);
}
