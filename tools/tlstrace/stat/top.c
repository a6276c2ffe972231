// SPDX-License-Identifier: GPL-2.0
/* The busiest connections or processes, again and again. */
#include "stat.h"
#include "term.h"
#include "tlstrace.h"
#include "top.h"

#define HEAD_LINES	7
#define BATCH_ROWS	20

struct top {
	const struct top_options *opt;
	enum top_sort sort;
	struct stats stats;
	struct top_frame frame;
	struct term term;
	bool screen, drawn;
	uint64_t frames, start, last;
};

static int begin(struct session *s)
{
	struct top *t = s->job->ctx;

	stats_init(&t->stats, t->opt->by, &t->opt->filter);
	s->tracker.quiet = true;
	s->tracker.brief = true;
	s->tracker.hook = (struct tracker_hook){
		.event = stats_event, .gone = stats_gone, .lost = stats_lost, .ctx = &t->stats,
	};
	t->start = trace_now();
	t->last = t->start;
	t->frame.by = t->opt->by;
	t->frame.lost_known = true;
	return 0;
}

static void started(struct session *s)
{
	const struct top *t = s->job->ctx;

	if (!t->screen)
		msg_note("watching sockets with the ULP %s, until Ctrl-C; \"tlstrace attach\" has "
			 "programs use it", ULP_NAME);
}

static void draw(struct session *s)
{
	struct top *t = s->job->ctx;
	unsigned int limit = t->opt->limit ? t->opt->limit : BATCH_ROWS;
	unsigned int rows = HEAD_LINES + limit, columns = 0, height;

	if (t->screen) {
		term_enter(&t->term);
		term_size(&t->term, &height, &columns);
		if (height < rows || !t->opt->limit)
			rows = height;
	}
	top_frame_draw(s->out, &t->frame, t->sort, rows, columns, t->screen);
	out_flush(s->out);
	t->drawn = true;
}

/* An interval is over. */
static void frame(struct session *s)
{
	struct top *t = s->job->ctx;
	uint64_t now = trace_now();

	stats_settle(&t->stats, false);
	t->frame.time = now - t->start;
	t->frame.ns = now - t->last;
	t->last = now;
	t->frame.lost_known = trace_lost(s->trace, &t->frame.lost);
	top_frame_take(&t->frame, &t->stats);
	stats_interval(&t->stats);
	draw(s);
	s->enough = t->opt->count && ++t->frames >= t->opt->count;
}

/* Keys, and a window that has another size; the first picture does not wait. */
static void look(struct session *s)
{
	struct top *t = s->job->ctx;
	bool again = !t->drawn;
	int key;

	if (!t->screen)
		return;
	again |= term_changed(&t->term);
	while ((key = term_key(&t->term)) > 0) {
		if (key == 'q' || key == 'Q')
			s->enough = true;
		again |= top_sort_key(key, &t->sort);
	}
	/* The terminal is gone. */
	if (key < 0)
		s->enough = true;
	if (again && !s->enough)
		draw(s);
}

static void summarise(struct session *s, int status)
{
	struct top *t = s->job->ctx;
	struct stat_report r = { .stats = &t->stats, .time = trace_now() - t->start,
				 .status = status };

	term_leave(&t->term);
	/* What was said of it went with the screen. */
	if (t->screen && s->watch.broken)
		msg_error("reading the trace failed");
	stats_settle(&t->stats, true);
	stats_interval(&t->stats);
	r.ns = r.time;
	r.lost_known = trace_lost(s->trace, &r.lost);
	text_stat(s->out, &r);
}

/**
 * top_show() - show until a signal, a key or enough frames
 * @opt: options
 * @out: where to draw
 *
 * Return: exit status for tlstrace.
 */
int top_show(const struct top_options *opt, struct out *out)
{
	struct top t = { .opt = opt, .sort = opt->sort, .term.keys = -1 };
	struct session_options session = opt->session;
	const struct session_job job = {
		.name = "top",
		.kinds = STATS_KINDS,
		.filter = &opt->filter,
		.begin = begin,
		.started = started,
		.round = look,
		.tick = frame,
		.end = summarise,
		.ctx = &t,
	};
	int status;

	t.screen = !opt->batch && term_usable(out->fd);
	if (t.screen) {
		term_open(&t.term, out->fd);
		session.input = t.term.keys > 0 ? t.term.keys : 0;
	}
	status = session_run(&session, &job, out);
	if (t.screen)
		term_close(&t.term);
	top_frame_free(&t.frame);
	stats_free(&t.stats);
	return status;
}
