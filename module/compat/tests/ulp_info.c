// SPDX-License-Identifier: GPL-2.0
/* tcp_ulp_ops.get_info(sk, skb): until 6.15. */
#include <net/tcp.h>

int form(struct sock *sk, struct sk_buff *skb);

static_assert(__builtin_types_compatible_p(typeof(((struct tcp_ulp_ops *)0)->get_info),
					   typeof(form) *));
