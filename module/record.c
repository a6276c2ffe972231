// SPDX-License-Identifier: GPL-2.0
/*
 * What a record carries, as far as the caller of sendmsg and recvmsg can see it.
 */
#include <linux/compat.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/compat.h>

#include "record.h"
#include "trace.h"

/* HandshakeType, RFC 8446 section 4. */
#define TLST_HANDSHAKE_KEY_UPDATE	24

/**
 * tlst_tx_type - content type that a sendmsg asks for
 * @msg: its message; the control messages are in kernel memory, see
 *	____sys_sendmsg()
 *
 * Takes the last type given, as tls_process_cmsg() does. A message that tls
 * refuses gives what can be read of it.
 *
 * Return: the content type, data without a control message.
 */
u8 tlst_tx_type(struct msghdr *msg)
{
	u8 type = TLST_TYPE_DATA;
	struct cmsghdr *cmsg;

	if (likely(!msg->msg_controllen))
		return type;
	for_each_cmsghdr(cmsg, msg) {
		if (!CMSG_OK(msg, cmsg))
			break;
		if (cmsg->cmsg_level == SOL_TLS &&
		    cmsg->cmsg_type == TLS_SET_RECORD_TYPE &&
		    cmsg->cmsg_len >= CMSG_LEN(sizeof(type)))
			type = *(u8 *)CMSG_DATA(cmsg);
	}
	return type;
}

/**
 * tlst_rx_type_odd - what tlst_rx_type() is, where it is none of the usual
 * @msg: as of tlst_rx_type()
 * @control: as of tlst_rx_type()
 *
 * No control message, one that was cut short, of a 32 bit process or of a caller in
 * the kernel.
 *
 * Context: process context, may fault.
 * Return: as of tlst_rx_type().
 */
noinline u8 tlst_rx_type_odd(const struct msghdr *msg, void *control)
{
	size_t offset = CMSG_LEN(0);
	u8 type;

#ifdef CONFIG_COMPAT
	if (msg->msg_flags & MSG_CMSG_COMPAT)
		offset = ALIGN(sizeof(struct compat_cmsghdr), sizeof(s32));
#endif
	/* None; or cut short, without room for the type: tls lets that pass for data. */
	if (msg->msg_control - control <= offset)
		return TLST_TYPE_DATA;
	if (!msg->msg_control_is_user)
		return *(u8 *)(control + offset);
	if (get_user(type, (u8 __user *)(control + offset)))
		return TLST_TYPE_NONE;
	return type;
}

/**
 * tlst_body_source - make an iterator that was a destination one to read from
 * @iter: copy of a message's iterator, made before recvmsg
 *
 * A caller in the kernel may throw away what it receives: nothing is left of it
 * then.
 */
void tlst_body_source(struct iov_iter *iter)
{
	if (iov_iter_is_discard(iter))
		iov_iter_truncate(iter, 0);
	iter->data_source = ITER_SOURCE;
}

/**
 * tlst_io_shared - which records were a call's own, when others may have called too
 * @io: the call
 * @dir: the direction
 *
 * What another thread has reported is not reported again, so that no record is told
 * of twice.
 *
 * Context: as of tlst_seq().
 */
noinline void tlst_io_shared(struct tlst_io *io, struct tlst_dir *dir)
{
	s64 done, next;

	done = atomic64_read(&dir->reported);
	do {
		/*
		 * Numbers under a new key have nothing to do with the old
		 * ones. Pairs with key_set().
		 */
		if (unlikely(smp_load_acquire(&dir->rekeys) != io->rekeys)) {
			io->rekeys = READ_ONCE(dir->rekeys);
			io->seq = READ_ONCE(dir->first_seq);
		}
		/* After done, so that what was reported is not beyond it. */
		smp_rmb();
		next = tlst_seq(dir);
	} while (next != done &&
		 !atomic64_try_cmpxchg(&dir->reported, &done, next));
	/* It is beyond if a call under an earlier key has left it there. */
	if (next - done >= 0 && done - (s64)io->seq > 0)
		io->seq = done;
	io->records = max_t(s64, next - (s64)io->seq, 0);
}

