// SPDX-License-Identifier: GPL-2.0
/* States in which a connection is closed. */

/* The connections of a test, one after the other. */
struct state_run {
	struct tt_test *t;
	struct tt_conn *c;
	int i;
	int file;
};

static int send_some(struct state_run *r, size_t len)
{
	size_t n = r->c->recs;

	tt_fill(out, len);
	return same("send", tt_send(r->c, out, len, 0), len) ?:
	       tt_peer_expect(r->c, n, TLS_TYPE_DATA, out, len);
}

static int receive_some(struct state_run *r, size_t len, size_t read)
{
	tt_fill(out, len);
	return tt_peer_record(r->c, TLS_TYPE_DATA, out, len, 0) ?:
	       (read ? same("recv", tt_recv(r->c, in, read, 0), read) : 0);
}

/* Data both ways, all of it read. */
static int state_quiet(struct state_run *r)
{
	return send_some(r, 1 + tt_random() % 9000) ?:
	       receive_some(r, 5000, 5000) ?: receive_some(r, 100, 100);
}

/* Whole records that nobody reads. */
static int state_unread(struct state_run *r)
{
	return receive_some(r, 5000, 0) ?: receive_some(r, 10, 0);
}

/* Half a record. */
static int state_half_record(struct state_run *r)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n = tt_peer_seal(r->c, TLS_TYPE_DATA, out, 9000, 0, wire);

	return n < 0 ? n : tt_peer_raw(r->c, wire, n / 2) ?:
	       same("recv", tt_recv(r->c, in, 100, MSG_DONTWAIT), -EAGAIN);
}

/* A record read in part. */
static int state_half_read(struct state_run *r)
{
	return receive_some(r, 9000, 4000) ?: receive_some(r, 10, 0);
}

/* Records peeked at, and a control record that was refused. */
static int state_peeked(struct state_run *r)
{
	return receive_some(r, 3000, 0) ?: receive_some(r, 3000, 0) ?:
	       same("peek", tt_recv(r->c, in, 6000, MSG_PEEK | MSG_WAITALL),
		    6000) ?:
	       tt_peer_record(r->c, TLS_TYPE_ALERT, out, 2, 0) ?:
	       (r->i & 1 ? 0 : same("recv", tt_recv(r->c, in, 6000, 0), 6000) ?:
		same("recv", tt_recv(r->c, in, 10, 0), -EIO));
}

/* A record that MSG_MORE left open. */
static int state_open_record(struct state_run *r)
{
	tt_fill(out, 9000);
	return same("send", tt_send(r->c, out, 9000, MSG_MORE), 9000) ?:
	       (r->i & 1 ? same("send", tt_send(r->c, out, 500, MSG_MORE),
				500) : 0);
}

/* Data unsent, and a peer that resets; every other one lets us close first. */
static int state_unsent(struct state_run *r)
{
	long n;

	tt_fill(out, 5000);
	n = send_until_full(r->c);
	if (n < 0)
		return n;
	if (r->i & 1)
		tt_conn_shut_fd(r->c);
	tt_reset(&r->c->peer_fd);
	return 0;
}

/* Keys refused, after good ones too. */
static int state_refused(struct state_run *r)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_conn *c = r->c;
	size_t len;

	len = tt_cipher_pack(c->o.cipher, c->o.version, &c->rx, info);
	info[2] ^= 1;
	if (!tt_set(c, TLS_RX, info, len))
		return tt_fail(EINVAL, "another cipher was taken");
	info[2] ^= 1;
	if (!tt_set(c, TLS_RX, info, len - 1) || !tt_set(c, TLS_RX, info, 3))
		return tt_fail(EINVAL, "a short key was taken");
	return tt_set_keys(c, TLS_RX, &c->rx) ?: receive_some(r, 100, 100);
}

