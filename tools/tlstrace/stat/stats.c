// SPDX-License-Identifier: GPL-2.0
/*
 * A socket's state lives as long as its connection in the tracker's table, and hangs on
 * that. Groups outlive their sockets, for the summary: when there are too many without
 * one, those that moved least become part of the others.
 */
#include <stdlib.h>
#include <string.h>

#include "ktls_uapi.h"
#include "stats.h"

/*
 * struct stats_sock - a live socket
 * @size: what its records are known by
 * @keyed: that it has a key in this direction was counted
 * @cipher: and so was its cipher
 * @losses: of the stats, when it was last looked at
 */
struct stats_sock {
	struct stats *st;
	struct stats_group *group;
	struct recsize size[2];
	bool keyed[2], cipher;
	uint64_t losses;
	struct stats_sock *prev, *next;
};

/**
 * stats_init() - begin with nothing
 * @st: result
 * @by: what makes a group
 * @filter: which events count, NULL: all; has to stay
 */
void stats_init(struct stats *st, enum stats_by by, const struct event_filter *filter)
{
	memset(st, 0, sizeof(*st));
	st->by = by;
	st->filter = filter;
}

static struct stats_group **hash_slot(struct stats *st, uint64_t id)
{
	return &st->hash[(id * 0x9e3779b97f4a7c15ULL) >> 54 & (STATS_HASH - 1)];
}

static void group_remove(struct stats *st, struct stats_group *g)
{
	struct stats_group **at = hash_slot(st, g->id);

	while (*at != g)
		at = &(*at)->hash_next;
	*at = g->hash_next;
	if (g->prev)
		g->prev->next = g->next;
	else
		st->first = g->next;
	if (g->next)
		g->next->prev = g->prev;
	st->groups--;
	stats_set_free(&g->now);
	stats_set_free(&g->sum);
	free(g);
}

