// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: recvmsg, splice into a pipe, and read_sock of users in the kernel.
 *
 * Each entry point has a short way, for a plain read with no event enabled, that
 * does no more than delegate and count, and a full one. recvmsg has more: with room
 * for control messages, and with the event, for each of the two clocks.
 */
#include <linux/fs.h>
#include <linux/pipe_fs_i.h>

#include "capture.h"
#include "record.h"
#include "rx.h"
#include "sock.h"
#include "trace.h"

/**
 * tlst_rx_recvmsg_full - recvmsg with all that may be wanted
 * @sk: the socket
 * @msg: where to
 * @size: bytes there is room for
 * @flags: MSG_*
 * @addr_len: handed on where the kernel has it
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns, or TCP without a key.
 */
noinline int tlst_rx_recvmsg_full(struct sock *sk, struct msghdr *msg,
				  size_t size, int flags, int *addr_len)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.flags = flags,
		/* MAX_RW_COUNT at most. */
		.len = size,
	};
	struct iov_iter body = msg->msg_iter;
	void *control = msg->msg_control;
	bool timed = trace_rx_enabled();
	bool keyed;

	if (unlikely(!ts))
		return tlst_call_recvmsg(READ_ONCE(sk->sk_prot), sk, msg, size,
					 flags, addr_len);
	keyed = tlst_io_begin(&io, &ts->rx, timed);
	io.result = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size,
				      flags, addr_len);
	tlst_io_end(&io, &ts->rx, keyed, timed);
	if (keyed && !(flags & TLST_RX_NOT_COUNTED))
		tlst_count(ts, &ts->rx, io.result);
	/* What a call that failed would have got is not known. */
	if (keyed)
		io.type = io.result >= 0 && !(flags & MSG_ERRQUEUE) ?
			  tlst_rx_type(msg, control) : TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);

	if (!keyed || io.result <= 0 || (flags & TLST_RX_NOT_COUNTED))
		return io.result;
	tlst_body_source(&body);
	if (io.type != TLST_TYPE_DATA)
		tlst_control_record(ts, &io, &body, true);
	if (tlst_capture_on())
		tlst_capture_iter(ts, &io, &body, io.result, true);
	return io.result;
}

/*
 * What a recvmsg of a record that is not data received, to be read from its beginning:
 * the iterator of the message, back by what was put there. So it need not be copied
 * before each call.
 */
static struct iov_iter body_of(const struct msghdr *msg, int ret)
{
	struct iov_iter body = msg->msg_iter;

	iov_iter_revert(&body, ret);
	tlst_body_source(&body);
	return body;
}

/* With the event rx enabled, and nothing else that would have to be looked at. */
static __always_inline int recvmsg_event(struct sock *sk, struct msghdr *msg,
					 size_t size, int flags, int *addr_len,
					 struct tlst_sock *ts, bool typed,
					 bool quick)
{
	void *control = msg->msg_control;
	struct tlst_io io = tlst_event_begin(&ts->rx, TLST_RX_RECV, flags, size,
					     quick);
	struct iov_iter body;
	int ret;

	ret = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size, flags,
				addr_len);
	tlst_event_end(&io, ts, &ts->rx, ret, quick);
	if (ret < 0)
		io.type = TLST_TYPE_NONE;
	else if (typed)
		io.type = tlst_rx_type(msg, control);
	trace_rx(&ts->id, &io);
	if (typed && unlikely(io.type != TLST_TYPE_DATA) && ret > 0) {
		body = body_of(msg, ret);
		tlst_control_record(ts, &io, &body, true);
	}
	return ret;
}

/**
 * tlst_rx_recvmsg_quick - recvmsg with the event rx enabled, and nothing else that
 *	would have to be looked at, where tlst_clock_quick()
 * @sk: the socket
 * @msg: where to; no room for control messages
 * @size: bytes there is room for
 * @flags: MSG_*; none of TLST_RX_NOT_COUNTED
 * @addr_len: handed on where the kernel has it
 * @ts: the socket, with a key
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
noinline int tlst_rx_recvmsg_quick(struct sock *sk, struct msghdr *msg,
				   size_t size, int flags, int *addr_len,
				   struct tlst_sock *ts)
{
	return recvmsg_event(sk, msg, size, flags, addr_len, ts, false, true);
}

/**
 * tlst_rx_recvmsg_typed - the same with room for control messages: any record may be
 *	received
 * @sk: as of tlst_rx_recvmsg_quick()
 * @msg: as there
 * @size: as there
 * @flags: as there
 * @addr_len: as there
 * @ts: as there
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
noinline int tlst_rx_recvmsg_typed(struct sock *sk, struct msghdr *msg,
				   size_t size, int flags, int *addr_len,
				   struct tlst_sock *ts)
{
	return recvmsg_event(sk, msg, size, flags, addr_len, ts, true, true);
}

/**
 * tlst_rx_recvmsg_clock - the same, of both, where there is no tlst_clock_quick()
 * @sk: as of tlst_rx_recvmsg_quick()
 * @msg: as there
 * @size: as there
 * @flags: as there
 * @addr_len: as there
 * @ts: as there
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
noinline int tlst_rx_recvmsg_clock(struct sock *sk, struct msghdr *msg,
				   size_t size, int flags, int *addr_len,
				   struct tlst_sock *ts)
{
	return recvmsg_event(sk, msg, size, flags, addr_len, ts,
			     msg->msg_controllen, false);
}

/*
 * A record that is not data was received, with no event enabled for the call. That
 * began where the last one ended, and so it need not look before.
 */
