// SPDX-License-Identifier: GPL-2.0
/* Waiting for events and for signals, and handing the events out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "tlstrace.h"
#include "watch.h"

#define STEP_MS		10

enum { POLL_SIGNAL, POLL_INPUT, POLL_OUTPUT, POLL_TRACE };

/**
 * watch_open() - begin
 * @w: result
 * @sigfd: descriptor that is readable when a signal came
 * @input: another one to wake up for, 0 for none
 * @trace: where events come from
 * @tracker: who gets them, and whose output it is for: that nobody reads it any more is
 *	noticed there
 *
 * Return: 0, or -1 without memory.
 */
int watch_open(struct watch *w, int sigfd, int input, struct trace *trace, struct tracker *tracker)
{
	const int *fds;
	int n = trace_fds(trace, &fds);

	memset(w, 0, sizeof(*w));
	w->trace = trace;
	w->tracker = tracker;
	w->polls = calloc((size_t)n + POLL_TRACE, sizeof(*w->polls));
	if (!w->polls)
		return -1;
	w->polls[POLL_SIGNAL].fd = sigfd;
	w->polls[POLL_SIGNAL].events = POLLIN;
	w->polls[POLL_INPUT].fd = input ? input : -1;
	w->polls[POLL_INPUT].events = POLLIN;
	/* Without events: what there is to say of it is an error. */
	w->polls[POLL_OUTPUT].fd = tracker->out->fd;
	w->npolls = POLL_TRACE;
	for (int i = 0; i < n; i++) {
		w->polls[w->npolls].fd = fds[i];
		w->polls[w->npolls++].events = POLLIN;
	}
	return 0;
}

/**
 * watch_events() - hand out what has happened until now
 * @w: from watch_open()
 *
 * Return: true if younger events are waiting.
 */
bool watch_events(struct watch *w)
{
	const struct trace_sink sink = {
		.event = tracker_event,
		.lost = tracker_lost,
		.ctx = w->tracker,
	};
	uint64_t until = trace_now();
	int ret;

	if (w->broken)
		return false;
	ret = trace_read(w->trace, until, &sink);
	if (ret < 0) {
		w->broken = true;
		msg_error("reading the trace failed: %s; from here on nothing is seen",
			  strerror(errno));
	} else {
		w->seen = until;
	}
	out_flush(w->tracker->out);
	return ret > 0;
}

/**
 * watch_round() - wait for an event or a signal, and hand out the events
 * @w: from watch_open()
 * @ms: how long to wait at most
 */
void watch_round(struct watch *w, int ms)
{
	struct pollfd *output = &w->polls[POLL_OUTPUT];
	uint64_t before = w->tracker->events;
	bool ready = false, more;

	if (poll(w->polls, (nfds_t)w->npolls, ms) > 0)
		for (int i = POLL_TRACE; i < w->npolls; i++)
			ready |= w->polls[i].revents != 0;
	if (output->fd >= 0 && output->revents) {
		/* Once is enough, what is written there is dropped from now on. */
		output->fd = -1;
		if (output->revents & POLLERR)
			out_abandon(w->tracker->out);
	}
	more = watch_events(w);
	/*
	 * Other sockets' events keep the buffers busy, and a poll that reports
	 * what cannot be read must not become a busy loop.
	 */
	if (ready && !more && w->tracker->events == before)
		poll(w->polls, POLL_TRACE, STEP_MS);
}

/**
 * watch_close() - release
 * @w: from watch_open(), or zero
 */
void watch_close(struct watch *w)
{
	free(w->polls);
	w->polls = NULL;
}
