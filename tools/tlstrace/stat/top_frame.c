// SPDX-License-Identifier: GPL-2.0
/* One picture: taken once, drawn in the order and the size that are wanted. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "top.h"

static const struct {
	const char *name;
	char key;
} sorts[TOP_SORTS] = {
	[TOP_BYTES] = { "bytes", 'b' }, [TOP_RECORDS] = { "records", 'r' },
	[TOP_CALLS] = { "calls", 'c' }, [TOP_ERRORS] = { "errors", 'e' },
	[TOP_LATENCY] = { "latency", 'l' }, [TOP_NAME] = { "name", 'n' },
};

/**
 * top_sort_name() - name of an order
 * @sort: which
 *
 * Return: the name.
 */
const char *top_sort_name(enum top_sort sort)
{
	return sorts[sort].name;
}

/**
 * top_sort_parse() - an order by its name
 * @s: name
 * @sort: result
 *
 * Return: false if there is none.
 */
bool top_sort_parse(const char *s, enum top_sort *sort)
{
	for (int i = 0; i < TOP_SORTS; i++) {
		if (!strcmp(sorts[i].name, s)) {
			*sort = (enum top_sort)i;
			return true;
		}
	}
	return false;
}

/**
 * top_sort_key() - an order by its key
 * @key: key
 * @sort: result
 *
 * Return: false if there is none.
 */
bool top_sort_key(int key, enum top_sort *sort)
{
	for (int i = 0; i < TOP_SORTS; i++) {
		if (sorts[i].key == key) {
			*sort = (enum top_sort)i;
			return true;
		}
	}
	return false;
}

static uint64_t slowest(const struct stats_set *set, int dir)
{
	uint64_t most = 0;

	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		const struct stats_path *p = set->path[dir][i];
		uint64_t n = p ? hist_percentile(&p->latency, 99) : 0;

		if (n > most)
			most = n;
	}
	return most;
}

static void take_row(struct top_row *r, const struct stats_group *g)
{
	*r = (struct top_row){
		.id = g->id, .pid = g->pid, .ep = g->ep, .sockets = g->sockets,
		.all = stats_set_bytes(&g->now) + stats_set_bytes(&g->sum),
	};
	memcpy(r->comm, g->comm, sizeof(r->comm));
	for (int dir = 0; dir < 2; dir++) {
		uint64_t latency = slowest(&g->now, dir);
		struct stats_path sum;

		stats_set_dir(&g->now, dir, &sum);
		r->bytes[dir] = sum.bytes;
		r->records += sum.records;
		r->calls += sum.calls;
		r->errors += sum.errors;
		if (latency > r->latency)
			r->latency = latency;
	}
}

/**
 * top_frame_take() - take what the interval that runs has so far
 * @f: the frame; its times and losses are of the caller
 * @st: the stats
 *
 * Without memory there are no rows.
 */
void top_frame_take(struct top_frame *f, const struct stats *st)
{
	f->by = st->by;
	f->open = st->open;
	f->opened = st->now.opened;
	f->closed = st->now.closed;
	for (int dir = 0; dir < 2; dir++) {
		stats_set_dir(&st->now, dir, &f->dir[dir]);
		f->latency[dir] = slowest(&st->now, dir);
	}
	top_frame_free(f);
	f->rows = st->groups ? calloc(st->groups, sizeof(*f->rows)) : NULL;
	if (!f->rows)
		return;
	for (const struct stats_group *g = st->first; g; g = g->next) {
		struct top_row *r = &f->rows[f->nrows];

		take_row(r, g);
		f->nrows += r->sockets || r->calls || r->errors || r->records;
	}
}

/**
 * top_frame_free() - release the rows
 * @f: the frame
 */
void top_frame_free(struct top_frame *f)
{
	free(f->rows);
	f->rows = NULL;
	f->nrows = 0;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int order(const void *a, const void *b, void *arg)
{
	const enum top_sort *sort = arg;
	const struct top_row *x = a, *y = b;
	int d = 0;

	switch (*sort) {
	case TOP_RECORDS:
		d = compare(x->records, y->records);
		break;
	case TOP_CALLS:
		d = compare(x->calls, y->calls);
		break;
	case TOP_ERRORS:
		d = compare(x->errors, y->errors);
		break;
	case TOP_LATENCY:
		d = compare(x->latency, y->latency);
		break;
	case TOP_NAME:
		d = memcmp(x->comm, y->comm, sizeof(x->comm));
		if (!d)
			d = x->pid < y->pid ? -1 : x->pid > y->pid;
		return d ? d : -compare(x->id, y->id);
	default:
		break;
	}
	if (!d)
		d = compare(x->bytes[0] + x->bytes[1], y->bytes[0] + y->bytes[1]);
	if (!d)
		d = compare(x->all, y->all);
	return d ? d : -compare(x->id, y->id);
}

/* At most 5 characters, unless it is more than can be. */
static const char *human(char buf[16], double n)
{
	static const char units[] = " kMGTPE";
	unsigned int i = 0;

	while (n >= 9999.5 && i < sizeof(units) - 2) {
		n /= 1000;
		i++;
	}
	if (i)
		snprintf(buf, 16, "%.*f%c", n < 100 ? 1 : 0, n, units[i]);
	else
		snprintf(buf, 16, "%.*f", n < 100 && n != (double)(int)n ? 1 : 0, n);
	return buf;
}

static double per_second(uint64_t n, uint64_t ns)
{
	return ns ? (double)n * 1e9 / (double)ns : 0;
}

/* Lines that are left, and how wide they may be; 0: as wide as they are. */
struct canvas {
	struct out *out;
	unsigned int left, width;
	bool screen, first;
};

static void __attribute__((format(printf, 3, 4)))
line(struct canvas *c, enum color color, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!c->left)
		return;
	c->left--;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* All of it is ASCII: a byte is a column. */
	if (c->width && strlen(text) > c->width)
		text[c->width] = 0;
	/* The newline comes before, so that none scrolls the last line away. */
	if (c->screen && !c->first)
		out_printf(c->out, "\n");
	c->first = false;
	if (color)
		out_color(c->out, color);
	out_printf(c->out, "%s", text);
	if (color)
		out_color(c->out, COLOR_NONE);
	out_printf(c->out, "%s", c->screen ? "\033[K" : "\n");
}

