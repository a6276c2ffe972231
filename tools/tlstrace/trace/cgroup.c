// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the cgroup2 file system (unified at /sys/fs/cgroup, hybrid at
 * /sys/fs/cgroup/unified, or anywhere), making a cgroup below the current one
 * so that its limits go on to hold, and leaving nothing behind.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "cgroup.h"
#include "stale.h"

/* mountinfo writes space, tab, newline and backslash as octal escapes. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = 0;
}

/* Mount point and the part of the hierarchy that is mounted there. */
static bool find_mount(char mount[PATH_MAX], char root[PATH_MAX])
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	if (!f)
		return false;
	while (!found && getline(&line, &room, f) > 0) {
		char *sep = strstr(line, " - "), *save, *word;

		if (!sep || strncmp(sep + 3, "cgroup2 ", 8))
			continue;
		*sep = 0;
		word = strtok_r(line, " ", &save);
		for (int i = 0; word && i < 3; i++)
			word = strtok_r(NULL, " ", &save);
		if (!word)
			continue;
		snprintf(root, PATH_MAX, "%s", word);
		word = strtok_r(NULL, " ", &save);
		if (!word)
			continue;
		snprintf(mount, PATH_MAX, "%s", word);
		unescape(mount);
		unescape(root);
		found = true;
	}
	free(line);
	fclose(f);
	return found;
}

/**
 * cgroup_mount_point() - where is cgroup2 mounted?
 * @mount: result
 *
 * Return: false if it is not.
 */
bool cgroup_mount_point(char mount[PATH_MAX])
{
	char root[PATH_MAX];

	return find_mount(mount, root);
}

/* Directory of the cgroup of a process ("self"); false if it is not below the mount. */
static bool directory_of(const char *process, char dir[PATH_MAX], const char *mount,
			 const char *root)
{
	char file[64], *line = NULL;
	FILE *f;
	size_t room = 0;
	bool found = false;

	snprintf(file, sizeof(file), "/proc/%.20s/cgroup", process);
	f = fopen(file, "re");
	if (!f)
		return false;
	errno = EXDEV;
	while (!found && getline(&line, &room, f) > 0) {
		char *path = line + 3;
		size_t skip = strcmp(root, "/") ? strlen(root) : 0;

		if (strncmp(line, "0::", 3))
			continue;
		path[strcspn(path, "\n")] = 0;
		if (!strncmp(path, "/..", 3) || strncmp(path, root, skip))
			break;
		path += skip;
		if (!strcmp(path, "/"))
			path++;
		found = snprintf(dir, PATH_MAX, "%s%s", mount, path) < PATH_MAX;
	}
	free(line);
	fclose(f);
	return found;
}

/**
 * cgroup_of_process() - directory of a process's cgroup
 * @pid: the process
 * @dir: result
 *
 * Return: false with errno set: ENOENT if there is no such process, else it is in none
 * that is to be seen below the mount.
 */
bool cgroup_of_process(pid_t pid, char dir[PATH_MAX])
{
	char mount[PATH_MAX], root[PATH_MAX], process[24];

	snprintf(process, sizeof(process), "%d", (int)pid);
	errno = EXDEV;
	return find_mount(mount, root) && directory_of(process, dir, mount, root) &&
	       cgroup_is(dir);
}

/**
 * cgroup_is() - is this a cgroup of version 2?
 * @dir: directory
 *
 * Return: true if so.
 */
