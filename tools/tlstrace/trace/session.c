// SPDX-License-Identifier: GPL-2.0
/*
 * One run: module, trace instance, and for a program also cgroup and BPF program;
 * then events, until the program or the patience of the user ends; and all of it
 * taken away again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_limit.h"
#include "ready.h"
#include "session.h"
#include "tlstrace.h"

#define IDLE_MS		500	/* between looks at the processes when nothing happens */
#define LEFTOVER_MS	200	/* for background processes that are ending anyway */
#define STEP_MS		10
#define MS		1000000ULL

static int prepare_program(struct session *s, char *why, size_t size)
{
	s->rd = redirect_open(why, size);
	if (!s->rd || cgroup_create(&s->cg, s->job->name, why, size))
		return -1;
	return redirect_attach(s->rd, s->cg.fd, why, size);
}

static int prepare(struct session *s)
{
	char why[300];

	if (ready_to_trace(s->job->name))
		return -1;
	trace_clean_stale();
	data_limit_clean_stale();
	if (s->opt->argv && prepare_program(s, why, sizeof(why)))
		goto fail;
	s->trace = trace_open(s->job->name, s->opt->buffer_kb, why, sizeof(why));
	if (!s->trace)
		goto fail;
	snprintf(why, sizeof(why), "out of memory");
	if (tracker_init(&s->tracker, s->out, s->rd, trace_now()) ||
	    watch_open(&s->watch, s->child.sigfd, s->opt->input, s->trace, &s->tracker))
		goto fail;
	s->tracker.filter = s->job->filter;
	if (!s->tracker.own_pids && !s->opt->argv && s->job->filter &&
	    (s->job->filter->pid || s->job->filter->comm)) {
		snprintf(why, sizeof(why), "--pid and --comm need the first pid namespace: run it "
			 "outside the container");
		goto fail;
	}
	if (s->job->begin(s))
		return -1;
	if (trace_start(s->trace, s->job->kinds, why, sizeof(why)))
		goto fail;
	s->next_tick = trace_now() + s->opt->interval_ms * MS;
	if (s->opt->duration_ms)
		s->deadline = trace_now() + s->opt->duration_ms * MS;
	if (s->job->started)
		s->job->started(s);
	return 0;
fail:
	msg_error("%s", why);
	return -1;
}

