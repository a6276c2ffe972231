/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many connections at once: one end of each has kernel TLS, both directions.
 */
#ifndef HELD_H
#define HELD_H

#include <stddef.h>

/**
 * struct held - connections that are open
 * @ulp:	"tls" or "tls_trace"
 * @listener:	what they connect to
 * @fds:	of each connection the end that has the ULP, and its peer
 * @count:	how many connections
 */
struct held {
	const char *ulp;
	int listener;
	int *fds;
	size_t count;
};

/**
 * held_init() - get ready for connections
 * @h:		connections
 * @ulp:	"tls" or "tls_trace"
 * @most:	how many there may be
 *
 * Raises the limit of open files.
 *
 * Return: 0 or -errno, tt_why() tells more.
 */
int held_init(struct held *h, const char *ulp, size_t most);

/**
 * held_pair() - one connection without a ULP
 * @h:		connections; it is none of them
 * @fd:		out: an end
 * @peer:	out: the other one
 * Return: 0 or -errno.
 */
int held_pair(const struct held *h, int *fd, int *peer);

/**
 * held_key() - set the made-up keys of both directions
 * @fd:		socket that has the ULP
 * Return: 0 or -errno.
 */
int held_key(int fd);

/**
 * held_grow() - open more
 * @h:		connections
 * @count:	how many there are then
 * Return: 0 or -errno.
 */
int held_grow(struct held *h, size_t count);

/**
 * held_use() - send a record over each
 * @h:		connections
 * Return: 0 or -errno.
 */
int held_use(const struct held *h);

/**
 * held_close() - close all of them
 * @h:		connections
 *
 * At once: nothing of a connection stays in the kernel.
 */
void held_close(struct held *h);

#endif