static void alert_tell(struct tlst_sock *ts, const struct tlst_io *io,
		       struct iov_iter *body, bool rx)
{
	struct tlst_dir *dir = rx ? &ts->rx : &ts->tx;
	struct tlst_alert alert;

	/* One that is moved in pieces, or that is none, is not looked at. */
	if (io->result < (int)sizeof(alert))
		return;
	atomic_inc(&dir->alerts);
	/* Another thread may have told of the record that was sent. */
	if (trace_alert_enabled() && (rx || io->records) &&
	    copy_from_iter(&alert, sizeof(alert), body) == sizeof(alert))
		trace_alert(&ts->id, rx, &alert, io->seq + io->records - 1);
}

/* tls looks at the first message of a handshake record alone, and so do we. */
static void handshake_tell(struct tlst_sock *ts, const struct tlst_io *io,
			   struct iov_iter *body, bool rx)
{
	/* KeyUpdate, RFC 8446 sections 4 and 4.6.3. */
	struct {
		u8 type;
		u8 length[3];
		u8 request;
	} message = { };
	struct tlst_dir *dir = rx ? &ts->rx : &ts->tx;
	struct tlst_rekey rekey = { .rx = rx, .stage = TLST_REKEY_KEY_UPDATE };
	size_t size = min_t(size_t, io->result, sizeof(message));

	if (ts->version != TLS_1_3_VERSION ||
	    copy_from_iter(&message, size, body) != size ||
	    message.type != TLST_HANDSHAKE_KEY_UPDATE)
		return;
	/* Whole, or else it must not be the rest of another message. */
	if (!io->records && (io->result != sizeof(message) ||
			     message.length[2] != sizeof(message.request)))
		return;
	atomic_inc(&dir->key_updates);
	rekey.request = message.request;
	rekey.seq = io->seq + io->records - 1;
	rekey.rekeys = READ_ONCE(dir->rekeys);
	trace_rekey(&ts->id, &rekey);
}

/**
 * tlst_control_record - count and report an alert or KeyUpdate that has passed
 * @ts: the socket
 * @io: the call that moved it, ended; it moved something
 * @body: the call's bytes, to be read from their beginning
 * @rx: received, not sent
 *
 * A data record that was open may have been closed before it, so that it is the
 * last one of the call.
 *
 * Context: process context, may fault.
 */
void tlst_control_record(struct tlst_sock *ts, const struct tlst_io *io,
			 const struct iov_iter *body, bool rx)
{
	struct iov_iter iter = *body;

	if (io->type == TLST_TYPE_ALERT)
		alert_tell(ts, io, &iter, rx);
	else if (io->type == TLST_TYPE_HANDSHAKE)
		handshake_tell(ts, io, &iter, rx);
}

/**
 * tlst_account_failed - count a call that moved nothing
 * @ts: the socket
 * @dir: the direction, with a key
 * @ret: 0 or -errno
 *
 * A call that only has to be repeated is no error of the connection. One that
 * waits for the next key is counted apart.
 *
 * Context: as of tlst_account().
 * Return: @ret.
 */
noinline int tlst_account_failed(struct tlst_sock *ts, struct tlst_dir *dir,
				 int ret)
{
	struct tlst_rekey rekey = {
		.rx = dir == &ts->rx,
		.stage = TLST_REKEY_EXPIRED,
	};

	switch (ret) {
	case 0:
	case -EAGAIN:
	case -EINTR:
	case -ERESTARTSYS:
	case -EINPROGRESS:
		break;
	case -EKEYEXPIRED:
		atomic_inc(&dir->expired);
		rekey.seq = tlst_seq(dir);
		rekey.rekeys = READ_ONCE(dir->rekeys);
		trace_rekey(&ts->id, &rekey);
		break;
	default:
		atomic_inc(&dir->errors);
	}
	return ret;
}
