/* SPDX-License-Identifier: GPL-2.0 */
/* Showing events as they happen, until told to stop. */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "session.h"

/**
 * struct live_options - from the command line
 * @session: of the session
 * @filter: which events
 * @count: end after so many printed events, 0: go on
 * @all: print every call, also those that are a part of one record
 */
struct live_options {
	struct session_options session;
	struct event_filter filter;
	uint64_t count;
	bool all;
};

int live_show(const struct live_options *opt, struct out *out);

#endif
