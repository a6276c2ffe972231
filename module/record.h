/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records: sequence numbers, content types, alerts.
 */
#ifndef TLS_TRACE_RECORD_H
#define TLS_TRACE_RECORD_H

#include <linux/socket.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/tls.h>

#include "clock.h"
#include "compat/compat.h"
#include "sock.h"

/* Content types, RFC 8446 section 5.1. */
enum {
	TLST_TYPE_NONE = 0,	/* no TLS in this direction yet, or not known */
	TLST_TYPE_ALERT = 21,
	TLST_TYPE_HANDSHAKE = 22,
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

/* How a change of keys shows itself: struct tlst_rekey.stage. */
enum {
	TLST_REKEY_KEY_UPDATE,	/* a KeyUpdate record passed */
	TLST_REKEY_EXPIRED,	/* a call failed for want of the next key */
	TLST_REKEY_NEW_KEY,	/* tls took a key after the first one */
};

/**
 * struct tlst_io - one call that sent or received
 * @type: content type, TLST_TYPE_NONE without TLS or where it is not known
 * @path: TLST_TX_* or TLST_RX_*
 * @unused: so that what is before it can be written at once
 * @rekeys: keys of the direction that had been replaced when the call began
 * @seq: number of the next record when the call began: of its first one, unless
 *	@records is 0
 * @duration: of the call, ns; while it lasts, the clock at its start
 * @flags: flags of the call (MSG_*)
 * @len: bytes asked for
 * @result: bytes, or -errno
 * @records: records closed (sent) or opened (received) by the call
 */
struct tlst_io {
	/* From here, and from seq on, in the order of the events tx and rx. */
	u8 type;
	u8 path;
	u16 unused;
	u32 rekeys;
	u64 seq;
	u64 duration;
	u32 flags;
	u32 len;
	s32 result;
	u32 records;
};

/* An alert's body, RFC 8446 section 6. */
struct tlst_alert {
	u8 level;
	u8 desc;
};

/**
 * struct tlst_rekey - a step of a change of keys
 * @rx: of the receiving direction
 * @stage: TLST_REKEY_*
 * @request: the KeyUpdate asks the other side for one (RFC 8446 section 4.6.3)
 * @seq: number of the KeyUpdate's record, of the record that waits for the next
 *	key, or of the first one under it
 * @rekeys: keys of the direction that have been replaced
 */
struct tlst_rekey {
	bool rx;
	u8 stage;
	bool request;
	u64 seq;
	u32 rekeys;
};

/**
 * tlst_seq - number of the next record of a direction
 * @dir: the direction, with a key
 *
 * Context: a call by an owner of the socket, before it delegates close.
 * Return: the sequence number.
 */
static inline u64 tlst_seq(const struct tlst_dir *dir)
{
	return get_unaligned_be64(dir->seq);
}

/**
 * tlst_seq_save - keep the number of the next record for readers of the counters
 * @dir: the direction, with a key
 *
 * Of two threads in the same direction the later may store the lower number,
 * until the next call or close puts that right.
 *
 * Context: as of tlst_seq().
 */
static __always_inline void tlst_seq_save(struct tlst_dir *dir)
{
	WRITE_ONCE(dir->last_seq, get_unaligned((const __be64 *)dir->seq));
}

int tlst_account_failed(struct tlst_sock *ts, struct tlst_dir *dir, int ret);

/**
 * tlst_count - count the result of a call, of which tlst_io_end() was told
 * @ts: the socket
 * @dir: the direction, with a key
 * @ret: bytes, or -errno
 *
 * Atomic, because several threads may send on a socket, or receive.
 *
 * Context: as of tlst_seq().
 * Return: @ret.
 */
static __always_inline int tlst_count(struct tlst_sock *ts,
				      struct tlst_dir *dir, int ret)
{
	if (unlikely(ret <= 0))
		return tlst_account_failed(ts, dir, ret);
	atomic64_add(ret, &dir->bytes);
	return ret;
}

/**
 * tlst_account - count the result of a call that nothing else has looked at
 * @ts: the socket
 * @dir: the direction, with a key
 * @ret: bytes, or -errno
 *
 * Context: as of tlst_seq().
 * Return: @ret.
 */
static __always_inline int tlst_account(struct tlst_sock *ts,
					struct tlst_dir *dir, int ret)
{
	tlst_seq_save(dir);
	return tlst_count(ts, dir, ret);
}

void tlst_io_shared(struct tlst_io *io, struct tlst_dir *dir);

/**
 * tlst_io_records - after a call with a key: which records were its own
 * @io: the call
 * @dir: the direction
 *
 * Mostly what has been reported ends where the call began: then all from there on is
 * the call's. Otherwise other threads have moved the sequence, or a key was replaced.
 * Saves the number of the next record, as tlst_seq_save() does.
 *
 * Context: as of tlst_seq().
 */
static __always_inline void tlst_io_records(struct tlst_io *io,
					    struct tlst_dir *dir)
{
	__be64 seq = get_unaligned((const __be64 *)dir->seq);
	s64 done = io->seq, next;

