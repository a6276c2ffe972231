// SPDX-License-Identifier: GPL-2.0
/* One end of a connection, run by OpenSSL in userspace. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include "cert.h"
#include "ssl_end.h"
#include "util.h"

/* More than any handshake has; a handshake that loops ends here. */
#define MAX_STEPS	64

static void on_message(int write_p, int version, int what, const void *buf,
		       size_t len, SSL *ssl, void *arg)
{
	struct tt_ssl_end *e = arg;
	const unsigned char *p = buf;
	struct tt_msg *m;

	(void)version;
	(void)ssl;
	m = realloc(e->msg, (e->msgs + 1) * sizeof(*m));
	if (!m)
		return;
	e->msg = m;
	m += e->msgs++;
	m->out = write_p;
	m->what = what;
	m->first = len > 0 ? p[0] : 0;
	m->second = len > 1 ? p[1] : 0;
	m->len = len;
}

static void on_keylog(const SSL *ssl, const char *line)
{
	struct tt_ssl_end *e = SSL_get_app_data(ssl);

	if (e)
		tt_secrets_line(&e->secrets, line);
}

static int set_cipher(SSL_CTX *ctx, const struct tt_cipher *c, int version)
{
	const char *suite = version == TLS_1_3 ? c->suite13 : c->suite12;

	if (!suite)
		return tt_fail(ENOSYS, "OpenSSL has no suite with %s in TLS %s",
			       c->name, version == TLS_1_3 ? "1.3" : "1.2");
	if (version == TLS_1_3) {
		if (SSL_CTX_set_ciphersuites(ctx, suite) != 1)
			return tt_fail_ssl("suite %s", suite);
	} else if (SSL_CTX_set_cipher_list(ctx, suite) != 1) {
		ERR_clear_error();
		return tt_fail(ENOSYS, "this OpenSSL has no suite %s", suite);
	}
	return 0;
}

/* A connection from the end's context. */
static int make_ssl(struct tt_ssl_end *e, bool server)
{
	e->ssl = SSL_new(e->ctx);
	e->in = BIO_new(BIO_s_mem());
	e->out = BIO_new(BIO_s_mem());
	if (!e->ssl || !e->in || !e->out)
		return tt_fail_ssl("OpenSSL connection");
	/* An empty BIO means "wait", never end of file. */
	BIO_set_mem_eof_return(e->in, -1);
	SSL_set_bio(e->ssl, e->in, e->out);
	SSL_set_app_data(e->ssl, e);
	SSL_set_msg_callback(e->ssl, on_message);
	SSL_set_msg_callback_arg(e->ssl, e);
	if (server)
		SSL_set_accept_state(e->ssl);
	else
		SSL_set_connect_state(e->ssl);
	return 0;
}

