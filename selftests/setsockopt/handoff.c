// SPDX-License-Identifier: GPL-2.0
/* The moment of the hand-over: tickets, and what waits in the socket. */

/* Data that OpenSSL sent before TLS_RX was set is not lost. */
TT_TEST_F(fresh, handoff_data_waits)
{
	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 600));
	ASSERT_OK(tt_peer_write(c, out + 600, 400));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data at our end"));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_recv_all(c, in, 1000));
	EXPECT_EQ(0, memcmp(in, out, 1000));
	ASSERT_OK(tt_exchange(c));
}

/* Half a record in the socket when TLS_RX is set is completed by the rest. */
TT_TEST_F(fresh, handoff_half_record)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n;

	tt_fill(out, 500);
	n = tt_peer_seal(c, TLS_TYPE_DATA, out, 500, 0, wire);
	ASSERT_LT(0, n);
	ASSERT_OK(tt_peer_raw(c, wire, 3));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data at our end"));
	ASSERT_OK(tt_conn_start(c));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 500, MSG_DONTWAIT));
	ASSERT_OK(tt_peer_raw(c, wire + 3, n - 3));
	ASSERT_EQ(500, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 500));
	ASSERT_OK(tt_kernel_sends(c, 100));
}

/* An alert that came before TLS_RX was set is told as one. */
TT_TEST_F(fresh, handoff_alert_waits)
{
	int type;

	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the alert at our end"));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_CLOSE_NOTIFY, in[1]);
}

/* A client whose OpenSSL read the tickets: the first sequence is their number. */
TT_TEST_F(options13, tickets_read)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;

	o.server = false;
	o.tickets = 3;
	o.read_tickets = true;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(3, d->rx.seq);
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(tt_exchange(d));
}

/* Tickets that wait for the kernel are handshake records, EIO to a plain read. */
TT_TEST_F(options13, tickets_wait)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;
	int type, i;

	o.server = false;
	o.tickets = 2;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(0, d->rx.seq);
	ASSERT_OK(tt_conn_start(d));
	EXPECT_EQ(-EIO, tt_recv(d, in, sizeof(in), 0));
	for (i = 0; i < 2; i++) {
		ASSERT_LT(2, tt_recv_type(d, &type, in, sizeof(in), 0));
		EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
		EXPECT_EQ(SSL3_MT_NEWSESSION_TICKET, in[0]);
	}
	ASSERT_OK(tt_exchange(d));
}

/* A server that sent tickets: the first sequence it sends with is their number. */
TT_TEST_F(options13, tickets_sent)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;

	o.server = true;
	o.tickets = 4;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	EXPECT_EQ(4, d->tx.seq);
	ASSERT_OK(tt_conn_start(d));
	ASSERT_OK(tt_exchange(d));
}

/* Wait until so many bytes are in our socket, none of which was read. */
static int wait_queued(struct tt_conn *c, size_t bytes)
{
	long long limit = tt_now_ms() + TT_WAIT_MS;
	int queued = 0;

	do {
		if (ioctl(c->fd, SIOCINQ, &queued))
			return tt_fail(errno, "SIOCINQ: %s", strerror(errno));
		if (queued >= (int)bytes)
			return 0;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < limit);
	return tt_fail(ETIMEDOUT, "%d of %zu bytes came", queued, bytes);
}

