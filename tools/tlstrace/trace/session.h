/* SPDX-License-Identifier: GPL-2.0 */
/* Tracing from start to end: of one program, or of all sockets until told to stop. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"
#include "child.h"
#include "out.h"
#include "redirect.h"
#include "sweep.h"
#include "trace.h"
#include "tracker.h"
#include "watch.h"

/**
 * struct session_options - from the command line
 * @buffer_kb: ring buffer per CPU, KiB
 * @argv: program and arguments, NULL at the end; NULL for all sockets
 * @wait: go on until all processes of the program have ended
 * @interval_ms: time between two calls of the job's tick, 0 for none
 * @duration_ms: without a program: end after this time, 0: go on
 * @input: descriptor to wake up for, 0 for none; what is there is of the job's round to read
 */
struct session_options {
	unsigned int buffer_kb;
	char **argv;
	bool wait;
	unsigned int interval_ms;
	unsigned int duration_ms;
	int input;
};

/**
 * struct session - one run
 * @opt: options
 * @job: what it is for
 * @out: where the job prints
 * @cg: cgroup of the program
 * @rd: which sends its sockets through tls_trace
 * @trace: where events come from
 * @tracker: what they amount to; of the job's begin() to set up
 * @child: the program, and the signals
 * @watch: waits for all of it
 * @sweep: finds connections that ended unseen
 * @wish: the strongest of those that signals expressed
 * @enough: set by the job: end, as by a signal
 * @next_tick: when, ns
 * @deadline: when to end, ns; 0: never
 */
struct session {
	const struct session_options *opt;
	const struct session_job *job;
	struct out *out;
	struct cgroup cg;
	struct redirect *rd;
	struct trace *trace;
	struct tracker tracker;
	struct child child;
	struct watch watch;
	struct sweep sweep;
	enum child_wish wish;
	bool enough;
	uint64_t next_tick;
	uint64_t deadline;
};

/**
 * struct session_job - what a session is for
 * @name: the subcommand
 * @kinds: a bit for each event kind that is wanted
 * @filter: of them, those that are wanted; may be NULL
 * @begin: all is ready and nothing seen yet; -1 gives up, when it has said why
 * @started: from here on events are seen; may be NULL
 * @round: after each look at the events, may be NULL
 * @tick: once per interval, may be NULL
 * @end: all events have been handed out; @status is the program's exit status, or -1
 * @ctx: the job's own
 */
struct session_job {
	const char *name;
	unsigned int kinds;
	const struct event_filter *filter;
	int (*begin)(struct session *s);
	void (*started)(struct session *s);
	void (*round)(struct session *s);
	void (*tick)(struct session *s);
	void (*end)(struct session *s, int status);
	void *ctx;
};

int session_run(const struct session_options *opt, const struct session_job *job,
		struct out *out);

#endif
