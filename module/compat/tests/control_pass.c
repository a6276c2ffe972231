// SPDX-License-Identifier: GPL-2.0
/* Control: holds on every kernel. If it fails, the headers cannot be used. */
#include <net/tcp.h>
#include <net/tls.h>

static_assert(offsetof(struct proto, sendmsg) >= 0);
static_assert(offsetof(struct tls_context, prot_info) >= 0);
