/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup v2 of our own for the traced program. */
#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct cgroup - a cgroup we made
 * @path: its directory, "" if there is none
 * @parent: directory above
 * @fd: descriptor of @path, -1 if not open
 * @procs_fd: descriptor of its cgroup.procs for writing, -1 if not open
 */
struct cgroup {
	char path[PATH_MAX];
	char parent[PATH_MAX];
	int fd;
	int procs_fd;
};

bool cgroup_mount_point(char mount[PATH_MAX]);
bool cgroup_of_process(pid_t pid, char dir[PATH_MAX]);
bool cgroup_is(const char *dir);
int cgroup_create(struct cgroup *cg, const char *purpose, char *why, size_t size);
int cgroup_enter(const struct cgroup *cg);
int cgroup_pids(const struct cgroup *cg, pid_t *pids, int max);
void cgroup_remove(struct cgroup *cg);

#endif
