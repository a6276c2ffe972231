// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of calls as JSON, one object per line. tlstrace-stat(1) lists the fields;
 * existing ones keep their name and meaning.
 */
#include <stdlib.h>

#include <json-c/json.h>

#include "format.h"
#include "json_put.h"
#include "names.h"
#include "stat.h"

static void put_hist(struct json_object *o, const char *key, const struct hist *h)
{
	struct json_object *x = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_put_u64(x, "count", h->count);
	json_put_u64(x, "sum", h->sum);
	json_put_u64(x, "min", h->min);
	json_put_u64(x, "max", h->max);
	json_put_u64(x, "p50", hist_percentile(h, 50));
	json_put_u64(x, "p90", hist_percentile(h, 90));
	json_put_u64(x, "p99", hist_percentile(h, 99));
	for (unsigned int b = 0; b < HIST_BUCKETS; b++) {
		struct json_object *item;

		if (!hist_in(h, b))
			continue;
		item = json_object_new_object();
		json_put_u64(item, "low", hist_low(h, b));
		json_put_u64(item, "high", hist_high(h, b));
		json_put_u64(item, "count", hist_in(h, b));
		json_object_array_add(list, item);
	}
	json_object_object_add(x, "buckets", list);
	json_object_object_add(o, key, x);
}

static void put_counts(struct json_object *o, const struct stats_path *p)
{
	json_put_u64(o, "calls", p->calls);
	json_put_u64(o, "bytes", p->bytes);
	json_put_u64(o, "records", p->records);
	json_put_u64(o, "errors", p->errors);
	json_put_u64(o, "again", p->again);
}

static void put_dir(struct json_object *o, const struct stats_set *set, int dir)
{
	struct json_object *d = json_object_new_object();
	struct json_object *paths = json_object_new_object();
	struct stats_path sum;

	stats_set_dir(set, dir, &sum);
	json_put_u64(d, "connections", set->keyed[dir]);
	put_counts(d, &sum);
	json_put_u64(d, "plain_bytes", set->plain[dir]);
	json_put_u64(d, "rekeys", set->rekeys[dir]);
	json_put_u64(d, "alerts", set->alerts[dir]);
	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		const struct stats_path *p = set->path[dir][i];
		struct json_object *x;

		if (!p)
			continue;
		x = json_object_new_object();
		put_counts(x, p);
		put_hist(x, "record_size", &p->size);
		json_put_u64(x, "record_size_derived", p->derived);
		put_hist(x, "latency_ns", &p->latency);
		json_object_object_add(paths, name_path(!dir, i), x);
	}
	json_object_object_add(d, "paths", paths);
	json_object_object_add(o, dir ? "rx" : "tx", d);
}

static void put_set(struct json_object *o, const struct stats_set *set)
{
	static const struct stats_rare none;
	const struct stats_rare *rare = set->rare ? set->rare : &none;

	json_put_u64(o, "opened", set->opened);
	json_put_u64(o, "closed", set->closed);
	json_put_u64(o, "refused", set->refused);
	put_dir(o, set, 0);
	put_dir(o, set, 1);
	json_object_object_add(o, "alerts", json_alerts(rare->alerts, STATS_ALERTS));
	json_object_object_add(o, "errors", json_errors(rare->errors, STATS_ERRORS));
}

static void put_time(struct json_object *o, const struct stat_report *r)
{
	if (r->number)
		json_put_u64(o, "interval", r->number);
	else
		json_object_object_add(o, "interval", NULL);
	json_put_u64(o, "time_ns", r->time);
	json_put_u64(o, "duration_ns", r->ns);
}

static void group_line(struct out *out, const struct stat_report *r, const struct stats_group *g)
{
	struct json_object *o = json_object_new_object();

	json_put_str(o, "event", "group");
	put_time(o, r);
	json_put_str(o, "by", r->stats->by == STATS_BY_CONNECTION ? "connection" : "process");
	json_put_int(o, "pid", g->pid);
	json_put_comm(o, g->comm);
	if (r->stats->by == STATS_BY_CONNECTION) {
		json_put_u64(o, "conn", g->id);
		json_put_endpoints(o, &g->ep);
		if (g->version) {
			json_put_str(o, "version", name_version(g->version));
			json_put_str(o, "cipher", name_cipher(g->cipher));
		}
	}
	json_put_u64(o, "open", g->sockets);
	put_set(o, r->number ? &g->now : &g->sum);
	json_put_line(out, o);
}

static bool nothing(const struct stats_set *set)
{
	for (unsigned int i = 0; i < CONN_PATHS; i++)
		if (set->path[0][i] || set->path[1][i])
			return false;
	return !set->rare;
}

static void groups(struct out *out, const struct stat_report *r)
{
	const struct stats *st = r->stats;
	const struct stats_set *others = r->number ? &st->others.now : &st->others.sum;
	unsigned int n, shown = 0;
	struct stats_group **list = stats_sorted(st, r->number, &n);
	struct json_object *o;

	for (unsigned int i = 0; i < n && shown < r->limit; i++) {
		if (r->number && nothing(&list[i]->now))
			continue;
		group_line(out, r, list[i]);
		shown++;
	}
	free(list);
	if (!st->folded || nothing(others))
		return;
	o = json_object_new_object();
	json_put_str(o, "event", "group");
	put_time(o, r);
	json_put_str(o, "by", "others");
	json_put_u64(o, "groups", st->folded);
	put_set(o, others);
	json_put_line(out, o);
}

static struct json_object *ciphers(const struct stats *st)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < STATS_CIPHERS; i++) {
		const struct stats_cipher *c = &st->ciphers[i];
		struct json_object *o;

		if (!c->connections)
			continue;
		o = json_object_new_object();
		json_put_str(o, "version", c->version ? name_version(c->version) : "other");
		json_put_str(o, "cipher", c->version ? name_cipher(c->cipher) : "other");
		json_put_u64(o, "connections", c->connections);
		json_object_array_add(list, o);
	}
	return list;
}

/**
 * json_stat() - print an interval, or all
 * @out: output
 * @r: what
 */
void json_stat(struct out *out, const struct stat_report *r)
{
	const struct stats *st = r->stats;
	struct json_object *o = json_object_new_object();

	if (st->by != STATS_BY_NONE)
		groups(out, r);
	json_put_str(o, "event", r->number ? "interval" : "summary");
	put_time(o, r);
	json_put_u64(o, "open", st->open);
	put_set(o, r->number ? &st->now : &st->sum);
	if (!r->number)
		json_object_object_add(o, "ciphers", ciphers(st));
	if (r->lost_known)
		json_put_u64(o, "lost", r->lost);
	else
		json_object_object_add(o, "lost", NULL);
	if (!r->number)
		json_put_u64(o, "forgotten", st->forgotten);
	if (r->status >= 0)
		json_put_int(o, "status", r->status);
	json_put_line(out, o);
}
