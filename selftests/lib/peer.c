// SPDX-License-Identifier: GPL-2.0
/* The peer: raw records, the reference layer and OpenSSL at once. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include "payload.h"
#include "peer.h"
#include "util.h"

static __thread int reason;

int tt_peer_reason(void)
{
	return reason;
}

/* After the kernel's KeyUpdate its records are under the next key. */
static int next_key(struct tt_conn *c, const struct tt_record *r)
{
	struct tt_keys keys;
	int err;

	if (!r->authentic || r->type != TLS_TYPE_HANDSHAKE ||
	    c->o.version != TLS_1_3 || r->len != TLS_KEY_UPDATE_SIZE ||
	    r->data[0] != TLS_KEY_UPDATE)
		return 0;
	err = tt_traffic_next(&c->peer_traffic, TLS_TX, c->o.cipher, &keys);
	if (err)
		return err;
	tt_layer_rekey(&c->peer_rx, &keys);
	c->first_rec = c->recs;
	c->first_seq = keys.seq;
	return 0;
}

static int note_record(struct tt_conn *c, size_t len)
{
	struct tt_record *r = realloc(c->rec, (c->recs + 1) * sizeof(*r));

	if (!r)
		return tt_fail(ENOMEM, "record log");
	c->rec = r;
	r += c->recs;
	if (c->headers_only) {
		tt_record_parse(c->wire, len, r);
		r->seq = c->peer_rx.keys.seq;
		tt_keys_advance(c->o.cipher, c->o.version, &c->peer_rx.keys, 1);
	} else if (tt_layer_open(&c->peer_rx, c->wire, len, r)) {
		return -EPROTO;
	}
	c->recs++;
	return c->headers_only ? 0 : next_key(c, r);
}

/* Take the whole records off the front of c->wire. */
static int split_records(struct tt_conn *c)
{
	struct tt_record head;
	size_t len;
	int err;

	while ((len = tt_record_parse(c->wire, c->have, &head))) {
		if (len > sizeof(c->wire))
			return tt_fail(EMSGSIZE,
				       "the kernel sent a record of %zu bytes",
				       len);
		if (len > c->have)
			break;
		err = note_record(c, len);
		if (err)
			return err;
		if (c->peer.ssl)
			BIO_write(c->peer.in, c->wire, len);
		c->have -= len;
		memmove(c->wire, c->wire + len, c->have);
	}
	return 0;
}

long tt_peer_take(struct tt_conn *c, size_t max)
{
	size_t room = sizeof(c->wire) - c->have;
	ssize_t n;

	n = recv(c->peer_fd, c->wire + c->have, max < room ? max : room,
		 MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0) {
		c->eof = true;
		c->peer_errno = n ? errno : 0;
		return 0;
	}
	c->have += n;
	return split_records(c) ?: n;
}

/* Read what is there, after waiting for something. */
static int pump(struct tt_conn *c, const char *what)
{
	long n;
	int err;

	if (c->eof)
		return tt_fail(EPIPE, "end of file instead of %s", what);
	err = tt_wait_fd(c->peer_fd, POLLIN, what);
	if (err)
		return err;
	n = tt_peer_take(c, sizeof(c->wire));
	return n < 0 ? n : 0;
}

int tt_peer_records(struct tt_conn *c, size_t n)
{
	int err;

	while (c->recs < n) {
		err = pump(c, "a record from the kernel");
		if (err)
			return err;
	}
	return 0;
}