static noinline void control_received(struct tlst_sock *ts, u8 type, int ret,
				      const struct msghdr *msg)
{
	struct iov_iter body = body_of(msg, ret);
	struct tlst_io io = {
		.type = type,
		.result = ret,
	};

	/* Before the sequence. */
	io.rekeys = smp_load_acquire(&ts->rx.rekeys);
	io.seq = be64_to_cpu(READ_ONCE(ts->rx.last_seq));
	tlst_io_records(&io, &ts->rx);
	tlst_control_record(ts, &io, &body, true);
}

/**
 * tlst_rx_recvmsg_control - recvmsg with no event enabled and room for control
 *	messages, as TLS libraries give it: any record may be received
 * @sk: the socket
 * @msg: where to
 * @size: bytes there is room for
 * @flags: MSG_*; none of TLST_RX_NOT_COUNTED
 * @addr_len: handed on where the kernel has it
 * @ts: the socket, with a key
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
noinline int tlst_rx_recvmsg_control(struct sock *sk, struct msghdr *msg,
				     size_t size, int flags, int *addr_len,
				     struct tlst_sock *ts)
{
	void *control = msg->msg_control;
	int ret;
	u8 type;

	ret = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size, flags,
				addr_len);
	if (likely(ret > 0)) {
		type = tlst_rx_type(msg, control);
		if (unlikely(type != TLST_TYPE_DATA))
			control_received(ts, type, ret, msg);
	}
	return tlst_account(ts, &ts->rx, ret);
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
	/* The caller holds the pipe's lock, or nobody else has the pipe. */
	unsigned int head = pipe->head;
	ssize_t ret;

	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	io.result = ret;
	tlst_io_end(&io, &ts->rx, keyed, true);
	if (keyed)
		tlst_count(ts, &ts->rx, ret);
	if (ret < 0)
		io.type = TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);
	if (keyed && ret > 0 && tlst_capture_on())
		tlst_capture_pipe(ts, &io, pipe, head);
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
	if (trace_rx_enabled() || tlst_capture_on())
		return splice_read_full(ts, sock, pos, pipe, size, flags);

	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	/* Pairs with key_set(). */
	if (likely(smp_load_acquire(&ts->rx.seq)))
		tlst_account(ts, &ts->rx, ret);
	return ret;
}

static noinline int read_sock_full(struct tlst_sock *ts, struct sock *sk,
				   read_descriptor_t *desc,
				   sk_read_actor_t actor)
{
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.path = TLST_RX_READ_SOCK,
		.len = min_t(size_t, desc->count, U32_MAX),
	};
	bool keyed = tlst_io_begin(&io, &ts->rx, true);

	if (keyed && tlst_capture_on())
		io.result = tlst_capture_read(ts, &io, sk, desc, actor);
	else
		io.result = READ_ONCE(ts->tls_ops)->read_sock(sk, desc, actor);
	tlst_io_end(&io, &ts->rx, keyed, true);
	if (keyed)
		tlst_count(ts, &ts->rx, io.result);
	if (io.result < 0)
		io.type = TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);
	return io.result;
}

/**
 * tlst_read_sock - proto_ops.read_sock: a user in the kernel takes records
 * @sk: the socket
 * @desc: how much it wants, and its own data
 * @actor: called with each piece
 *
 * Context: any, @sk locked.
 * Return: what tls returns.
 */
int tlst_read_sock(struct sock *sk, read_descriptor_t *desc,
		   sk_read_actor_t actor)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	int ret;

	if (unlikely(!ts))
		return READ_ONCE(sk->sk_socket->ops)->read_sock(sk, desc,
								actor);
	if (trace_rx_enabled() || tlst_capture_on())
		return read_sock_full(ts, sk, desc, actor);

	ret = READ_ONCE(ts->tls_ops)->read_sock(sk, desc, actor);
	/* Pairs with key_set(). */
	if (likely(smp_load_acquire(&ts->rx.seq)))
		tlst_account(ts, &ts->rx, ret);
	return ret;
}
