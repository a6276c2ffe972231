/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending.
 */
#ifndef TLS_TRACE_TX_H
#define TLS_TRACE_TX_H

#include <net/sock.h>

#include "compat/compat.h"

int tlst_sendmsg(struct sock *sk, struct msghdr *msg, size_t size);
int tlst_sendmsg_base(struct sock *sk, struct msghdr *msg, size_t size);
#ifdef TLST_HAVE_SENDPAGE
int tlst_sendpage(struct sock *sk, struct page *page, int offset, size_t size,
		  int flags);
#endif
void tlst_splice_eof(struct socket *sock);

#endif
