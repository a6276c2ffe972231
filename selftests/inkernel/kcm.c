// SPDX-License-Identifier: GPL-2.0
/*
 * KCM. Its stream parser reads a socket by read_sock: from a worker when it is
 * attached, from the softirq that brings data later. It sends pages.
 */

#define MESSAGES	40
/* One size, for kernels whose read_sock gives records as they are. */
#define MESSAGE		700

struct mux {
	int kcm;
	int prog;
};

/*
 * Kernel TLS decrypts as a process does: it allocates memory and waits for a
 * cipher. KCM has it read in the softirq that brings data, without asking. That
 * goes well nearly always; else the kernel schedules while atomic, and crashes.
 * Not with the read_sock of TCP, that KCM gets where tls has none.
 */
static const char sleeps[] =
	"this kernel's TLS may sleep, and crash it, where KCM has it read in a softirq";

static bool sleeps_in_softirq(void)
{
	return !tt_feature_missing("read_sock");
}

static int mux_open(struct mux *m, struct tt_conn *c, bool attach)
{
	const struct tt_cipher *cipher = c->o.cipher;
	size_t front = TLS_HEADER_SIZE + tt_cipher_explicit(cipher,
							    c->o.version);
	size_t wire = MESSAGE + tt_cipher_overhead(cipher, c->o.version);

	m->kcm = tt_kcm_open();
	if (m->kcm < 0)
		return m->kcm;
	m->prog = tt_feature_missing("read_sock") ? tt_bpf_fixed(wire) :
						    tt_bpf_header(front);
	if (m->prog < 0)
		return m->prog;
	return attach ? tt_kcm_attach(m->kcm, c->fd, m->prog) : 0;
}

/* Sizes around borders of pages and records, where the kernel lets us choose. */
static size_t message_size(int i)
{
	static const size_t size[] = { 2, 3, 16, 100, 4095, 4096, 4097, 8192,
				       16383, 16384 };

	if (tt_feature_missing("read_sock"))
		return MESSAGE;
	return i < ARRAY_SIZE(size) ? size[i] : 2 + tt_random() % 3000;
}

/*
 * Send message @i, one record, and put what KCM must make of it at @want. The
 * length of a message is its first two bytes.
 */
static int send_message(struct tt_conn *c, int i, unsigned char *want,
			size_t *len, size_t *wire_len)
{
	static unsigned char wire[TLS_MAX_RECORD];
	unsigned char data[TLS_MAX_PAYLOAD];
	size_t size = message_size(i);
	int n;

	tt_fill(data, size);
	data[0] = size >> 8;
	data[1] = size;
	n = tt_peer_seal(c, TLS_TYPE_DATA, data, size, 0, wire);
	if (n < 0)
		return n;
	*wire_len = n;
	*len = tt_feature_missing("read_sock") ? n : size;
	memcpy(want, *len == size ? data : wire, *len);
	return tt_peer_raw(c, wire, n);
}

static int expect_message(int kcm, int i, const unsigned char *want, size_t len)
{
	ssize_t n = recv(kcm, in, sizeof(in), 0);

	if (n < 0)
		return tt_fail(errno, "message %d: %s", i, strerror(errno));
	if (n != len || memcmp(in, want, len))
		return tt_fail(EBADMSG, "message %d: %zd bytes, %zu sent, %s", i,
			       n, len, n == len ? "other ones" : "");
	return 0;
}

/* All @n messages, one behind the other at @want. */
static int expect_messages(int kcm, int n, const unsigned char *want,
			   const size_t *len)
{
	int i, err = 0;

	for (i = 0; !err && i < n; want += len[i++])
		err = expect_message(kcm, i, want, len[i]);
	return err;
}

/* The events and counters: plaintext by read_sock is kernel TLS's, ciphertext
 * goes past it.
 */
static int end_of_reading(const struct tt_flow *rx, size_t plain)
{
	if (tt_feature_missing("read_sock"))
		plain = 0;
	tt_flow_end(rx, plain);
	return check_events(rx->c, "rx", TT_RX_READ_SOCK, plain);
}

