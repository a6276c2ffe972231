/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file per running process that changed something for others, named so that one
 * whose process was killed is known.
 */
#ifndef NOTES_H
#define NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

int notes_lock(char *why, size_t size);
void notes_unlock(int lock);
int notes_write(const char *purpose, const char *text, char *why, size_t size);
void notes_remove(const char *purpose);
void notes_clean(const char *purpose);
int notes_each(const char *purpose, int (*each)(pid_t pid, const char *text, void *ctx),
	       void *ctx);

#endif
