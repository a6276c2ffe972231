// SPDX-License-Identifier: GPL-2.0
/* The counters of sessions in /proc/net/tls_stat. */

/* The four counters of sessions since the test began, now and in all */
static int sessions(int curr_tx, int curr_rx, int tx, int rx)
{
	return same("TlsCurrTxSw", tt_stat_delta("TlsCurrTxSw"), curr_tx) ?:
	       same("TlsCurrRxSw", tt_stat_delta("TlsCurrRxSw"), curr_rx) ?:
	       same("TlsTxSw", tt_stat_delta("TlsTxSw"), tx) ?:
	       same("TlsRxSw", tt_stat_delta("TlsRxSw"), rx);
}

/* A session counts from its key to its close, each direction by itself. */
TT_TEST_F(account, sessions)
{
	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(sessions(0, 0, 0, 0));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(sessions(0, 0, 0, 0));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(sessions(1, 0, 1, 0));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(sessions(1, 1, 1, 1));
	tt_conn_shut_fd(c);
	ASSERT_OK(sessions(0, 0, 1, 1));

	/* The other way round, and several at once. */
	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(sessions(0, 1, 1, 2));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(sessions(1, 1, 2, 2));
}

/* Sockets with a key for one direction, and with none, close one by one. */
TT_TEST_F(account, one_direction)
{
	struct tt_conn *tx, *rx, *none;

	ASSERT_OK(open_raw(t, &tx));
	ASSERT_OK(open_raw(t, &rx));
	ASSERT_OK(open_raw(t, &none));
	ASSERT_OK(tt_conn_attach(tx));
	ASSERT_OK(tt_conn_attach(rx));
	ASSERT_OK(tt_conn_attach(none));
	ASSERT_OK(tt_set_keys(tx, TLS_TX, &tx->tx));
	ASSERT_OK(tt_set_keys(rx, TLS_RX, &rx->rx));
	ASSERT_OK(sessions(1, 1, 1, 1));
	tt_conn_shut_fd(none);
	ASSERT_OK(sessions(1, 1, 1, 1));
	tt_conn_shut_fd(rx);
	ASSERT_OK(sessions(1, 0, 1, 1));
	tt_conn_shut_fd(tx);
	ASSERT_OK(sessions(0, 0, 1, 1));
}

/* Keys that are refused are no sessions; the good one after them is one. */
TT_TEST_F(account, refused_keys)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX], bad[TLS_CRYPTO_INFO_MAX];
	int option;
	size_t len;

	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_attach(c));
	for (option = TLS_TX; option <= TLS_RX; option++) {
		len = tt_cipher_pack(c->o.cipher, c->o.version,
				     option == TLS_TX ? &c->tx : &c->rx, info);
		EXPECT_EQ(-EINVAL, tt_set(c, option, NULL, len));
		EXPECT_EQ(-EINVAL, tt_set(c, option, info, 2));
		EXPECT_EQ(-EINVAL, tt_set(c, option, info, len - 1));
		EXPECT_EQ(-EINVAL, tt_set(c, option, info, len + 1));
		memcpy(bad, info, sizeof(bad));
		bad[0] ^= 0x10;
		EXPECT_EQ(-EINVAL, tt_set(c, option, bad, len));
		memcpy(bad, info, sizeof(bad));
		bad[2] = 200;
		EXPECT_EQ(-EINVAL, tt_set(c, option, bad, len));
		ASSERT_OK(option == TLS_TX ? sessions(0, 0, 0, 0) :
					     sessions(1, 0, 1, 0));
		ASSERT_EQ(0, tt_set(c, option, info, len));
	}
	ASSERT_OK(sessions(1, 1, 1, 1));
	if (c->o.version == TLS_1_2) {
		EXPECT_EQ(-EBUSY, tt_set(c, TLS_TX, info, len));
		EXPECT_EQ(-EBUSY, tt_set(c, TLS_RX, info, len));
		ASSERT_OK(sessions(1, 1, 1, 1));
	}
}