/* Messages that wait when KCM gets the socket: a worker reads them. */
TT_TEST_F(kcm, rx_waiting)
{
	size_t len[MESSAGES], wire, wires = 0, at = 0, plain = 0;
	int i, room = BUF_SIZE;
	struct tt_flow rx;
	struct mux m;

	TT_NEED("kcm");
	rx = tt_flow_begin(c, TT_OP_RX);
	/* For all of them: what TCP begins with may be too little. */
	ASSERT_EQ(0, setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room,
				sizeof(room)));
	ASSERT_OK(mux_open(&m, c, false));
	for (i = 0; i < MESSAGES; i++) {
		ASSERT_OK(send_message(c, i, out + at, &len[i], &wire));
		at += len[i];
		plain += len[i];
		wires += wire;
	}
	ASSERT_OK(tt_tcp_arrived(c->fd, wires));
	ASSERT_OK(tt_kcm_attach(m.kcm, c->fd, m.prog));
	ASSERT_OK(expect_messages(m.kcm, MESSAGES, out, len));
	EXPECT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, plain));
}

/* Messages that come later: the softirq that brings them reads them. */
TT_TEST_F(kcm, rx_arriving)
{
	size_t len, wire, plain = 0;
	struct tt_flow rx;
	struct mux m;
	int i;

	TT_NEED("kcm");
	if (sleeps_in_softirq())
		SKIP(return, "%s", sleeps);
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(mux_open(&m, c, true));
	for (i = 0; i < MESSAGES; i++) {
		ASSERT_OK(send_message(c, i, out, &len, &wire));
		ASSERT_OK(expect_message(m.kcm, i, out, len));
		plain += len;
	}
	EXPECT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, plain));
}

/*
 * Several messages in a record. None goes on in the next: what kernel TLS leaves
 * behind the plaintext in its buffers would get into it, with either ULP.
 */
TT_TEST_F(kcm, rx_many_in_record)
{
	static const size_t record[] = { 1600, 100, 500, 16300 };
	size_t at = 0, i, wire = 0, len[200];
	struct tt_flow rx;
	int prog, kcm;

	TT_NEED("kcm");
	TT_NEED("read_sock");
	rx = tt_flow_begin(c, TT_OP_RX);
	for (i = 0; i < ARRAY_SIZE(record); i++) {
		tt_fill(out + at, record[i]);
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + at, record[i],
					 0));
		at += record[i];
		wire += record[i] + tt_cipher_overhead(c->o.cipher,
						       c->o.version);
	}
	ASSERT_OK(tt_tcp_arrived(c->fd, wire));
	prog = tt_bpf_fixed(100);
	ASSERT_LE(0, prog) TH_LOG("%s", tt_why());
	kcm = tt_kcm_open();
	ASSERT_OK(tt_kcm_attach(kcm, c->fd, prog));
	for (i = 0; i < at / 100; i++)
		len[i] = 100;
	ASSERT_OK(expect_messages(kcm, at / 100, out, len));
	EXPECT_OK(tt_kcm_detach(kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, at));
}

/* A message that begins in one record and ends in the next. */
TT_TEST_F(kcm, rx_over_record)
{
	/* All is there already. */
	struct timeval soon = { .tv_sec = tt_limit(2000) / 1000 };
	size_t half = 700, size = 2 * half + 100, wire;
	struct tt_flow rx;
	struct mux m;

	TT_NEED("kcm");
	TT_NEED("read_sock");
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(mux_open(&m, c, false));
	tt_fill(out, size);
	out[0] = size >> 8;
	out[1] = size;
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, half, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + half, size - half, 0));
	wire = size + 2 * tt_cipher_overhead(c->o.cipher, c->o.version);
	ASSERT_OK(tt_tcp_arrived(c->fd, wire));
	ASSERT_OK(tt_kcm_attach(m.kcm, c->fd, m.prog));
	ASSERT_EQ(0, setsockopt(m.kcm, SOL_SOCKET, SO_RCVTIMEO, &soon,
				sizeof(soon)));
	TT_KNOWN("kcm-over-record");
	EXPECT_OK(expect_message(m.kcm, 0, out, size));
	ASSERT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, size));
}

