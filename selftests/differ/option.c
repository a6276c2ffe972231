// SPDX-License-Identifier: GPL-2.0
/* Verbs that set and get socket options, the ULP's and others. */

static const struct df_word tls_options[] = {
	{ "tx", TLS_TX }, { "rx", TLS_RX }, { "zc", TLS_TX_ZEROCOPY_RO },
	{ "nopad", TLS_RX_EXPECT_NO_PAD },
	{ "maxlen", TLS_TX_MAX_PAYLOAD_LEN }, { "zero", 0 }, { "six", 6 },
	{ "many", 1000 }, { }
};

static void tls_begins(struct df_world *w)
{
	settle(w);
	if (w->tls_at == SIZE_MAX)
		w->tls_at = w->wire_len;
}

/* A good or bad value for TLS_TX and TLS_RX. Return: its length or -1. */
static long key_make(struct df_world *w, const char *kind, const char *dir,
		     int gen, unsigned char *info)
{
	const struct tt_cipher *c = w->s->cipher;
	struct tls_crypto_info *head = (void *)info;
	struct tt_keys keys;
	long len;

	make_keys(w, dir, gen, &keys);
	if (!strcmp(kind, "wrap"))
		keys.seq = -2ULL;
	else if (!strcmp(kind, "zeroseq"))
		keys.seq = 0;
	len = tt_cipher_pack(c, w->s->version, &keys, info);
	if (!strcmp(kind, "other"))
		head->version ^= TLS_1_2 ^ TLS_1_3;
	else if (!strcmp(kind, "version"))
		head->version = 0x0302;
	else if (!strcmp(kind, "cipher"))
		head->cipher_type = 99;
	else if (!strcmp(kind, "twin"))
		head->cipher_type = c->number == TLS_CIPHER_AES_GCM_128 ?
				    TLS_CIPHER_AES_CCM_128 :
				    TLS_CIPHER_AES_GCM_128;
	else if (!strcmp(kind, "short"))
		len--;
	else if (!strcmp(kind, "long"))
		len++;
	else if (!strcmp(kind, "head"))
		len = sizeof(*head);
	else if (!strcmp(kind, "half"))
		len = 2;
	else if (!strcmp(kind, "empty"))
		len = 0;
	else if (strcmp(kind, "key") && strcmp(kind, "wrap") &&
		 strcmp(kind, "zeroseq") && strcmp(kind, "null") &&
		 strcmp(kind, "bad") && strcmp(kind, "edge"))
		return -1;
	return len;
}

static int set_key(struct df_world *w, bool tx, const char *kind)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX + 8];
	int *gen = tx ? &w->tx_gen : &w->rx_gen;
	const void *value = info;
	long len = key_make(w, kind, tx ? "tx" : "rx", *gen, info);
	int ret, err;

	if (!strcmp(kind, "null"))
		value = NULL;
	else if (!strcmp(kind, "bad"))
		value = guard;
	else if (!strcmp(kind, "edge"))
		value = memcpy(guard - 8, info, 8);
	if (tx)
		tls_begins(w);
	ret = setsockopt(w->fd, SOL_TLS, tx ? TLS_TX : TLS_RX, value, len);
	err = errno;
	if (!ret)
		++*gen;
	/* The far end follows the first key only: rekeying is a step of its own. */
	if (!ret && !tx && *gen == 1 && !strcmp(kind, "zeroseq"))
		w->far_tx.keys.seq = 0;
	else if (!ret && !tx && *gen == 1 && !strcmp(kind, "wrap"))
		w->far_tx.keys.seq = -2ULL;
	errno = err;
	return ret;
}

/* set tx|rx KIND, set zc|nopad|maxlen|... VALUE|null|bad [len=N] */
static void do_set(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int option = step_one(st, 1, tls_options);
	const char *kind = step_word(st, 2);
	unsigned char value[64] = { };
	long len, v = strtol(kind, NULL, 0);
	const void *p = value;

	if (option == TLS_TX || option == TLS_RX) {
		if (key_make(w, kind, "", 0, value) < 0)
			st->used[2] = false;
		else
			note_ret(n, set_key(w, option == TLS_TX, kind));
		return;
	}
	len = step_val(st, "len", option == TLS_TX_MAX_PAYLOAD_LEN ? 2 : 4);
	/* Little endian in the short forms too. */
	memcpy(value, &v, sizeof(v));
	if (!strcmp(kind, "null"))
		p = NULL;
	else if (!strcmp(kind, "bad"))
		p = guard;
	note_ret(n, setsockopt(w->fd, SOL_TLS, option, p, len));
}

/* get OPTION [len=N] [null|bad|nulllen]: len is 64 if not given */
static void do_get(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int option = step_one(st, 1, tls_options);
	unsigned char value[128];
	socklen_t len = step_val(st, "len", 64);
	void *p = value;
	int ret;

	memset(value, 0xaa, sizeof(value));
	if (step_has(st, "null"))
		p = NULL;
	else if (step_has(st, "bad"))
		p = guard;
	ret = getsockopt(w->fd, SOL_TLS, option, p,
			 step_has(st, "nulllen") ? NULL : &len);
	note_ret(n, ret);
	note(n, " len=%u", len);
	if (option == TLS_TX || option == TLS_RX || ret)
		note_hash(n, "value", value, sizeof(value));
	else
		note(n, " value=%02x%02x%02x%02x", value[0], value[1],
		     value[2], value[3]);
}

static int set_ulp(struct df_world *w, const char *name)
{
	if (!strcmp(name, "own"))
		name = w->ulp;
	return setsockopt(w->fd, IPPROTO_TCP, TCP_ULP, name, strlen(name));
}

