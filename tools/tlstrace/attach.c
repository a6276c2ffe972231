// SPDX-License-Identifier: GPL-2.0
/*
 * A file per running "tlstrace attach", named so that one whose process was killed is
 * known, and removed by the next. What it did is undone by the kernel in that case: the
 * BPF links go away with the process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach.h"
#include "stale.h"

#define NOTES_DIR	"/run/tlstrace"

static char own_note[sizeof(NOTES_DIR) + STALE_NAME_SIZE + 1];

/**
 * attach_note() - let others know that this process has attached
 * @cgroup: directory of the cgroup
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: 0 or -1.
 */
int attach_note(const char *cgroup, char *why, size_t size)
{
	char name[STALE_NAME_SIZE];
	int fd, err;

	if (!stale_make_name(name, "attach")) {
		snprintf(why, size, "/proc is not mounted");
		return -1;
	}
	if (mkdir(NOTES_DIR, 0700) && errno != EEXIST) {
		snprintf(why, size, "cannot create %s: %s", NOTES_DIR, strerror(errno));
		return -1;
	}
	snprintf(own_note, sizeof(own_note), "%s/%s", NOTES_DIR, name);
	fd = open(own_note, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && write(fd, cgroup, strlen(cgroup)) == (ssize_t)strlen(cgroup)) {
		close(fd);
		return 0;
	}
	err = errno;
	if (fd >= 0)
		close(fd);
	attach_forget();
	snprintf(why, size, "cannot write to %s: %s", NOTES_DIR, strerror(err));
	return -1;
}

/**
 * attach_forget() - take the note of this process away
 */
void attach_forget(void)
{
	if (own_note[0])
		unlink(own_note);
	own_note[0] = 0;
}

static bool read_note(int dir, const char *name, struct attached *a)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, a->cgroup, sizeof(a->cgroup) - 1);
	close(fd);
	if (n <= 0)
		return false;
	a->cgroup[n] = 0;
	a->pid = stale_pid(name);
	return a->pid > 0;
}

/**
 * attach_each() - tell of every running "tlstrace attach"
 * @each: called for each; not 0 ends it
 * @ctx: for @each
 *
 * Notes of processes that were killed are removed.
 *
 * Return: 0, or what @each returned.
 */
int attach_each(int (*each)(const struct attached *a, void *ctx), void *ctx)
{
	DIR *d = opendir(NOTES_DIR);
	struct attached a;
	struct dirent *e;
	int ret = 0;

	if (!d)
		return 0;
	while (!ret && (e = readdir(d))) {
		if (strncmp(e->d_name, STALE_PREFIX, strlen(STALE_PREFIX)))
			continue;
		if (stale_is_dead(e->d_name))
			unlinkat(dirfd(d), e->d_name, 0);
		else if (read_note(dirfd(d), e->d_name, &a))
			ret = each(&a, ctx);
	}
	closedir(d);
	return ret;
}
