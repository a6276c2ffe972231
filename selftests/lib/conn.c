// SPDX-License-Identifier: GPL-2.0
/* A TLS connection whose one end is handed to the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conn.h"
#include "op.h"
#include "payload.h"
#include "util.h"

/* Read records into an end's OpenSSL until the other end's bytes are used up.
 * After the handshake these are session tickets and nothing else.
 */
static int read_tickets(struct tt_ssl_end *e, const struct tt_ssl_end *from,
			__u64 *records)
{
	char byte;
	int n, err;

	*records = 0;
	while (e->received < from->sent) {
		err = tt_ssl_end_feed(e);
		if (err)
			return err;
		n = SSL_read(e->ssl, &byte, 1);
		if (n > 0 || SSL_get_error(e->ssl, n) != SSL_ERROR_WANT_READ)
			return tt_fail_ssl("session ticket at the %s", e->name);
		(*records)++;
	}
	return 0;
}

static int shake_hands(struct tt_conn *c)
{
	const struct tt_conn_opts *o = &c->o;
	struct tt_keys client, server;
	__u64 records = 0;
	int err;

	err = tt_ssl_end_init(&c->us, c->fd, o->server, o->cipher, o->version,
			      o->tickets);
	if (err)
		return err;
	err = tt_ssl_end_init(&c->peer, c->peer_fd, !o->server, o->cipher,
			      o->version, o->tickets);
	if (err)
		return err;
	err = tt_ssl_handshake(&c->us, &c->peer);
	if (err)
		return err;
	if (SSL_version(c->peer.ssl) != o->version)
		return tt_fail(EPROTO, "handshake made another version");
	err = tt_keys_export(c->us.ssl, o->cipher, &c->us.secrets, &client,
			     &server);
	if (err)
		return err;

	c->traffic.md = EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(
				SSL_get_current_cipher(c->us.ssl)));
	c->traffic.len = c->us.secrets.len;
	memcpy(c->traffic.tx, o->server ? c->us.secrets.server :
					  c->us.secrets.client, TT_SECRET_MAX);
	memcpy(c->traffic.rx, o->server ? c->us.secrets.client :
					  c->us.secrets.server, TT_SECRET_MAX);
	c->tx = o->server ? server : client;
	c->rx = o->server ? client : server;
	if (o->server)
		err = read_tickets(&c->peer, &c->us, &records);
	else if (o->read_tickets)
		err = read_tickets(&c->us, &c->peer, &records);
	if (err)
		return err;
	if (o->server)
		c->tx.seq += records;
	else
		c->rx.seq += records;
	if (tt_cipher_explicit(o->cipher, o->version)) {
		/* The writer chooses the explicit nonce. Distinct values show
		 * whether the kernel takes the one it was given.
		 */
		tt_fill(c->tx.nonce + o->cipher->salt, o->cipher->iv);
		tt_fill(c->rx.nonce + o->cipher->salt, o->cipher->iv);
	}
	return 0;
}

/* The handshake goes through the proxy too. */
static int open_proxy(struct tt_conn *c)
{
	c->proxy = malloc(sizeof(*c->proxy));
	if (!c->proxy)
		return tt_fail(ENOMEM, "proxy");
	return tt_proxy_open(c->proxy, c->o.family, &c->fd, &c->peer_fd) ?:
	       tt_proxy_relay(c->proxy);
}

int tt_conn_open(struct tt_conn *c, const struct tt_conn_opts *o)
{
	struct tt_keys sent;
	int err;

	memset(c, 0, sizeof(*c));
	c->o = *o;
	c->fd = -1;
	c->peer_fd = -1;
	err = o->proxied ? open_proxy(c) :
			   tt_tcp_pair(o->family, &c->fd, &c->peer_fd);
	if (err)
		return err;
	c->inode = tt_tcp_inode(c->fd);
	tt_ledger_init(&c->ledger, c->fd);

	if (o->no_handshake) {
		tt_keys_random(o->cipher, &c->tx);
		tt_keys_random(o->cipher, &c->rx);
		/* Not where the first keys come from, but good for the next. */
		c->traffic.md = "SHA256";
		c->traffic.len = 32;
		tt_fill(c->traffic.tx, c->traffic.len);
		tt_fill(c->traffic.rx, c->traffic.len);
	} else {
		err = shake_hands(c);
		if (err)
			return err;
	}
	if (c->proxy)
		tt_proxy_stop(c->proxy);
	c->peer_traffic = c->traffic;
	c->first_seq = c->tx.seq;
	err = tt_layer_init(&c->peer_rx, o->cipher, o->version, &c->tx);
	if (err)
		return err;
	/* Tickets that wait in our socket were sealed by the peer's OpenSSL;
	 * the reference layer goes on after them. Its explicit nonces are of
	 * its own choice.
	 */
	sent = c->rx;
	if (!o->server && !o->read_tickets && !o->no_handshake)
		sent.seq += o->version == TLS_1_3 ? o->tickets : 0;
	if (tt_cipher_explicit(o->cipher, o->version))
		tt_fill(sent.nonce + o->cipher->salt, o->cipher->iv);
	return tt_layer_init(&c->peer_tx, o->cipher, o->version, &sent);
}

int tt_conn_attach(struct tt_conn *c)
{
	struct tt_op op = { .kind = TT_OP_ATTACH };
	int err = tt_tcp_ulp(c->fd, c->o.ulp);

	if (err)
		return err;
	c->ledger.attached = !strcmp(c->o.ulp, "tls_trace");
	tt_ledger_add(&c->ledger, &op);
	return 0;
}

int tt_conn_start(struct tt_conn *c)
{
	int err = tt_conn_attach(c);

	if (!err)
		err = tt_set_keys(c, TLS_TX, &c->tx);
	if (!err)
		err = tt_set_keys(c, TLS_RX, &c->rx);
	return err;
}

void tt_conn_shut_fd(struct tt_conn *c)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	c->fd = -1;
	c->ledger.closed = true;
}

void tt_conn_close(struct tt_conn *c)
{
	size_t i;

	tt_conn_shut_fd(c);
	if (c->peer_fd >= 0)
		close(c->peer_fd);
	c->peer_fd = -1;
	if (c->proxy)
		tt_proxy_close(c->proxy);
	free(c->proxy);
	c->proxy = NULL;
	tt_ssl_end_free(&c->us);
	tt_ssl_end_free(&c->peer);
	tt_layer_free(&c->peer_rx);
	tt_layer_free(&c->peer_tx);
	for (i = 0; i < c->recs; i++)
		free(c->rec[i].data);
	free(c->rec);
	c->rec = NULL;
	c->recs = 0;
}
