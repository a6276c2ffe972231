/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving.
 */
#ifndef TLS_TRACE_RX_H
#define TLS_TRACE_RX_H

#include <net/sock.h>

int tlst_rx_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags,
		    int *addr_len);
int tlst_rx_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
			 int flags, int *addr_len);
ssize_t tlst_splice_read(struct socket *sock, loff_t *pos,
			 struct pipe_inode_info *pipe, size_t size,
			 unsigned int flags);

#endif
