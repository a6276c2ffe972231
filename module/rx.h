/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving.
 */
#ifndef TLS_TRACE_RX_H
#define TLS_TRACE_RX_H

#include <net/sock.h>

#include "capture.h"
#include "compat/compat.h"
#include "record.h"
#include "sock.h"
#include "trace.h"

/* Calls that take nothing from the stream: what they return is not counted. */
#define TLST_RX_NOT_COUNTED	(MSG_PEEK | MSG_ERRQUEUE)

int tlst_rx_recvmsg_full(struct sock *sk, struct msghdr *msg, size_t size,
			 int flags, int *addr_len);
int tlst_rx_recvmsg_quick(struct sock *sk, struct msghdr *msg, size_t size,
			  int flags, int *addr_len, struct tlst_sock *ts);
int tlst_rx_recvmsg_typed(struct sock *sk, struct msghdr *msg, size_t size,
			  int flags, int *addr_len, struct tlst_sock *ts);
int tlst_rx_recvmsg_clock(struct sock *sk, struct msghdr *msg, size_t size,
			  int flags, int *addr_len, struct tlst_sock *ts);
int tlst_rx_recvmsg_control(struct sock *sk, struct msghdr *msg, size_t size,
			    int flags, int *addr_len, struct tlst_sock *ts);

/**
 * tlst_rx_recvmsg - recvmsg of a socket with a key: the short way
 * @sk: the socket
 * @msg: where to
 * @size: bytes there is room for
 * @flags: MSG_*
 * @addr_len: handed on where the kernel has it
 *
 * Here so that the entry point, whose form differs between kernels, costs no call.
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
static __always_inline int tlst_rx_recvmsg(struct sock *sk, struct msghdr *msg,
					   size_t size, int flags,
					   int *addr_len)
{
	const struct proto *prot = READ_ONCE(sk->sk_prot);
	struct tlst_sock *ts = container_of(prot, struct tlst_sock, prot);

	if (unlikely(!tlst_prot_ours(prot)) ||
	    unlikely(flags & TLST_RX_NOT_COUNTED) || tlst_capture_on())
		return tlst_rx_recvmsg_full(sk, msg, size, flags, addr_len);

	/* Pairs with tlst_sock_wrap(): who gets here finds a key. */
	smp_rmb();
	if (trace_rx_enabled()) {
		if (!tlst_clock_quick())
			return tlst_rx_recvmsg_clock(sk, msg, size, flags,
						     addr_len, ts);
		if (msg->msg_controllen)
			return tlst_rx_recvmsg_typed(sk, msg, size, flags,
						     addr_len, ts);
		return tlst_rx_recvmsg_quick(sk, msg, size, flags, addr_len,
					     ts);
	}
	/* Only a control message tells of another type than data. */
	if (msg->msg_controllen)
		return tlst_rx_recvmsg_control(sk, msg, size, flags, addr_len,
					       ts);
	return tlst_account(ts, &ts->rx,
			    tlst_call_recvmsg(READ_ONCE(ts->tls_prot), sk, msg,
					      size, flags, addr_len));
}

ssize_t tlst_splice_read(struct socket *sock, loff_t *pos,
			 struct pipe_inode_info *pipe, size_t size,
			 unsigned int flags);
int tlst_read_sock(struct sock *sk, read_descriptor_t *desc,
		   sk_read_actor_t actor);

#endif
