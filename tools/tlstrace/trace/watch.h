/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for events and for signals, and handing the events out. */
#ifndef WATCH_H
#define WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace.h"
#include "tracker.h"

/**
 * struct watch - what is waited for
 * @trace: where events come from
 * @tracker: who gets them
 * @polls: [0] signals, [1] input, then the trace
 * @npolls: how many
 * @seen: all events until then were handed out, ns
 * @broken: reading failed, which was said
 */
struct watch {
	struct trace *trace;
	struct tracker *tracker;
	struct pollfd *polls;
	int npolls;
	uint64_t seen;
	bool broken;
};

int watch_open(struct watch *w, int sigfd, int input, struct trace *trace, struct tracker *tracker);
bool watch_events(struct watch *w);
void watch_round(struct watch *w, int ms);
void watch_close(struct watch *w);

#endif
