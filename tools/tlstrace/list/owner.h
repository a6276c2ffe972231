/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes have a socket open. */
#ifndef OWNER_H
#define OWNER_H

#include <stdint.h>
#include <sys/types.h>

void owner_scan(void (*each)(uint64_t inode, pid_t pid, void *ctx), void *ctx);
void owner_name(pid_t pid, char comm[17]);

#endif