static int by_bytes(const void *a, const void *b)
{
	const struct stats_group *x = *(const struct stats_group * const *)a;
	const struct stats_group *y = *(const struct stats_group * const *)b;
	uint64_t xn = stats_set_bytes(&x->now) + stats_set_bytes(&x->sum);
	uint64_t yn = stats_set_bytes(&y->now) + stats_set_bytes(&y->sum);

	if (xn != yn)
		return xn < yn ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_bytes_now(const void *a, const void *b)
{
	uint64_t xn = stats_set_bytes(&(*(const struct stats_group * const *)a)->now);
	uint64_t yn = stats_set_bytes(&(*(const struct stats_group * const *)b)->now);

	if (xn != yn)
		return xn < yn ? 1 : -1;
	return by_bytes(a, b);
}

/*
 * Half of the groups without a socket become part of the others, so that the next time
 * is as many sockets away.
 */
static void fold(struct stats *st)
{
	struct stats_group **idle = calloc(st->idle, sizeof(*idle)), *g;
	unsigned int n = 0;

	/* Without memory the next one that ends tries again. */
	if (!idle)
		return;
	for (g = st->first; g; g = g->next)
		if (!g->sockets && n < st->idle)
			idle[n++] = g;
	qsort(idle, n, sizeof(*idle), by_bytes);
	for (unsigned int i = STATS_IDLE; i < n; i++) {
		stats_set_merge(&st->others.now, &idle[i]->now);
		stats_set_merge(&st->others.sum, &idle[i]->sum);
		group_remove(st, idle[i]);
		st->folded++;
		st->idle--;
	}
	free(idle);
}

static struct stats_group *group_add(struct stats *st, uint64_t id, int pid, const char *comm)
{
	struct stats_group *g = calloc(1, sizeof(*g));
	struct stats_group **at = hash_slot(st, id);

	if (!g)
		return NULL;
	g->id = id;
	g->pid = pid;
	memcpy(g->comm, comm, sizeof(g->comm));
	g->hash_next = *at;
	*at = g;
	g->next = st->first;
	if (st->first)
		st->first->prev = g;
	st->first = g;
	st->groups++;
	st->idle++;
	return g;
}

/* The same number with another name is another program, or another process. */
static struct stats_group *process_group(struct stats *st, const struct conn *c)
{
	struct stats_group *g = *hash_slot(st, (uint64_t)c->pid);

	while (g && (g->pid != c->pid || memcmp(g->comm, c->comm, sizeof(c->comm))))
		g = g->hash_next;
	return g ? g : group_add(st, (uint64_t)c->pid, c->pid, c->comm);
}

static struct stats_group *group_of(struct stats *st, const struct conn *c)
{
	struct stats_group *g;

	if (st->by == STATS_BY_PROCESS)
		return process_group(st, c);
	g = group_add(st, c->id, c->pid, c->comm);
	if (g)
		g->ep = c->ep;
	return g;
}

static struct stats_sock *sock_add(struct stats *st, struct conn *c)
{
	struct stats_sock *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->st = st;
	k->losses = st->losses;
	if (st->by != STATS_BY_NONE) {
		k->group = group_of(st, c);
		if (!k->group) {
			free(k);
			return NULL;
		}
		st->idle -= !k->group->sockets++;
	}
	k->next = st->socks;
	if (st->socks)
		st->socks->prev = k;
	st->socks = k;
	st->open++;
	c->stats = k;
	return k;
}

/* Where an event of a socket counts: in the totals, and in its group. */
#define for_each_set(set, k)							\
	for (struct stats_set *set##_of[3] = { &(k)->st->now,			\
	     (k)->group ? &(k)->group->now : NULL }, **set##_at = set##_of,	\
	     *set = *set##_at; set; set = *++set##_at)

struct emitted {
	struct stats_sock *sock;
	int dir;
};

static void emit_size(void *ctx, unsigned int path, uint64_t size, uint64_t count, bool exact)
{
	const struct emitted *e = ctx;

	for_each_set(set, e->sock) {
		struct stats_path *p = stats_set_path(set, e->dir, path);

		if (!p)
			continue;
		hist_add(&p->size, size, count);
		p->derived += exact ? 0 : count;
	}
}

static void settle(struct stats_sock *k)
{
	recsize_settle(&k->size[1], emit_size, &(struct emitted){ k, 1 });
}

static void note_cipher(struct stats_sock *k, unsigned int version, unsigned int cipher)
{
	struct stats_cipher *at = k->st->ciphers;
	unsigned int i;

	if (k->group && version) {
		k->group->version = (uint16_t)version;
		k->group->cipher = (uint16_t)cipher;
	}
	if (k->cipher || !version)
		return;
	k->cipher = true;
	for (i = 0; i < STATS_CIPHERS - 1 && at[i].connections; i++)
		if (at[i].version == version && at[i].cipher == cipher)
			break;
	if (!at[i].connections && i < STATS_CIPHERS - 1) {
		at[i].version = (uint16_t)version;
		at[i].cipher = (uint16_t)cipher;
	}
	at[i].connections++;
}

static void note_key(struct stats_sock *k, int dir)
{
	if (k->keyed[dir])
		return;
	k->keyed[dir] = true;
	for_each_set(set, k)
		set->keyed[dir]++;
}

static void count_attach(struct stats_sock *k, const struct event *ev)
{
	for_each_set(set, k) {
		if (ev->result >= 0) {
			set->opened++;
			continue;
		}
		set->refused++;
		stats_set_error(set, WHERE_ATTACH, -ev->result);
	}
}

static void count_setsockopt(struct stats_sock *k, const struct event *ev)
{
	bool key = ev->option == KTLS_TX || ev->option == KTLS_RX;
	int dir = ev->option == KTLS_RX;

	if (ev->result < 0) {
		for_each_set(set, k)
			stats_set_error(set, key ? WHERE_KEY : WHERE_OPTION, -ev->result);
		return;
	}
	if (ev->option == KTLS_TX_MAX_PAYLOAD_LEN)
		k->size[0].max = ev->value;
	if (!key)
		return;
	note_key(k, dir);
	note_cipher(k, ev->version, ev->cipher);
	if (ev->rekey)
		for_each_set(set, k)
			set->rekeys[dir]++;
}

/* A call on plain TCP; of one that failed to receive nobody knows what it would have got. */
static void count_plain(struct stats_sock *k, int dir, const struct event *ev)
{
	if (ev->result <= 0 || event_is_peek(ev))
		return;
	for_each_set(set, k)
		set->plain[dir] += (uint64_t)ev->result;
}

static void count_call(struct stats_path *p, const struct event *ev, bool peek)
{
	if (ev->result < 0) {
		p->errors += event_failed(ev->result);
		p->again += !event_failed(ev->result);
	} else if (!peek && ev->type) {
		p->calls++;
		p->bytes += (uint64_t)ev->result;
		hist_add(&p->latency, ev->duration, 1);
	}
	if (ev->type)
		p->records += ev->records;
}

static void count_io(struct stats_sock *k, const struct event *ev)
{
	int dir = ev->kind == EV_RX;
	bool peek = event_is_peek(ev);
	unsigned int path = ev->path < CONN_PATHS - 1 ? ev->path : CONN_PATHS - 1;

	if (ev->type)
		note_key(k, dir);
	if (!ev->type && !event_failed(ev->result) && (ev->result >= 0 || !k->keyed[dir])) {
		count_plain(k, dir, ev);
		return;
	}
	for_each_set(set, k) {
		struct stats_path *p = stats_set_path(set, dir, path);

		if (p)
			count_call(p, ev, peek);
		else
			k->st->forgotten++;
		if (event_failed(ev->result))
			stats_set_error(set, dir ? WHERE_RX : WHERE_TX, -ev->result);
	}
	if (!ev->type)
		return;
	if (dir)
		recsize_rx(&k->size[1], ev, path, peek, emit_size, &(struct emitted){ k, 1 });
	else
		recsize_tx(&k->size[0], ev, path, emit_size, &(struct emitted){ k, 0 });
}

static void count_close(struct stats_sock *k, const struct event *ev)
{
	settle(k);
	note_cipher(k, ev->version, ev->cipher);
	for_each_set(set, k)
		set->closed++;
}

/* After a loss: its events may have been among those. */
static void forget_records(struct stats_sock *k)
{
	k->losses = k->st->losses;
	settle(k);
	recsize_reset(&k->size[0]);
	recsize_reset(&k->size[1]);
}

/**
 * stats_event() - count an event; a tracker_hook callback
 * @stats: struct stats
 * @ev: the event
 * @c: its connection
 * @comm: name of the process that made the call, NULL if not known
 */
void stats_event(void *stats, const struct event *ev, struct conn *c, const char *comm)
{
	struct stats *st = stats;
	struct stats_sock *k = c->stats;

	if (st->filter && !filter_match(st->filter, ev, c, comm))
		return;
	if (!k)
		k = sock_add(st, c);
	if (!k) {
		st->forgotten++;
		return;
	}
	if (k->losses != st->losses)
		forget_records(k);
	switch (ev->kind) {
	case EV_ATTACH:
		count_attach(k, ev);
		break;
	case EV_SETSOCKOPT:
		count_setsockopt(k, ev);
		break;
	case EV_TX:
	case EV_RX:
		count_io(k, ev);
		break;
	case EV_ALERT:
		for_each_set(set, k)
			stats_set_alert(set, ev->dir ? 1 : 0, ev->level, ev->desc);
		break;
	case EV_CLOSE:
		count_close(k, ev);
		break;
	default:
		break;
	}
}

/**
 * stats_gone() - a connection is no more; a tracker_hook callback
 * @stats: struct stats
 * @c: the connection
 */
void stats_gone(void *stats, struct conn *c)
{
	struct stats *st = stats;
	struct stats_sock *k = c->stats;

	if (!k)
		return;
	settle(k);
	/* Nobody counted it as closed. */
	if (c->end_lost)
		for_each_set(set, k)
			set->closed++;
	if (k->group && !--k->group->sockets && ++st->idle > 2 * STATS_IDLE)
		fold(st);
	if (k->prev)
		k->prev->next = k->next;
	else
		st->socks = k->next;
	if (k->next)
		k->next->prev = k->prev;
	st->open--;
	free(k);
	c->stats = NULL;
}

/**
 * stats_lost() - events are missing here; a tracker_hook callback
 * @stats: struct stats
 * @count: how many
 *
 * They may have been of any socket: what was remembered of records does not hold.
 */
void stats_lost(void *stats, uint64_t count)
{
	struct stats *st = stats;

	(void)count;
	/* No walk here: it would be slow where slowness loses more. */
	st->losses++;
}

/**
 * stats_settle() - count the sizes of records that are held back
 * @st: the stats
 * @all: also of those that more may be read from; at the end
 */
void stats_settle(struct stats *st, bool all)
{
	for (struct stats_sock *k = st->socks; k; k = k->next)
		if (all || (k->size[1].records == 1 && k->size[1].whole))
			settle(k);
}

/**
 * stats_interval() - what has run so far is over; the next interval begins
 * @st: the stats
 */
void stats_interval(struct stats *st)
{
	stats_set_merge(&st->sum, &st->now);
	stats_set_merge(&st->others.sum, &st->others.now);
	for (struct stats_group *g = st->first; g; g = g->next)
		stats_set_merge(&g->sum, &g->now);
}

/**
 * stats_sorted() - groups, those with most bytes first
 * @st: the stats
 * @now: by what runs, else by all time
 * @n: result, how many
 *
 * Return: an array to be freed, or NULL without groups or memory.
 */
struct stats_group **stats_sorted(const struct stats *st, bool now, unsigned int *n)
{
	struct stats_group **list = st->groups ? calloc(st->groups, sizeof(*list)) : NULL;

	*n = 0;
	if (!list)
		return NULL;
	for (struct stats_group *g = st->first; g; g = g->next)
		list[(*n)++] = g;
	qsort(list, *n, sizeof(*list), now ? by_bytes_now : by_bytes);
	return list;
}

/**
 * stats_free() - release, when all connections are gone
 * @st: the stats
 */
void stats_free(struct stats *st)
{
	while (st->first)
		group_remove(st, st->first);
	stats_set_free(&st->now);
	stats_set_free(&st->sum);
	stats_set_free(&st->others.now);
	stats_set_free(&st->others.sum);
}
