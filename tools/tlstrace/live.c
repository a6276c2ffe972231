// SPDX-License-Identifier: GPL-2.0
/* Events of all sockets that have the ULP tls_trace, whoever set it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "format.h"
#include "live.h"
#include "ready.h"
#include "tlstrace.h"
#include "watch.h"

#define IDLE_MS		500

struct live {
	const struct live_options *opt;
	struct out *out;
	struct trace *trace;
	struct tracker tracker;
	struct watch watch;
	struct child signals;	/* without a program: what is sent ends us */
	bool stop;
};

static int prepare(struct live *l)
{
	char why[300];

	if (ready_to_trace("live"))
		return -1;
	trace_clean_stale();
	l->trace = trace_open("live", l->opt->buffer_kb, why, sizeof(why));
	if (!l->trace)
		goto fail;
	snprintf(why, sizeof(why), "out of memory");
	/* Of what has ended only the totals stay: this may go on for days. */
	if (tracker_init(&l->tracker, l->out, NULL, 0, trace_now()) ||
	    watch_open(&l->watch, l->signals.sigfd, l->trace, &l->tracker))
		goto fail;
	l->tracker.filter = &l->opt->filter;
	l->tracker.all = l->opt->all;
	l->tracker.brief = true;
	l->tracker.most = l->opt->count;
	if (trace_start(l->trace, why, sizeof(why)))
		goto fail;
	return 0;
fail:
	msg_error("%s", why);
	return -1;
}

static void handle_signals(struct live *l)
{
	struct signalfd_siginfo si;

	while (read(l->signals.sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si))
		l->stop |= child_signal(&l->signals, &si) != WISH_NONE;
}

static void summarise(struct live *l)
{
	struct summary sum = { .status = -1 };

	conn_finish_all(l->tracker.conns);
	sum.totals = conn_totals(l->tracker.conns);
	sum.lost_known = trace_lost(l->trace, &sum.lost);
	if (l->out->json)
		json_summary(l->out, &sum);
	else
		text_summary(l->out, &sum);
	out_flush(l->out);
}

/**
 * live_show() - show events until a signal, or until enough were shown
 * @opt: options
 * @out: where to
 *
 * Return: exit status for tlstrace.
 */
int live_show(const struct live_options *opt, struct out *out)
{
	struct live l = { .opt = opt, .out = out, .signals.sigfd = -1 };
	int status = EXIT_PROBLEM, err = child_signals(&l.signals);

	if (err) {
		msg_error("cannot take over signals: %s", strerror(err));
		return status;
	}
	if (prepare(&l))
		goto out;
	msg_note("showing the events of sockets with the ULP %s, until Ctrl-C; "
		 "\"tlstrace attach\" has programs use it", ULP_NAME);
	/* Nobody reads any more: there is nothing to go on for. */
	while (!l.stop && !out->error && !l.watch.broken &&
	       !(opt->count && l.tracker.printed >= opt->count)) {
		watch_round(&l.watch, IDLE_MS);
		handle_signals(&l);
	}
	if (l.stop)
		watch_events(&l.watch);
	tracker_flush(&l.tracker);
	summarise(&l);
	status = l.watch.broken ? EXIT_PROBLEM : EXIT_OK;
out:
	watch_close(&l.watch);
	trace_close(l.trace);
	conn_table_free(l.tracker.conns);
	child_end(&l.signals);
	return status;
}
