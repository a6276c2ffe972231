// SPDX-License-Identifier: GPL-2.0
/* Events of all sockets that have the ULP tls_trace, whoever set it. */
#include "format.h"
#include "live.h"
#include "tlstrace.h"

static int begin(struct session *s)
{
	const struct live_options *opt = s->job->ctx;

	/* Of what has ended only the totals stay: this may go on for days. */
	s->tracker.all = opt->all;
	s->tracker.brief = true;
	s->tracker.most = opt->count;
	return 0;
}

static void started(struct session *s)
{
	(void)s;
	msg_note("showing the events of sockets with the ULP %s, until Ctrl-C; "
		 "\"tlstrace attach\" has programs use it", ULP_NAME);
}

static void count(struct session *s)
{
	const struct live_options *opt = s->job->ctx;

	s->enough = opt->count && s->tracker.printed >= opt->count;
}

static void summarise(struct session *s, int status)
{
	struct summary sum = { .status = status };

	conn_finish_all(s->tracker.conns);
	sum.totals = conn_totals(s->tracker.conns);
	sum.lost_known = trace_lost(s->trace, &sum.lost);
	if (s->out->json)
		json_summary(s->out, &sum);
	else
		text_summary(s->out, &sum);
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
	const struct session_job job = {
		.name = "live",
		.kinds = EVENTS_NO_DATA,
		.filter = &opt->filter,
		.begin = begin,
		.started = started,
		.round = count,
		.end = summarise,
		.ctx = (void *)opt,
	};

	return session_run(&opt->session, &job, out);
}