/* ulp own|NAME|null|empty */
static void do_ulp(struct df_world *w, struct df_step *st, struct df_note *n)
{
	const char *name = step_word(st, 1);

	if (!strcmp(name, "null"))
		note_ret(n, setsockopt(w->fd, IPPROTO_TCP, TCP_ULP, NULL, 4));
	else if (!strcmp(name, "bad"))
		note_ret(n, setsockopt(w->fd, IPPROTO_TCP, TCP_ULP, guard, 4));
	else if (!strcmp(name, "empty"))
		note_ret(n, setsockopt(w->fd, IPPROTO_TCP, TCP_ULP, "", 0));
	else
		note_ret(n, set_ulp(w, name));
}

/* getulp [len=N]: the name is the one thing in which the two may differ */
static void do_getulp(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	socklen_t len = step_val(st, "len", 16);
	char name[32] = "", own[32] = "";
	int ret;

	snprintf(own, sizeof(own), "%s", w->ulp);
	ret = getsockopt(w->fd, IPPROTO_TCP, TCP_ULP, name, &len);
	note_ret(n, ret);
	note(n, " len=%u", len);
	if (!ret && len <= sizeof(name))
		note(n, " name=%s", memcmp(name, own, len) ? name : "own");
}

/* both|tx|rx|base: the ULP and the keys of these directions, all must succeed */
static void do_start(struct df_world *w, struct df_step *st, struct df_note *n)
{
	const char *dirs = st->word[0];
	bool both = !strcmp(dirs, "both");
	int ret = set_ulp(w, "own");

	if (!ret && (both || !strcmp(dirs, "tx")))
		ret = set_key(w, true, "key");
	if (!ret && (both || !strcmp(dirs, "rx")))
		ret = set_key(w, false, "key");
	note_ret(n, ret);
}

/* Options of other levels: SIZE tells how the number is handed over. */
static const struct other_option {
	const char *name;
	int level;
	int option;
	enum { AN_INT, A_TIME, A_LINGER } form;
} other_options[] = {
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT, AN_INT },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF, AN_INT },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF, AN_INT },
	{ "error", SOL_SOCKET, SO_ERROR, AN_INT },
	{ "type", SOL_SOCKET, SO_TYPE, AN_INT },
	{ "protocol", SOL_SOCKET, SO_PROTOCOL, AN_INT },
	{ "zerocopy", SOL_SOCKET, SO_ZEROCOPY, AN_INT },
	{ "timestamp", SOL_SOCKET, SO_TIMESTAMP, AN_INT },
	{ "timestamping", SOL_SOCKET, SO_TIMESTAMPING, AN_INT },
	{ "busypoll", SOL_SOCKET, SO_BUSY_POLL, AN_INT },
	{ "priority", SOL_SOCKET, SO_PRIORITY, AN_INT },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, AN_INT },
	{ "oobinline", SOL_SOCKET, SO_OOBINLINE, AN_INT },
	{ "peekoff", SOL_SOCKET, SO_PEEK_OFF, AN_INT },
	{ "acceptconn", SOL_SOCKET, SO_ACCEPTCONN, AN_INT },
	{ "rcvtimeo", SOL_SOCKET, SO_RCVTIMEO, A_TIME },
	{ "sndtimeo", SOL_SOCKET, SO_SNDTIMEO, A_TIME },
	{ "linger", SOL_SOCKET, SO_LINGER, A_LINGER },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY, AN_INT },
	{ "cork", IPPROTO_TCP, TCP_CORK, AN_INT },
	{ "maxseg", IPPROTO_TCP, TCP_MAXSEG, AN_INT },
	{ "inqcmsg", IPPROTO_TCP, 36, AN_INT },
	{ "notsent", IPPROTO_TCP, TCP_NOTSENT_LOWAT, AN_INT },
	{ "usertimeout", IPPROTO_TCP, TCP_USER_TIMEOUT, AN_INT },
	{ "window", IPPROTO_TCP, TCP_WINDOW_CLAMP, AN_INT },
	{ "unknown", IPPROTO_TCP, 9999, AN_INT },
	{ "addrform", IPPROTO_IPV6, IPV6_ADDRFORM, AN_INT },
	{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY, AN_INT },
	{ "tos", IPPROTO_IP, IP_TOS, AN_INT },
	{ "nolevel", 9999, 1, AN_INT },
};

static const struct other_option *other_find(struct df_step *st)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(other_options) && st->words > 1; i++)
		if (!strcmp(other_options[i].name, st->word[1])) {
			st->used[1] = true;
			return &other_options[i];
		}
	return NULL;
}

/* opt NAME VALUE [len=N]: times in milliseconds, linger -1 is off */
static void do_opt(struct df_world *w, struct df_step *st, struct df_note *n)
{
	const struct other_option *o = other_find(st);
	int v = step_num(st, 2);
	struct timeval tv = { v / 1000, v % 1000 * 1000 };
	struct linger l = { v >= 0, v };
	const void *p = &v;
	socklen_t len = sizeof(v);

	if (!o)
		return;
	if (o->form == A_TIME) {
		p = &tv;
		len = sizeof(tv);
	} else if (o->form == A_LINGER) {
		p = &l;
		len = sizeof(l);
	}
	len = step_val(st, "len", len);
	note_ret(n, setsockopt(w->fd, o->level, o->option, p, len));
}

/* getopt NAME [len=N] */
static void do_getopt(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	const struct other_option *o = other_find(st);
	int value[8] = { -77, -77, -77, -77 };
	socklen_t len = step_val(st, "len", sizeof(value));

	if (!o)
		return;
	note_ret(n, getsockopt(w->fd, o->level, o->option, value, &len));
	note(n, " len=%u value=%d,%d", len, value[0], value[1]);
}

/* state: TCP's */
static void do_state(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)st;
	note(n, " %d", tcp_state(w->fd));
}
