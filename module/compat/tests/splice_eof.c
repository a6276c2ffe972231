// SPDX-License-Identifier: GPL-2.0
/* proto_ops.splice_eof: 6.5 (2bfc66850952), backported to stable 6.1. */
#include <linux/net.h>

void form(struct socket *sock);

static_assert(__builtin_types_compatible_p(typeof(((const struct proto_ops *)0)->splice_eof),
					   typeof(form) *));