static bool readable(struct tt_conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

/* A connection with made-up keys, whose sequences are not zero; the reference layer
 * is the peer.
 */
static int made_up(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	return tt_test_conn(t, &o, c);
}

/* Where a record of @len bytes on the wire is cut. */
static size_t cut_place(const struct tt_conn *c, size_t i, size_t len)
{
	const size_t body = TLS_HEADER_SIZE +
			    tt_cipher_explicit(c->o.cipher, c->o.version);
	const size_t place[] = { 1, TLS_HEADER_SIZE - 1, TLS_HEADER_SIZE,
				 TLS_HEADER_SIZE + 3, body + 1, len / 2,
				 len - TLS_TAG_SIZE, len - 1 };

	return place[i];
}

/* A part of a record is in the socket when TLS_RX is set, cut at every place of
 * interest: nothing can be read or peeked before the rest comes. (Not all kernels keep
 * poll from telling of it.)
 */
TT_TEST_F(keys, handoff_cuts)
{
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_conn *d;
	size_t cut, i;
	int n;

	for (i = 0; i < 8; i++) {
		ASSERT_OK(made_up(t, &d));
		tt_fill(out, 500);
		n = tt_peer_seal(d, TLS_TYPE_DATA, out, 500, 0, wire);
		ASSERT_LT(0, n);
		cut = cut_place(d, i, n);
		ASSERT_OK(tt_peer_raw(d, wire, cut));
		ASSERT_OK(wait_queued(d, cut));
		ASSERT_OK(tt_conn_start(d));
		EXPECT_EQ(-EAGAIN, tt_recv(d, in, 500, MSG_DONTWAIT));
		EXPECT_EQ(-EAGAIN, tt_recv(d, in, 500,
					   MSG_PEEK | MSG_DONTWAIT));
		ASSERT_OK(tt_peer_raw(d, wire + cut, n - cut));
		ASSERT_OK(tt_wait_fd(d->fd, POLLIN, "the whole record"));
		ASSERT_EQ(500, tt_recv(d, in, sizeof(in), MSG_PEEK));
		EXPECT_EQ(0, memcmp(in, out, 500));
		memset(in, 0, 500);
		ASSERT_EQ(500, tt_recv(d, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, out, 500));
		ASSERT_OK(tt_exchange(d));
	}
}

/* A record and a half are in the socket: the one can be read, and no more. */
TT_TEST_F(handoff, and_half)
{
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_conn *d;
	int n, i;

	for (i = 0; i < 4; i++) {
		ASSERT_OK(made_up(t, &d));
		tt_fill(out, 700);
		ASSERT_OK(tt_peer_record(d, TLS_TYPE_DATA, out, 300, 0));
		n = tt_peer_seal(d, TLS_TYPE_DATA, out + 300, 400, 0, wire);
		ASSERT_LT(0, n);
		ASSERT_OK(tt_peer_raw(d, wire, 3 + 100 * i));
		ASSERT_OK(wait_queued(d, 300 + TLS_HEADER_SIZE + 3 + 100 * i));
		ASSERT_OK(tt_conn_start(d));
		EXPECT_TRUE(readable(d));
		if (i % 2)
			ASSERT_EQ(300, tt_recv(d, in, sizeof(in),
					       MSG_PEEK | MSG_DONTWAIT));
		ASSERT_EQ(300, tt_recv(d, in, sizeof(in), MSG_DONTWAIT));
		EXPECT_EQ(-EAGAIN, tt_recv(d, in + 300, 400, MSG_DONTWAIT));
		ASSERT_OK(tt_peer_raw(d, wire + 3 + 100 * i,
				      n - 3 - 100 * i));
		ASSERT_EQ(400, tt_recv(d, in + 300, 400, 0));
		EXPECT_EQ(0, memcmp(in, out, 700));
		ASSERT_OK(tt_exchange(d));
	}
}

/* Read so much by splice, through a pipe. */
static int splice_all(struct tt_conn *c, unsigned char *buf, size_t len)
{
	size_t at = 0;
	int p[2];
	long n;

	if (pipe(p))
		return -errno;
	do {
		n = tt_splice_in(c, p[1], len - at, 0);
		if (n > 0 && read(p[0], buf + at, n) != n)
			n = tt_fail(EIO, "pipe");
		at += n > 0 ? n : 0;
	} while (n > 0 && at < len);
	close(p[0]);
	close(p[1]);
	return n < 0 ? n : at == len ? 0 : -EPIPE;
}

/* Many records, 200 KiB of them, are there or on the way when TLS_RX is set. The
 * first to take from them is a read, a peek, or a splice.
 */
TT_TEST_F(handoff, much_data)
{
	static unsigned char much[200 << 10], got[200 << 10];
	int i, room = 1 << 20;
	struct tt_conn *d;
	size_t at, n;

	for (i = 0; i < 3; i++) {
		ASSERT_OK(made_up(t, &d));
		setsockopt(d->peer_fd, SOL_SOCKET, SO_SNDBUF, &room,
			   sizeof(room));
		tt_fill(much, sizeof(much));
		memset(got, 0, sizeof(got));
		for (at = 0; at < sizeof(much); at += n) {
			n = at % 3 ? TLS_MAX_PAYLOAD : 1 + tt_random() % 9000;
			if (n > sizeof(much) - at)
				n = sizeof(much) - at;
			ASSERT_OK(tt_peer_record(d, TLS_TYPE_DATA, much + at,
						 n, 0));
		}
		ASSERT_OK(wait_queued(d, 40000));
		ASSERT_OK(tt_conn_start(d));
		EXPECT_TRUE(readable(d));
		n = 0;
		if (i == 1) {
			n = 30000;
			ASSERT_EQ(n, tt_recv(d, got, n,
					     MSG_PEEK | MSG_WAITALL));
			ASSERT_EQ(0, memcmp(got, much, n));
			ASSERT_OK(tt_recv_all(d, got, n));
		} else if (i == 2) {
			n = 30000;
			ASSERT_OK(splice_all(d, got, n));
		}
		ASSERT_OK(tt_recv_all(d, got + n, sizeof(got) - n));
		EXPECT_EQ(0, memcmp(got, much, sizeof(got)));
		ASSERT_OK(tt_exchange(d));
	}
}

/* Records that are no data are first in the socket, data follows: each call gets what
 * it may, and loses nothing.
 */
TT_TEST_F(handoff, control_first)
{
	static const unsigned char alert[] = { TLS_ALERT_WARNING,
					       TLS_ALERT_USER_CANCELED };
	struct tt_conn *d;
	int type, p[2];

	ASSERT_OK(made_up(t, &d));
	tt_fill(out, 200);
	out[0] = SSL3_MT_FINISHED;
	ASSERT_OK(tt_peer_record(d, TLS_TYPE_HANDSHAKE, out, 100, 0));
	ASSERT_OK(tt_peer_record(d, TLS_TYPE_ALERT, alert, 2, 0));
	ASSERT_OK(tt_peer_record(d, TLS_TYPE_DATA, out + 100, 100, 0));
	ASSERT_OK(wait_queued(d, 202 + 3 * TLS_HEADER_SIZE));
	ASSERT_OK(tt_conn_start(d));
	EXPECT_TRUE(readable(d));
	ASSERT_EQ(0, pipe(p));
	EXPECT_EQ(-EINVAL, tt_splice_in(d, p[1], 100, 0));
	close(p[0]);
	close(p[1]);
	EXPECT_EQ(-EIO, tt_recv(d, in, sizeof(in), 0));
	ASSERT_EQ(100, tt_recv_type(d, &type, in, sizeof(in), MSG_PEEK));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	ASSERT_EQ(100, tt_recv_type(d, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out, 100));
	EXPECT_EQ(-EIO, tt_recv(d, in, sizeof(in), 0));
	ASSERT_EQ(2, tt_recv_type(d, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, alert, 2));
	ASSERT_EQ(100, tt_recv(d, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out + 100, 100));
	ASSERT_OK(tt_exchange(d));
}

/* Bytes as they are on the wire. */
static int read_raw(struct tt_conn *c, const unsigned char *want, size_t len)
{
	static unsigned char buf[65536];
	size_t at;
	ssize_t n;
	int err;

	for (at = 0; at < len; at += n) {
		err = tt_wait_fd(c->peer_fd, POLLIN, "plain bytes");
		if (err)
			return err;
		n = recv(c->peer_fd, buf, len - at < sizeof(buf) ? len - at :
						sizeof(buf), 0);
		if (n <= 0 || memcmp(buf, want + at, n))
			return tt_fail(EBADMSG, "other bytes from %zu on", at);
	}
	return 0;
}

/* What was sent before TLS_TX is set goes out as it is, to the last byte, also where
 * most of it is still to be sent then; the first record follows.
 */
TT_TEST_F(handoff, plain_unsent)
{
	static unsigned char plain[400 << 10];
	int room = 1 << 20, unsent = 0;
	struct tt_conn *d;

	ASSERT_OK(made_up(t, &d));
	setsockopt(d->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ASSERT_OK(tt_conn_attach(d));
	tt_fill(plain, sizeof(plain));
	ASSERT_EQ(1000, tt_send(d, plain, 1000, 0));
	ASSERT_OK(read_raw(d, plain, 1000));
	ASSERT_EQ(sizeof(plain), tt_send(d, plain, sizeof(plain), 0));
	ioctl(d->fd, SIOCOUTQNSD, &unsent);
	EXPECT_LT(0, unsent);
	ASSERT_OK(tt_set_keys(d, TLS_TX, &d->tx));
	tt_fill(out, 3000);
	ASSERT_EQ(3000, tt_send(d, out, 3000, 0));
	ASSERT_OK(read_raw(d, plain, sizeof(plain)));
	ASSERT_OK(tt_peer_expect(d, 0, TLS_TYPE_DATA, out, 3000));
	ASSERT_OK(tt_set_keys(d, TLS_RX, &d->rx));
	ASSERT_OK(tt_exchange(d));
}

/* sendfile is the first to send. */
TT_TEST_F(fresh, handoff_sendfile)
{
	static unsigned char content[50001];
	int file = tt_file(sizeof(content), NULL);
	off_t off = 1;

	ASSERT_LE(0, file);
	ASSERT_EQ(sizeof(content), pread(file, content, sizeof(content), 0));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(50000, tt_sendfile(c, file, &off, 50000));
	EXPECT_EQ(50001, off);
	ASSERT_OK(tt_peer_expect_data(c, content + 1, 50000));
	close(file);
	ASSERT_OK(tt_exchange(c));
}

/* TLS_TX is set and in use; what OpenSSL sends meanwhile waits for TLS_RX. */
TT_TEST_F(fresh, handoff_rx_later)
{
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_kernel_sends(c, 700));
	tt_fill(out, 1500);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_OK(tt_kernel_sends(c, 1));
	ASSERT_OK(tt_peer_write(c, out + 1000, 500));
	ASSERT_OK(wait_queued(c, 1500));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_EQ(1500, tt_recv(c, in, 1500, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 1500));
	ASSERT_OK(tt_exchange(c));
}
