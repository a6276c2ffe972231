/* SPDX-License-Identifier: GPL-2.0 */
/* Which events are wanted. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "event.h"

/**
 * struct event_filter - what an event has to be; all of what is set
 * @kinds: bit per enum event_kind, 0 for all
 * @dir: 0 sent, 1 received, -1 both; what has no direction is for both
 * @type: content type of tx and rx, -1 for all; other events have none and go
 * @port: at either end, 0 for all
 * @pid: process that attached it, or thread that made the call; 0 for all
 * @comm: name of that process, NULL for all
 * @errors: only calls that failed, fatal alerts, and reads that need a new key
 * @min_ns: calls of tx and rx that took less go, and what is no call
 */
struct event_filter {
	unsigned int kinds;
	int dir;
	int type;
	unsigned int port;
	int pid;
	const char *comm;
	bool errors;
	uint64_t min_ns;
};

bool filter_match(const struct event_filter *f, const struct event *ev, const struct conn *c,
		  const char *comm);
bool filter_parse_kinds(const char *s, unsigned int *kinds);
bool filter_parse_type(const char *s, int *type);

#endif
