// SPDX-License-Identifier: GPL-2.0
/*
 * The life of traced sockets: who attaches first, what ends them and when, and
 * that the module stays for so long and no longer. What can be made to happen
 * in one order is; the rest are races of a bounded number of rounds.
 *
 * Every test begins with nobody using the module and ends with it unloaded, so
 * nobody else may use it meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "ko.h"
#include "late.h"
#include "pair.h"
#include "payload.h"
#include "slow.h"
#include "stat.h"
#include "tcp.h"
#include "uapi.h"
#include "util.h"

/* Seconds for one test, on a debug kernel and a busy machine too. */
#define LIFE_TIMEOUT	600

#include "lifecycle/world.c"
#include "lifecycle/worker.c"

FIXTURE(life)
{
	struct world world;
};

FIXTURE_SETUP(life)
{
	const char *missing;
	char name[200];

	snprintf(name, sizeof(name), "life.%s", _metadata->name);
	missing = cannot_run(name);
	if (missing)
		SKIP(return, "%s", missing);
	tt_seed_test("life", NULL, _metadata->name);
	ASSERT_OK(world_begin(&self->world));
}

FIXTURE_TEARDOWN(life)
{
	EXPECT_OK(world_end(&self->world));
}

#include "lifecycle/attach.c"
#include "lifecycle/keys.c"
#include "lifecycle/stages.c"
#include "lifecycle/blocked.c"
#include "lifecycle/close.c"
#include "lifecycle/share.c"
#include "lifecycle/unload.c"
#include "lifecycle/events.c"
#include "lifecycle/many.c"
#include "lifecycle/netns.c"
#include "lifecycle/uring.c"

static void __attribute__((constructor)) life_constructor(void)
{
	signal(SIGPIPE, SIG_IGN);
	fprintf(stderr, "# seed %llu (TLS_TEST_SEED repeats it)\n",
		(unsigned long long)tt_seed_init());
}

TT_SLOW_HARNESS_MAIN
