// SPDX-License-Identifier: GPL-2.0
/* Reasons of failures and time limits. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <openssl/err.h>
#include "util.h"

static __thread char why[TT_WHY_SIZE];

const char *tt_why(void)
{
	return why;
}

int tt_fail(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return -err;
}

int tt_fail_ssl(const char *fmt, ...)
{
	unsigned long e;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	while ((e = ERR_get_error())) {
		n = strlen(why);
		snprintf(why + n, sizeof(why) - n, ": %s",
			 ERR_reason_error_string(e) ?: "unknown error");
	}
	return -EPROTO;
}

static long long ms(const struct timespec *ts)
{
	return ts->tv_sec * 1000LL + ts->tv_nsec / 1000000;
}

long long tt_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ms(&ts);
}

long long tt_timer_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ms(&ts);
}

long long tt_timer_passed(long long start)
{
	struct timespec tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return tt_timer_ms() - start + 2 * ms(&tick);
}

int tt_wait_fd(int fd, short events, const char *what)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, TT_WAIT_MS);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return tt_fail(errno, "poll for %s: %s", what, strerror(errno));
	if (!n)
		return tt_fail(ETIMEDOUT, "%s: nothing within %d ms", what,
			       TT_WAIT_MS);
	return 0;
}

int tt_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;
	int err;

	while (len) {
		n = send(fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN) {
			err = tt_wait_fd(fd, POLLOUT, "room in the send buffer");
			if (err)
				return err;
			continue;
		}
		if (n < 0)
			return tt_fail(errno, "send: %s", strerror(errno));
		p += n;
		len -= n;
	}
	return 0;
}
