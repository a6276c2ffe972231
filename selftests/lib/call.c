// SPDX-License-Identifier: GPL-2.0
/* Calls that may block, in threads of their own. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "call.h"
#include "util.h"

/* Seen asleep so often, it is: short waits, as for a lock, are over by then. */
#define TIMES_ASLEEP	3

static void *run(void *arg)
{
	struct tt_call *c = arg;
	long long start = tt_now_ms();

	__atomic_store_n(&c->tid, gettid(), __ATOMIC_RELEASE);
	c->result = c->fn(c->arg);
	c->took = tt_now_ms() - start;
	__atomic_store_n(&c->done, true, __ATOMIC_RELEASE);
	return NULL;
}

int tt_call_start(struct tt_call *c, long (*fn)(void *arg), void *arg)
{
	int err;

	memset(c, 0, sizeof(*c));
	c->fn = fn;
	c->arg = arg;
	err = pthread_create(&c->thread, NULL, run, c);
	return err ? tt_fail(err, "thread: %s", strerror(err)) : 0;
}

bool tt_call_done(const struct tt_call *c)
{
	return __atomic_load_n(&c->done, __ATOMIC_ACQUIRE);
}

/* Whether a thread sleeps, and in this system call. */
static bool asleep(pid_t tid, int want)
{
	char path[64], state = 0;
	int nr = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%d", &nr) != 1)
		nr = -1;
	fclose(f);
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return nr == want && (state == 'S' || state == 'D');
}

int tt_call_sleeps(const struct tt_call *c, int nr)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int seen = 0;
	pid_t tid;

	while (seen < TIMES_ASLEEP) {
		if (tt_call_done(c))
			return tt_fail(EALREADY,
				       "the call returned %ld and should sleep",
				       c->result);
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT,
				       "the thread does not sleep in call %d",
				       nr);
		poll(NULL, 0, 1);
		tid = __atomic_load_n(&c->tid, __ATOMIC_ACQUIRE);
		seen = tid && asleep(tid, nr) ? seen + 1 : 0;
	}
	return 0;
}

int tt_call_blocks(struct tt_call *c, long (*fn)(void *arg), void *arg, int nr)
{
	int err = tt_call_start(c, fn, arg);

	return err ?: tt_call_sleeps(c, nr);
}

int tt_call_join(struct tt_call *c)
{
	struct timespec ts;
	int err;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += TT_WAIT_MS / 1000;
	err = pthread_timedjoin_np(c->thread, NULL, &ts);
	return err ? tt_fail(err, "the call does not return") : 0;
}

int tt_call_signal(const struct tt_call *c, int signal)
{
	pid_t tid = __atomic_load_n(&c->tid, __ATOMIC_ACQUIRE);

	return syscall(SYS_tgkill, getpid(), tid, signal) ?
	       tt_fail(errno, "tgkill: %s", strerror(errno)) : 0;
}
