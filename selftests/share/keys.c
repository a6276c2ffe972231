// SPDX-License-Identifier: GPL-2.0
/* Keys that are set while others use the socket, or set keys too. */

struct setter {
	struct tt_conn *c;
	int option;
	pthread_barrier_t *start;
	struct tt_call call;
};

static long setter_sets(void *arg)
{
	struct setter *s = arg;
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	size_t len = tt_cipher_pack(s->c->o.cipher, s->c->o.version,
				    s->option == TLS_TX ? &s->c->tx : &s->c->rx,
				    info);

	pthread_barrier_wait(s->start);
	return setsockopt(s->c->fd, SOL_TLS, s->option, info, len) ? -errno : 0;
}

/* Two threads that set the two directions, at the same time: both work. */
TT_TEST_F(share_shaken, keys_at_once)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct setter s[2];
	pthread_barrier_t start;
	unsigned char out[1000], in[1000];
	int i, k, rounds = tt_rounds(20);

	/* With made-up keys, to be done often. Of two calls at once tls_trace
	 * may have missed one, as its documentation says.
	 */
	t->unchecked = true;
	o.no_handshake = true;
	pthread_barrier_init(&start, NULL, 2);
	for (k = 0; k < rounds; k++) {
		t->conns = 1;
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_attach(c));
		c->ledger.attached = false;
		for (i = 0; i < 2; i++) {
			s[i].c = c;
			s[i].option = i ? TLS_TX : TLS_RX;
			s[i].start = &start;
			ASSERT_OK(tt_call_start(&s[i].call, setter_sets,
						&s[i]));
		}
		for (i = 0; i < 2; i++) {
			ASSERT_OK(tt_call_join(&s[i].call));
			ASSERT_EQ(0, s[i].call.result);
		}
		tt_fill(out, sizeof(out));
		ASSERT_EQ(1000, send(c->fd, out, 1000, MSG_NOSIGNAL));
		ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1000));
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 1000, 0));
		ASSERT_EQ(1000, recv(c->fd, in, 1000, 0));
		ASSERT_EQ(0, memcmp(in, out, 1000));
		tt_conn_close(c);
		tt_ledger_free(&c->ledger);
		free(c);
	}
	t->conns = 1;
	EXPECT_EQ(rounds, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(rounds, tt_stat_delta("TlsRxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsTraceTxRekey"));
	EXPECT_EQ(0, tt_stat_delta("TlsTraceRxRekey"));
	EXPECT_EQ(0, tt_stat_delta("TlsCurrTxSw"));
	EXPECT_EQ(0, tt_stat_delta("TlsCurrRxSw"));
}

/* Two that set the same direction: one is told that it has a key (or, where a key
 * may be replaced, the last one holds). The key is whole, never a mixture.
 */
TT_TEST_F(share_shaken, same_key_at_once)
{
	struct tt_conn_opts o = tt_test_opts(t);
	bool again = v->version == TLS_1_3 && !tt_feature_missing("rekey");
	unsigned char out[1000];
	struct setter s[2];
	pthread_barrier_t start;
	int i, k, ok;

	t->unchecked = true;
	o.no_handshake = true;
	pthread_barrier_init(&start, NULL, 2);
	for (k = 0; k < 10; k++) {
		t->conns = 1;
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_attach(c));
		c->ledger.attached = false;
		for (i = 0, ok = 0; i < 2; i++) {
			s[i].c = c;
			s[i].option = TLS_TX;
			s[i].start = &start;
			ASSERT_OK(tt_call_start(&s[i].call, setter_sets,
						&s[i]));
		}
		for (i = 0; i < 2; i++) {
			ASSERT_OK(tt_call_join(&s[i].call));
			ok += !s[i].call.result;
			if (s[i].call.result)
				ASSERT_EQ(-EBUSY, s[i].call.result);
		}
		EXPECT_EQ(again ? 2 : 1, ok);
		tt_fill(out, sizeof(out));
		ASSERT_EQ(1000, send(c->fd, out, 1000, MSG_NOSIGNAL));
		ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1000));
		tt_conn_close(c);
		tt_ledger_free(&c->ledger);
		free(c);
	}
	t->conns = 1;
}

/* TLS_RX while others send, with data that waits for it; and while one polls. */
TT_TEST_F(share_shaken, rx_key_under_load)
{
	struct writer w[3];
	struct tt_flow tx;
	long sum = 0;
	char in[5000], out[5000];
	int i;

	/* tls_trace may miss a call that begins while a key is set, as its
	 * documentation says.
	 */
	t->unchecked = true;
	ASSERT_OK(tt_conn_attach(c));
	c->ledger.attached = false;
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	tx = tt_flow_begin(c, TT_OP_TX);
	small_buffers(c);
	for (i = 0; i < 3; i++) {
		writer_init(&w[i], c, i, 40, TLS_MAX_PAYLOAD, 0);
		ASSERT_OK(tt_call_start(&w[i].call, writer_writes, &w[i]));
	}
	tt_fill(out, sizeof(out));
	ASSERT_OK(tt_peer_write(c, out, sizeof(out)));
	ASSERT_OK(tt_peer_records(c, 20));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_recv_all(c, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
	ASSERT_OK(peer_reads_along(c, w, 3));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(tt_call_join(&w[i].call));
		ASSERT_EQ(0, w[i].call.result);
		sum += w[i].sent;
	}
	tt_flow_end(&tx, sum);
	ASSERT_OK(tt_peer_records(c, 120));
	EXPECT_OK(check_records(c, 0, w, 3));
}

/* TLS_TX while one blocks in a read: his data comes. */
TT_TEST_F(share_shaken, tx_key_under_read)
{
	struct catch *catch = catch_new();
	struct rx_reader r;
	struct tt_flow rx;

	ASSERT_NE(NULL, catch);
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	rx = tt_flow_begin(c, TT_OP_RX);
	set_time(c->fd, SO_RCVTIMEO, 0);
	ASSERT_OK(lock_start(&r, c, catch));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	ASSERT_OK(tt_kernel_sends(c, 1000));
	ASSERT_OK(send_one(c, 0));
	ASSERT_OK(lock_end(&r, RECORD_LEN));
	EXPECT_EQ(0, catch->wrong);
	tt_flow_end(&rx, RECORD_LEN);
}
