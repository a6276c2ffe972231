// SPDX-License-Identifier: GPL-2.0
/*
 * The module's parameter data_max is one for all. Each process that wants plaintext
 * leaves a note with how much, and with what the parameter was before the first of
 * them; it becomes the most that anybody wants, and in the end what it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_limit.h"
#include "notes.h"
#include "tlstrace.h"

#define PARAMETER	"/sys/module/" MODULE_NAME "/parameters/data_max"
#define PURPOSE		"record"

struct wanted {
	unsigned int most;
	unsigned int before;
	bool any;
	bool stale;
};

static int get(unsigned int *bytes)
{
	FILE *f = fopen(PARAMETER, "re");
	int n;

	if (!f)
		return -1;
	n = fscanf(f, "%u", bytes);
	fclose(f);
	errno = EINVAL;
	return n == 1 ? 0 : -1;
}

static int set(unsigned int bytes)
{
	int fd = open(PARAMETER, O_WRONLY | O_CLOEXEC);
	char text[16];
	int n, err = 0;

	if (fd < 0)
		return -1;
	n = snprintf(text, sizeof(text), "%u", bytes);
	if (write(fd, text, (size_t)n) != n)
		err = errno;
	close(fd);
	errno = err;
	return err ? -1 : 0;
}

static int look(pid_t pid, const char *text, void *ctx)
{
	unsigned int bytes, before;
	struct wanted *w = ctx;

	if (sscanf(text, "%u %u", &bytes, &before) != 2)
		return 0;
	if (pid && bytes > w->most)
		w->most = bytes;
	w->before = before;
	w->any = true;
	w->stale |= !pid;
	return 0;
}

/* What the parameter was is only known from a note, so that is read before it goes. */
static void lower(bool own)
{
	struct wanted all = { 0 }, left = { 0 };
	unsigned int now;
	char why[100];
	int lock = notes_lock(why, sizeof(why));

	notes_each(PURPOSE, look, &all);
	notes_clean(PURPOSE);
	if (own)
		notes_remove(PURPOSE);
	notes_each(PURPOSE, look, &left);
	if (all.any && !get(&now)) {
		if (left.most < all.before)
			left.most = all.before;
		if (now != left.most)
			set(left.most);
	}
	notes_unlock(lock);
}

/**
 * data_limit_clean_stale() - undo what a process that was killed has left
 */
void data_limit_clean_stale(void)
{
	struct wanted w = { 0 };

	notes_each(PURPOSE, look, &w);
	if (w.stale)
		lower(false);
}

/**
 * data_limit_raise() - have the module show so much plaintext
 * @bytes: of a record, at most
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: 0 or -1.
 */
int data_limit_raise(unsigned int bytes, char *why, size_t size)
{
	struct wanted others = { 0 };
	unsigned int now;
	char text[40];
	int lock = notes_lock(why, size);

	if (lock < 0)
		return -1;
	if (get(&now)) {
		snprintf(why, size, "cannot read %s: %s", PARAMETER, strerror(errno));
		goto fail;
	}
	notes_each(PURPOSE, look, &others);
	snprintf(text, sizeof(text), "%u %u", bytes, others.any ? others.before : now);
	if (notes_write(PURPOSE, text, why, size))
		goto fail;
	if (now < bytes && set(bytes)) {
		snprintf(why, size, "cannot set %s: %s", PARAMETER, strerror(errno));
		notes_remove(PURPOSE);
		goto fail;
	}
	notes_unlock(lock);
	return 0;
fail:
	notes_unlock(lock);
	return -1;
}

/**
 * data_limit_restore() - plaintext is no longer wanted by this process
 */
void data_limit_restore(void)
{
	lower(true);
}
