// SPDX-License-Identifier: GPL-2.0
/* Output that is not torn and that survives a reader going away. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "out.h"

#define OUT_FLUSH_AT (64 * 1024)
#define STALL_STEP_MS 200	/* between looks whether it is time to end */
#define STALL_STEPS 5		/* that a reader has then */

/* Room for @len bytes more, and one. */
static bool grow(struct out *out, size_t len)
{
	char *grown;

	if (len < out->room - out->len)
		return true;
	grown = realloc(out->buf, out->len + len + 4096);
	if (!grown) {
		out->error = ENOMEM;
		return false;
	}
	out->buf = grown;
	out->room = out->len + len + 4096;
	return true;
}

/**
 * out_bytes() - add a part of something binary
 * @out: output
 * @bytes: any bytes
 * @len: how many
 *
 * Nothing is written before out_settle() or out_flush().
 */
void out_bytes(struct out *out, const void *bytes, size_t len)
{
	if (out->error || !len || !grow(out, len))
		return;
	memcpy(out->buf + out->len, bytes, len);
	out->len += len;
}

/**
 * out_settle() - what has been added is whole, and may be written
 * @out: output
 */
void out_settle(struct out *out)
{
	if (out->len > OUT_FLUSH_AT)
		out_flush(out);
}

/**
 * out_printf() - add text
 * @out: output
 * @fmt: printf format
 *
 * Full lines are written when much has piled up, the rest by out_flush().
 */
void out_printf(struct out *out, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (out->error)
		return;
	for (;;) {
		va_start(ap, fmt);
		n = vsnprintf(out->room ? out->buf + out->len : NULL, out->room - out->len,
			      fmt, ap);
		va_end(ap);
		if (n < 0)
			return;
		if ((size_t)n < out->room - out->len)
			break;
		if (!grow(out, (size_t)n))
			return;
	}
	out->len += (size_t)n;
	if (out->len && out->buf[out->len - 1] == '\n')
		out_settle(out);
}

/**
 * out_color() - switch the colour, if colours are wanted
 * @out: output
 * @color: COLOR_NONE ends it
 */
void out_color(struct out *out, enum color color)
{
	static const char * const codes[] = { "0", "31", "33", "32", "1" };

	if (out->color)
		out_printf(out, "\033[%sm", codes[color]);
}

static bool end_pending(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;

	if (sigpending(&set))
		return false;
	for (unsigned int i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigismember(&set, ends[i]) == 1)
			return true;
	return false;
}

/*
 * How much can be written without waiting for a reader, at most @len; 0: it is time to
 * end, and nobody reads.
 */
static size_t room_for(const struct out *out, size_t len)
{
	struct pollfd p = { .fd = out->fd, .events = POLLOUT };
	struct stat st;
	int stalled = 0;

	if (!out->stops || fstat(out->fd, &st) || S_ISREG(st.st_mode))
		return len;
	while (poll(&p, 1, STALL_STEP_MS) <= 0) {
		if (!end_pending())
			stalled = 0;
		else if (++stalled > STALL_STEPS)
			return 0;
	}
	return len < PIPE_BUF ? len : PIPE_BUF;
}

/**
 * out_flush() - write what has been added
 * @out: output
 *
 * On failure @error is set and everything further is dropped: the traced
 * program goes on.
 */
void out_flush(struct out *out)
{
	size_t done = 0;

	while (!out->error && done < out->len) {
		size_t room = room_for(out, out->len - done);
		ssize_t n;

		if (!room) {
			out->error = EINTR;
			break;
		}
		n = write(out->fd, out->buf + done, room);
		if (n >= 0) {
			done += (size_t)n;
			out->written += (uint64_t)n;
		} else if (errno == EAGAIN) {
			/* The program may have made our common stderr non-blocking. */
			struct pollfd p = { .fd = out->fd, .events = POLLOUT };

			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			out->error = errno;
		}
	}
	out->len = 0;
}

/**
 * out_abandon() - nobody reads any more: drop what comes, as if a write had failed
 * @out: output
 */
void out_abandon(struct out *out)
{
	if (!out->error)
		out->error = EPIPE;
	out->len = 0;
}

/**
 * out_free() - flush and free the buffer; @fd stays open
 * @out: output
 */
void out_free(struct out *out)
{
	out_flush(out);
	free(out->buf);
	out->buf = NULL;
	out->room = 0;
}
