/* SPDX-License-Identifier: GPL-2.0 */
/* Capabilities of this process. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

bool have_capability(int cap);
bool host_capability(int cap);
void drop_capability(int cap);
bool in_first_user_namespace(void);
bool trace_privileges(char *missing, size_t size);

#endif
