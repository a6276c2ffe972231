// SPDX-License-Identifier: GPL-2.0
/* Owners of sockets, by the descriptors in /proc. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "owner.h"

static void scan_process(const char *pid, void (*each)(uint64_t inode, pid_t pid, void *ctx),
			 void *ctx)
{
	char path[64], target[64];
	struct dirent *e;
	uint64_t inode;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;	/* gone, or not ours to look at */
	while ((e = readdir(dir))) {
		n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = 0;
		if (sscanf(target, "socket:[%" SCNu64 "]", &inode) == 1)
			each(inode, (pid_t)atoi(pid), ctx);
	}
	closedir(dir);
}

/**
 * owner_scan() - tell of every open socket of every process
 * @each: called for each descriptor
 * @ctx: for @each
 *
 * Of processes that may not be looked at nothing is told.
 */
void owner_scan(void (*each)(uint64_t inode, pid_t pid, void *ctx), void *ctx)
{
	struct dirent *e;
	DIR *proc = opendir("/proc");

	if (!proc)
		return;
	while ((e = readdir(proc)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			scan_process(e->d_name, each, ctx);
	closedir(proc);
}

/**
 * owner_name() - name of a process
 * @pid: process
 * @comm: result, any bytes; empty if it is gone
 */
void owner_name(pid_t pid, char comm[17])
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, comm, 16);
		close(fd);
	}
	comm[n > 0 ? n : 0] = 0;
	comm[strcspn(comm, "\n")] = 0;
}
