/* SPDX-License-Identifier: GPL-2.0 */
/* Starting the program to be traced, and the signals between it and us. */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "cgroup.h"

/**
 * struct child - the program
 * @pid: its process, 0 once it has been waited for
 * @status: of waitpid(), once it has ended
 * @sigfd: signalfd with SIGCHLD and what is passed on
 * @old_mask: signal mask before, for the program
 */
struct child {
	pid_t pid;
	int status;
	int sigfd;
	sigset_t old_mask;
};

int child_signals(struct child *ch);
int child_start(struct child *ch, char **argv, const struct cgroup *cg, const char **step);
enum child_wish { WISH_NONE, WISH_INTERRUPT, WISH_END };

enum child_wish child_signal(struct child *ch, const struct signalfd_siginfo *si);
int child_exit_status(const struct child *ch);
void child_end(struct child *ch);

#endif
