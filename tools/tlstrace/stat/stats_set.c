// SPDX-License-Identifier: GPL-2.0
/* Sums over some time. Parts that nothing was counted in take no memory. */
#include <stdlib.h>

#include "stats.h"

/**
 * stats_set_path() - where calls of a path are counted
 * @set: the sums
 * @dir: 0 sent, 1 received
 * @path: below CONN_PATHS
 *
 * Return: the counters, or NULL without memory.
 */
struct stats_path *stats_set_path(struct stats_set *set, int dir, unsigned int path)
{
	struct stats_path **p = &set->path[dir][path];

	if (!*p) {
		*p = calloc(1, sizeof(**p));
		if (*p)
			(*p)->latency.unit = 1000;
	}
	return *p;
}

/**
 * stats_set_rare() - where errors and alerts are counted
 * @set: the sums
 *
 * Return: the counters, or NULL without memory.
 */
struct stats_rare *stats_set_rare(struct stats_set *set)
{
	if (!set->rare)
		set->rare = calloc(1, sizeof(*set->rare));
	return set->rare;
}

/**
 * stats_set_error() - count an error
 * @set: the sums
 * @where: operation
 * @err: errno, positive
 */
void stats_set_error(struct stats_set *set, enum errno_where where, int err)
{
	struct stats_rare *rare = stats_set_rare(set);

	if (rare && !error_count_add(rare->errors, STATS_ERRORS, where, err, 1))
		rare->other_errors++;
}

static void add_alert(struct stats_rare *rare, const struct alert_count *alert)
{
	for (unsigned int i = 0; i < STATS_ALERTS; i++) {
		struct alert_count *a = &rare->alerts[i];

		if (!a->count) {
			*a = *alert;
			return;
		}
		if (a->dir == alert->dir && a->level == alert->level && a->desc == alert->desc) {
			a->count += alert->count;
			return;
		}
	}
	rare->other_alerts += alert->count;
}

/**
 * stats_set_alert() - count an alert
 * @set: the sums
 * @dir: 0 sent, 1 received
 * @level: of the alert
 * @desc: of the alert
 */
void stats_set_alert(struct stats_set *set, unsigned int dir, unsigned int level,
		     unsigned int desc)
{
	const struct alert_count alert = {
		.dir = (uint8_t)dir, .level = (uint8_t)level, .desc = (uint8_t)desc, .count = 1,
	};
	struct stats_rare *rare = stats_set_rare(set);

	set->alerts[dir]++;
	if (rare)
		add_alert(rare, &alert);
}

static void merge_path(struct stats_path *to, struct stats_path *from)
{
	to->calls += from->calls;
	to->bytes += from->bytes;
	to->records += from->records;
	to->errors += from->errors;
	to->again += from->again;
	to->derived += from->derived;
	hist_merge(&to->size, &from->size);
	hist_merge(&to->latency, &from->latency);
}

static void merge_rare(struct stats_rare *to, const struct stats_rare *from)
{
	for (unsigned int i = 0; i < STATS_ERRORS && from->errors[i].err; i++) {
		const struct error_count *e = &from->errors[i];

		if (!error_count_add(to->errors, STATS_ERRORS, e->where, e->err, e->count))
			to->other_errors += e->count;
	}
	for (unsigned int i = 0; i < STATS_ALERTS && from->alerts[i].count; i++)
		add_alert(to, &from->alerts[i]);
	to->other_errors += from->other_errors;
	to->other_alerts += from->other_alerts;
}

/**
 * stats_set_merge() - add sums to others
 * @to: get bigger
 * @from: are emptied
 */
void stats_set_merge(struct stats_set *to, struct stats_set *from)
{
	for (int dir = 0; dir < 2; dir++) {
		for (unsigned int i = 0; i < CONN_PATHS; i++) {
			struct stats_path **t = &to->path[dir][i], **f = &from->path[dir][i];

			if (!*t) {
				*t = *f;
				*f = NULL;
			} else if (*f) {
				merge_path(*t, *f);
			}
		}
		to->plain[dir] += from->plain[dir];
		to->rekeys[dir] += from->rekeys[dir];
		to->alerts[dir] += from->alerts[dir];
		to->keyed[dir] += from->keyed[dir];
	}
	if (!to->rare) {
		to->rare = from->rare;
		from->rare = NULL;
	} else if (from->rare) {
		merge_rare(to->rare, from->rare);
	}
	to->opened += from->opened;
	to->closed += from->closed;
	to->refused += from->refused;
	stats_set_free(from);
}

/**
 * stats_set_free() - empty sums
 * @set: the sums
 */
void stats_set_free(struct stats_set *set)
{
	for (int dir = 0; dir < 2; dir++) {
		for (unsigned int i = 0; i < CONN_PATHS; i++) {
			struct stats_path *p = set->path[dir][i];

			if (!p)
				continue;
			hist_free(&p->size);
			hist_free(&p->latency);
			free(p);
		}
	}
	free(set->rare);
	*set = (struct stats_set){ 0 };
}

/**
 * stats_set_bytes() - bytes of both directions
 * @set: the sums
 *
 * Return: the sum.
 */
uint64_t stats_set_bytes(const struct stats_set *set)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		bytes += set->path[0][i] ? set->path[0][i]->bytes : 0;
		bytes += set->path[1][i] ? set->path[1][i]->bytes : 0;
	}
	return bytes;
}

/**
 * stats_set_dir() - counters of all paths of a direction
 * @set: the sums
 * @dir: 0 sent, 1 received
 * @sum: result, without the histograms
 */
void stats_set_dir(const struct stats_set *set, int dir, struct stats_path *sum)
{
	*sum = (struct stats_path){ 0 };
	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		const struct stats_path *p = set->path[dir][i];

		if (!p)
			continue;
		sum->calls += p->calls;
		sum->bytes += p->bytes;
		sum->records += p->records;
		sum->errors += p->errors;
		sum->again += p->again;
		sum->derived += p->derived;
	}
}
