// SPDX-License-Identifier: GPL-2.0
/* A cgroup (version 2) of the test's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "bpf.h"
#include "cgroup.h"
#include "util.h"

#define PREFIX	"tls_selftests."

static char root[64];
static char made[100];
static char before[PATH_MAX];
static int dir = -1;
static int link_fd = -1;

static int find_root(void)
{
	static const char * const where[] = { "/sys/fs/cgroup",
					      "/sys/fs/cgroup/unified" };
	struct statfs st;
	size_t i;

	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++)
		if (!statfs(where[i], &st) &&
		    st.f_type == CGROUP2_SUPER_MAGIC) {
			snprintf(root, sizeof(root), "%s", where[i]);
			return 0;
		}
	return tt_fail(ENOENT, "no cgroup2 in /sys/fs/cgroup");
}

/* What killed tests left is empty now. */
static void remove_stale(void)
{
	char pattern[100];
	glob_t g;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/" PREFIX "*", root);
	if (glob(pattern, 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc; i++)
		rmdir(g.gl_pathv[i]);
	globfree(&g);
}

static int move_to(const char *cgroup)
{
	char path[PATH_MAX + 100];
	int fd, ok;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	ok = write(fd, "0", 1) == 1;
	close(fd);
	return ok ? 0 : tt_fail(errno, "%s: %s", path, strerror(errno));
}

/* The line of version 2 in /proc/self/cgroup begins with "0::". */
static void note_before(void)
{
	FILE *f = fopen("/proc/self/cgroup", "r");
	char line[PATH_MAX];

	snprintf(before, sizeof(before), "%s", root);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "0::/", 4) &&
		    snprintf(before, sizeof(before), "%s%s", root, line + 3) >=
		    (int)sizeof(before))
			snprintf(before, sizeof(before), "%s", root);
	}
	if (f)
		fclose(f);
}

static int make(int prog)
{
	int err = find_root();

	if (err)
		return err;
	remove_stale();
	note_before();
	snprintf(made, sizeof(made), "%s/" PREFIX "%d", root, getpid());
	if (mkdir(made, 0755)) {
		err = tt_fail(errno, "%s: %s", made, strerror(errno));
		*made = 0;
		return err;
	}
	dir = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return tt_fail(errno, "%s: %s", made, strerror(errno));
	link_fd = tt_bpf_attach(dir, prog);
	return link_fd < 0 ? link_fd : move_to(made);
}

int tt_cgroup_enter(int prog)
{
	int err;

	tt_cgroup_leave();
	if (prog < 0)
		return prog;
	err = make(prog);
	close(prog);
	if (err)
		tt_cgroup_leave();
	return err;
}

void tt_cgroup_leave(void)
{
	if (!*made)
		return;
	move_to(before);
	if (link_fd >= 0)
		close(link_fd);
	if (dir >= 0)
		close(dir);
	rmdir(made);
	link_fd = -1;
	dir = -1;
	*made = 0;
}