static void handle_signals(struct session *s)
{
	struct signalfd_siginfo si;

	while (read(s->child.sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		enum child_wish wish = child_signal(&s->child, &si);

		if (wish > s->wish)
			s->wish = wish;
	}
}

/* No longer than until @when, if that is set. */
static unsigned int wait_until(uint64_t when, unsigned int ms)
{
	uint64_t now = trace_now();

	if (!when || now + ms * MS <= when)
		return ms;
	return now < when ? (unsigned int)((when - now) / MS) + 1 : 0;
}

/* Connections whose end was lost, once in a while. */
static void sweep(struct session *s)
{
	uint64_t now = trace_now();

	if (sweep_due(&s->sweep, &s->tracker, now))
		sweep_look(&s->sweep, &s->tracker, now);
	if (sweep_ripe(&s->sweep, s->watch.seen))
		sweep_end(&s->sweep, &s->tracker);
}

/* The same for the summary, which cannot wait for its time to come. */
static void last_sweep(struct session *s)
{
	if (s->sweep.losses == s->tracker.losses && !s->sweep.asked)
		return;
	sweep_look(&s->sweep, &s->tracker, trace_now());
	while (!sweep_ripe(&s->sweep, s->watch.seen) && !s->watch.broken) {
		poll(NULL, 0, STEP_MS);
		watch_events(&s->watch);
	}
	sweep_end(&s->sweep, &s->tracker);
}

/* One round: wait for something for at most @ms, then deal with all there is. */
static void round_of(struct session *s, unsigned int ms)
{
	uint64_t now;

	if (s->opt->interval_ms)
		ms = wait_until(s->next_tick, ms);
	ms = wait_until(s->deadline, ms);
	watch_round(&s->watch, (int)ms);
	handle_signals(s);
	sweep(s);
	if (s->job->round)
		s->job->round(s);
	if (!s->opt->interval_ms || trace_now() < s->next_tick)
		return;
	s->job->tick(s);
	now = trace_now();
	/* Who was stopped for a while does not make up for it. */
	do {
		s->next_tick += s->opt->interval_ms * MS;
	} while (s->next_tick <= now);
}

/* Processes in the background: wait for them a little, or as long as asked. */
static void wait_for_leftovers(struct session *s)
{
	uint64_t until = trace_now() + LEFTOVER_MS * MS;

	/* A Ctrl-C that did not end the program was not meant to end us. */
	if (s->wish == WISH_INTERRUPT && child_exit_status(&s->child) < EXIT_SIGNAL)
		s->wish = WISH_NONE;
	while (s->wish == WISH_NONE && !s->enough && cgroup_pids(&s->cg, NULL, 0) &&
	       (s->opt->wait || trace_now() < until))
		round_of(s, STEP_MS);
}

static void say_leftovers(struct session *s)
{
	pid_t pids[8];
	int n = cgroup_pids(&s->cg, pids, 8);
	char list[128] = "";
	size_t len = 0;

	if (!n)
		return;
	for (int i = 0; i < n && i < 8; i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, " %d", (int)pids[i]);
	msg_note("%d process%s of the program still run%s (pid%s%s) and %s no longer traced%s", n,
		 n == 1 ? "" : "es", n == 1 ? "s" : "", list, n > 8 ? " ..." : "",
		 n == 1 ? "is" : "are", s->opt->wait ? "" : "; --wait waits for them");
}

static int cannot_start(const char *program, const char *step, int err)
{
	if (strcmp(step, "exec")) {
		msg_error("cannot start %s: %s: %s", program, step, strerror(err));
		return EXIT_TROUBLE;
	}
	msg_error("cannot run %s: %s", program, strerror(err));
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

/* Return: exit status; *ran says whether the program was started. */
static int run_program(struct session *s, bool *ran)
{
	const char *step;
	int err = child_start(&s->child, s->opt->argv, &s->cg, &step);

	if (err)
		return cannot_start(s->opt->argv[0], step, err);
	*ran = true;
	while (s->child.pid)
		round_of(s, IDLE_MS);
	wait_for_leftovers(s);
	return child_exit_status(&s->child);
}

static int run_all(struct session *s)
{
	/* Nobody reads any more: there is nothing to go on for. */
	while (s->wish == WISH_NONE && !s->enough && !s->out->error && !s->watch.broken &&
	       (!s->deadline || trace_now() < s->deadline))
		round_of(s, IDLE_MS);
	return s->watch.broken ? EXIT_PROBLEM : EXIT_OK;
}

static void clean_up(struct session *s)
{
	trace_close(s->trace);
	redirect_close(s->rd);
	cgroup_remove(&s->cg);
	tracker_end(&s->tracker);
	sweep_free(&s->sweep);
	watch_close(&s->watch);
	child_end(&s->child);
}

/**
 * session_run() - trace a program, or all sockets
 * @opt: options
 * @job: what for
 * @out: where the job prints
 *
 * Return: exit status for tlstrace: the program's, or if there is none EXIT_OK or
 * EXIT_PROBLEM.
 */
int session_run(const struct session_options *opt, const struct session_job *job,
		struct out *out)
{
	struct session *s = calloc(1, sizeof(*s));
	int status = opt->argv ? EXIT_TROUBLE : EXIT_PROBLEM, err;
	bool ran = false;

	if (!s) {
		msg_error("out of memory");
		return status;
	}
	s->opt = opt;
	s->job = job;
	s->out = out;
	s->cg.fd = -1;
	s->cg.procs_fd = -1;
	err = child_signals(&s->child);
	if (err) {
		msg_error("cannot take over signals: %s", strerror(err));
		goto out;
	}
	out->stops = true;
	if (prepare(s))
		goto out;
	status = opt->argv ? run_program(s, &ran) : run_all(s);
	if (opt->argv && !ran)
		goto out;
	/* All that caused the end has been committed: one pass finds it. */
	if (!s->enough) {
		watch_events(&s->watch);
		last_sweep(s);
	}
	tracker_flush(&s->tracker);
	if (opt->argv)
		say_leftovers(s);
	job->end(s, opt->argv ? status : -1);
	out_flush(out);
out:
	out->stops = false;
	clean_up(s);
	free(s);
	return status;
}
