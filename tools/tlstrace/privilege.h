/* SPDX-License-Identifier: GPL-2.0 */
/* Capabilities of this process. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

bool have_capability(int cap);
bool trace_privileges(char *missing, size_t size);

#endif
