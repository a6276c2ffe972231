// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: recvmsg, and splice into a pipe.
 *
 * Each entry point has a short way, with no event enabled, and a traced one.
 */
#include <linux/sched/clock.h>

#include "record.h"
#include "rx.h"
#include "sock.h"
#include "trace.h"

/* Before a traced call; returns its start. */
static u64 io_begin(struct tlst_io *io, struct tlst_sock *ts,
		    const struct sock *sk)
{
	/* Pairs with key_set(): then there is a sequence to read. */
	if (smp_load_acquire(&ts->rx.keyed)) {
		io->type = TLST_TYPE_DATA;
		io->seq = tlst_seq(sk, false);
	}
	return local_clock();
}

/* After it. */
static void io_end(struct tlst_io *io, struct tlst_sock *ts, u64 start)
{
	u64 end = local_clock();

	/* Clocks of different CPUs may differ a little. */
	io->duration = end > start ? end - start : 0;
	if (io->type != TLST_TYPE_NONE)
		io->records = READ_ONCE(ts->rx.next_seq) - io->seq;
}

static noinline int recvmsg_traced(struct tlst_sock *ts, struct sock *sk,
				   struct msghdr *msg, size_t size,
				   int flags, int *addr_len)
{
	struct iov_iter iter = msg->msg_iter;
	void *control = msg->msg_control;
	struct tlst_alert alert;
	struct tlst_io io = {
		.path = TLST_RX_RECV,
		.flags = flags,
		.len = size,
	};
	u64 start;

	start = io_begin(&io, ts, sk);
	io.result = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size,
				      flags, addr_len);
	tlst_account(ts, sk, false, io.result);
	io_end(&io, ts, start);
	if (io.type != TLST_TYPE_NONE)
		io.type = io.result >= 0 ? tlst_rx_type(msg, control) :
					   TLST_TYPE_NONE;
	trace_rx(&ts->id, &io);

	if (io.type != TLST_TYPE_ALERT || io.result <= 0 || (flags & MSG_PEEK))
		return io.result;
	atomic_inc(&ts->rx.alerts);
	if (tlst_rx_alert(&iter, &alert))
		trace_alert(&ts->id, true, &alert,
			    READ_ONCE(ts->rx.next_seq) - 1);
	return io.result;
}

/**
 * tlst_rx_recvmsg - proto.recvmsg, behind compat/entry.c
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
	void *control = msg->msg_control;
	int ret;

	if (unlikely(!ts))
		return tlst_call_recvmsg(READ_ONCE(sk->sk_prot), sk, msg, size,
					 flags, addr_len);
	if (trace_rx_enabled() || trace_alert_enabled())
		return recvmsg_traced(ts, sk, msg, size, flags, addr_len);

	ret = tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg, size, flags,
				addr_len);
	tlst_account(ts, sk, false, ret);
	/* Only a control message can tell of another type than data. */
	if (msg->msg_control != control && ret > 0 && ts->rx.keyed &&
	    !(flags & MSG_PEEK) &&
	    tlst_rx_type(msg, control) == TLST_TYPE_ALERT)
		atomic_inc(&ts->rx.alerts);
	return ret;
}

static noinline ssize_t splice_read_traced(struct tlst_sock *ts,
					   struct socket *sock, loff_t *pos,
					   struct pipe_inode_info *pipe,
					   size_t size, unsigned int flags)
{
	struct tlst_io io = {
		.path = TLST_RX_SPLICE,
		.flags = flags,
		.len = size,
	};
	struct sock *sk = sock->sk;
	ssize_t ret;
	u64 start;

	start = io_begin(&io, ts, sk);
	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	tlst_account(ts, sk, false, ret);
	io.result = ret;
	io_end(&io, ts, start);
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
		return splice_read_traced(ts, sock, pos, pipe, size, flags);

	ret = READ_ONCE(ts->tls_ops)->splice_read(sock, pos, pipe, size, flags);
	tlst_account(ts, sock->sk, false, ret);
	return ret;
}
