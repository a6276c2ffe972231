/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups whose sockets go through tls_trace, and who sees to that. */
#ifndef ATTACH_H
#define ATTACH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct attached - a running "tlstrace attach"
 * @pid: its process
 * @cgroup: the directory of the cgroup
 */
struct attached {
	pid_t pid;
	char cgroup[PATH_MAX];
};

int attach_note(const char *cgroup, char *why, size_t size);
void attach_forget(void);
int attach_each(int (*each)(const struct attached *a, void *ctx), void *ctx);

#endif
