// SPDX-License-Identifier: GPL-2.0
/* Sums of calls as tables and bars. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "format.h"
#include "ktls_uapi.h"
#include "names.h"
#include "stat.h"

#define BAR	40	/* longest one */

static const char * const dirs[] = { "tx", "rx" };

static double per_second(uint64_t n, uint64_t ns)
{
	return ns ? (double)n * 1e9 / (double)ns : 0;
}

static double per(uint64_t n, uint64_t parts)
{
	return parts ? (double)n / (double)parts : 0;
}

static double us(uint64_t ns)
{
	return (double)ns / 1000;
}

/* "tx sendfile" */
static void path_name(char buf[24], int dir, unsigned int path)
{
	snprintf(buf, 24, "%s %s", dirs[dir], name_path(!dir, path));
}

static bool any_path(const struct stats_set *set)
{
	for (unsigned int i = 0; i < CONN_PATHS; i++)
		if (set->path[0][i] || set->path[1][i])
			return true;
	return false;
}

static void counts_line(struct out *out, const char *name, const struct stats_path *p,
			uint64_t ns)
{
	out_printf(out, "%-12s %9" PRIu64 " %8.1f %13" PRIu64 " %11.0f %9" PRIu64 " %9.1f",
		   name, p->calls, per_second(p->calls, ns), p->bytes, per_second(p->bytes, ns),
		   p->records, per_second(p->records, ns));
	if (p->errors)
		out_color(out, COLOR_RED);
	out_printf(out, " %6" PRIu64, p->errors);
	if (p->errors)
		out_color(out, COLOR_NONE);
	out_printf(out, "\n");
}

static void time_line(struct out *out, const char *name, const struct stats_path *p)
{
	const struct hist *l = &p->latency;

	out_printf(out, "%-12s %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f\n", name,
		   per(p->bytes, p->calls), per(p->bytes, p->records),
		   us(hist_percentile(l, 50)), us(hist_percentile(l, 90)),
		   us(hist_percentile(l, 99)), us(l->max), hist_mean(l) / 1000);
}

static void each_path(struct out *out, const struct stats_set *set, bool times, uint64_t ns)
{
	char name[24];

	for (int dir = 0; dir < 2; dir++) {
		for (unsigned int i = 0; i < CONN_PATHS; i++) {
			const struct stats_path *p = set->path[dir][i];

			if (!p)
				continue;
			path_name(name, dir, i);
			if (times)
				time_line(out, name, p);
			else
				counts_line(out, name, p, ns);
		}
	}
}

static void tables(struct out *out, const struct stats_set *set, uint64_t ns)
{
	out_printf(out, "%-12s %9s %8s %13s %11s %9s %9s %6s\n", "", "calls", "calls/s",
		   "bytes", "bytes/s", "records", "records/s", "errors");
	each_path(out, set, false, ns);
	out_printf(out, "%-12s %9s %9s %9s %9s %9s %9s %9s\n", "", "B/call", "B/record",
		   "p50 us", "p90 us", "p99 us", "max us", "mean us");
	each_path(out, set, true, ns);
}

/* Bars as long as there is something, the gaps between included. */
static void bars(struct out *out, const struct hist *h, uint64_t unit, uint64_t most)
{
	uint64_t top = 1;
	char range[64];

	for (unsigned int b = 0; b < HIST_BUCKETS; b++)
		if (hist_in(h, b) > top)
			top = hist_in(h, b);
	for (unsigned int b = h->first; b < (unsigned int)h->first + h->size; b++) {
		uint64_t low = hist_low(h, b) / unit, high = hist_high(h, b) / unit;
		uint64_t n = hist_in(h, b);
		int len = (int)((double)n * BAR / (double)top + 0.5);

		if (most && high > most && low <= most)
			high = most;
		if (low == high)
			snprintf(range, sizeof(range), "%" PRIu64, low);
		else
			snprintf(range, sizeof(range), "%" PRIu64 " - %" PRIu64, low, high);
		out_printf(out, "   %21s %10" PRIu64 "%s%.*s\n", range, n, n ? " " : "",
			   n && !len ? 1 : len, "########################################");
	}
}

static void histograms(struct out *out, const struct stats_set *set)
{
	char name[24];

	for (int dir = 0; dir < 2; dir++) {
		for (unsigned int i = 0; i < CONN_PATHS; i++) {
			const struct stats_path *p = set->path[dir][i];

			if (!p)
				continue;
			path_name(name, dir, i);
			if (p->size.count) {
				out_printf(out, "%s: records by size, bytes", name);
				if (p->derived)
					out_printf(out, " (of %" PRIu64 " derived)", p->derived);
				out_printf(out, "\n");
				bars(out, &p->size, 1, KTLS_MAX_PAYLOAD);
			}
			if (p->latency.count) {
				out_printf(out, "%s: calls by latency, us\n", name);
				bars(out, &p->latency, 1000, 0);
			}
		}
	}
}

/* Things that most do not have. */
static void notes(struct out *out, const struct stats_set *set)
{
	for (int dir = 0; dir < 2; dir++) {
		struct stats_path sum;

		stats_set_dir(set, dir, &sum);
		if (sum.again)
			out_printf(out, "   %s: %" PRIu64 " calls had to be repeated\n", dirs[dir],
				   sum.again);
		if (set->plain[dir])
			out_printf(out, "   %s: %" PRIu64 " bytes of plain TCP\n", dirs[dir],
				   set->plain[dir]);
		if (set->rekeys[dir])
			out_printf(out, "   %s: %" PRIu64 " rekeys\n", dirs[dir],
				   set->rekeys[dir]);
	}
	if (!set->rare)
		return;
	text_alerts(out, set->rare->alerts, STATS_ALERTS, set->rare->other_alerts);
	text_errors(out, set->rare->errors, STATS_ERRORS, set->rare->other_errors);
}