int tt_ssl_end_init(struct tt_ssl_end *e, int fd, bool server,
		    const struct tt_cipher *c, int version, int tickets)
{
	int proto = version == TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
	int err;

	memset(e, 0, sizeof(*e));
	e->fd = fd;
	e->name = server ? "server" : "client";
	e->ctx = SSL_CTX_new(server ? TLS_server_method() :
			     TLS_client_method());
	if (!e->ctx)
		return tt_fail_ssl("OpenSSL context");
	SSL_CTX_set_min_proto_version(e->ctx, proto);
	SSL_CTX_set_max_proto_version(e->ctx, proto);
	SSL_CTX_set_keylog_callback(e->ctx, on_keylog);
	SSL_CTX_set_options(e->ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
	SSL_CTX_set_num_tickets(e->ctx, tickets);
	if (version == TLS_1_2)
		SSL_CTX_set_options(e->ctx, SSL_OP_NO_TICKET);
	err = set_cipher(e->ctx, c, version);
	if (!err && server)
		err = tt_cert_use(e->ctx);
	if (err)
		return err;

	return make_ssl(e, server);
}

int tt_ssl_end_again(struct tt_ssl_end *e, int fd, const struct tt_ssl_end *like,
		     SSL_SESSION *session)
{
	int err;

	memset(e, 0, sizeof(*e));
	e->fd = fd;
	e->name = like->name;
	e->ctx = like->ctx;
	SSL_CTX_up_ref(e->ctx);
	err = make_ssl(e, SSL_is_server(like->ssl));
	if (!err && session && SSL_set_session(e->ssl, session) != 1)
		err = tt_fail_ssl("session to resume");
	if (!err)
		SSL_set_num_tickets(e->ssl, 0);
	return err;
}

void tt_ssl_end_free(struct tt_ssl_end *e)
{
	SSL_free(e->ssl);
	SSL_CTX_free(e->ctx);
	free(e->msg);
	memset(e, 0, sizeof(*e));
	e->fd = -1;
}

int tt_ssl_end_flush(struct tt_ssl_end *e)
{
	char *p;
	long n = BIO_get_mem_data(e->out, &p);
	int err;

	if (n <= 0)
		return 0;
	err = tt_write_all(e->fd, p, n);
	if (err)
		return err;
	e->sent += n;
	(void)BIO_reset(e->out);
	return 0;
}

static int read_exactly(struct tt_ssl_end *e, unsigned char *p, size_t len)
{
	ssize_t n;
	int err;

	while (len) {
		err = tt_wait_fd(e->fd, POLLIN, "a record of the handshake");
		if (err)
			return err;
		n = recv(e->fd, p, len, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return tt_fail(n ? errno : EPIPE,
				       "%s: connection lost in the handshake",
				       e->name);
		p += n;
		len -= n;
		e->received += n;
	}
	return 0;
}

int tt_ssl_end_feed(struct tt_ssl_end *e)
{
	unsigned char record[TLS_MAX_RECORD];
	size_t len;
	int err;

	err = read_exactly(e, record, TLS_HEADER_SIZE);
	if (err)
		return err;
	len = record[3] << 8 | record[4];
	if (len > TLS_MAX_RECORD - TLS_HEADER_SIZE)
		return tt_fail(EMSGSIZE, "record of %zu bytes", len);
	err = read_exactly(e, record + TLS_HEADER_SIZE, len);
	if (err)
		return err;
	BIO_write(e->in, record, TLS_HEADER_SIZE + len);
	e->records++;
	return 0;
}

static int handshake_step(struct tt_ssl_end *e)
{
	int n, err;

	if (e->done)
		return 0;
	n = SSL_do_handshake(e->ssl);
	err = tt_ssl_end_flush(e);
	if (err)
		return err;
	if (n == 1) {
		e->done = true;
		return 0;
	}
	if (SSL_get_error(e->ssl, n) != SSL_ERROR_WANT_READ)
		return tt_fail_ssl("handshake of the %s", e->name);
	return 0;
}

int tt_ssl_handshake(struct tt_ssl_end *a, struct tt_ssl_end *b)
{
	struct tt_ssl_end *end[2] = { a, b };
	int step, i, err;

	for (step = 0; step < MAX_STEPS; step++) {
		for (i = 0; i < 2; i++) {
			err = handshake_step(end[i]);
			if (err)
				return err;
		}
		if (a->done && b->done)
			return 0;
		for (i = 0; i < 2; i++) {
			if (end[i]->done ||
			    end[i]->received >= end[!i]->sent)
				continue;
			err = tt_ssl_end_feed(end[i]);
			if (err)
				return err;
		}
	}
	return tt_fail(EPROTO, "handshake does not come to an end");
}

const struct tt_msg *tt_ssl_end_msg(const struct tt_ssl_end *e, bool out,
				    int what, size_t nth)
{
	size_t i;

	for (i = 0; i < e->msgs; i++)
		if (e->msg[i].out == out && e->msg[i].what == what && !nth--)
			return &e->msg[i];
	return NULL;
}
