/* SPDX-License-Identifier: GPL-2.0 */
/* A process that cleans up at once if this one is killed. */
#ifndef JANITOR_H
#define JANITOR_H

#include <sys/types.h>

/**
 * struct janitor - the process
 * @fd: closed by the kernel when this process dies, -1: there is none
 * @pid: the janitor
 */
struct janitor {
	int fd;
	pid_t pid;
};

int janitor_start(struct janitor *j);
void janitor_dismiss(struct janitor *j);

#endif