static void dir_line(struct canvas *c, const struct top_frame *f, int dir)
{
	const struct stats_path *p = &f->dir[dir];
	char bytes[16], calls[16], records[16];

	line(c, p->errors ? COLOR_RED : COLOR_NONE,
	     "%s %8s bytes/s, %s records/s, %s calls/s, %" PRIu64 " errors; p99 %.1f us",
	     dir ? "rx" : "tx", human(bytes, per_second(p->bytes, f->ns)),
	     human(records, per_second(p->records, f->ns)),
	     human(calls, per_second(p->calls, f->ns)), p->errors,
	     (double)f->latency[dir] / 1000);
}

/* Narrow, so that of 80 columns some are left for the name. */
#define ROW	"%6s %6s %6s %6s %6s %6s %6s  "

static void head(struct canvas *c, const struct top_frame *f, enum top_sort sort)
{
	line(c, COLOR_BOLD, "tlstrace top: %.1f s, the last %.1f s by %s%s", (double)f->time / 1e9,
	     (double)f->ns / 1e9, top_sort_name(sort),
	     c->screen ? "; keys: b r c e l n to sort, q to quit" : "");
	line(c, COLOR_NONE, "connections: %" PRIu64 " open, %" PRIu64 " opened, %" PRIu64
	     " closed", f->open, f->opened, f->closed);
	dir_line(c, f, 0);
	dir_line(c, f, 1);
	if (f->lost_known)
		line(c, f->lost ? COLOR_RED : COLOR_NONE, "events lost: %" PRIu64 "%s", f->lost,
		     f->lost ? "; a larger --buffer-size helps" : "");
	else
		line(c, COLOR_NONE, "events lost: not known, the kernel does not say");
	line(c, COLOR_NONE, "%s", "");
	line(c, COLOR_BOLD, ROW "%s", "TX-B/S", "RX-B/S", "CALL/S", "REC/S", "ERRORS", "P99-US",
	     "ALL-B", f->by == STATS_BY_CONNECTION ? "PROCESS AND CONNECTION" : "PROCESS");
}

static void row_line(struct canvas *c, const struct top_frame *f, const struct top_row *r)
{
	char tx[16], rx[16], calls[16], records[16], errors[16], latency[16], all[16];
	char name[80], local[64], remote[64], what[260];

	escape_text(name, sizeof(name), r->comm[0] ? r->comm : "?",
		    r->comm[0] ? strnlen(r->comm, sizeof(r->comm)) : 1);
	if (f->by == STATS_BY_CONNECTION) {
		endpoint_print(local, r->ep.saddr, r->ep.sport);
		endpoint_print(remote, r->ep.daddr, r->ep.dport);
		snprintf(what, sizeof(what), "%s/%d %s - %s%s", name, r->pid, local, remote,
			 r->sockets ? "" : " closed");
	} else {
		snprintf(what, sizeof(what), "%s/%d, %u open", name, r->pid, r->sockets);
	}
	line(c, r->errors ? COLOR_RED : COLOR_NONE, ROW "%s",
	     human(tx, per_second(r->bytes[0], f->ns)), human(rx, per_second(r->bytes[1], f->ns)),
	     human(calls, per_second(r->calls, f->ns)),
	     human(records, per_second(r->records, f->ns)), human(errors, (double)r->errors),
	     human(latency, (double)r->latency / 1000), human(all, (double)r->all), what);
}

/**
 * top_frame_draw() - draw
 * @out: output
 * @f: the frame
 * @sort: order of the rows, which are sorted by it
 * @height: lines at most
 * @width: columns at most, 0: any
 * @screen: draw over what is on the screen; else lines go below each other
 */
void top_frame_draw(struct out *out, const struct top_frame *f, enum top_sort sort,
		    unsigned int height, unsigned int width, bool screen)
{
	struct canvas c = {
		.out = out, .left = height, .width = width, .screen = screen, .first = true,
	};

	if (f->nrows)
		qsort_r(f->rows, f->nrows, sizeof(*f->rows), order, &sort);
	if (screen)
		out_printf(out, "\033[H");
	head(&c, f, sort);
	for (unsigned int i = 0; i < f->nrows && c.left; i++)
		row_line(&c, f, &f->rows[i]);
	out_printf(out, "%s", screen ? "\033[J" : "\n");
}
