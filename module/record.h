/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records: sequence numbers, content types, alerts.
 */
#ifndef TLS_TRACE_RECORD_H
#define TLS_TRACE_RECORD_H

#include <net/tls.h>

#include "compat/compat.h"
#include "sock.h"

/* Content types, RFC 8446 section 5.1. */
enum {
	TLST_TYPE_NONE = 0,	/* no TLS in this direction yet, or not known */
	TLST_TYPE_ALERT = 21,
	TLST_TYPE_DATA = 23,
};

/* How data came or went: struct tlst_io.path. */
enum {
	TLST_TX_SEND,
	TLST_TX_SENDFILE,
	TLST_TX_SPLICE,
};

enum {
	TLST_RX_RECV,
	TLST_RX_SPLICE,
	TLST_RX_READ_SOCK,
};

/**
 * struct tlst_io - one call that sent or received
 * @type: content type, TLST_TYPE_NONE without TLS or where it is not known
 * @path: TLST_TX_* or TLST_RX_*
 * @flags: flags of the call (MSG_*)
 * @len: bytes asked for
 * @result: bytes, or -errno
 * @records: records closed (sent) or opened (received) by the call
 * @seq: number of the next record when the call began: of its first one, unless
 *	@records is 0
 * @duration: of the call, ns
 */
struct tlst_io {
	u8 type;
	u8 path;
	u32 flags;
	u32 len;
	s32 result;
	u32 records;
	u64 seq;
	u64 duration;
};

/* An alert's body, RFC 8446 section 6. */
struct tlst_alert {
	u8 level;
	u8 desc;
};

/**
 * tlst_seq - sequence number of the next record of a direction
 * @sk: the socket, that direction keyed
 * @tx: sending direction
 *
 * tls keeps it as the 8 byte big endian counter of RFC 8446 section 5.3. It
 * frees it in its close, so this is for owners of the socket only.
 *
 * Context: a call by an owner of the socket, before it delegates close.
 * Return: the sequence number.
 */
static __always_inline u64 tlst_seq(const struct sock *sk, bool tx)
{
	const struct tls_context *ctx = tls_get_ctx(sk);

	return get_unaligned_be64(tx ? ctx->tx.rec_seq : ctx->rx.rec_seq);
}

/* An error of the connection, in contrast to a call that has to be repeated. */
static inline bool tlst_is_error(int ret)
{
	return ret < 0 && ret != -EAGAIN && ret != -EINTR &&
	       ret != -ERESTARTSYS && ret != -EINPROGRESS;
}

/**
 * tlst_account - count the result of a call
 * @ts: the socket
 * @sk: the same
 * @tx: it sent
 * @ret: bytes, or -errno
 *
 * Several threads may send on a socket, or receive: the counters are atomic. Of
 * two that store the sequence number the later may have the lower, until
 * the next call or close puts that right.
 *
 * Context: as of tlst_seq().
 */
static __always_inline void tlst_account(struct tlst_sock *ts,
					 const struct sock *sk, bool tx,
					 long ret)
{
	struct tlst_dir *dir = tx ? &ts->tx : &ts->rx;

	/* Pairs with key_set(): then there is a sequence to read. */
	if (unlikely(!smp_load_acquire(&dir->keyed)))
		return;
	WRITE_ONCE(dir->next_seq, tlst_seq(sk, tx));
	if (likely(ret > 0))
		atomic64_add(ret, &dir->bytes);
	else if (tlst_is_error(ret))
		atomic_inc(&dir->errors);
}

u8 tlst_tx_type(struct msghdr *msg);
u8 tlst_rx_type(const struct msghdr *msg, void *control);
bool tlst_tx_alert(const struct msghdr *msg, struct tlst_alert *alert);
bool tlst_rx_alert(struct iov_iter *iter, struct tlst_alert *alert);

#endif