/* A reader that is slow: KCM stops the parser in the middle, and goes on. */
TT_TEST_F(kcm, rx_slow)
{
	/* What may not be read when it arrives must be there before. */
	size_t most = sleeps_in_softirq() ? 50000 : 400000;
	size_t len[4 * MESSAGES], wire, wires = 0, at = 0;
	int n, size = 1;
	struct tt_flow rx;
	struct mux m;

	TT_NEED("kcm");
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(mux_open(&m, c, false));
	ASSERT_EQ(0, setsockopt(m.kcm, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	for (n = 0; n < ARRAY_SIZE(len) && wires < most; n++) {
		ASSERT_OK(send_message(c, 4 + n % 3, out + at, &len[n], &wire));
		at += len[n];
		wires += wire;
	}
	ASSERT_OK(tt_tcp_arrived(c->fd, sleeps_in_softirq() ? wires : 1));
	ASSERT_OK(tt_kcm_attach(m.kcm, c->fd, m.prog));
	ASSERT_OK(expect_messages(m.kcm, n, out, len));
	EXPECT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, at));
}

/* read_sock does not take a control record: it is there for recvmsg after. */
TT_TEST_F(kcm, rx_control)
{
	unsigned char alert[] = { TLS_ALERT_WARNING,
				  TLS_ALERT_USER_CANCELED };
	size_t len, wire, wires;
	struct tt_flow rx;
	struct mux m;
	int type;

	TT_NEED("kcm");
	TT_NEED("read_sock");
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(mux_open(&m, c, false));
	ASSERT_OK(send_message(c, 3, out, &len, &wires));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
	wires += 2 + tt_cipher_overhead(c->o.cipher, c->o.version);
	ASSERT_OK(tt_tcp_arrived(c->fd, wires));
	ASSERT_OK(tt_kcm_attach(m.kcm, c->fd, m.prog));
	ASSERT_OK(expect_message(m.kcm, 0, out, len));
	/* KCM lets go of the socket after the worker is done with it. */
	ASSERT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_OK(end_of_reading(&rx, len));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, alert, 2));
	ASSERT_OK(send_message(c, 3, out, &len, &wire));
	ASSERT_EQ(len, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, len));
}

/* A record that was tampered with ends it, and what came before is there. */
TT_TEST_F(kcm, rx_tampered)
{
	unsigned char bad[TLS_MAX_RECORD];
	size_t len, wire, n;
	socklen_t size;
	struct tt_flow rx;
	struct mux m;
	int error;

	TT_NEED("kcm");
	TT_NEED("read_sock");
	rx = tt_flow_begin(c, TT_OP_RX);
	ASSERT_OK(mux_open(&m, c, false));
	ASSERT_OK(send_message(c, 3, out, &len, &wire));
	n = tt_peer_seal(c, TLS_TYPE_DATA, out, 100, 0, bad);
	bad[n / 2] ^= 4;
	ASSERT_OK(tt_peer_raw(c, bad, n));
	tt_stat_expect("TlsDecryptError", 1);
	ASSERT_OK(tt_tcp_arrived(c->fd, wire + n));
	ASSERT_OK(tt_kcm_attach(m.kcm, c->fd, m.prog));
	ASSERT_OK(expect_message(m.kcm, 0, out, len));
	ASSERT_OK(tt_kcm_detach(m.kcm, c->fd));
	size = sizeof(error);
	ASSERT_EQ(0, getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size));
	EXPECT_EQ(EBADMSG, error);
	EXPECT_OK(end_of_reading(&rx, len));
}

static const size_t tx_size[] = { 1, 100, 4095, 4096, 4097, 16383, 16384,
				  16385, 65536, 100000 };

/* What KCM sends arrives, as data, and nothing else does. */
TT_TEST_F(kcm, tx_sizes)
{
	struct tt_flow tx;
	struct mux m;
	size_t sum = 0;
	int i;

	TT_NEED("kcm");
	tx = tt_flow_begin(c, TT_OP_TX);
	ASSERT_OK(mux_open(&m, c, true));
	for (i = 0; i < ARRAY_SIZE(tx_size); i++) {
		tt_fill(out, tx_size[i]);
		ASSERT_EQ(tx_size[i], send(m.kcm, out, tx_size[i], 0))
			TH_LOG("%s", strerror(errno));
		ASSERT_OK(tt_peer_expect_data(c, out, tx_size[i]));
		sum += tx_size[i];
	}
	EXPECT_OK(tt_kcm_detach(m.kcm, c->fd));
	EXPECT_EQ(c->tx.seq + c->recs, tt_seq(c, TLS_TX));
	tt_flow_end(&tx, sum);
	EXPECT_OK(check_events(c, "tx", TT_TX_SPLICE, sum));
}

