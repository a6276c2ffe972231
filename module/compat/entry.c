// SPDX-License-Identifier: GPL-2.0
/*
 * Entry points in the form that the kernel at hand calls them in.
 */
#include "../inner.h"
#include "../rx.h"
#include "compat.h"

#ifdef TLST_HAVE_RECVMSG_ADDR_LEN
int tlst_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags,
		 int *addr_len)
{
	return tlst_rx_recvmsg(sk, msg, size, flags, addr_len);
}

int tlst_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
		      int flags, int *addr_len)
{
	return tlst_rx_recvmsg_full(sk, msg, size, flags, addr_len);
}
#else
int tlst_recvmsg(struct sock *sk, struct msghdr *msg, size_t size, int flags)
{
	return tlst_rx_recvmsg(sk, msg, size, flags, NULL);
}

int tlst_recvmsg_base(struct sock *sk, struct msghdr *msg, size_t size,
		      int flags)
{
	return tlst_rx_recvmsg_full(sk, msg, size, flags, NULL);
}
#endif

/* For ss -i: tls's own attributes of the socket. */
#ifdef TLST_HAVE_ULP_INFO_NET_ADMIN
int tlst_get_info(struct sock *sk, struct sk_buff *skb, bool net_admin)
{
	return tlst_inner->get_info(sk, skb, net_admin);
}

size_t tlst_get_info_size(const struct sock *sk, bool net_admin)
{
	return tlst_inner->get_info_size(sk, net_admin);
}
#else
int tlst_get_info(struct sock *sk, struct sk_buff *skb)
{
	return tlst_inner->get_info(sk, skb);
}

size_t tlst_get_info_size(const struct sock *sk)
{
	return tlst_inner->get_info_size(sk);
}
#endif
