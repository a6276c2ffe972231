/* SPDX-License-Identifier: GPL-2.0 */
/* Sending a cgroup's kTLS sockets through tls_trace. */
#ifndef REDIRECT_H
#define REDIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "redirect_shared.h"

struct redirect;

struct redirect *redirect_open(char *why, size_t size);
int redirect_attach(struct redirect *rd, int cgroup_fd, char *why, size_t size);
bool redirect_counts(const struct redirect *rd, uint64_t counts[COUNT_MAX]);
bool redirect_claimed(const struct redirect *rd, const struct event *ev, struct claim *claim);
void redirect_close(struct redirect *rd);

#endif
