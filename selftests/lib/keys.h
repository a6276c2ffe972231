/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traffic keys from what a handshake leaves behind, by public OpenSSL API.
 */
#ifndef TT_KEYS_H
#define TT_KEYS_H

#include <openssl/ssl.h>
#include "cipher.h"

/* Longest traffic secret: SHA-384. */
#define TT_SECRET_MAX	48

/**
 * struct tt_secrets - TLS 1.3 application traffic secrets of a connection
 * @client:	CLIENT_TRAFFIC_SECRET_0
 * @server:	SERVER_TRAFFIC_SECRET_0
 * @len:	bytes in each, 0 until seen
 */
struct tt_secrets {
	unsigned char client[TT_SECRET_MAX];
	unsigned char server[TT_SECRET_MAX];
	size_t len;
};

/**
 * struct tt_traffic - TLS 1.3 secrets of a connection, as the kernel's end names
 *	its directions, from which the next keys come
 * @md:		hash of the suite
 * @len:	bytes of a secret, 0: there are none
 * @tx:		secret of what the kernel sends
 * @rx:		secret of what the kernel receives
 */
struct tt_traffic {
	const char *md;
	size_t len;
	unsigned char tx[TT_SECRET_MAX];
	unsigned char rx[TT_SECRET_MAX];
};

/**
 * tt_secrets_line() - take one line of the key log
 * @s:		filled
 * @line:	NSS key log format, as OpenSSL's key-log callback gives it
 */
void tt_secrets_line(struct tt_secrets *s, const char *line);

/**
 * tt_expand_label() - HKDF-Expand-Label with empty context (RFC 8446 7.1)
 * @md:		hash name, "SHA256"
 * @secret:	secret
 * @slen:	its length in bytes
 * @label:	label without the "tls13 " prefix
 * @out:	result
 * @len:	wanted bytes
 * Return: 0 or -errno.
 */
int tt_expand_label(const char *md, const unsigned char *secret, size_t slen,
		    const char *label, unsigned char *out, size_t len);

/**
 * tt_keys_tls13() - traffic keys of one direction (RFC 8446 7.3)
 * @c:		cipher
 * @md:		hash of the suite
 * @secret:	traffic secret of that direction
 * @slen:	its length
 * @keys:	out; sequence 0
 * Return: 0 or -errno.
 */
int tt_keys_tls13(const struct tt_cipher *c, const char *md,
		  const unsigned char *secret, size_t slen,
		  struct tt_keys *keys);

/**
 * tt_traffic_next() - go on to a direction's next keys (RFC 8446 7.2)
 * @t:		secrets, changed in place
 * @option:	TLS_TX or TLS_RX
 * @c:		cipher
 * @keys:	out; sequence 0
 * Return: 0 or -errno.
 */
int tt_traffic_next(struct tt_traffic *t, int option, const struct tt_cipher *c,
		    struct tt_keys *keys);

/**
 * tt_keys_tls12() - traffic keys of both directions (RFC 5246 6.3)
 * @c:		cipher
 * @md:		hash of the suite's PRF
 * @master:	master secret, 48 bytes
 * @crandom:	client random, 32 bytes
 * @srandom:	server random, 32 bytes
 * @client:	out: what the client writes with. The explicit part of the nonce
 *		stays zero: the writer chooses it.
 * @server:	out: what the server writes with
 * Return: 0 or -errno.
 */
int tt_keys_tls12(const struct tt_cipher *c, const char *md,
		  const unsigned char *master, const unsigned char *crandom,
		  const unsigned char *srandom, struct tt_keys *client,
		  struct tt_keys *server);

/**
 * tt_keys_export() - traffic keys of an established connection
 * @ssl:	either end, handshake finished
 * @c:		the negotiated cipher
 * @secrets:	what the key-log callback saw (TLS 1.3)
 * @client:	out: what the client writes with, sequence as after a handshake
 *		without tickets: TLS 1.3 0, TLS 1.2 1 (Finished was 0)
 * @server:	out: what the server writes with
 * Return: 0 or -errno.
 */
int tt_keys_export(SSL *ssl, const struct tt_cipher *c,
		   const struct tt_secrets *secrets, struct tt_keys *client,
		   struct tt_keys *server);

/**
 * tt_keys_random() - made-up keys from the test's stream
 * @c:		cipher
 * @keys:	out; the sequence is random too, and far from wrapping
 */
void tt_keys_random(const struct tt_cipher *c, struct tt_keys *keys);

#endif
