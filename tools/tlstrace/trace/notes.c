// SPDX-License-Identifier: GPL-2.0
/* Notes of running processes, in a directory of root's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notes.h"
#include "stale.h"

#define NOTES_DIR	"/run/tlstrace"

static int open_dir(char *why, size_t size)
{
	int fd;

	if (mkdir(NOTES_DIR, 0700) && errno != EEXIST) {
		snprintf(why, size, "cannot create %s: %s", NOTES_DIR, strerror(errno));
		return -1;
	}
	fd = open(NOTES_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		snprintf(why, size, "cannot open %s: %s", NOTES_DIR, strerror(errno));
	return fd;
}

/**
 * notes_lock() - let nobody else read and change notes
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: for notes_unlock(), or -1.
 */
int notes_lock(char *why, size_t size)
{
	int fd = open_dir(why, size);

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX)) {
		if (errno == EINTR)
			continue;
		snprintf(why, size, "cannot lock %s: %s", NOTES_DIR, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/**
 * notes_unlock() - let others go on
 * @lock: from notes_lock(), or -1
 */
void notes_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

/**
 * notes_write() - leave a note; one per purpose
 * @purpose: short word without "-"
 * @text: what it says
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: 0 or -1.
 */
int notes_write(const char *purpose, const char *text, char *why, size_t size)
{
	char name[STALE_NAME_SIZE];
	int dir, fd, err;

	if (!stale_make_name(name, purpose)) {
		snprintf(why, size, "/proc is not mounted");
		return -1;
	}
	dir = open_dir(why, size);
	if (dir < 0)
		return -1;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text)) {
		close(fd);
		close(dir);
		return 0;
	}
	err = errno;
	if (fd >= 0) {
		close(fd);
		unlinkat(dir, name, 0);
	}
	close(dir);
	snprintf(why, size, "cannot write to %s: %s", NOTES_DIR, strerror(err));
	return -1;
}

/**
 * notes_remove() - take the note of this process away, if there is one
 * @purpose: as given to notes_write()
 */
void notes_remove(const char *purpose)
{
	char path[sizeof(NOTES_DIR) + STALE_NAME_SIZE + 1], name[STALE_NAME_SIZE];

	if (!stale_make_name(name, purpose))
		return;
	snprintf(path, sizeof(path), "%s/%s", NOTES_DIR, name);
	unlink(path);
}

static bool has_purpose(const char *name, const char *purpose)
{
	size_t len = strlen(purpose);

	if (strncmp(name, STALE_PREFIX, strlen(STALE_PREFIX)))
		return false;
	name += strlen(STALE_PREFIX);
	return !strncmp(name, purpose, len) && name[len] == '-';
}

static bool read_note(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = 0;
	return true;
}

/**
 * notes_clean() - remove the notes of processes that were killed
 * @purpose: whose
 */
void notes_clean(const char *purpose)
{
	DIR *d = opendir(NOTES_DIR);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (has_purpose(e->d_name, purpose) && stale_is_dead(e->d_name))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

/**
 * notes_each() - tell of every note of a purpose
 * @purpose: whose
 * @each: called for each, with 0 for a process that was killed; not 0 ends it
 * @ctx: for @each
 *
 * Return: 0, or what @each returned.
 */
int notes_each(const char *purpose, int (*each)(pid_t pid, const char *text, void *ctx),
	       void *ctx)
{
	char text[PATH_MAX];
	struct dirent *e;
	int ret = 0;
	DIR *d = opendir(NOTES_DIR);

	while (d && !ret && (e = readdir(d))) {
		pid_t pid;

		if (!has_purpose(e->d_name, purpose))
			continue;
		pid = stale_pid(e->d_name);
		if (pid > 0 && stale_is_dead(e->d_name))
			pid = 0;
		else if (pid <= 0)
			continue;
		if (read_note(dirfd(d), e->d_name, text, sizeof(text)))
			ret = each(pid, text, ctx);
	}
	if (d)
		closedir(d);
	return ret;
}