/* Records that are not authentic, met by reads of all kinds. */
static int state_bad_tag(struct state_run *r)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n, err;

	err = receive_some(r, 100, 100);
	n = tt_peer_seal(r->c, TLS_TYPE_DATA, out, 9000, 0, wire);
	if (n < 0)
		return n;
	wire[n - 1] ^= 1;
	tt_stat_expect("TlsDecryptError", 3);
	return err ?: tt_peer_raw(r->c, wire, n) ?:
	       same("recv", tt_recv(r->c, in, 10, 0), -EBADMSG) ?:
	       same("recv", tt_recv(r->c, in, 20000, 0), -EBADMSG) ?:
	       same("peek", tt_recv(r->c, in, 20000, MSG_PEEK), -EBADMSG);
}

/* No type, or no version: authentic or not. */
static int state_bad_record(struct state_run *r)
{
	static const unsigned char header[13] = { 23, 3, 1, 0, 100 };

	if (r->c->o.version == TLS_1_2)
		return tt_peer_raw(r->c, header, sizeof(header)) ?:
		       same("recv", tt_recv(r->c, in, 10, 0), -EINVAL);
	return tt_peer_record(r->c, 0, NULL, 0, 4000) ?:
	       same("recv", tt_recv(r->c, in, 10, 0), -EBADMSG) ?:
	       same("recv", tt_recv(r->c, in, 9000, 0), -EBADMSG);
}

/* A record in a pipe, in part; the pipe lives longer than the socket. */
static int state_spliced(struct state_run *r)
{
	int fd[2], err;

	if (pipe2(fd, O_CLOEXEC))
		return -errno;
	err = receive_some(r, 9000, 0) ?:
	      same("splice", tt_splice_in(r->c, fd[1], 5000, 0), 5000);
	if (!err && r->i & 1)
		tt_conn_shut_fd(r->c);
	close(fd[0]);
	close(fd[1]);
	return err;
}

/* A file, of which some may be unsent. */
static int state_sendfile(struct state_run *r)
{
	unsigned int on = 1;
	off_t off = 0;
	int err;

	err = r->i & 1 ? tt_set(r->c, TLS_TX_ZEROCOPY_RO, &on, sizeof(on)) : 0;
	fcntl(r->c->fd, F_SETFL, O_NONBLOCK);
	return err ?: tt_sendfile(r->c, r->file, &off, 60000) < 0 ?
	       tt_fail(EIO, "sendfile") : 0;
}

/* A receive buffer too small for a record, half of which is copied out of it. */
static int state_copied(struct state_run *r)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n;

	n = tt_peer_seal(r->c, TLS_TYPE_DATA, out, TLS_MAX_PAYLOAD, 0, wire);
	if (n < 0)
		return n;
	send(r->c->peer_fd, wire, n - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return same("recv", tt_recv(r->c, in, 100, MSG_DONTWAIT), -EAGAIN);
}

/* Change of keys, the old ones forgotten. */
static int state_rekeyed(struct state_run *r)
{
	struct tt_conn *c = r->c;
	struct tt_keys keys;
	int k, err = 0;

	for (k = 0; k < 2 && !err; k++) {
		tt_keys_random(c->o.cipher, &keys);
		err = tt_set_keys(c, TLS_TX, &keys) ?:
		      tt_set_keys(c, TLS_RX, &keys);
	}
	return err;
}

struct state {
	const char *name;
	int (*reach)(struct state_run *r);
	bool narrow;	/* small buffers */
	bool tx_only;	/* no TLS_RX yet */
	bool tls13;	/* of TLS 1.3 only */
};

static const struct state states[] = {
	{ .name = "quiet", .reach = state_quiet },
	{ .name = "unread", .reach = state_unread },
	{ .name = "half_record", .reach = state_half_record },
	{ .name = "half_read", .reach = state_half_read },
	{ .name = "peeked", .reach = state_peeked },
	{ .name = "open_record", .reach = state_open_record },
	{ .name = "unsent", .reach = state_unsent, .narrow = true },
	{ .name = "refused", .reach = state_refused, .tx_only = true },
	{ .name = "bad_tag", .reach = state_bad_tag },
	{ .name = "bad_record", .reach = state_bad_record },
	{ .name = "spliced", .reach = state_spliced },
	{ .name = "sendfile", .reach = state_sendfile, .narrow = true },
	{ .name = "copied", .reach = state_copied, .narrow = true },
	{ .name = "rekeyed", .reach = state_rekeyed, .tls13 = true },
};
