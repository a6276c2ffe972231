/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: of a socket (struct tlst_sums) and of a network namespace.
 */
#ifndef TLS_TRACE_TOTALS_H
#define TLS_TRACE_TOTALS_H

#include <linux/atomic.h>
#include <net/net_namespace.h>

#include "sock.h"

/* One direction's part of struct tlst_sums. */
struct tlst_dir_sums {
	u64 bytes;
	u64 records;
	u32 errors;
	u32 rekeys;
	u32 key_updates;
	u32 expired;
	u32 alerts;
	u8 conf;	/* TLS_CONF_* */
};

/**
 * struct tlst_sums - the counters of a socket at a moment
 * @version: protocol version, 0 before the first key
 * @cipher: TLS_CIPHER_*, 0 before the first key
 * @tx: sending direction
 * @rx: receiving direction
 * @age: since the ULP was attached, ns
 */
struct tlst_sums {
	u16 version;
	u16 cipher;
	struct tlst_dir_sums tx;
	struct tlst_dir_sums rx;
	u64 age;
};

/**
 * struct tlst_end - how TCP stood when the socket was closed
 * @state: TCP_*; TCP_CLOSE if the connection was reset, or timed out, before
 * @unacked: bytes of TCP that the peer has not acknowledged
 */
struct tlst_end {
	u8 state;
	u32 unacked;
};

/* Counters of a network namespace; the names are in totals.c. */
enum tlst_total {
	TLST_CURR,
	TLST_ATTACH,
	TLST_ATTACH_ERROR,
	TLST_SETSOCKOPT,
	TLST_SETSOCKOPT_ERROR,
	TLST_TX_BYTES,
	TLST_TX_RECORDS,
	TLST_TX_ERROR,
	TLST_TX_REKEY,
	TLST_TX_KEY_UPDATE,
	TLST_TX_ALERT,
	TLST_RX_BYTES,
	TLST_RX_RECORDS,
	TLST_RX_ERROR,
	TLST_RX_REKEY,
	TLST_RX_KEY_UPDATE,
	TLST_RX_KEY_EXPIRED,
	TLST_RX_ALERT,
	TLST_CLOSE,
	TLST_NR_TOTALS,
};

void tlst_totals_inc(struct net *net, enum tlst_total which);
bool tlst_sums_read(struct tlst_sums *sums, struct tlst_sock *ts);
void tlst_sums_take(struct tlst_sums *sums, const struct tlst_sock *ts);
void tlst_totals_close(struct net *net, const struct tlst_sums *sums);

struct seq_file;
int tlst_totals_show(struct seq_file *seq, void *v);

int tlst_totals_init(void);
void tlst_totals_exit(void);

#endif
