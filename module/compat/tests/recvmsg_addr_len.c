// SPDX-License-Identifier: GPL-2.0
/* proto.recvmsg(sk, msg, len, flags, addr_len): from 5.19 (ec095263a965) to 7.1. */
#include <net/tcp.h>

int form(struct sock *sk, struct msghdr *msg, size_t len, int flags,
	 int *addr_len);

static_assert(__builtin_types_compatible_p(typeof(((struct proto *)0)->recvmsg),
					   typeof(form) *));
