/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names for things in the kernel (instances, cgroups) that outlive a process
 * that is killed: who made it can be read from the name, so that the next run
 * can clean up.
 */
#ifndef STALE_H
#define STALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STALE_NAME_SIZE 96
#define STALE_PREFIX "tlstrace-"

bool stale_make_name(char name[STALE_NAME_SIZE], const char *purpose);
bool stale_is_dead(const char *name);
pid_t stale_pid(const char *name);

#endif
