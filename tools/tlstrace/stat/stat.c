// SPDX-License-Identifier: GPL-2.0
/* Counting the calls of a program, or of all sockets, and printing the sums. */
#include "stat.h"
#include "tlstrace.h"

struct stat_run {
	const struct stat_options *opt;
	struct stats stats;
	unsigned int number;
	uint64_t start, last, lost;
};

static int begin(struct session *s)
{
	struct stat_run *run = s->job->ctx;

	stats_init(&run->stats, run->opt->by, &run->opt->filter);
	s->tracker.quiet = true;
	s->tracker.brief = true;
	s->tracker.hook = (struct tracker_hook){
		.event = stats_event, .gone = stats_gone, .lost = stats_lost, .ctx = &run->stats,
	};
	run->start = trace_now();
	run->last = run->start;
	return 0;
}

static void started(struct session *s)
{
	if (!s->opt->argv)
		msg_note("counting on sockets with the ULP %s, until %s; \"tlstrace attach\" has "
			 "programs use it", ULP_NAME,
			 s->opt->duration_ms ? "the time is over or Ctrl-C" : "Ctrl-C");
}

static void print(struct session *s, struct stat_report *r)
{
	const struct stat_run *run = s->job->ctx;

	r->stats = &run->stats;
	r->limit = run->opt->limit;
	r->group_histograms = run->opt->histograms;
	if (s->out->json)
		json_stat(s->out, r);
	else
		text_stat(s->out, r);
	out_flush(s->out);
}

/* What came in since the last one. */
static void interval(struct session *s)
{
	struct stat_run *run = s->job->ctx;
	uint64_t now = trace_now(), lost;
	struct stat_report r = {
		.number = ++run->number, .time = now - run->start, .ns = now - run->last,
		.histograms = run->opt->histograms, .status = -1,
	};

	r.lost_known = trace_lost(s->trace, &lost);
	r.lost = lost - run->lost;
	run->lost = lost;
	run->last = now;
	stats_settle(&run->stats, false);
	print(s, &r);
	stats_interval(&run->stats);
}

static void summarise(struct session *s, int status)
{
	struct stat_run *run = s->job->ctx;
	uint64_t now = trace_now();
	struct stat_report r = {
		.time = now - run->start, .ns = now - run->start, .histograms = true,
		.status = status,
	};

	stats_settle(&run->stats, true);
	stats_interval(&run->stats);
	r.lost_known = trace_lost(s->trace, &r.lost);
	print(s, &r);
}

/**
 * stat_show() - count until a program or a time is over, or until a signal
 * @opt: options
 * @out: where to print
 *
 * Return: exit status for tlstrace.
 */
int stat_show(const struct stat_options *opt, struct out *out)
{
	struct stat_run run = { .opt = opt };
	const struct session_job job = {
		.name = "stat",
		.kinds = STATS_KINDS,
		.filter = &opt->filter,
		.begin = begin,
		.started = started,
		.tick = interval,
		.end = summarise,
		.ctx = &run,
	};
	int status = session_run(&opt->session, &job, out);

	stats_free(&run.stats);
	return status;
}
