// SPDX-License-Identifier: GPL-2.0
/* Calls that wait for something to read, each in a thread. */

enum way {
	BY_RECV,
	BY_PEEK,
	BY_WAITALL,
	BY_RECVMSG,	/* with room for a type */
	BY_SPLICE,
	BY_POLL,
	NR_WAYS
};

/* What it sleeps in. */
static const int way_call[NR_WAYS] = {
	SYS_recvfrom, SYS_recvfrom, SYS_recvfrom, SYS_recvmsg, SYS_splice,
	SYS_ppoll,
};

/**
 * struct reader - somebody who wants to read
 * @c: connection
 * @way: how
 * @len: bytes wanted
 * @type: out: type reported
 * @pipe: for splice
 * @call: his call
 */
struct reader {
	struct tt_conn *c;
	enum way way;
	size_t len;
	int type;
	int pipe[2];
	struct tt_call call;
};

static long reader_reads(void *arg)
{
	struct reader *r = arg;
	struct pollfd p = { .fd = r->c->fd, .events = POLLIN };
	int n;

	switch (r->way) {
	case BY_RECV:
		return tt_recv(r->c, in, r->len, 0);
	case BY_PEEK:
		return tt_recv(r->c, in, r->len, MSG_PEEK);
	case BY_WAITALL:
		return tt_recv(r->c, in, r->len, MSG_WAITALL);
	case BY_RECVMSG:
		return tt_recv_type(r->c, &r->type, in, r->len, 0);
	case BY_SPLICE:
		return tt_splice_in(r->c, r->pipe[1], r->len, 0);
	default:
		n = ppoll(&p, 1, NULL, NULL);
		return n < 0 ? -errno : p.revents;
	}
}

/* Begin to read, and wait until he sleeps: there must be nothing. */
static int reader_start(struct reader *r, struct tt_conn *c, enum way way,
			size_t len)
{
	int err;

	memset(r, 0, sizeof(*r));
	r->c = c;
	r->way = way;
	r->len = len;
	if (way == BY_SPLICE && pipe2(r->pipe, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	set_time(c->fd, SO_RCVTIMEO, 0);
	err = tt_call_blocks(&r->call, reader_reads, r, way_call[way]);
	return err ? tt_fail(-err, "way %d: %s", way, tt_why()) : 0;
}

/* Wait for his end. What he got is in @in. */
static int reader_join(struct reader *r)
{
	int err = tt_call_join(&r->call);

	if (err)
		return tt_fail(-err, "way %d: nobody woke it", r->way);
	if (r->way != BY_SPLICE)
		return 0;
	if (r->call.result > 0 &&
	    read(r->pipe[0], in, r->len) != r->call.result)
		return tt_fail(EIO, "splice said %ld", r->call.result);
	close(r->pipe[0]);
	close(r->pipe[1]);
	return 0;
}

/* He got all that was sent, or was told of it and it is there. */
static int reader_got(struct reader *r, const void *data, size_t len)
{
	long want = r->way == BY_POLL ? POLLIN : (long)len;
	int err = reader_join(r);

	if (err)
		return err;
	if (r->call.result != want)
		return tt_fail(EBADMSG, "way %d: result %ld, not %ld", r->way,
			       r->call.result, want);
	if (r->way == BY_POLL || r->way == BY_PEEK) {
		if (r->way == BY_PEEK && memcmp(in, data, len))
			return tt_fail(EBADMSG, "peeked at other data");
		err = tt_recv_all(r->c, in, len);
		if (err)
			return err;
	}
	return memcmp(in, data, len) ?
	       tt_fail(EBADMSG, "way %d: other data", r->way) : 0;
}
