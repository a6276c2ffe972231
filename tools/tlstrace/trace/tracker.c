// SPDX-License-Identifier: GPL-2.0
/* Which events are ours, to which connection they belong, and printing them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "format.h"
#include "tracker.h"

#define COMM_FRESH	1000000000	/* ns a process name is taken as current */
#define PENDING_MAX	65536		/* bytes; more than any record */
#define INIT_PID_NS	0xeffffffcU	/* inode of the first pid namespace, kernel's proc_ns.h */

/**
 * tracker_init() - begin with no connections
 * @t: result
 * @out: where to print
 * @rd: which sockets are ours, NULL for all
 * @start: time stamp that counts as 0, ns
 *
 * Return: 0, or -1 without memory.
 */
int tracker_init(struct tracker *t, struct out *out, const struct redirect *rd,
		 uint64_t start)
{
	struct stat st;

	memset(t, 0, sizeof(*t));
	t->conns = conn_table_new();
	t->rd = rd;
	t->out = out;
	t->start = start;
	/* Events have pids of the first namespace; elsewhere /proc has others. */
	t->own_pids = !stat("/proc/self/ns/pid", &st) && st.st_ino == INIT_PID_NS;
	return t->conns ? 0 : -1;
}

static struct tracker_comm *comm_slot(struct tracker *t, int pid)
{
	return &t->comms[(unsigned int)pid % TRACKER_COMMS];
}

static void comm_set(struct tracker *t, int pid, uint64_t ts, const char *comm)
{
	struct tracker_comm *slot = comm_slot(t, pid);

	slot->pid = pid;
	slot->ts = ts;
	memcpy(slot->comm, comm, sizeof(slot->comm));
	slot->comm[sizeof(slot->comm) - 1] = 0;
}

static const char *comm_get(struct tracker *t, int pid, uint64_t ts)
{
	struct tracker_comm *slot = comm_slot(t, pid);
	char path[64], comm[16] = "";
	FILE *f;

	if (slot->pid == pid && ts - slot->ts < COMM_FRESH)
		return slot->comm;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = t->own_pids ? fopen(path, "re") : NULL;
	if (f) {
		size_t n = fread(comm, 1, sizeof(comm) - 1, f);

		fclose(f);
		/* The newline that the kernel adds; the name may hold others. */
		if (n && comm[n - 1] == '\n')
			comm[n - 1] = 0;
	}
	if (comm[0])
		comm_set(t, pid, ts, comm);
	return slot->pid == pid ? slot->comm : NULL;
}

/*
 * Events have threads. The process of one that has ended is not known any more, nor is
 * it in another pid namespace: then the thread stands for it.
 */
