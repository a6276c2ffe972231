// SPDX-License-Identifier: GPL-2.0
/* Verbs of the far end: records of every kind, good and bad, and its own end. */

static void far_send(struct df_world *w, const void *buf, size_t len,
		     struct df_note *n)
{
	const unsigned char *p = buf;
	int tries = 20;
	ssize_t got;

	while (len) {
		got = send(w->far, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (got < 0 && errno == EAGAIN && tries--) {
			settle(w);
			continue;
		}
		if (got < 0) {
			note(n, " (far end:");
			note_errno(n, errno);
			note(n, ", %zu left)", len);
			return;
		}
		p += got;
		len -= got;
	}
}

static const unsigned char *far_data(struct df_world *w, size_t len)
{
	const unsigned char *p = pool + w->far_pos % DF_DATA;

	w->far_pos += len;
	return p;
}

/* What a step does to a sealed record before it is sent. */
static void record_spoil(struct df_world *w, struct df_step *st,
			 unsigned char *wire, size_t len)
{
	bool tag = step_has(st, "fliptag");
	long flip = step_val(st, "flip", -1), set = step_val(st, "len", -1);
	long version = step_val(st, "version", -1);
	long outer = step_val(st, "outer", -1);

	if (tag)
		wire[len - 1] ^= 1;
	if (flip >= 0 && flip < len)
		wire[flip] ^= 1;
	if (version >= 0) {
		wire[1] = version >> 8;
		wire[2] = version;
	}
	if (outer >= 0)
		wire[0] = outer;
	if (set >= 0) {
		wire[3] = set >> 8;
		wire[4] = set;
	}
	w->spoiled |= tag || flip >= 0 || version >= 0 || outer >= 0 || set >= 0;
}

/* Send what stands for one record, whole or in pieces. */
static void record_send(struct df_world *w, struct df_step *st,
			struct df_note *n, const unsigned char *wire,
			size_t len)
{
	long cut = step_val(st, "cut", -1), hold = step_val(st, "hold", -1);
	long split = step_val(st, "split", 0);
	size_t done, piece;

	if (cut >= 0 && cut < len) {
		len = cut;
		w->spoiled = true;
	}
	if (hold >= 0 && hold < len) {
		w->rest_len = len - hold;
		memcpy(w->rest, wire + hold, w->rest_len);
		len = hold;
	}
	for (done = 0; done < len; done += piece) {
		piece = split && split < len - done ? split : len - done;
		far_send(w, wire + done, piece, n);
		if (split)
			settle(w);
	}
}

/*
 * in TYPE N [x=COUNT] [pad=P] [flip=I|fliptag|version=V|outer=T|len=L] [cut=K]
 * [hold=K] [split=K] [skip]: records of N bytes each. cut: only the first K bytes
 * of them; hold: the rest comes with "rest"; skip: not sent at all
 */
static void do_in(struct df_world *w, struct df_step *st, struct df_note *n)
{
	static unsigned char wire[8 * TLS_MAX_RECORD];
	int type = step_num(st, 1);
	long size = step_num(st, 2), pad = step_val(st, "pad", 0);
	long count = step_val(st, "x", 1);
	size_t len = 0;
	long i, got;

	if (count < 1 || count > 8) {
		st->used[0] = false;
		return;
	}
	for (i = 0; i < count; i++) {
		got = tt_layer_seal(&w->far_tx, type, far_data(w, size), size,
				    pad, wire + len);
		if (got < 0) {
			note(n, " (%s)", tt_why());
			st->used[2] = false;
			return;
		}
		w->last_len = got;
		memcpy(w->last, wire + len, got);
		len += got;
	}
	record_spoil(w, st, wire, len);
	if (step_has(st, "skip"))
		w->spoiled = true;
	else
		record_send(w, st, n, wire, len);
}

/* rest: what an earlier "in" held back */
static void do_rest(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)st;
	far_send(w, w->rest, w->rest_len, n);
	w->rest_len = 0;
}

/* again: the last record once more */
static void do_again(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)st;
	w->spoiled = true;
	far_send(w, w->last, w->last_len, n);
}

/* header TYPE VERSION LENGTH N: a header, and N bytes of anything behind it */
static void do_header(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	long version = step_num(st, 2), len = step_num(st, 3);
	unsigned char head[TLS_HEADER_SIZE] = {
		step_num(st, 1), version >> 8, version, len >> 8, len
	};
	size_t size = step_num(st, 4);

	w->spoiled = true;
	far_send(w, head, sizeof(head), n);
	far_send(w, far_data(w, size), size, n);
}

/* plain N: bytes that are no records */
static void do_plain(struct df_world *w, struct df_step *st, struct df_note *n)
{
	size_t size = step_num(st, 1);

	w->spoiled = true;
	far_send(w, far_data(w, size), size, n);
}

/* alert LEVEL DESCRIPTION */
static void do_alert(struct df_world *w, struct df_step *st, struct df_note *n)
{
	unsigned char alert[2] = { step_num(st, 1), step_num(st, 2) };
	unsigned char wire[128];
	int len = tt_layer_seal(&w->far_tx, TLS_TYPE_ALERT, alert,
				sizeof(alert), 0, wire);

	far_send(w, wire, len, n);
}

/* keyupdate [request] [behind=N] [part]: the message of RFC 8446 4.6.3, behind N
 * bytes of another, or only its first byte
 */
static void do_keyupdate(struct df_world *w, struct df_step *st,
			 struct df_note *n)
{
	unsigned char msg[64 + 5] = { }, wire[256];
	long behind = step_val(st, "behind", 0);
	int len;

	if (behind < 0 || behind > 64) {
		st->used[0] = false;
		return;
	}
	/* The other message: a NewSessionTicket that claims this length. */
	if (behind >= 4) {
		msg[0] = 4;
		msg[3] = behind - 4;
	}
	msg[behind] = 24;
	msg[behind + 3] = 1;
	msg[behind + 4] = step_has(st, "request");
	len = tt_layer_seal(&w->far_tx, TLS_TYPE_HANDSHAKE, msg,
			    behind + (step_has(st, "part") ? 1 : 5), 0, wire);
	far_send(w, wire, len, n);
}

/* farkey: the far end seals with the keys that "set rx key" will set next */
static void do_farkey(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	(void)st;
	w->spoiled = true;
	note_ret(n, far_keys(w, w->rx_gen));
}

/* hold 0|1: whether the far end reads what comes */
static void do_hold(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)n;
	w->hold = step_num(st, 1);
}

/* urgent: a byte of urgent data */
static void do_urgent(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	(void)st;
	w->spoiled = true;
	note_ret(n, send(w->far, "!", 1, MSG_OOB | MSG_NOSIGNAL));
}

/* fin: half-close */
static void do_fin(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)st;
	w->ended = w->far >= 0;
	note_ret(n, shutdown(w->far, SHUT_WR));
}

/* gone [rst]: close, by reset if so wished */
static void do_gone(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct linger now = { 1, 0 };

	(void)n;
	if (w->far < 0)
		return;
	if (step_has(st, "rst"))
		setsockopt(w->far, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	far_read(w);
	close(w->far);
	w->far = -1;
	w->ended = true;
}
