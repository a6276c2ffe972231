// SPDX-License-Identifier: GPL-2.0
/* proto.sendpage: until 6.5 (dc97391e6610 removed it). */
#include <net/tcp.h>

int form(struct sock *sk, struct page *page, int offset, size_t size, int
	 flags);

static_assert(__builtin_types_compatible_p(typeof(((struct proto *)0)->sendpage),
					   typeof(form) *));