int tt_peer_expect(struct tt_conn *c, size_t n, int type, const void *data,
		   size_t len)
{
	size_t overhead = tt_cipher_overhead(c->o.cipher, c->o.version);
	const struct tt_record *r;
	int outer, err;
	__u64 seq;

	err = tt_peer_records(c, n + 1);
	if (err)
		return err;
	r = &c->rec[n];
	outer = c->o.version == TLS_1_3 ? TLS_TYPE_DATA : type;
	if (r->outer != outer || r->wire_version != 0x0303)
		return tt_fail(EBADMSG,
			       "record %zu: header has type %d version %04x, not %d 0303",
			       n, r->outer, r->wire_version, outer);
	if (!r->authentic)
		return tt_fail(EBADMSG,
			       "record %zu: not authentic with sequence %llu",
			       n, (unsigned long long)r->seq);
	/* Of records under an earlier key the tag has shown the sequence. */
	seq = c->first_seq + n - c->first_rec;
	if (n >= c->first_rec && r->seq != seq)
		return tt_fail(EBADMSG, "record %zu: sequence %llu, not %llu",
			       n, (unsigned long long)r->seq,
			       (unsigned long long)seq);
	if (memcmp(r->nonce, r->expected, sizeof(r->nonce)))
		return tt_fail(EBADMSG,
			       "record %zu: explicit nonce %016llx, not %016llx",
			       n, (unsigned long long)tt_get64(r->nonce),
			       (unsigned long long)tt_get64(r->expected));
	if (r->type != type || r->pad)
		return tt_fail(EBADMSG,
			       "record %zu: type %d with %zu bytes of padding, not %d without",
			       n, r->type, r->pad, type);
	if (r->len != len ||
	    (size_t)r->wire_len + TLS_HEADER_SIZE != len + overhead)
		return tt_fail(EBADMSG,
			       "record %zu: %zu bytes, %d on the wire, not %zu",
			       n, r->len, r->wire_len, len);
	if (memcmp(r->data, data, len))
		return tt_fail(EBADMSG, "record %zu: content differs", n);
	return 0;
}

/* Whether OpenSSL wrote a KeyUpdate that was not taken notice of. */
static bool key_update_written(struct tt_conn *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->peer.msgs; i++)
		n += c->peer.msg[i].out &&
		     c->peer.msg[i].what == SSL3_RT_HANDSHAKE &&
		     c->peer.msg[i].first == TLS_KEY_UPDATE;
	if (n == c->key_updates)
		return false;
	c->key_updates++;
	return true;
}

int tt_peer_next_key(struct tt_conn *c)
{
	struct tt_keys keys;
	int err;

	err = tt_traffic_next(&c->peer_traffic, TLS_RX, c->o.cipher, &keys);
	if (!err)
		tt_layer_rekey(&c->peer_tx, &keys);
	return err;
}

/* Records that OpenSSL wrote count in the reference layer's sequence too. */
static int flush_counted(struct tt_conn *c)
{
	size_t key_update = TLS_KEY_UPDATE_SIZE +
			    tt_cipher_overhead(c->o.cipher, c->o.version);
	struct tt_record head;
	unsigned char *p;
	long n = BIO_get_mem_data(c->peer.out, &p);
	int err;

	while (n > 0) {
		size_t len = tt_record_parse(p, n, &head);

		if (!len || len > (size_t)n)
			return tt_fail(EPROTO, "OpenSSL wrote half a record");
		c->peer_tx.keys.seq++;
		/* A ticket is longer, and data goes out by itself. */
		if (len == key_update && key_update_written(c)) {
			err = tt_peer_next_key(c);
			if (err)
				return err;
		}
		p += len;
		n -= len;
	}
	return tt_ssl_end_flush(&c->peer);
}

/* What OpenSSL says about a read that gave no data. */
static int ssl_verdict(struct tt_conn *c, int n)
{
	int err = SSL_get_error(c->peer.ssl, n);

	/* Giving up, it may have written an alert. */
	flush_counted(c);
	if (err == SSL_ERROR_ZERO_RETURN)
		return tt_fail(EPIPE, "close_notify from the kernel's side");
	/* A cipher may have complained before libssl did. */
	while (ERR_peek_error() && ERR_GET_LIB(ERR_peek_error()) != ERR_LIB_SSL)
		ERR_get_error();
	reason = ERR_GET_REASON(ERR_peek_error());
	return tt_fail_ssl("OpenSSL gave up (error %d)", err);
}

static int no_openssl(void)
{
	return tt_fail(EINVAL, "this connection has no OpenSSL peer");
}

int tt_peer_read(struct tt_conn *c, void *buf, size_t len)
{
	char *p = buf;
	int n, err;

	if (!c->peer.ssl)
		return no_openssl();
	reason = 0;
	while (len) {
		n = SSL_read(c->peer.ssl, p, len);
		if (n > 0) {
			p += n;
			len -= n;
			continue;
		}
		if (SSL_get_error(c->peer.ssl, n) != SSL_ERROR_WANT_READ)
			return ssl_verdict(c, n);
		err = flush_counted(c);
		if (!err)
			err = pump(c, "data for OpenSSL");
		if (err)
			return err;
	}
	return flush_counted(c);
}

