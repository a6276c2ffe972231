// SPDX-License-Identifier: GPL-2.0
/* Both directions at once. */

#define DUPLEX_RECORDS	40

/* The peer's writing half: the reference layer's, in a thread of its own. */
struct talker {
	struct tt_conn *c;
	int count;
	__u64 seed;
	bool updates;	/* a KeyUpdate after every tenth */
	long sent;
	struct tt_call call;
};

static long talker_talks(void *arg)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };
	static unsigned char buf[TLS_MAX_PAYLOAD];
	struct talker *t = arg;
	__u64 state = t->seed;
	size_t len;
	int i, err;

	for (i = 0; i < t->count; i++) {
		len = sizeof(struct message) + (next_random(&state) >> 32) %
		      (sizeof(buf) - sizeof(struct message) + 1);
		message_fill(buf, 0, i, len, state);
		err = tt_peer_record(t->c, TLS_TYPE_DATA, buf, len, 0);
		if (!err && t->updates && i % 10 == 9)
			err = tt_peer_record(t->c, TLS_TYPE_HANDSHAKE, update,
					     sizeof(update), 0) ?:
			      tt_peer_next_key(t->c);
		if (err)
			return err;
		t->sent += len;
	}
	return 0;
}

/* Our end's reading half. */
struct listener {
	struct tt_conn *c;
	int count;
	bool updates;
	long got;
	struct tt_call call;
};

/* Take the messages that @buf has whole. Return: bytes left or -errno. */
static long take_messages(char *buf, size_t have, int *next)
{
	const struct message *m = (const void *)buf;
	long n;

	while (have >= sizeof(*m) && have >= m->len) {
		n = message_check(buf, have);
		if (n < 0)
			return n;
		if (m->number != *next)
			return tt_fail(EBADMSG, "message %d, not %d",
				       m->number, *next);
		++*next;
		have -= n;
		memmove(buf, buf + n, have);
	}
	return have;
}

static long listener_listens(void *arg)
{
	static char buf[2 * MESSAGE_MAX];
	struct listener *l = arg;
	size_t have = 0;
	int next = 0, err;
	long n;

	while (next < l->count) {
		n = recv(l->c->fd, buf + have, sizeof(buf) - have, 0);
		if (n < 0 && errno == EIO && l->updates) {
			err = tt_rekey_read_update(l->c, false) ?:
			      tt_rekey_rx(l->c);
			if (err)
				return err;
			continue;
		}
		if (n <= 0)
			return n ? -errno : -EPIPE;
		l->got += n;
		n = take_messages(buf, have + n, &next);
		if (n < 0)
			return n;
		have = n;
	}
	return have ? -EMSGSIZE : 0;
}

/* A sender that changes his key after every tenth message. */
struct updater {
	struct writer *w;
	struct tt_conn *c;
};

static long updater_writes(void *arg)
{
	struct updater *u = arg;
	int rounds = u->w->count / 10, i;
	long err = 0;

	u->w->count = 10;
	for (i = 0; i < rounds && !err; i++) {
		err = writer_writes(u->w) ?: tt_rekey_tx(u->c, false);
		u->w->seed++;
	}
	return err;
}

/* One that sends, one that receives, and hardly any room either way: neither keeps
 * the other from going on.
 */
TT_TEST_F(share, duplex)
{
	struct talker talker = { .c = c, .count = DUPLEX_RECORDS,
				 .seed = tt_random() | 1 };
	struct listener listener = { .c = c, .count = DUPLEX_RECORDS };
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct writer w;

	small_buffers(c);
	writer_init(&w, c, 0, DUPLEX_RECORDS, TLS_MAX_PAYLOAD, 0);
	ASSERT_OK(tt_call_start(&listener.call, listener_listens, &listener));
	ASSERT_OK(tt_call_start(&talker.call, talker_talks, &talker));
	ASSERT_OK(tt_call_start(&w.call, writer_writes, &w));
	ASSERT_OK(tt_peer_records(c, DUPLEX_RECORDS));
	ASSERT_OK(tt_call_join(&w.call));
	ASSERT_OK(tt_call_join(&talker.call));
	ASSERT_OK(tt_call_join(&listener.call));
	EXPECT_EQ(0, w.call.result);
	EXPECT_EQ(0, talker.call.result);
	EXPECT_EQ(0, listener.call.result);
	EXPECT_EQ(talker.sent, listener.got);
	tt_flow_end(&tx, w.sent);
	tt_flow_end(&rx, listener.got);
	EXPECT_OK(check_records(c, 0, &w, 1));
	EXPECT_EQ(c->rx.seq + DUPLEX_RECORDS, tt_seq(c, TLS_RX));
}

/* Data of each message, and the KeyUpdates, in their order. */
static int check_updated(const struct tt_conn *c, int count)
{
	const struct tt_record *r;
	size_t i;

	if (c->recs != (size_t)(count + count / 10))
		return tt_fail(EBADMSG, "%zu records", c->recs);
	for (i = 0; i < c->recs; i++) {
		r = &c->rec[i];
		if (!r->authentic ||
		    r->type != (i % 11 == 10 ? TLS_TYPE_HANDSHAKE :
					       TLS_TYPE_DATA))
			return tt_fail(EBADMSG, "record %zu: type %d", i,
				       r->type);
		if (i % 11 == 10)
			continue;
		if (message_check(r->data, r->len) != (long)r->len)
			return -EBADMSG;
		if (((struct message *)r->data)->number != i % 11)
			return tt_fail(EBADMSG, "record %zu: out of turn", i);
	}
	return 0;
}

/* The same with new keys every so often, in both directions at their own times. */
TT_TEST_F(share, duplex_rekey)
{
	struct talker talker = { .c = c, .count = DUPLEX_RECORDS,
				 .updates = true, .seed = tt_random() | 1 };
	struct listener listener = { .c = c, .count = DUPLEX_RECORDS,
				     .updates = true };
	struct updater updater = { .c = c };
	struct tt_call call;
	struct writer w;

	if (v->version != TLS_1_3)
		SKIP(return, "TLS 1.2 has no KeyUpdate");
	TT_NEED("rekey");
	/* The ledger and the expected counters are for one thread. */
	t->unchecked = true;
	c->ledger.attached = false;
	c->ledger.unkept = true;
	c->layered = true;
	small_buffers(c);
	writer_init(&w, c, 0, DUPLEX_RECORDS, TLS_MAX_PAYLOAD, 0);
	updater.w = &w;
	ASSERT_OK(tt_call_start(&listener.call, listener_listens, &listener));
	ASSERT_OK(tt_call_start(&talker.call, talker_talks, &talker));
	ASSERT_OK(tt_call_start(&call, updater_writes, &updater));
	ASSERT_OK(tt_peer_records(c, DUPLEX_RECORDS + DUPLEX_RECORDS / 10));
	ASSERT_OK(tt_call_join(&call));
	ASSERT_OK(tt_call_join(&talker.call));
	ASSERT_OK(tt_call_join(&listener.call));
	EXPECT_EQ(0, call.result);
	EXPECT_EQ(0, talker.call.result);
	EXPECT_EQ(0, listener.call.result);
	EXPECT_OK(check_updated(c, DUPLEX_RECORDS));
	EXPECT_EQ(DUPLEX_RECORDS / 10, tt_stat_delta("TlsTxRekeyOk"));
	EXPECT_EQ(DUPLEX_RECORDS / 10 - 1, tt_stat_delta("TlsRxRekeyOk"));
}
