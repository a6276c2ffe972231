/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels that tls_trace supports.
 *
 * config.h is made by compat/configure: one TLST_HAVE_* for each fact that a
 * file in compat/tests/ found to hold for the kernel headers in use. Nothing
 * here looks at a version number, because distributions backport.
 */
#ifndef TLS_TRACE_COMPAT_H
#define TLS_TRACE_COMPAT_H

#include <linux/net.h>
#include <net/tcp.h>

#include "config.h"

#ifdef TLST_HAVE_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* proto.recvmsg lost its addr_len argument, which TCP never used. */
#ifdef TLST_HAVE_RECVMSG_ADDR_LEN
int tlst_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags,
		 int *addr_len);
int tlst_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
		      int flags, int *addr_len);
#else
int tlst_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags);
int tlst_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
		      int flags);
#endif

static __always_inline int tlst_call_recvmsg(const struct proto *prot,
					     struct sock *sk,
					     struct msghdr *msg, size_t size,
					     int flags, int *addr_len)
{
#ifdef TLST_HAVE_RECVMSG_ADDR_LEN
	return prot->recvmsg(sk, msg, size, flags, addr_len);
#else
	return prot->recvmsg(sk, msg, size, flags);
#endif
}

/* tcp_ulp_ops.get_info and get_info_size gained the argument net_admin. */
#ifdef TLST_HAVE_ULP_INFO_NET_ADMIN
int tlst_get_info(struct sock *sk, struct sk_buff *skb, bool net_admin);
size_t tlst_get_info_size(const struct sock *sk, bool net_admin);
#else
int tlst_get_info(struct sock *sk, struct sk_buff *skb);
size_t tlst_get_info_size(const struct sock *sk);
#endif

/* Kernels without sendpage send pages through sendmsg. */
#ifdef TLST_HAVE_SENDPAGE
#define TLST_SPLICE_FLAG	0
#else
#define TLST_SPLICE_FLAG	MSG_SPLICE_PAGES
#endif

#endif