static int process_of(const struct tracker *t, int thread)
{
	char path[64], line[128];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", thread);
	f = t->own_pids ? fopen(path, "re") : NULL;
	if (!f)
		return thread;
	while (!pid && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %d", &pid) != 1)
			pid = 0;
	fclose(f);
	return pid > 0 ? pid : thread;
}

/* A socket that is not known yet: is it one of ours? */
static struct conn *new_conn(struct tracker *t, const struct event *ev)
{
	struct claim claim = { 0 };
	struct conn *c;

	if (ev->kind != EV_ATTACH && t->rd && !t->losses)
		return NULL;
	if (t->rd) {
		if (!redirect_claimed(t->rd, ev, &claim))
			return NULL;
		comm_set(t, ev->pid, ev->ts, claim.comm);
	}
	c = conn_add(t->conns, ev);
	if (c) {
		const char *comm = NULL;

		c->pid = claim.tgid ? (int)claim.tgid : process_of(t, ev->pid);
		if (c->pid != ev->pid)
			comm = comm_get(t, c->pid, ev->ts);
		if (!comm)
			comm = comm_get(t, ev->pid, ev->ts);
		if (comm)
			memcpy(c->comm, comm, sizeof(c->comm));
	}
	return c;
}

static void print(struct tracker *t, const struct event *ev, const struct conn *c,
		  unsigned int calls)
{
	const char *comm = comm_get(t, ev->pid, ev->ts);

	if (t->filter && !filter_match(t->filter, ev, c, comm))
		return;
	if (t->most && t->printed == t->most)
		return;
	t->printed++;
	if (t->out->json)
		json_event(t->out, ev, c, comm, t->start);
	else
		text_event(t->out, ev, c, comm, t->start, calls);
}

static void print_pending(struct tracker *t, struct conn *c)
{
	if (c->pending_calls)
		print(t, &c->pending, c, c->pending_calls);
	c->pending_calls = 0;
}

/*
 * Kernels before 6.5 get a file page by page: four calls make one record. As
 * text they are one line, the one of the call that finishes the record.
 */
static void show(struct tracker *t, struct conn *c, const struct event *ev)
{
	bool joins = c->pending_calls && ev->kind == EV_TX && ev->result > 0 &&
		     ev->path == c->pending.path && ev->type == c->pending.type &&
		     ev->pid == c->pending.pid;
	struct event sum = *ev;

	if (t->quiet || ev->kind == EV_DATA)
		return;
	if (joins) {
		sum.result += c->pending.result;
		sum.len += c->pending.len;
		sum.duration += c->pending.duration;
	} else {
		print_pending(t, c);
	}
	if (ev->kind == EV_TX && ev->path && ev->type && !ev->records &&
	    ev->result == (int32_t)ev->len && sum.result < PENDING_MAX && !t->all &&
	    !t->out->json) {
		c->pending = sum;
		c->pending_calls++;
		return;
	}
	print(t, &sum, c, joins ? c->pending_calls + 1 : 1);
	c->pending_calls = 0;
}

static void forget(struct tracker *t, struct conn *c)
{
	if (t->hook.gone)
		t->hook.gone(t->hook.ctx, c);
	conn_drop(t->conns, c);
}

static void finish(struct tracker *t, struct conn *c)
{
	print_pending(t, c);
	conn_finish(t->conns, c);
	if (conn_kept(t->conns) <= t->keep)
		return;
	if (t->brief)
		;	/* counted in the totals */
	else if (t->out->json)
		json_conn(t->out, c);
	else
		text_conn(t->out, c);
	forget(t, c);
}

/**
 * tracker_ended() - a connection has ended, and its close event was lost
 * @t: the tracker
 * @c: the connection, live; perhaps freed
 */
void tracker_ended(struct tracker *t, struct conn *c)
{
	c->end_lost = true;
	finish(t, c);
}

/**
 * tracker_event() - take in an event; a trace_sink callback
 * @tracker: struct tracker
 * @ev: the event, of any socket in the system
 */
void tracker_event(void *tracker, const struct event *ev)
{
	struct tracker *t = tracker;
	struct conn *c = conn_find(t->conns, ev->ino);

	if (ev->kind == EV_ATTACH) {
		/* The inode was reused. */
		if (c)
			tracker_ended(t, c);
		c = new_conn(t, ev);
	} else if (!c) {
		c = new_conn(t, ev);
	}
	if (!c)
		return;
	t->events++;
	conn_event(t->conns, c, ev);
	if (t->hook.event)
		t->hook.event(t->hook.ctx, ev, c, comm_get(t, ev->pid, ev->ts));
	show(t, c, ev);
	if (ev->kind == EV_CLOSE || (ev->kind == EV_ATTACH && ev->result < 0))
		finish(t, c);
}

/**
 * tracker_lost() - events are missing here; a trace_sink callback
 * @tracker: struct tracker
 * @count: how many, 0 if not known
 */
void tracker_lost(void *tracker, uint64_t count)
{
	struct tracker *t = tracker;

	t->losses++;
	if (t->hook.lost)
		t->hook.lost(t->hook.ctx, count);
	if (t->quiet)
		return;
	if (t->out->json)
		json_lost(t->out, count);
	else
		text_lost(t->out, count);
}

/**
 * tracker_flush() - print what is held back, at the end
 * @t: the tracker
 */
void tracker_flush(struct tracker *t)
{
	for (struct conn *c = conn_first(t->conns); c; c = c->next)
		print_pending(t, c);
}

/**
 * tracker_end() - forget all connections
 * @t: the tracker, or zero
 */
void tracker_end(struct tracker *t)
{
	struct conn *next;

	for (struct conn *c = t->conns ? conn_first(t->conns) : NULL; c; c = next) {
		next = c->next;
		forget(t, c);
	}
	conn_table_free(t->conns);
	t->conns = NULL;
}

/**
 * tracker_print_conns() - print the connections that are kept
 * @t: the tracker
 */
void tracker_print_conns(const struct tracker *t)
{
	for (const struct conn *c = conn_first(t->conns); c; c = c->next) {
		if (t->out->json)
			json_conn(t->out, c);
		else
			text_conn(t->out, c);
	}
}