int tt_peer_expect_data(struct tt_conn *c, const void *data, size_t len)
{
	char *buf = malloc(len + 1);
	size_t i;
	int err;

	err = tt_peer_read(c, buf, len);
	for (i = 0; !err && i < len; i++)
		if (buf[i] != ((const char *)data)[i])
			err = tt_fail(EBADMSG,
				      "OpenSSL read other data from byte %zu of %zu on",
				      i, len);
	free(buf);
	return err;
}

int tt_peer_poll(struct tt_conn *c)
{
	char byte;
	int n;

	if (!c->peer.ssl)
		return no_openssl();
	reason = 0;
	n = SSL_read(c->peer.ssl, &byte, 1);
	if (n > 0)
		return tt_fail(EMSGSIZE, "unexpected data for OpenSSL");
	if (SSL_get_error(c->peer.ssl, n) == SSL_ERROR_WANT_READ)
		return flush_counted(c);
	return ssl_verdict(c, n);
}

int tt_peer_eof(struct tt_conn *c)
{
	int err;

	while (!c->eof) {
		err = pump(c, "end of file");
		if (err)
			return err;
	}
	if (c->peer_errno)
		return tt_fail(c->peer_errno, "the peer's connection: %s",
			       strerror(c->peer_errno));
	return 0;
}

/* OpenSSL writes from here on, so the reference layer must not. */
static int openssl_writes(struct tt_conn *c)
{
	if (!c->peer.ssl)
		return no_openssl();
	if (c->layered)
		return tt_fail(EINVAL,
			       "OpenSSL after the reference layer: sequence lost");
	return 0;
}

int tt_peer_write(struct tt_conn *c, const void *buf, size_t len)
{
	const char *p = buf;
	int n, err;

	err = openssl_writes(c);
	while (!err && len) {
		/* One record at a time, or the BIO would grow without end. */
		n = SSL_write(c->peer.ssl, p,
			      len < TLS_MAX_PAYLOAD ? len : TLS_MAX_PAYLOAD);
		if (n <= 0)
			return tt_fail_ssl("OpenSSL's write");
		p += n;
		len -= n;
		err = flush_counted(c);
	}
	return err;
}

int tt_peer_close_notify(struct tt_conn *c)
{
	int err = openssl_writes(c);

	if (err)
		return err;
	if (SSL_shutdown(c->peer.ssl) < 0)
		return tt_fail_ssl("OpenSSL's shutdown");
	return flush_counted(c);
}

static int protocol_message(struct tt_conn *c, int ok, const char *what)
{
	int n;

	if (ok != 1)
		return tt_fail_ssl("%s", what);
	/* What wants an answer is left waiting for it. */
	n = SSL_do_handshake(c->peer.ssl);
	if (n != 1 && SSL_get_error(c->peer.ssl, n) != SSL_ERROR_WANT_READ)
		return tt_fail_ssl("%s", what);
	return flush_counted(c);
}

int tt_peer_ticket(struct tt_conn *c)
{
	int err = openssl_writes(c);

	return err ?: protocol_message(c, SSL_new_session_ticket(c->peer.ssl),
				       "session ticket");
}

int tt_peer_renegotiate(struct tt_conn *c)
{
	int err = openssl_writes(c);

	return err ?: protocol_message(c, SSL_renegotiate(c->peer.ssl),
				       "renegotiation");
}

int tt_peer_key_update(struct tt_conn *c, bool request)
{
	int type = request ? SSL_KEY_UPDATE_REQUESTED :
			     SSL_KEY_UPDATE_NOT_REQUESTED;
	int err = openssl_writes(c);

	return err ?: protocol_message(c, SSL_key_update(c->peer.ssl, type),
				       "KeyUpdate");
}

int tt_peer_seal(struct tt_conn *c, unsigned char type, const void *data,
		 size_t len, size_t pad, unsigned char *wire)
{
	c->layered = true;
	return tt_layer_seal(&c->peer_tx, type, data, len, pad, wire);
}

int tt_peer_raw(struct tt_conn *c, const void *wire, size_t len)
{
	return tt_write_all(c->peer_fd, wire, len);
}

int tt_peer_record(struct tt_conn *c, unsigned char type, const void *data,
		   size_t len, size_t pad)
{
	unsigned char wire[TLS_MAX_RECORD];
	int n = tt_peer_seal(c, type, data, len, pad, wire);

	return n < 0 ? n : tt_peer_raw(c, wire, n);
}