/* A socket that two processes hold is one session until the last has closed. */
TT_TEST_F(account, forked)
{
	int go[2], status;
	char byte;
	pid_t pid;

	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) < 0);
	}
	tt_conn_shut_fd(c);
	ASSERT_OK(sessions(1, 1, 1, 1));
	close(go[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_OK(sessions(0, 0, 1, 1));
	close(go[0]);
}

/* Send until no more is taken; returns the bytes. */
static long send_until_full(struct tt_conn *c)
{
	long n, sum = 0;

	do {
		n = tt_send(c, out, 5000, MSG_DONTWAIT);
		sum += n > 0 ? n : 0;
	} while (n > 0 && sum < 1000000);
	return n == -EAGAIN ? sum : n < 0 ? n : -ENOBUFS;
}

static void narrow(struct tt_conn *c)
{
	int size = 4096;

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(c->peer_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* An orphan, which still has to send, is no session any more. */
TT_TEST_F(account, orphan)
{
	struct tt_diag_req req;
	struct tt_diag d;

	ASSERT_OK(open_raw(t, &c));
	narrow(c);
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 5000);
	ASSERT_LT(0, send_until_full(c));
	ASSERT_OK(tt_diag_prepare(&req, c->fd));
	tt_conn_shut_fd(c);
	ASSERT_OK(sessions(0, 0, 1, 1));
	/* It has a ULP still, but no state of it. */
	ASSERT_OK(tt_diag_ask(&req, &d));
	EXPECT_EQ(TCP_FIN_WAIT1, d.state);
	EXPECT_FALSE(d.tls);
	tt_reset(&c->peer_fd);
	EXPECT_EQ(-ENOENT, tt_diag_ask(&req, &d));
}

/* Counters are the socket's namespace's, whoever sets the key. */
TT_TEST_F(account, namespaces)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_stats st;
	struct tt_keys keys;
	int fd, peer, status;
	size_t len;
	pid_t pid;

	/* What the child does is not in any ledger. */
	t->unchecked = true;
	tt_keys_random(tt_cipher_find(v->cipher), &keys);
	len = tt_cipher_pack(tt_cipher_find(v->cipher), v->version, &keys, info);
	ASSERT_OK(tt_tcp_pair(TT_IPV4, &fd, &peer));
	ASSERT_OK(tt_tcp_ulp(fd, v->ulp));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (unshare(CLONE_NEWNET))
			_exit(1);
		if (setsockopt(fd, SOL_TLS, TLS_TX, info, len) ||
		    setsockopt(fd, SOL_TLS, TLS_RX, info, len))
			_exit(2);
		if (tt_stats_read(&st))
			_exit(3);
		_exit(tt_stats_get(&st, "TlsCurrTxSw") ||
		      tt_stats_get(&st, "TlsTxSw") ||
		      tt_stats_get(&st, "TlsCurrRxSw") ||
		      tt_stats_get(&st, "TlsRxSw") ? 4 : 0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_OK(sessions(1, 1, 1, 1));
	/* A bad record counts here too. */
	ASSERT_EQ(200, send(peer, memset(out, 0, 200), 200, 0));
	close(fd);
	ASSERT_OK(sessions(0, 0, 1, 1));
	close(peer);
}

/* What a read with the expectation of no padding costs, and what is counted */
struct pad_case {
	bool expect;
	int type;
	int pad;
	int room;
	int flags;
	int retry;
	int violation;
};

/* Records read twice are counted, and those with padding not expected; what was
 * read is right all the same.
 */
TT_TEST_F(account, no_pad)
{
	static const struct pad_case pad_case[] = {
		{ false, TLS_TYPE_DATA, 20, 1000, 0, 0, 0 },
		{ true, TLS_TYPE_DATA, 0, 1000, 0, 0, 0 },
		{ true, TLS_TYPE_DATA, 20, 1000, 0, 1, 1 },
		{ true, TLS_TYPE_DATA, 20, 120, 0, 1, 1 },
		{ true, TLS_TYPE_DATA, 20, 119, 0, 0, 0 },
		{ true, TLS_TYPE_DATA, 0, 99, 0, 0, 0 },
		{ true, TLS_TYPE_ALERT, 0, 1000, 0, 1, 0 },
		{ true, TLS_TYPE_ALERT, 20, 1000, 0, 1, 1 },
		{ true, TLS_TYPE_HANDSHAKE, 0, 50, 0, 0, 0 },
		{ true, TLS_TYPE_DATA, 20, 1000, MSG_PEEK, 0, 0 },
	};
	const struct pad_case *p;
	size_t i, n;
	__u32 on;
	int type;

	if (v->version != TLS_1_3)
		return;
	ASSERT_OK(open_raw(t, &c));
	ASSERT_OK(tt_conn_start(c));
	for (i = 0; i < ARRAY_SIZE(pad_case); i++) {
		p = &pad_case[i];
		on = p->expect;
		ASSERT_EQ(0, tt_set(c, TLS_RX_EXPECT_NO_PAD, &on, sizeof(on)));
		tt_fill(out, 100);
		out[0] = SSL3_MT_FINISHED;
		ASSERT_OK(tt_peer_record(c, p->type, out, 100, p->pad));
		n = p->room < 100 ? p->room : 100;
		tt_stat_expect("TlsDecryptRetry", p->retry);
		tt_stat_expect("TlsRxNoPadViolation", p->violation);
		ASSERT_EQ(n, tt_recv_type(c, &type, in, p->room, p->flags));
		EXPECT_EQ(p->type, type);
		EXPECT_EQ(0, memcmp(in, out, n));
		if (n < 100) {
			ASSERT_EQ(100 - n, tt_recv_type(c, &type, in, 100, 0));
			EXPECT_EQ(0, memcmp(in, out + n, 100 - n));
		}
		if (p->flags) {
			ASSERT_EQ(n, tt_recv_type(c, &type, in, 100, 0));
			EXPECT_EQ(0, memcmp(in, out, n));
		}
	}
	/* Nothing but zeroes: looked at twice, and then refused, but authentic. */
	ASSERT_OK(tt_peer_record(c, 0, NULL, 0, 30));
	tt_stat_expect("TlsDecryptRetry", 1);
	tt_stat_expect("TlsRxNoPadViolation", 1);
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 1000, 0));
}
