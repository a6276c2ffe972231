/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comparison of what a test did with what tls_trace says.
 */
#ifndef TT_CHECK_H
#define TT_CHECK_H

#include "conn.h"

/**
 * tt_check_live() - compare the socket's line in /proc/net/tls_trace
 * @c: connection, our end still open
 *
 * Nothing to do for a connection without tls_trace.
 *
 * Return: 0 or -errno with the first difference noted.
 */
int tt_check_live(struct tt_conn *c);

/**
 * tt_check_events() - compare the events with the ledger, call by call
 * @l:		ledger
 * @cipher:	cipher of the connection
 * @version:	version of the connection
 *
 * After tt_trace_read(). Nothing to do without tls_trace.
 *
 * Return: 0 or -errno with the first difference noted.
 */
int tt_check_events(const struct tt_ledger *l, const struct tt_cipher *cipher,
		    int version);

/**
 * tt_check_expect() - expect the ledger's sums in /proc/net/tls_trace_stat
 * @l: ledger of a closed connection
 */
void tt_check_expect(const struct tt_ledger *l);

#endif