	/* Read once: both are of the same moment. */
	barrier();
	next = be64_to_cpu(seq);
	WRITE_ONCE(dir->last_seq, seq);
	if (likely(next - done >= 0) &&
	    likely(atomic64_try_cmpxchg(&dir->reported, &done, next)))
		io->records = next - (s64)io->seq;
	else
		tlst_io_shared(io, dir);
}

/**
 * tlst_io_begin - before a call that sends or receives
 * @io: the call; its type is cleared where there is no TLS
 * @dir: the direction
 * @timed: take the time
 *
 * Context: as of tlst_seq().
 * Return: whether the direction has a key.
 */
static inline bool tlst_io_begin(struct tlst_io *io, const struct tlst_dir *dir,
				 bool timed)
{
	/* Pairs with key_set(): with it there is a sequence to read. */
	bool keyed = smp_load_acquire(&dir->seq);

	if (keyed) {
		io->rekeys = READ_ONCE(dir->rekeys);
		io->seq = tlst_seq(dir);
	} else {
		io->type = TLST_TYPE_NONE;
	}
	if (timed)
		io->duration = tlst_clock();
	return keyed;
}

/**
 * tlst_io_end - after a call that sent or received; does not count its bytes
 * @io: the call
 * @dir: the direction
 * @keyed: what tlst_io_begin() returned
 * @timed: as for tlst_io_begin()
 *
 * Context: as of tlst_seq().
 */
static inline void tlst_io_end(struct tlst_io *io, struct tlst_dir *dir,
			       bool keyed, bool timed)
{
	if (timed)
		io->duration = tlst_clock_since(io->duration);
	if (keyed)
		tlst_io_records(io, dir);
}

/**
 * tlst_event_begin - before a call that sends or receives data, with a key and its event
 *	enabled
 * @dir: the direction
 * @path: TLST_TX_* or TLST_RX_*
 * @flags: MSG_*
 * @len: bytes asked for
 * @quick: tlst_clock_quick(), known to the compiler
 *
 * As tlst_io_begin(), but all of it at once, or else the compiler clears it first.
 *
 * Context: as of tlst_seq().
 * Return: the call, begun.
 */
static __always_inline struct tlst_io
tlst_event_begin(const struct tlst_dir *dir, u8 path, u32 flags, u32 len,
		 bool quick)
{
	/* Before the sequence. */
	u32 rekeys = smp_load_acquire(&dir->rekeys);

	return (struct tlst_io) {
		.type = TLST_TYPE_DATA,
		.path = path,
		.unused = 0,
		.rekeys = rekeys,
		.seq = tlst_seq(dir),
		.flags = flags,
		.len = len,
		.result = -EINPROGRESS,
		.records = 0,
		.duration = quick ? tlst_cycles() : tlst_clock(),
	};
}

/**
 * tlst_event_end - after such a call; counts its result, too
 * @io: what tlst_event_begin() returned
 * @ts: the socket
 * @dir: the direction
 * @ret: bytes, or -errno
 * @quick: as for tlst_event_begin()
 *
 * Context: as of tlst_seq().
 */
static __always_inline void tlst_event_end(struct tlst_io *io,
					   struct tlst_sock *ts,
					   struct tlst_dir *dir, int ret,
					   bool quick)
{
	io->duration = quick ? tlst_cycles_since(io->duration) :
			       tlst_clock_since(io->duration);
	io->result = ret;
	tlst_io_records(io, dir);
	tlst_count(ts, dir, ret);
}

u8 tlst_tx_type(struct msghdr *msg);
u8 tlst_rx_type_odd(const struct msghdr *msg, void *control);

/**
 * tlst_rx_type - content type that a successful recvmsg reported
 * @msg: its message after the call
 * @control: msg->msg_control before the call
 *
 * tls tells the type by put_cmsg(), the only one there is on a keyed socket,
 * which moves msg_control. Without room for it only data is received. The caller's
 * memory is read back: it may have been changed meanwhile, which is no worse
 * than an event that shows what the caller did to itself.
 *
 * Context: process context, may fault.
 * Return: the content type, TLST_TYPE_NONE when it cannot be read.
 */
static __always_inline u8 tlst_rx_type(const struct msghdr *msg, void *control)
{
	const u8 __user *data = (const u8 __user *)(control + CMSG_LEN(0));
	u8 type;

	if (unlikely(msg->msg_control - control <= CMSG_LEN(0)) ||
	    unlikely(msg->msg_flags & MSG_CMSG_COMPAT) ||
	    unlikely(!msg->msg_control_is_user))
		return tlst_rx_type_odd(msg, control);
	if (unlikely(!user_read_access_begin(data, sizeof(type))))
		return TLST_TYPE_NONE;
	unsafe_get_user(type, data, fault);
	user_read_access_end();
	return type;
fault:
	user_read_access_end();
	return TLST_TYPE_NONE;
}

void tlst_body_source(struct iov_iter *iter);
void tlst_control_record(struct tlst_sock *ts, const struct tlst_io *io,
			 const struct iov_iter *body, bool rx);

#endif
