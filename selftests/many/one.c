// SPDX-License-Identifier: GPL-2.0
/* One connection of many. */

/* What the far end is */
enum far {
	FAR_SAME,	/* the kernel, by the variant's ULP */
	FAR_OTHER,	/* the kernel, by the other ULP */
	FAR_LAYER,	/* the reference record layer */
	FARS,
};

/**
 * struct one - a connection
 * @id:		number
 * @fd:		our end and the far one; -1 if closed
 * @far:	enum far
 * @version:	TLS_1_2 or TLS_1_3
 * @cipher:	cipher
 * @seal:	FAR_LAYER: what the far end sends
 * @open:	FAR_LAYER: what it receives
 * @count:	messages sent by each end
 * @waiting:	bytes of the last message of each end, until it is read
 * @at:		where it is in the file, -1: it is no part of a file
 */
struct one {
	unsigned int id;
	int fd[2];
	enum far far;
	int version;
	const struct tt_cipher *cipher;
	struct tt_layer seal;
	struct tt_layer open;
	unsigned int count[2];
	size_t waiting[2];
	long at[2];
};

/**
 * struct tally - what the counters must say in the end
 * @keys:	keys set, of each direction
 * @attached:	sockets with tls_trace
 * @sent:	bytes that those sent
 * @received:	bytes that those received
 * @reads:	messages read and compared
 */
struct tally {
	long long keys;
	long long attached;
	long long sent;
	long long received;
	long long reads;
};

static struct tally tally;
static int file = -1;
static const unsigned char *file_data;
static unsigned char data[TLS_MAX_RECORD];
static unsigned char got[TLS_MAX_RECORD];

static bool is_traced(const struct one *o, int end, const char *ulp)
{
	bool trace = !strcmp(ulp, "tls_trace");

	if (end)
		return o->far == FAR_LAYER ? false :
		       o->far == FAR_SAME ? trace : !trace;
	return trace;
}

/* Data of a message: nothing but its number and connection decide it. */
static void content(const struct one *o, int end, unsigned char *p, size_t len)
{
	__u64 x = (__u64)o->id << 32 | o->count[end] << 1 | end, z;

	for (; len; p += 8, len -= len < 8 ? len : 8) {
		x += 0x9e3779b97f4a7c15ULL;
		z = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
		z ^= z >> 27;
		memcpy(p, &z, len < 8 ? len : 8);
	}
}

static const unsigned char *message(const struct one *o, int end)
{
	if (o->at[end] >= 0)
		return file_data + o->at[end];
	content(o, end, data, o->waiting[end]);
	return data;
}

static int set_keys(struct one *o, int end, int option, const struct tt_keys *k)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	size_t len = tt_cipher_pack(o->cipher, o->version, k, info);

	tally.keys++;
	return setsockopt(o->fd[end], SOL_TLS, option, info, len) ?
	       tt_fail(errno, "key: %s", strerror(errno)) : 0;
}

static int start_end(struct one *o, int end, const char *ulp,
		     const struct tt_keys keys[2])
{
	bool trace = is_traced(o, end, ulp);

	tally.attached += trace;
	return tt_tcp_ulp(o->fd[end], trace ? "tls_trace" : "tls") ?:
	       set_keys(o, end, TLS_TX, &keys[end]) ?:
	       set_keys(o, end, TLS_RX, &keys[!end]);
}

static int one_open(struct one *o, unsigned int id, const char *ulp)
{
	int cipher = tt_random() % ARRAY_SIZE(ciphers);
	struct tt_keys keys[2];
	int err;

	memset(o, 0, sizeof(*o));
	o->id = id;
	o->version = tt_random() & 1 ? TLS_1_3 : TLS_1_2;
	o->far = tt_random() % FARS;
	if (o->far == FAR_OTHER && tt_feature_missing("tls_trace"))
		o->far = FAR_SAME;
	if (tt_feature_missing(tt_feature_cipher(ciphers[cipher], o->version)))
		cipher = 0;
	o->cipher = tt_cipher_find(ciphers[cipher]);
	err = tt_tcp_pair(tt_random() & 1 || tt_feature_missing("ipv6") ?
			  TT_IPV4 : TT_IPV6, &o->fd[0], &o->fd[1]);
	if (err)
		return err;
	if (id % MANY_SHAKEN) {
		tt_keys_random(o->cipher, &keys[0]);
		tt_keys_random(o->cipher, &keys[1]);
	} else {
		err = shake(o->fd, tt_random() & 1, o->version, cipher,
			    id % (10 * MANY_SHAKEN) == 0, keys);
	}
	if (!err)
		err = start_end(o, 0, ulp, keys);
	if (!err && o->far != FAR_LAYER)
		err = start_end(o, 1, ulp, keys);
	else if (!err)
		err = tt_layer_init(&o->seal, o->cipher, o->version,
				    &keys[1]) ?:
		      tt_layer_init(&o->open, o->cipher, o->version, &keys[0]);
	return err;
}

