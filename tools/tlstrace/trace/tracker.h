/* SPDX-License-Identifier: GPL-2.0 */
/* From events of the whole system to connections of one cgroup, as they happen. */
#ifndef TRACKER_H
#define TRACKER_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "filter.h"
#include "out.h"
#include "redirect.h"

/**
 * struct tracker_hook - somebody who wants more than what is printed
 * @event: an event of ours, its connection being up to date
 * @gone: the connection is about to be forgotten, may be NULL
 * @lost: as in struct trace_sink, may be NULL
 * @ctx: passed on
 */
struct tracker_hook {
	void (*event)(void *ctx, const struct event *ev, struct conn *c, const char *comm);
	void (*gone)(void *ctx, struct conn *c);
	void (*lost)(void *ctx, uint64_t count);
	void *ctx;
};

struct tracker_comm {
	int pid;
	uint64_t ts;
	char comm[16];
};

#define TRACKER_COMMS 256

/**
 * struct tracker - state
 * @conns: connections
 * @rd: which sockets are ours; NULL: all
 * @out: where to print
 * @hook: who else gets the events, zero for nobody
 * @filter: which events to print, NULL: all; all count
 * @quiet: print no events
 * @all: print every call, also those that are a part of one record
 * @brief: print no connections
 * @most: print so many events at most, 0: all
 * @keep: connections kept for the summary; later ones are printed when they end
 * @start: time that counts as 0
 * @events: events of ours so far
 * @printed: events printed so far
 * @losses: how often something was lost: sockets may appear without their attach event,
 *	and end without their close event
 * @own_pids: /proc shows the pids that events have
 * @comms: names of processes, by pid
 */
struct tracker {
	struct conn_table *conns;
	const struct redirect *rd;
	struct out *out;
	struct tracker_hook hook;
	const struct event_filter *filter;
	bool quiet;
	bool all;
	bool brief;
	unsigned int keep;
	uint64_t start;
	uint64_t events;
	uint64_t printed;
	uint64_t most;
	uint64_t losses;
	bool own_pids;
	struct tracker_comm comms[TRACKER_COMMS];
};

int tracker_init(struct tracker *t, struct out *out, const struct redirect *rd,
		 uint64_t start);
void tracker_event(void *tracker, const struct event *ev);
void tracker_lost(void *tracker, uint64_t count);
void tracker_ended(struct tracker *t, struct conn *c);
void tracker_flush(struct tracker *t);
void tracker_end(struct tracker *t);
void tracker_print_conns(const struct tracker *t);

#endif
