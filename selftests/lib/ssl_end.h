/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One end of a connection, run by OpenSSL in userspace.
 *
 * OpenSSL works on memory BIOs, so kernel TLS is out of the question for it,
 * and this code moves the bytes between them and a real TCP socket. During the
 * handshake it takes exactly one record at a time from the socket: what follows
 * the handshake stays there for the kernel.
 */
#ifndef TT_SSL_END_H
#define TT_SSL_END_H

#include <openssl/ssl.h>
#include "keys.h"

/**
 * struct tt_msg - one thing OpenSSL's message callback told
 * @out:	written by this end, else read
 * @what:	content type of a protocol message (alert, handshake, ...),
 *		SSL3_RT_HEADER or SSL3_RT_INNER_CONTENT_TYPE
 * @first:	its first byte: alert level, handshake type, record type
 * @second:	its second byte: alert description
 * @len:	bytes
 */
struct tt_msg {
	bool out;
	int what;
	unsigned char first;
	unsigned char second;
	size_t len;
};

/**
 * struct tt_ssl_end - one OpenSSL end
 * @ctx:	OpenSSL context
 * @ssl:	connection
 * @in:		what OpenSSL reads from
 * @out:	what OpenSSL writes to
 * @fd:		TCP socket, not owned
 * @name:	"client" or "server", for messages
 * @done:	handshake finished
 * @sent:	bytes written to the socket
 * @received:	bytes read from the socket
 * @records:	whole records read from the socket
 * @secrets:	TLS 1.3 traffic secrets
 * @msg:	what the message callback told, in order
 * @msgs:	how many
 */
struct tt_ssl_end {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in;
	BIO *out;
	int fd;
	const char *name;
	bool done;
	size_t sent;
	size_t received;
	size_t records;
	struct tt_secrets secrets;
	struct tt_msg *msg;
	size_t msgs;
};

/**
 * tt_ssl_end_init() - set an end up for exactly one version and cipher
 * @e:		end
 * @fd:		TCP socket
 * @server:	role
 * @c:		cipher; must have a suite for @version
 * @version:	TLS_1_2 or TLS_1_3
 * @tickets:	TLS 1.3 server: session tickets after the handshake
 * Return: 0, -ENOSYS where OpenSSL has no such suite, or -errno.
 */
int tt_ssl_end_init(struct tt_ssl_end *e, int fd, bool server,
		    const struct tt_cipher *c, int version, int tickets);

/**
 * tt_ssl_end_again() - set an end up like an earlier one, from its context
 * @e:		end
 * @fd:		TCP socket
 * @like:	the earlier end, of the same role
 * @session:	client: session to resume, or NULL
 *
 * It sends no tickets.
 *
 * Return: 0 or -errno.
 */
int tt_ssl_end_again(struct tt_ssl_end *e, int fd, const struct tt_ssl_end *like,
		     SSL_SESSION *session);

/**
 * tt_ssl_end_free() - release; the socket stays open
 * @e: end
 */
void tt_ssl_end_free(struct tt_ssl_end *e);

/**
 * tt_ssl_end_flush() - send what OpenSSL wrote
 * @e: end
 * Return: 0 or -errno.
 */
int tt_ssl_end_flush(struct tt_ssl_end *e);

/**
 * tt_ssl_end_feed() - take exactly one record from the socket to OpenSSL
 * @e: end
 * Return: 0 or -errno.
 */
int tt_ssl_end_feed(struct tt_ssl_end *e);

/**
 * tt_ssl_handshake() - run a handshake between two ends of a connection
 * @a: one end
 * @b: the other
 *
 * Tickets that the server sent stay in the client's socket.
 *
 * Return: 0 or -errno.
 */
int tt_ssl_handshake(struct tt_ssl_end *a, struct tt_ssl_end *b);

/**
 * tt_ssl_end_msg() - find what the message callback told
 * @e:		end
 * @out:	written or read
 * @what:	see struct tt_msg
 * @nth:	0 for the first such message
 * Return: the message or NULL.
 */
const struct tt_msg *tt_ssl_end_msg(const struct tt_ssl_end *e, bool out,
				    int what, size_t nth);

#endif
