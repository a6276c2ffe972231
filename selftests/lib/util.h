/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small things that everything here needs: saying why, time limits.
 */
#ifndef TT_UTIL_H
#define TT_UTIL_H

#include <stddef.h>
#include "slow.h"

/*
 * Nothing waits longer than this for the other side, in milliseconds. Less
 * than the harness's 30 s, so that the test itself says what it waited for;
 * more than a loaded emulated machine ever takes.
 */
#define TT_WAIT_MS	tt_limit(10000)

/**
 * tt_fail() - note why a function of this library fails
 * @err: errno value to return, positive
 * @fmt: what went wrong, printf style
 * Return: -@err, for "return tt_fail(...)".
 */
int tt_fail(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * tt_fail_ssl() - like tt_fail(), with OpenSSL's error queue appended
 * @fmt: what went wrong
 * Return: -EPROTO.
 */
int tt_fail_ssl(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * tt_why() - the last noted reason of this thread
 * Return: text, empty if none.
 */
const char *tt_why(void);

/**
 * tt_wait_fd() - wait for a descriptor, at most TT_WAIT_MS
 * @fd:		descriptor
 * @events:	poll(2) events
 * @what:	what is waited for, for the message
 * Return: 0, or -ETIMEDOUT with the reason noted.
 */
int tt_wait_fd(int fd, short events, const char *what);

/**
 * tt_write_all() - write everything, at most TT_WAIT_MS between bytes
 * @fd:		socket
 * @buf:	bytes
 * @len:	how many
 * Return: 0 or -errno.
 */
int tt_write_all(int fd, const void *buf, size_t len);

/**
 * tt_now_ms() - monotonic clock
 * Return: milliseconds.
 */
long long tt_now_ms(void);

/**
 * tt_timer_ms() - the clock that time limits of sockets end by
 *
 * Those are counted in ticks. On a busy machine ticks come late and several at once,
 * so that by tt_now_ms() a limit may seem to have ended before its time.
 *
 * Return: milliseconds at the last tick.
 */
long long tt_timer_ms(void);

/**
 * tt_timer_passed() - the longest time that may have passed by that clock
 * @start: tt_timer_ms() then
 * Return: milliseconds, with a tick at either end.
 */
long long tt_timer_passed(long long start);

/* Room for the longest alert, errno and address texts. */
#define TT_WHY_SIZE	512

/* For ASSERT_OK(f()): a library call that must return 0. */
#define ASSERT_OK(expr)	ASSERT_EQ(0, (expr)) TH_LOG("%s", tt_why())
#define EXPECT_OK(expr)	EXPECT_EQ(0, (expr)) TH_LOG("%s", tt_why())

#endif
