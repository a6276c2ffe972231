// SPDX-License-Identifier: GPL-2.0
/*
 * What the next run would find and clean up is otherwise there until then. Where that
 * is a ring buffer into which the kernel goes on writing plaintext, nobody should have
 * to wait for a next run.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "data_limit.h"
#include "janitor.h"
#include "stale.h"
#include "trace.h"

#define LAST_STD_FD	STDERR_FILENO
#define LIFELINE	(LAST_STD_FD + 1)
#define TRIES		600
#define PAUSE_NS	100000000	/* between two of them */

/* Nothing of the parent's stays open here, or it could not be removed. */
static void let_go(int fd)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t all;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	dup2(fd, LIFELINE);
	for (int i = 0; i <= LAST_STD_FD; i++)
		dup2(null, i);
	close_range(LIFELINE + 1, ~0U, 0);
}

static void __attribute__((noreturn)) run(int fd, const char *parent)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	ssize_t n;
	char c;

	let_go(fd);
	do {
		n = read(LIFELINE, &c, 1);
	} while (n < 0 && errno == EINTR);
	/* A word means that all is well. */
	for (int i = 0; n <= 0 && i < TRIES; i++) {
		if (stale_is_dead(parent)) {
			trace_clean_stale();
			data_limit_clean_stale();
			break;
		}
		nanosleep(&pause, NULL);
	}
	_exit(0);
}

/**
 * janitor_start() - have somebody see to it, whatever happens
 * @j: result
 *
 * Return: 0 or errno.
 */
int janitor_start(struct janitor *j)
{
	char parent[STALE_NAME_SIZE];
	int fds[2], err;

	j->fd = -1;
	if (!stale_make_name(parent, "janitor"))
		return ENOENT;
	if (pipe2(fds, O_CLOEXEC))
		return errno;
	fflush(NULL);
	j->pid = fork();
	if (!j->pid)
		run(fds[0], parent);
	err = errno;
	close(fds[0]);
	if (j->pid < 0) {
		close(fds[1]);
		return err;
	}
	j->fd = fds[1];
	return 0;
}

/**
 * janitor_dismiss() - all has been cleaned up
 * @j: from janitor_start(), or with a descriptor of -1
 */
void janitor_dismiss(struct janitor *j)
{
	if (j->fd < 0)
		return;
	while (write(j->fd, "", 1) < 0 && errno == EINTR)
		;
	close(j->fd);
	j->fd = -1;
	while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
