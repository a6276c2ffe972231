// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that many share: threads and processes that send and receive at once,
 * descriptors that go from one to another, io_uring, keys that are set meanwhile.
 * Whoever sends, whole messages must come, each byte once; whoever receives, each
 * record must come to one of them, and nobody may sleep while there is one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <linux/sockios.h>
#include "fixture.h"
#include "call.h"
#include "exchange.h"
#include "late.h"
#include "rekey.h"
#include "uring.h"

TT_FIXTURE(share, TT_STARTED);
TT_VARIANTS_FEW(share);

TT_FIXTURE(share_shaken, TT_SHAKEN);
TT_VARIANTS_FEW(share_shaken);

/* SO_RCVTIMEO or SO_SNDTIMEO; 0 is for ever. */
static int set_time(int fd, int option, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	return setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv));
}

/* Hardly any room on the way to the peer, nor on the way back. */
static void small_buffers(const struct tt_conn *c)
{
	tt_tcp_narrow(c->fd, c->peer_fd, 16384);
	tt_tcp_narrow(c->peer_fd, c->fd, 16384);
}

#include "share/message.c"
#include "share/writers.c"
#include "share/readers.c"
#include "share/lock.c"
#include "share/busy.c"
#include "share/duplex.c"
#include "share/sendfile.c"
#include "share/process.c"
#include "share/keys.c"
#include "share/uring.c"

static void __attribute__((constructor)) share_constructor(void)
{
	tt_suite_init(false);
	if (tt_tcp_mtu())
		fprintf(stderr, "# %s\n", tt_why());
	tt_feature_add("io_uring", tt_uring_missing());
}

TT_SELECTED_HARNESS_MAIN
