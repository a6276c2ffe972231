/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: /proc/net/tls_stat and /proc/net/tls_trace_stat. The tests run in a
 * network namespace of their own, so that the numbers are exact.
 */
#ifndef TT_STAT_H
#define TT_STAT_H

#include <stddef.h>

#define TT_STAT_MAX	64

/**
 * struct tt_stat - one counter
 * @name:	as in the file
 * @value:	value
 */
struct tt_stat {
	char name[40];
	long long value;
};

/**
 * struct tt_stats - the counters of both files
 * @s:		counters
 * @n:		how many
 */
struct tt_stats {
	struct tt_stat s[TT_STAT_MAX];
	size_t n;
};

/**
 * tt_stats_read() - read tls_stat, and tls_trace_stat where it is there
 * @st: out
 * Return: 0 or -errno.
 */
int tt_stats_read(struct tt_stats *st);

/**
 * tt_stats_get() - one counter
 * @st:		counters
 * @name:	name
 * Return: value, 0 if there is no such counter.
 */
long long tt_stats_get(const struct tt_stats *st, const char *name);

/**
 * tt_stat_begin() - note the counters as they are, forget expectations
 * Return: 0 or -errno.
 */
int tt_stat_begin(void);

/**
 * tt_stat_expect() - expect that a counter moves, besides what was expected
 * @name:	its name
 * @delta:	by how much
 */
void tt_stat_expect(const char *name, long long delta);

/**
 * tt_stat_delta() - how far a counter moved since tt_stat_begin()
 * @name:	its name
 * Return: the difference.
 */
long long tt_stat_delta(const char *name);

/**
 * tt_stat_check() - compare all counters with what was expected
 *
 * Every counter must have moved by exactly what was expected of
 * it; the current sessions (TlsCurr*, TlsTraceCurr) must be as at the beginning, so sockets
 * must be closed before.
 *
 * Return: 0, or -EBADMSG with the differences noted.
 */
int tt_stat_check(void);

#endif
