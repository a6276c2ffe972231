/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The peer: the other end of a connection, in userspace.
 *
 * All that the kernel sends is seen three ways: as raw records on the wire,
 * opened by the reference record layer (struct tt_record), and read by OpenSSL,
 * whose message callback tells what it thought of each. Towards the kernel,
 * either OpenSSL writes (data, alerts and handshake messages of its own making)
 * or the reference layer does (any type, padding, broken records). The change
 * from OpenSSL to the reference layer is possible once per connection, not back:
 * they share a sequence.
 */
#ifndef TT_PEER_H
#define TT_PEER_H

#include <pthread.h>
#include "conn.h"
#include "payload.h"

/**
 * tt_peer_records() - have this many records from the kernel, waiting if need be
 * @c: connection
 * @n: records since the hand-over
 * Return: 0 or -errno.
 */
int tt_peer_records(struct tt_conn *c, size_t n);

/**
 * tt_peer_take() - read some of what there is, without waiting
 * @c:		connection
 * @max:	bytes on the wire, at most
 * Return: bytes read, 0 if there is nothing (or the end, c->eof), or -errno.
 */
long tt_peer_take(struct tt_conn *c, size_t max);

/**
 * tt_peer_expect() - compare a record that the kernel sent with what it should be
 * @c:		connection
 * @n:		which, from 0; waited for
 * @type:	content type
 * @data:	plaintext
 * @len:	its bytes
 *
 * Checks the header (type, version, length), the sequence, the explicit nonce,
 * the tag, the absence of padding and the plaintext.
 *
 * Return: 0, or -errno with the difference noted.
 */
int tt_peer_expect(struct tt_conn *c, size_t n, int type, const void *data,
		   size_t len);

/**
 * tt_peer_read() - read data by OpenSSL
 * @c:		connection
 * @buf:	buffer
 * @len:	bytes to have, no fewer
 * Return: 0; -EPIPE after close_notify; or -errno with OpenSSL's reason noted.
 */
int tt_peer_read(struct tt_conn *c, void *buf, size_t len);

/**
 * tt_peer_expect_data() - read data by OpenSSL and compare
 * @c:		connection
 * @data:	what should come
 * @len:	its bytes
 * Return: 0 or -errno.
 */
int tt_peer_expect_data(struct tt_conn *c, const void *data, size_t len);

/**
 * tt_peer_poll() - let OpenSSL process what is not data
 * @c: connection; what is on the way must have come, see tt_peer_records()
 * Return: 0 if OpenSSL waits for more, -EPIPE after close_notify, -EPROTO
 * with its reason noted if it gave up, -EMSGSIZE if there was data.
 */
int tt_peer_poll(struct tt_conn *c);

/**
 * tt_peer_reason() - OpenSSL's reason code for giving up in the last
 * tt_peer_read() or tt_peer_poll() of this thread
 * Return: SSL_R_*, 0 if none.
 */
int tt_peer_reason(void);

/**
 * tt_peer_eof() - wait until the kernel's end of the TCP connection is closed
 * @c: connection
 * Return: 0 after FIN, -ECONNRESET after RST, or -errno.
 */
int tt_peer_eof(struct tt_conn *c);

/**
 * tt_peer_write() - write data by OpenSSL, one record per 16 KiB
 * @c:		connection
 * @buf:	data
 * @len:	bytes
 * Return: 0 or -errno.
 */
int tt_peer_write(struct tt_conn *c, const void *buf, size_t len);

/**
 * tt_peer_close_notify() - have OpenSSL send its close_notify
 * @c: connection
 * Return: 0 or -errno.
 */
int tt_peer_close_notify(struct tt_conn *c);

/**
 * tt_peer_ticket() - have OpenSSL, a TLS 1.3 server, send a session ticket
 * @c: connection
 * Return: 0 or -errno.
 */
int tt_peer_ticket(struct tt_conn *c);

/**
 * tt_peer_renegotiate() - have OpenSSL, TLS 1.2, begin a new handshake
 * @c: connection
 *
 * A server sends HelloRequest, a client ClientHello.
 *
 * Return: 0 or -errno.
 */
int tt_peer_renegotiate(struct tt_conn *c);

/**
 * tt_peer_key_update() - have OpenSSL, TLS 1.3, change its sending key
 * @c:		connection
 * @request:	and ask us for the same
 * Return: 0 or -errno.
 */
int tt_peer_key_update(struct tt_conn *c, bool request);

/**
 * tt_peer_next_key() - the reference layer goes on with its next sending key
 * @c: connection
 *
 * To be called after it sent a KeyUpdate; OpenSSL's are taken notice of.
 *
 * Return: 0 or -errno.
 */
int tt_peer_next_key(struct tt_conn *c);

/**
 * tt_peer_record() - send one record by the reference layer
 * @c:		connection
 * @type:	content type, any
 * @data:	plaintext
 * @len:	its bytes
 * @pad:	TLS 1.3: zero bytes of padding
 * Return: 0 or -errno.
 */
int tt_peer_record(struct tt_conn *c, unsigned char type, const void *data,
		   size_t len, size_t pad);

/**
 * tt_peer_seal() - build a record by the reference layer without sending it
 * @c:		connection
 * @type:	content type
 * @data:	plaintext
 * @len:	its bytes
 * @pad:	TLS 1.3: zero bytes of padding
 * @wire:	out: TLS_MAX_RECORD bytes
 * Return: bytes on the wire or -errno.
 */
int tt_peer_seal(struct tt_conn *c, unsigned char type, const void *data,
		 size_t len, size_t pad, unsigned char *wire);

/**
 * tt_peer_raw() - send bytes as they are
 * @c:		connection
 * @wire:	bytes
 * @len:	how many
 * Return: 0 or -errno.
 */
int tt_peer_raw(struct tt_conn *c, const void *wire, size_t len);

/**
 * struct tt_drain - a thread that reads all by OpenSSL while the test sends
 * @c:		connection; nobody else may use its peer meanwhile
 * @want:	bytes of data to wait for
 * @bytes:	out: bytes of data that came
 * @sha256:	out: their hash
 * @err:	out: 0 or -errno
 * @why:	out: reason of @err
 * @thread:	the thread
 * @running:	joined not yet
 */
struct tt_drain {
	struct tt_conn *c;
	__u64 want;
	__u64 bytes;
	unsigned char sha256[TT_SHA256_SIZE];
	int err;
	char why[512];
	pthread_t thread;
	bool running;
};

/**
 * tt_drain_start() - start reading
 * @d:		drain
 * @c:		connection
 * @want:	bytes of data to read, then the thread ends
 *
 * Records are only measured (c->headers_only), not opened a second time.
 *
 * Return: 0 or -errno.
 */
int tt_drain_start(struct tt_drain *d, struct tt_conn *c, __u64 want);

/**
 * tt_drain_join() - wait for the end of it
 * @d: drain
 * Return: 0 if all came, else -errno with the reason noted.
 */
int tt_drain_join(struct tt_drain *d);

#endif
