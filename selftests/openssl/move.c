// SPDX-License-Identifier: GPL-2.0
/* Data from one OpenSSL to the other. */

/* 0 if OpenSSL only wants to wait. */
static int wants(struct duo *d, int who, int n, const char *what)
{
	int why = SSL_get_error(ssl_of(d, who), n);

	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return 0;
	if (why == SSL_ERROR_ZERO_RETURN)
		return tt_fail(EPIPE, "%s of the %s: close_notify", what,
			       d->end[who].name);
	return tt_fail_ssl("%s of the %s (error %d)", what, d->end[who].name,
			   why);
}

/* Read what is there, @len bytes at most, up to now @at. */
static int read_some(struct duo *d, int who, size_t *at, size_t len)
{
	int n = SSL_read(ssl_of(d, who), in + *at, len - *at);

	if (n <= 0)
		return wants(d, who, n, "reading");
	*at += n;
	return 0;
}

/* The first @len bytes of the buffers are alike, byte by byte and by hash. */
static int same(struct duo *d, int who, size_t len)
{
	unsigned char a[TT_SHA256_SIZE], b[TT_SHA256_SIZE];
	size_t i;

	for (i = 0; i < len; i++)
		if (in[i] != out[i])
			return tt_fail(EBADMSG,
				       "the %s read other data from byte %zu of %zu on",
				       d->end[who].name, i, len);
	tt_sha256(out, len, a);
	tt_sha256(in, len, b);
	return memcmp(a, b, sizeof(a)) ? tt_fail(EBADMSG, "hashes differ") : 0;
}

/* Wait until @to can be read or @from written. */
static int wait_pair(struct duo *d, int from, bool write)
{
	struct pollfd p[2] = {
		{ .fd = d->fd[!from], .events = POLLIN },
		{ .fd = write ? d->fd[from] : -1, .events = POLLOUT },
	};

	int unsent = 0, unacked = 0;

	if (poll(p, 2, TT_WAIT_MS) > 0)
		return 0;
	ioctl(d->fd[from], SIOCOUTQNSD, &unsent);
	ioctl(d->fd[from], SIOCOUTQ, &unacked);
	return tt_fail(ETIMEDOUT,
		       "data from the %s does not move (%d bytes not sent, %d not acknowledged)",
		       d->end[from].name, unsent, unacked);
}

/* The rest of what @from has written. */
static int read_rest(struct duo *d, int from, size_t at, size_t len)
{
	size_t before;
	int err = 0;

	while (!err && at < len) {
		before = at;
		err = read_some(d, !from, &at, len);
		if (!err && at == before)
			err = wait_pair(d, from, false);
	}
	return err ?: same(d, !from, len);
}

/* Data of so many bytes from one to the other, both getting their turn. */
static int duo_move(struct duo *d, int from, size_t len)
{
	size_t done = 0, at = 0, before;
	int n, err = 0;

	tt_fill(out, len);
	memset(in, 0, len);
	while (!err && done < len) {
		before = at;
		n = SSL_write(ssl_of(d, from), out + done, len - done);
		if (n > 0)
			done += n;
		else
			err = wants(d, from, n, "writing");
		if (!err)
			err = read_some(d, !from, &at, len);
		if (!err && n <= 0 && at == before)
			err = wait_pair(d, from, true);
	}
	return err ?: read_rest(d, from, at, len);
}

/* Some of it both ways. */
static int duo_exchange(struct duo *d)
{
	int i, err = 0;

	for (i = 0; !err && i < 4; i++)
		err = duo_move(d, i % 2, 1 + tt_random() % 20000);
	return err;
}

/* Let an end process what is no data. */
static int duo_poll(struct duo *d, int who)
{
	char byte;
	int n = SSL_read(ssl_of(d, who), &byte, 1);

	return n > 0 ? tt_fail(EMSGSIZE, "unexpected data at the %s",
			       d->end[who].name) :
		       wants(d, who, n, "reading");
}

/* What an end says when something is there for it that is no data. */
static int duo_verdict(struct duo *d, int who)
{
	int err = tt_wait_fd(d->fd[who], POLLIN, "something for OpenSSL");

	return err ?: duo_poll(d, who);
}
