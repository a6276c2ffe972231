/* SPDX-License-Identifier: GPL-2.0 */
/* Counting the calls of a program, or of all sockets, and printing the sums. */
#ifndef STAT_H
#define STAT_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "out.h"
#include "session.h"
#include "stats.h"

/**
 * struct stat_options - from the command line
 * @session: of the session
 * @filter: which events count
 * @by: what to print sums by, besides the totals
 * @limit: groups to print at most
 * @histograms: print histograms everywhere, not only of the totals
 */
struct stat_options {
	struct session_options session;
	struct event_filter filter;
	enum stats_by by;
	unsigned int limit;
	bool histograms;
};

/**
 * struct stat_report - what to print
 * @stats: all that was counted
 * @number: of the interval, from 1; 0: all time
 * @time: when it ends, ns since the start
 * @ns: how long it was
 * @lost: events the kernel dropped in this time
 * @lost_known: it said how many
 * @limit: groups to print at most, 0: none
 * @histograms: print those of the totals, too
 * @group_histograms: and those of the groups
 * @status: exit status of the program, -1 if there is none
 */
struct stat_report {
	const struct stats *stats;
	unsigned int number;
	uint64_t time, ns;
	uint64_t lost;
	bool lost_known;
	unsigned int limit;
	bool histograms, group_histograms;
	int status;
};

int stat_show(const struct stat_options *opt, struct out *out);
void text_stat(struct out *out, const struct stat_report *r);
void json_stat(struct out *out, const struct stat_report *r);


#endif
