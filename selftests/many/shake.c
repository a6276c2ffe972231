// SPDX-License-Identifier: GPL-2.0
/* Keys from handshakes, which are cheap when they resume a session. */

/**
 * struct origin - the first connection of a version and cipher
 * @client:	its ends, kept for their contexts
 * @server:	see @client
 * @session:	what later ones resume
 */
struct origin {
	struct tt_ssl_end client;
	struct tt_ssl_end server;
	SSL_SESSION *session;
};

static struct origin origins[2][4];

static const int ciphers[] = {
	TLS_CIPHER_AES_GCM_128, TLS_CIPHER_AES_GCM_256,
	TLS_CIPHER_CHACHA20_POLY1305, TLS_CIPHER_AES_CCM_128,
};

/* A session is not thrown away when its connection ends without an alert. */
static void end_well(struct tt_ssl_end *e)
{
	SSL_set_shutdown(e->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

static int read_ticket(struct tt_ssl_end *e, const struct tt_ssl_end *from)
{
	char byte;
	int err = 0;

	while (!err && e->received < from->sent) {
		err = tt_ssl_end_feed(e);
		if (!err && SSL_read(e->ssl, &byte, 1) > 0)
			err = tt_fail(EPROTO, "data instead of a ticket");
	}
	return err;
}

static int origin_make(struct origin *o, int version, const struct tt_cipher *c)
{
	int fd, peer, err;

	err = tt_tcp_pair(TT_IPV4, &fd, &peer);
	if (err)
		return err;
	err = tt_ssl_end_init(&o->client, fd, false, c, version, 1) ?:
	      tt_ssl_end_init(&o->server, peer, true, c, version, 1);
	if (!err) {
		SSL_set_options(o->client.ssl, SSL_OP_ALLOW_NO_DHE_KEX);
		SSL_CTX_set_options(o->client.ctx, SSL_OP_ALLOW_NO_DHE_KEX);
		SSL_CTX_set_options(o->server.ctx, SSL_OP_ALLOW_NO_DHE_KEX);
		err = tt_ssl_handshake(&o->client, &o->server) ?:
		      read_ticket(&o->client, &o->server);
	}
	if (!err) {
		o->session = SSL_get1_session(o->client.ssl);
		end_well(&o->client);
		end_well(&o->server);
	}
	tt_reset(&fd);
	close(peer);
	return err;
}

/**
 * shake() - have the keys of a new connection from a handshake
 * @fd:		its sockets
 * @server:	which of them is the server
 * @version:	TLS_1_2 or TLS_1_3
 * @cipher:	index into ciphers
 * @full:	no resumption
 * @keys:	out: what each end sends with
 * Return: 0 or -errno.
 */
static int shake(const int fd[2], int server, int version, int cipher, bool full,
		 struct tt_keys keys[2])
{
	struct origin *o = &origins[version == TLS_1_3][cipher];
	const struct tt_cipher *c = tt_cipher_find(ciphers[cipher]);
	struct tt_ssl_end cl = {}, sv = {};
	int err = 0;

	if (!o->session)
		err = origin_make(o, version, c);
	if (!err)
		err = tt_ssl_end_again(&cl, fd[!server], &o->client,
				       full ? NULL : o->session) ?:
		      tt_ssl_end_again(&sv, fd[server], &o->server, NULL) ?:
		      tt_ssl_handshake(&cl, &sv);
	if (!err && SSL_session_reused(cl.ssl) == full)
		err = tt_fail(EPROTO, "a session was%s resumed",
			      full ? "" : " not");
	if (!err)
		err = tt_keys_export(cl.ssl, c, &cl.secrets, &keys[!server],
				     &keys[server]);
	if (!err) {
		end_well(&cl);
		end_well(&sv);
	}
	tt_ssl_end_free(&cl);
	tt_ssl_end_free(&sv);
	return err;
}
