/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of keys (RFC 8446 4.6.3) on the kernel's end of a connection: what a
 * TLS library on top of kernel TLS does.
 */
#ifndef TT_REKEY_H
#define TT_REKEY_H

#include "conn.h"

/**
 * tt_rekey_tx() - send a KeyUpdate, then set the next TLS_TX
 * @c:		connection
 * @request:	ask the peer for the same
 *
 * The keys are in c->tx then.
 *
 * Return: 0 or -errno.
 */
int tt_rekey_tx(struct tt_conn *c, bool request);

/**
 * tt_rekey_rx() - set the next TLS_RX, after the peer's KeyUpdate was read
 * @c: connection
 *
 * The keys are in c->rx then.
 *
 * Return: 0 or -errno.
 */
int tt_rekey_rx(struct tt_conn *c);

/**
 * tt_rekey_send_update() - send a KeyUpdate and nothing more
 * @c:		connection
 * @request:	ask the peer for the same
 * Return: 0 or -errno.
 */
int tt_rekey_send_update(struct tt_conn *c, bool request);

/**
 * tt_rekey_read_update() - read what must be a KeyUpdate
 * @c:		connection
 * @request:	whether it must ask for one of ours
 * Return: 0 or -errno with the difference noted.
 */
int tt_rekey_read_update(struct tt_conn *c, bool request);

#endif
