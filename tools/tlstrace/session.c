// SPDX-License-Identifier: GPL-2.0
/*
 * One run of a program: module, cgroup, BPF program, trace instance; then the
 * program; then the summary; and all of it taken away again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "child.h"
#include "format.h"
#include "libs.h"
#include "ossl.h"
#include "ready.h"
#include "redirect.h"
#include "session.h"
#include "trace.h"
#include "tracker.h"
#include "watch.h"
#include "why.h"

#define IDLE_MS		500	/* between looks at the processes when nothing happens */
#define LEFTOVER_MS	200	/* for background processes that are ending anyway */
#define STEP_MS		10
#define LOOK_AT_PIDS	64

struct session {
	const struct session_options *opt;
	struct out *out;
	struct cgroup cg;
	struct redirect *rd;
	struct trace *trace;
	struct tracker tracker;
	struct child child;
	struct libs libs;
	struct watch watch;
	enum child_wish wish;	/* the strongest so far */
	uint64_t next_look;
};

static int prepare(struct session *s)
{
	char why[300];
	uint64_t start;

	if (ready_to_trace("exec"))
		return -1;
	trace_clean_stale();
	s->rd = redirect_open(why, sizeof(why));
	if (!s->rd)
		goto fail;
	if (cgroup_create(&s->cg, "exec", why, sizeof(why)))
		goto fail;
	if (redirect_attach(s->rd, s->cg.fd, why, sizeof(why)))
		goto fail;
	s->trace = trace_open("exec", s->opt->buffer_kb, why, sizeof(why));
	if (!s->trace)
		goto fail;
	start = trace_now();
	snprintf(why, sizeof(why), "out of memory");
	if (tracker_init(&s->tracker, s->out, s->rd, s->opt->keep, start) ||
	    watch_open(&s->watch, s->child.sigfd, s->trace, &s->tracker))
		goto fail;
	s->tracker.quiet = s->opt->quiet;
	s->tracker.all = s->opt->all;
	if (trace_start(s->trace, why, sizeof(why)))
		goto fail;
	return 0;
fail:
	msg_error("%s", why);
	return -1;
}

/* Libraries of processes that live long enough to be looked at. */
static void look_at_processes(struct session *s)
{
	uint64_t now = trace_now();
	pid_t pids[LOOK_AT_PIDS];
	int n;

	if (now < s->next_look)
		return;
	s->next_look = now + IDLE_MS * 1000000ULL;
	n = cgroup_pids(&s->cg, pids, LOOK_AT_PIDS);
	for (int i = 0; i < n && i < LOOK_AT_PIDS; i++)
		libs_of_process(&s->libs, pids[i]);
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

/* One round: wait for something for at most @ms, then deal with all there is. */
static void round_of(struct session *s, int ms)
{
	watch_round(&s->watch, ms);
	handle_signals(s);
	look_at_processes(s);
}

/* Processes in the background: wait for them a little, or as long as asked. */
static void wait_for_leftovers(struct session *s)
{
	uint64_t until = trace_now() + LEFTOVER_MS * 1000000ULL;

	/* A Ctrl-C that did not end the program was not meant to end us. */
	if (s->wish == WISH_INTERRUPT && child_exit_status(&s->child) < EXIT_SIGNAL)
		s->wish = WISH_NONE;
	while (s->wish == WISH_NONE && cgroup_pids(&s->cg, NULL, 0) &&
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

/* The OpenSSL that the program uses, if it is one. */
static void ask_openssl(struct session *s, struct evidence *ev, struct ossl_info *info)
{
	ev->ossl_ktls = -1;
	for (unsigned int i = 0; i < s->libs.count; i++) {
		if (s->libs.lib[i].kind != LIB_OPENSSL)
			continue;
		ossl_probe(s->libs.lib[i].path, info);
		if (!info->found)
			return;
		ev->ossl_version = info->number;
		ev->ossl_text = info->version;
		ev->ossl_conf_on = info->conf_on;
		if (info->v12.done || info->v13.done)
			ev->ossl_ktls = ossl_built_with_ktls(info);
	}
}

static void summarise(struct session *s, const char *program, int status)
{
	struct evidence ev = { .libs = &s->libs };
	struct summary sum = { .status = status };
	struct ossl_info info;
	char path[PATH_MAX];

	conn_finish_all(s->tracker.conns);
	sum.totals = conn_totals(s->tracker.conns);
	sum.lost_known = trace_lost(s->trace, &sum.lost);
	ev.counts_known = redirect_counts(s->rd, ev.counts);
	if (libs_find_program(program, path))
		libs_of_program(&s->libs, path);
	if (!sum.totals->with_any || sum.totals->with_rx < sum.totals->with_any)
		ask_openssl(s, &ev, &info);
	if (sum.totals->with_any)
		why_partly(&sum, &ev);
	else
		why_no_ktls(&sum, &ev);
	tracker_print_conns(&s->tracker);
	if (s->out->json)
		json_summary(s->out, &sum);
	else
		text_summary(s->out, &sum);
	out_flush(s->out);
	summary_free(&sum);
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

static void clean_up(struct session *s)
{
	trace_close(s->trace);
	redirect_close(s->rd);
	cgroup_remove(&s->cg);
	conn_table_free(s->tracker.conns);
	watch_close(&s->watch);
	child_end(&s->child);
}

/**
 * session_exec() - run a program, traced
 * @opt: options
 * @out: where the trace goes
 * @argv: program and arguments, NULL at the end
 *
 * Return: exit status for tlstrace.
 */
int session_exec(const struct session_options *opt, struct out *out, char **argv)
{
	struct session *s = calloc(1, sizeof(*s));
	int status = EXIT_TROUBLE, err;
	const char *step;

	if (!s) {
		msg_error("out of memory");
		return status;
	}
	s->opt = opt;
	s->out = out;
	s->cg.fd = -1;
	s->cg.procs_fd = -1;
	err = child_signals(&s->child);
	if (err) {
		msg_error("cannot take over signals: %s", strerror(err));
		goto out;
	}
	if (prepare(s))
		goto out;
	err = child_start(&s->child, argv, &s->cg, &step);
	if (err) {
		status = cannot_start(argv[0], step, err);
		goto out;
	}
	while (s->child.pid)
		round_of(s, IDLE_MS);
	status = child_exit_status(&s->child);
	wait_for_leftovers(s);
	/* All that caused the end has been committed: one pass finds it. */
	watch_events(&s->watch);
	tracker_flush(&s->tracker);
	say_leftovers(s);
	summarise(s, argv[0], status);
out:
	clean_up(s);
	free(s);
	return status;
}