bool cgroup_is(const char *dir)
{
	struct statfs fs;

	return !statfs(dir, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static void clean_stale(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (!strncmp(e->d_name, STALE_PREFIX, strlen(STALE_PREFIX)) &&
		    stale_is_dead(e->d_name))
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	closedir(d);
}

static int make_below(struct cgroup *cg, const char *parent, const char *name)
{
	int err;

	clean_stale(parent);
	if (snprintf(cg->path, sizeof(cg->path), "%s/%s", parent, name) >=
	    (int)sizeof(cg->path)) {
		cg->path[0] = 0;
		return ENAMETOOLONG;
	}
	snprintf(cg->parent, sizeof(cg->parent), "%s", parent);
	if (mkdir(cg->path, 0755)) {
		err = errno;
		cg->path[0] = 0;
		return err;
	}
	cg->fd = open(cg->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cg->fd >= 0)
		cg->procs_fd = openat(cg->fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (cg->procs_fd < 0) {
		err = errno;
		cgroup_remove(cg);
		return err;
	}
	return 0;
}

/* A cgroup below a threaded one cannot take processes: that shows in its type. */
static bool usable(const struct cgroup *cg)
{
	char type[32] = "";
	int fd = openat(cg->fd, "cgroup.type", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return true;
	got = read(fd, type, sizeof(type) - 1);
	close(fd);
	return got <= 0 || strncmp(type, "domain invalid", 14);
}

/**
 * cgroup_create() - make a cgroup
 * @cg: result
 * @purpose: short word for its name
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Below the caller's own cgroup, or if that is not possible, below the root of
 * the mount. Leftovers of killed runs in the same place are removed.
 *
 * Return: 0 or -1.
 */
int cgroup_create(struct cgroup *cg, const char *purpose, char *why, size_t size)
{
	char mount[PATH_MAX], root[PATH_MAX], own[PATH_MAX];
	char name[STALE_NAME_SIZE];
	int err;

	memset(cg, 0, sizeof(*cg));
	cg->fd = -1;
	cg->procs_fd = -1;
	if (!find_mount(mount, root)) {
		snprintf(why, size, "no cgroup2 file system is mounted; "
			 "\"mount -t cgroup2 none /sys/fs/cgroup\" does it");
		return -1;
	}
	if (!stale_make_name(name, purpose)) {
		snprintf(why, size, "/proc is not mounted");
		return -1;
	}
	if (directory_of("self", own, mount, root) && !make_below(cg, own, name)) {
		if (usable(cg))
			return 0;
		cgroup_remove(cg);
	}
	err = make_below(cg, mount, name);
	if (err) {
		snprintf(why, size, "cannot create a cgroup below %s: %s%s", mount, strerror(err),
			 err == EROFS ? " (in a container, /sys/fs/cgroup has to be writable)" :
			 "");
		return -1;
	}
	return 0;
}

/**
 * cgroup_enter() - move the calling process into the cgroup
 * @cg: from cgroup_create()
 *
 * Safe to call between fork() and exec().
 *
 * Return: 0 or errno.
 */
int cgroup_enter(const struct cgroup *cg)
{
	return write(cg->procs_fd, "0", 1) == 1 ? 0 : errno;
}

/**
 * cgroup_pids() - processes in the cgroup
 * @cg: from cgroup_create()
 * @pids: result, the first @max of them; may be NULL if @max is 0
 * @max: room at @pids
 *
 * Processes that this pid namespace cannot see count, with pid 0.
 *
 * Return: how many there are.
 */
int cgroup_pids(const struct cgroup *cg, pid_t *pids, int max)
{
	int fd = openat(cg->fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	int count = 0, pid;
	FILE *f;

	if (fd < 0)
		return 0;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return 0;
	}
	while (fscanf(f, "%d", &pid) == 1) {
		if (count < max)
			pids[count] = pid;
		count++;
	}
	fclose(f);
	return count;
}

/**
 * cgroup_remove() - remove the cgroup
 * @cg: from cgroup_create()
 *
 * Processes left in it go to the cgroup above, where they would have been
 * without us.
 */
void cgroup_remove(struct cgroup *cg)
{
	char procs[PATH_MAX + 16];

	if (!cg->path[0])
		return;
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", cg->parent);
	/* More rounds than one: a process may fork while we move it. */
	for (int round = 0; round < 10 && rmdir(cg->path) && errno == EBUSY; round++) {
		pid_t pids[256];
		int n = cgroup_pids(cg, pids, 256);
		int fd = open(procs, O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			break;
		for (int i = 0; i < n && i < 256; i++)
			if (dprintf(fd, "%d", (int)pids[i]) < 0)
				continue;
		close(fd);
	}
	if (cg->procs_fd >= 0)
		close(cg->procs_fd);
	if (cg->fd >= 0)
		close(cg->fd);
	cg->fd = -1;
	cg->procs_fd = -1;
	cg->path[0] = 0;
}
