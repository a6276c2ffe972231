/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection over loopback with kernel TLS on the end that is measured. On the
 * other end is a program that has no kernel TLS: what is counted is one end's.
 */
#ifndef LINE_H
#define LINE_H

#include <stdint.h>
#include "record.h"

/**
 * struct line - a connection
 * @fd:		the end that is measured
 * @peer:	the other end
 * @fed:	bytes that the peer has sent, on the wire
 * @overhead:	bytes that a record has on the wire beyond its plaintext
 * @layer:	seals what the peer sends
 */
struct line {
	int fd;
	int peer;
	uint64_t fed;
	size_t overhead;
	struct tt_layer layer;
};

/**
 * line_keys() - make up the keys of a direction, the same in every run
 * @keys: out
 */
void line_keys(struct tt_keys *keys);

/**
 * line_open() - connect and set the key of one direction
 * @l:		connection
 * @ulp:	"tls" or "tls_trace"
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @option:	TLS_TX or TLS_RX
 *
 * Return: 0 or -errno, tt_why() tells more. On an error nothing is left open.
 */
int line_open(struct line *l, const char *ulp, const struct tt_cipher *c, int version,
	      int option);

/**
 * line_close() - close both ends
 * @l: connection
 */
void line_close(struct line *l);

/**
 * line_feed() - have the peer send
 * @l:		connection
 * @buf:	plaintext
 * @len:	bytes; in records of full size
 *
 * Returns when all of it has arrived.
 *
 * Return: 0 or -errno.
 */
int line_feed(struct line *l, const void *buf, size_t len);

/**
 * line_drain() - have the peer read what was sent
 * @l:		connection
 * @len:	plaintext bytes that were sent
 *
 * They are in records of full size, but for the last.
 *
 * Return: 0 or -errno.
 */
int line_drain(struct line *l, size_t len);

#endif