/* The way is full: KCM stops, and its worker goes on when there is room. */
TT_TEST_F(kcm, tx_full)
{
	int size = 1, few = 32768, n = 0;
	struct tt_flow tx;
	struct mux m;
	size_t at;

	TT_NEED("kcm");
	tx = tt_flow_begin(c, TT_OP_TX);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(c->peer_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	ASSERT_OK(mux_open(&m, c, true));
	/* It takes TCP's persist timer for every piece. */
	ASSERT_EQ(0, setsockopt(m.kcm, SOL_SOCKET, SO_SNDBUF, &few,
				sizeof(few)));
	tt_fill(out, BUF_SIZE);
	for (at = 0; at + 20000 < BUF_SIZE / 2; at += 20000, n++)
		if (send(m.kcm, out + at, 20000, MSG_DONTWAIT) < 0)
			break;
	ASSERT_LT(2, n);
	ASSERT_OK(tt_peer_expect_data(c, out, n * 20000));
	EXPECT_OK(tt_kcm_detach(m.kcm, c->fd));
	tt_flow_end(&tx, n * 20000);
}

/* Two connections under one multiplexor: each message comes by one of them. */
TT_TEST_F(kcm, two_sockets)
{
	struct tt_conn_opts o = tt_test_opts(t);
	size_t len, wire, plain[2] = {};
	struct tt_conn *d[2] = { c };
	struct tt_flow rx[2];
	struct mux m;
	int i;

	TT_NEED("kcm");
	if (sleeps_in_softirq())
		SKIP(return, "%s", sleeps);
	ASSERT_OK(tt_test_conn(t, &o, &d[1]));
	ASSERT_OK(tt_conn_start(d[1]));
	ASSERT_OK(mux_open(&m, c, true));
	ASSERT_OK(tt_kcm_attach(m.kcm, d[1]->fd, m.prog));
	EXPECT_EQ(-EALREADY, tt_kcm_attach(m.kcm, d[1]->fd, m.prog));
	rx[0] = tt_flow_begin(d[0], TT_OP_RX);
	rx[1] = tt_flow_begin(d[1], TT_OP_RX);
	for (i = 0; i < MESSAGES; i++) {
		ASSERT_OK(send_message(d[i % 2], i, out, &len, &wire));
		ASSERT_OK(expect_message(m.kcm, i, out, len));
		plain[i % 2] += len;
	}
	for (i = 0; i < 2; i++) {
		EXPECT_OK(tt_kcm_detach(m.kcm, d[i]->fd));
		EXPECT_OK(end_of_reading(&rx[i], plain[i]));
	}
}

/* Taken back from KCM, the socket is what it was. */
TT_TEST_F(kcm, before_and_after)
{
	struct tt_flow tx;
	struct mux m;

	TT_NEED("kcm");
	tt_fill(out, 1000);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	tx = tt_flow_begin(c, TT_OP_TX);
	ASSERT_OK(mux_open(&m, c, true));
	ASSERT_EQ(200, send(m.kcm, out + 100, 200, 0));
	tt_flow_end(&tx, 200);
	ASSERT_OK(tt_kcm_detach(m.kcm, c->fd));
	close(m.kcm);
	ASSERT_EQ(300, tt_send(c, out + 300, 300, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 600));
	ASSERT_OK(tt_peer_write(c, out + 600, 400));
	ASSERT_OK(tt_recv_all(c, in, 400));
	EXPECT_EQ(0, memcmp(in, out + 600, 400));
	EXPECT_EQ(3, c->recs);
}

/* KCM keeps the socket when the application has closed it. */
TT_TEST_F(kcm, keeps_socket)
{
	struct tt_op op = { .kind = TT_OP_TX, .type = -1, .keyed = true };
	struct mux m;

	TT_NEED("kcm");
	c->ledger.unordered = true;
	op.before = tt_seq(c, TLS_TX);
	ASSERT_OK(mux_open(&m, c, true));
	tt_conn_shut_fd(c);
	tt_fill(out, 5000);
	ASSERT_EQ(5000, send(m.kcm, out, 5000, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 5000));
	close(m.kcm);
	ASSERT_OK(tt_peer_eof(c));
	op.result = 5000;
	op.after = op.before + c->recs;
	tt_ledger_add(&c->ledger, &op);
}
