/* SPDX-License-Identifier: GPL-2.0 */
/* Trace output: whole lines, collected and written in one go. */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct out - where the trace goes
 * @fd: descriptor
 * @color: escape sequences wanted
 * @json: one object per line wanted
 * @stops: signals that end the process are blocked: with one pending, a reader that
 *	stalls gets no more than a second
 * @written: bytes so far
 * @error: errno of the write that failed, 0; after it all output is dropped
 */
struct out {
	int fd;
	bool color;
	bool json;
	bool stops;
	uint64_t written;
	int error;
	char *buf;
	size_t len, room;
};

enum color { COLOR_NONE, COLOR_RED, COLOR_YELLOW, COLOR_GREEN, COLOR_BOLD };

void out_printf(struct out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_bytes(struct out *out, const void *bytes, size_t len);
void out_settle(struct out *out);
void out_color(struct out *out, enum color color);
void out_flush(struct out *out);
void out_abandon(struct out *out);
void out_free(struct out *out);

#endif
