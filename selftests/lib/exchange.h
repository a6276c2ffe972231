/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data between the kernel's end and the peer, to see that a connection is in
 * order: content, records and the kernel's count of them.
 */
#ifndef TT_EXCHANGE_H
#define TT_EXCHANGE_H

#include "conn.h"

/* Most bytes of one exchange. */
#define TT_EXCHANGE_MAX	4096

/**
 * tt_kernel_sends() - data from the kernel to the peer, in one record
 * @c:		connection; the peer has read what was sent before
 * @len:	bytes, at most TT_EXCHANGE_MAX
 *
 * The reference layer and, where there is one, OpenSSL must get it.
 *
 * Return: 0 or -errno with the difference noted.
 */
int tt_kernel_sends(struct tt_conn *c, size_t len);

/**
 * tt_kernel_receives() - data from the peer to the kernel, in one record
 * @c:		connection; nothing else waits in it
 * @len:	bytes, at most TT_EXCHANGE_MAX
 *
 * From OpenSSL, or from the reference layer where that has taken over.
 *
 * Return: 0 or -errno with the difference noted.
 */
int tt_kernel_receives(struct tt_conn *c, size_t len);

/**
 * tt_exchange() - data both ways, a few times
 * @c: connection
 * Return: 0 or -errno with the difference noted.
 */
int tt_exchange(struct tt_conn *c);

#endif
