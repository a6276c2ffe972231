// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: recvmsg, and splice into a pipe.
 *
 * Each entry point has a short way, for a plain read with no event enabled, that
 * does no more than delegate and count, and a full one.
 */
#include "record.h"
#include "rx.h"
#include "sock.h"
#include "trace.h"

/* Calls that take nothing from the stream: what they return is not counted. */
#define RX_NOT_COUNTED	(MSG_PEEK | MSG_ERRQUEUE)

static noinline int recvmsg_full(struct tlst_sock *ts, struct sock *sk,
				 struct msghdr *msg, size_t size, int flags,
				 int *addr_len)
{
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.flags = flags,
		.len = min_t(size_t, size, U32_MAX),
	};
	bool timed = trace_rx_enabled();
	struct iov_iter iter = msg->msg_iter;
	void *control = msg->msg_control;
	struct tlst_alert alert;
	bool keyed;

	keyed = tlst_io_begin(&io, &ts->rx, timed);
	io.result = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size,
				      flags, addr_len);
	tlst_io_end(&io, &ts->rx, keyed, timed);
	if (keyed && !(flags & RX_NOT_COUNTED))
		tlst_account(&ts->rx, io.result);
	/* What a call that failed would have got is not known. */
	if (keyed)
		io.type = io.result >= 0 && !(flags & MSG_ERRQUEUE) ?
			  tlst_rx_type(msg, control) : TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);

	/* Nor is an alert that is read in pieces, or that is none. */
	if (io.type != TLST_TYPE_ALERT || (flags & RX_NOT_COUNTED) ||
	    io.result < (int)sizeof(alert))
		return io.result;
	atomic_inc(&ts->rx.alerts);
	/* Its record was the last one opened, in this call or a peek before. */
	if (trace_alert_enabled() && tlst_rx_alert(&iter, &alert))
		trace_alert(&ts->id, true, &alert,
			    io.seq + io.records - 1);
	return io.result;
}

/**
 * tlst_rx_recvmsg - proto.recvmsg of a socket with a key, see compat/entry.c
 * @sk: the socket
 * @msg: where to
 * @size: bytes there is room for
 * @flags: MSG_*
 * @addr_len: handed on where the kernel has it
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
int tlst_rx_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags,
		    int *addr_len)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	int ret;

	if (unlikely(!ts))
		return tlst_call_recvmsg(READ_ONCE(sk->sk_prot), sk, msg, size,
					 flags, addr_len);
	/* Only a control message tells of another type than data. */
	if (msg->msg_controllen || unlikely(flags & RX_NOT_COUNTED) ||
	    trace_rx_enabled())
		return recvmsg_full(ts, sk, msg, size, flags, addr_len);

	/* Pairs with tlst_sock_wrap(): who gets here finds a key. */
	smp_rmb();
	ret = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size, flags,
				addr_len);
	tlst_account(&ts->rx, ret);
	return ret;
}

/**
 * tlst_rx_recvmsg_base - proto.recvmsg of a socket without a key: TCP's
 * @sk: the socket
 * @msg: where to
 * @size: bytes there is room for
 * @flags: MSG_*
 * @addr_len: handed on where the kernel has it
 *
 * Context: process context, @sk not locked.
 * Return: what TCP returns.
 */
int tlst_rx_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
			 int flags, int *addr_len)
{
	struct tlst_sock *ts = tlst_sock_get(sk);

	if (unlikely(!ts))
		return tlst_call_recvmsg(READ_ONCE(sk->sk_prot), sk, msg, size,
					 flags, addr_len);
	return recvmsg_full(ts, sk, msg, size, flags, addr_len);
}

static noinline ssize_t splice_read_full(struct tlst_sock *ts,
					 struct socket *sock, loff_t *pos,
					 struct pipe_inode_info *pipe,
					 size_t size, unsigned int flags)
{
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.path = TLST_RX_SPLICE,
		.flags = flags,
		.len = min_t(size_t, size, U32_MAX),
	};
	bool keyed = tlst_io_begin(&io, &ts->rx, true);
	ssize_t ret;

	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	io.result = ret;
	tlst_io_end(&io, &ts->rx, keyed, true);
	if (keyed)
		tlst_account(&ts->rx, ret);
	if (ret < 0)
		io.type = TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);
	return ret;
}

/**
 * tlst_splice_read - proto_ops.splice_read
 * @sock: the socket
 * @pos: not used by sockets
 * @pipe: where to
 * @size: bytes to move at most
 * @flags: SPLICE_F_*
 *
 * Context: process context, @sock->sk not locked.
 * Return: what tls returns.
 */
ssize_t tlst_splice_read(struct socket *sock, loff_t *pos,
			 struct pipe_inode_info *pipe, size_t size,
			 unsigned int flags)
{
	struct tlst_sock *ts = tlst_sock_get(sock->sk);
	ssize_t ret;

	if (unlikely(!ts))
		return READ_ONCE(sock->ops)->splice_read(sock, pos, pipe, size,
							 flags);
	if (trace_rx_enabled())
		return splice_read_full(ts, sock, pos, pipe, size, flags);

	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	/* Pairs with key_set(). */
	if (likely(smp_load_acquire(&ts->rx.seq)))
		tlst_account(&ts->rx, ret);
	return ret;
}