static void set_text(struct out *out, const struct stats_set *set, uint64_t ns, bool hist)
{
	if (any_path(set))
		tables(out, set, ns);
	notes(out, set);
	if (hist)
		histograms(out, set);
}

static void process_name(struct out *out, const struct stats_group *g)
{
	char name[80];

	escape_text(name, sizeof(name), g->comm[0] ? g->comm : "?",
		    g->comm[0] ? strnlen(g->comm, sizeof(g->comm)) : 1);
	out_printf(out, "%s/%d", name, g->pid);
}

static void group_title(struct out *out, const struct stats *st, const struct stats_group *g)
{
	char local[64], remote[64];

	out_color(out, COLOR_BOLD);
	if (st->by == STATS_BY_CONNECTION) {
		endpoint_print(local, g->ep.saddr, g->ep.sport);
		endpoint_print(remote, g->ep.daddr, g->ep.dport);
		out_printf(out, "#%" PRIu64 " %s - %s", g->id, local, remote);
	} else {
		process_name(out, g);
	}
	out_color(out, COLOR_NONE);
	if (st->by == STATS_BY_CONNECTION) {
		if (g->version)
			out_printf(out, " TLS %s %s", name_version(g->version),
				   name_cipher(g->cipher));
		out_printf(out, ", ");
		process_name(out, g);
		out_printf(out, "%s", g->sockets ? "" : ", closed");
	} else {
		out_printf(out, ", %u open connection%s", g->sockets, g->sockets == 1 ? "" : "s");
	}
	out_printf(out, "\n");
}

static void groups(struct out *out, const struct stat_report *r)
{
	const struct stats *st = r->stats;
	const struct stats_set *others = r->number ? &st->others.now : &st->others.sum;
	unsigned int n, shown = 0;
	struct stats_group **list = stats_sorted(st, r->number, &n);

	for (unsigned int i = 0; i < n; i++) {
		const struct stats_set *set = r->number ? &list[i]->now : &list[i]->sum;

		if (!any_path(set) && !set->rare && r->number)
			continue;
		if (shown++ >= r->limit)
			continue;
		group_title(out, st, list[i]);
		set_text(out, set, r->ns, r->group_histograms);
	}
	if (shown > r->limit)
		out_printf(out, "... and %u more; --limit shows more\n", shown - r->limit);
	if (st->folded && any_path(others)) {
		out_color(out, COLOR_BOLD);
		out_printf(out, "%" PRIu64 " others that ended earlier", st->folded);
		out_color(out, COLOR_NONE);
		out_printf(out, "\n");
		set_text(out, others, r->ns, r->group_histograms);
	}
	free(list);
}

static void ciphers(struct out *out, const struct stats *st)
{
	for (unsigned int i = 0; i < STATS_CIPHERS; i++) {
		const struct stats_cipher *c = &st->ciphers[i];

		if (!c->connections)
			continue;
		out_printf(out, "; ");
		if (c->version)
			out_printf(out, "TLS %s %s", name_version(c->version),
				   name_cipher(c->cipher));
		else
			out_printf(out, "other ciphers");
		out_printf(out, " on %" PRIu64, c->connections);
	}
}

static void connections(struct out *out, const struct stat_report *r,
			const struct stats_set *set)
{
	out_printf(out, "connections: %" PRIu64 " opened, %" PRIu64 " closed, %" PRIu64
		   " open now", set->opened, set->closed, r->stats->open);
	if (set->refused)
		out_printf(out, ", %" PRIu64 " refused", set->refused);
	out_printf(out, "; kTLS tx on %" PRIu64 ", rx on %" PRIu64, set->keyed[0], set->keyed[1]);
	if (!r->number)
		ciphers(out, r->stats);
	out_printf(out, "\n");
}

static void lost(struct out *out, const struct stat_report *r)
{
	if (r->number && r->lost_known && !r->lost)
		return;
	if (!r->lost_known) {
		if (!r->number)
			out_printf(out, "events lost: not known, the kernel does not say\n");
		return;
	}
	if (r->lost)
		out_color(out, COLOR_RED);
	out_printf(out, "events lost: %" PRIu64, r->lost);
	if (r->lost) {
		out_color(out, COLOR_NONE);
		out_printf(out, "; the sums lack them; a larger --buffer-size helps");
	}
	out_printf(out, "\n");
}

/**
 * text_stat() - print an interval, or all
 * @out: output
 * @r: what
 */
void text_stat(struct out *out, const struct stat_report *r)
{
	const struct stats *st = r->stats;
	const struct stats_set *set = r->number ? &st->now : &st->sum;

	out_color(out, COLOR_BOLD);
	if (r->number)
		out_printf(out, "interval %u: %.3f s, until %.3f s", r->number, us(r->ns) / 1e6,
			   us(r->time) / 1e6);
	else
		out_printf(out, "total: %.3f s", us(r->ns) / 1e6);
	out_color(out, COLOR_NONE);
	out_printf(out, "%s\n", any_path(set) ? "" : ", no calls on kTLS sockets");
	if (st->by != STATS_BY_NONE && r->limit)
		groups(out, r);
	connections(out, r, set);
	set_text(out, set, r->ns, r->histograms);
	if (st->forgotten && !r->number)
		out_printf(out, "out of memory: %" PRIu64 " events are not in the sums\n",
			   st->forgotten);
	lost(out, r);
}