/* One message is on its way. */
static int one_send(struct one *o, int end, const char *ulp)
{
	static unsigned char wire[TLS_MAX_RECORD];
	size_t len = 1 + tt_random() % (tt_random() % 4 ? 600 : MESSAGE_MAX);
	bool layer = end && o->far == FAR_LAYER;
	const unsigned char *p;
	ssize_t n;
	off_t off;

	o->count[end]++;
	o->waiting[end] = len;
	o->at[end] = !layer && tt_random() % 4 == 0 ?
		     (long)(tt_random() % (FILE_SIZE - MESSAGE_MAX)) : -1;
	p = message(o, end);
	off = o->at[end];
	if (layer) {
		n = tt_layer_seal(&o->seal, TLS_TYPE_DATA, p, len, 0, wire);
		return n < 0 ? n : tt_write_all(o->fd[end], wire, n);
	}
	if (is_traced(o, end, ulp))
		tally.sent += len;
	n = off >= 0 ? sendfile(o->fd[end], file, &off, len) :
		       send(o->fd[end], p, len, MSG_NOSIGNAL);
	if (n != (ssize_t)len)
		return tt_fail(n < 0 ? errno : EIO,
			       "connection %u: sent %zd of %zu bytes", o->id, n,
			       len);
	return 0;
}

/* The reference layer reads records until it has the message. */
static int layer_reads(struct one *o, size_t len)
{
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_record r;
	size_t have = 0, n;
	int err;

	while (have < len) {
		if (recv(o->fd[1], wire, TLS_HEADER_SIZE, MSG_WAITALL) !=
		    TLS_HEADER_SIZE)
			return tt_fail(EPIPE, "no record");
		n = tt_record_parse(wire, TLS_HEADER_SIZE, &r);
		if (n > sizeof(wire) ||
		    recv(o->fd[1], wire + TLS_HEADER_SIZE, n - TLS_HEADER_SIZE,
			 MSG_WAITALL) != (ssize_t)(n - TLS_HEADER_SIZE))
			return tt_fail(EPIPE, "no whole record");
		err = tt_layer_open(&o->open, wire, n, &r);
		if (err)
			return err;
		if (!r.authentic || r.len > len - have)
			return tt_fail(EBADMSG, "connection %u: bad record",
				       o->id);
		memcpy(got + have, r.data, r.len);
		have += r.len;
		free(r.data);
	}
	return 0;
}

static int kernel_reads(struct one *o, int end, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = recv(o->fd[end], got + have, len - have, 0);
		if (n <= 0)
			return tt_fail(n ? errno : EPIPE,
				       "connection %u: read %zu of %zu bytes: %s",
				       o->id, have, len,
				       n ? strerror(errno) : "end");
		have += n;
	}
	return 0;
}

/* The message of an end is read at the other one, and compared. */
static int one_read(struct one *o, int end, const char *ulp)
{
	size_t len = o->waiting[end];
	int err;

	if (!end && o->far == FAR_LAYER)
		err = layer_reads(o, len);
	else
		err = kernel_reads(o, !end, len);
	if (err)
		return err;
	if (memcmp(got, message(o, end), len))
		return tt_fail(EBADMSG,
			       "connection %u: other data (message %u of end %d, %s)",
			       o->id, o->count[end], end, o->cipher->name);
	if (is_traced(o, !end, ulp))
		tally.received += len;
	o->waiting[end] = 0;
	tally.reads++;
	return 0;
}

/* In any order, also with data unread; nobody stays in TIME_WAIT. */
static void one_close(struct one *o)
{
	int first = tt_random() & 1;

	close(o->fd[first]);
	o->fd[first] = -1;
	tt_reset(&o->fd[!first]);
	tt_layer_free(&o->seal);
	tt_layer_free(&o->open);
}
