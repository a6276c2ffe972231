/* SPDX-License-Identifier: GPL-2.0 */
/* A tracefs instance of our own, and the events in the order they happened. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct trace;

/**
 * struct trace_sink - who gets what the reader finds
 * @event: called for each event of ours, oldest first
 * @lost: called where the kernel had to drop events; @count is 0 if it does
 *	not know how many
 * @ctx: passed on
 */
struct trace_sink {
	void (*event)(void *ctx, const struct event *ev);
	void (*lost)(void *ctx, uint64_t count);
	void *ctx;
};

struct trace *trace_open(const char *purpose, unsigned int buffer_kb, char *why, size_t size);
int trace_start(struct trace *tr, unsigned int kinds, char *why, size_t size);
int trace_fds(const struct trace *tr, const int **fds);
int trace_read(struct trace *tr, uint64_t until, const struct trace_sink *sink);
bool trace_lost(const struct trace *tr, uint64_t *count);
void trace_close(struct trace *tr);
void trace_clean_stale(void);
bool trace_mounted(void);
bool trace_instances_work(char *why, size_t size);
uint64_t trace_now(void);

#endif
