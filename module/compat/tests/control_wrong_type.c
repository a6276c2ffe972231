// SPDX-License-Identifier: GPL-2.0
/* Control: the type is wrong on every kernel. Must not build. */
#include <net/tcp.h>

void form(struct sock *sk);

static_assert(__builtin_types_compatible_p(typeof(((struct proto *)0)->sendmsg),
					   typeof(form) *));
