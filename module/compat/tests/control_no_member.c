// SPDX-License-Identifier: GPL-2.0
/* Control: no kernel has this member. If it builds, a probe proves nothing. */
#include <net/tcp.h>

static_assert(offsetof(struct proto, no_such_member) >= 0);
