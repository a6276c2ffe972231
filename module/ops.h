/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct proto_ops of traced sockets.
 */
#ifndef TLS_TRACE_OPS_H
#define TLS_TRACE_OPS_H

#include <linux/net.h>

int tlst_release(struct socket *sock);

/* Whether a socket's operations are ours. */
static inline bool tlst_ops_ours(const struct proto_ops *ops)
{
	return ops->release == tlst_release;
}

const struct proto_ops *tlst_ops_inner(const struct proto_ops *ops);
const struct proto_ops *tlst_ops_get(const struct proto_ops *tls_ops,
				     const struct proto_ops *tcp_ops);

/**
 * tlst_words_update - change a structure while other CPUs call through it
 * @dst: the structure, of words
 * @src: what it shall become
 * @size: of both, bytes
 */
static inline void tlst_words_update(void *dst, const void *src, size_t size)
{
	unsigned long *d = dst;
	const unsigned long *s = src;
	size_t i;

	for (i = 0; i < size / sizeof(*d); i++)
		if (d[i] != s[i])
			WRITE_ONCE(d[i], s[i]);
}

#endif
