// SPDX-License-Identifier: GPL-2.0
/* proto.recvmsg(sk, msg, len, flags): 7.2. */
#include <net/tcp.h>

int form(struct sock *sk, struct msghdr *msg, size_t len, int flags);

static_assert(__builtin_types_compatible_p(typeof(((struct proto *)0)->recvmsg),
					   typeof(form) *));
