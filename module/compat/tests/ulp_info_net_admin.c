// SPDX-License-Identifier: GPL-2.0
/* tcp_ulp_ops.get_info(sk, skb, net_admin): 6.15. */
#include <net/tcp.h>

int form(struct sock *sk, struct sk_buff *skb, bool net_admin);

static_assert(__builtin_types_compatible_p(typeof(((struct tcp_ulp_ops *)0)->get_info),
					   typeof(form) *));
