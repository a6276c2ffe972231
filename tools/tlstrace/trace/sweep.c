// SPDX-License-Identifier: GPL-2.0
/*
 * A connection whose close event was lost would stay for good. So after a loss the
 * sockets that are still open are looked up, and connections that are not among them
 * have ended.
 *
 * A socket leaves /proc/net/tls_trace a moment before its close event is committed, and
 * that event may still be in the buffer, not lost at all. Hence the two steps: look, and
 * judge by it when all events until some time after the look have been handed out.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "owner.h"
#include "proc_counts.h"
#include "sweep.h"

#define LOOK_EVERY	5000000000ULL	/* ns: with 10,000 sockets a look takes some 50 ms */
#define GRACE		200000000ULL	/* ns: an event is as late as that at most */

static void add_inode(struct sweep *s, uint64_t inode)
{
	if (s->inodes == s->inode_room) {
		size_t room = s->inode_room ? 2 * s->inode_room : 256;
		uint64_t *grown = realloc(s->inode, room * sizeof(*grown));

		if (!grown) {
			s->failed = true;
			return;
		}
		s->inode = grown;
		s->inode_room = room;
	}
	s->inode[s->inodes++] = inode;
}

static void add_socket(const struct proc_counts *p, void *ctx)
{
	add_inode(ctx, p->inode);
}

static void add_descriptor(uint64_t inode, pid_t pid, void *ctx)
{
	(void)pid;
	add_inode(ctx, inode);
}

static bool has_netns(const struct sweep *s, uint32_t netns)
{
	for (size_t i = 0; i < s->netns_count; i++)
		if (s->netns[i] == netns)
			return true;
	return false;
}

static void add_netns(struct sweep *s, uint32_t netns)
{
	uint32_t *grown = realloc(s->netns, (s->netns_count + 1) * sizeof(*grown));

	if (!grown) {
		s->failed = true;
		return;
	}
	s->netns = grown;
	s->netns[s->netns_count++] = netns;
}

/* The sockets of @netns, if the process of @dir is in it. */
static bool look_by(struct sweep *s, const char *dir, uint32_t netns)
{
	int proc = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
	struct stat st;
	bool ok = false;
	FILE *f = NULL;

	if (proc >= 0 && !fstatat(proc, "ns/net", &st, 0) && st.st_ino == netns)
		fd = openat(proc, "net/tls_trace", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		f = fdopen(fd, "r");
	if (f)
		ok = !proc_counts_read(f, add_socket, s) && !ferror(f);
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	if (proc >= 0)
		close(proc);
	return ok;
}

static bool is_live(const struct tracker *t, const struct conn *c)
{
	return conn_find(t->conns, c->ino) == c;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/**
 * sweep_due() - is it time to look?
 * @s: zero, or used before
 * @t: the connections
 * @now: trace_now()
 *
 * Return: true if events were lost since the last look, and that was not just now.
 */
bool sweep_due(const struct sweep *s, const struct tracker *t, uint64_t now)
{
	return !s->asked && t->losses != s->losses && now >= s->next;
}

/**
 * sweep_look() - look up the sockets that are open
 * @s: zero, or used before
 * @t: the connections
 * @now: trace_now(), read before this call
 */
void sweep_look(struct sweep *s, const struct tracker *t, uint64_t now)
{
	bool unreached = false;

	s->asked = now;
	s->next = now + LOOK_EVERY;
	s->losses = t->losses;
	s->inodes = 0;
	s->netns_count = 0;
	s->all = false;
	s->failed = false;
	for (const struct conn *c = conn_first(t->conns); c && !s->failed; c = c->next) {
		char dir[32];

		if (!is_live(t, c) || has_netns(s, c->netns))
			continue;
		snprintf(dir, sizeof(dir), "/proc/%d", c->pid);
		if (look_by(s, "/proc/self", c->netns) ||
		    (t->own_pids && look_by(s, dir, c->netns)))
			add_netns(s, c->netns);
		else
			unreached = true;
	}
	/* No process to ask: a socket that nobody has open is no more. */
	if (unreached && t->own_pids) {
		owner_scan(add_descriptor, s);
		s->all = true;
	}
	qsort(s->inode, s->inodes, sizeof(*s->inode), by_value);
}

/**
 * sweep_ripe() - can the look be judged by?
 * @s: from sweep_look(), or zero
 * @seen: events until then were handed out, ns
 *
 * Return: true if there is a look, and its time has come.
 */
bool sweep_ripe(const struct sweep *s, uint64_t seen)
{
	return s->asked && seen >= s->asked + GRACE;
}

static bool has_ended(const struct sweep *s, const struct conn *c)
{
	/* Younger than the look, or still heard of: that says nothing of it. */
	if (c->first_ts + GRACE > s->asked || c->last_ts > s->asked)
		return false;
	if (!s->all && !has_netns(s, c->netns))
		return false;
	return !s->inodes || !bsearch(&c->ino, s->inode, s->inodes, sizeof(*s->inode), by_value);
}

/**
 * sweep_end() - end the connections that were not found
 * @s: from sweep_look(); there is none afterwards
 * @t: the connections
 *
 * Return: how many.
 */
unsigned int sweep_end(struct sweep *s, struct tracker *t)
{
	unsigned int ended = 0;
	struct conn *next;

	for (struct conn *c = conn_first(t->conns); c && !s->failed; c = next) {
		next = c->next;
		if (is_live(t, c) && has_ended(s, c)) {
			tracker_ended(t, c);
			ended++;
		}
	}
	s->asked = 0;
	return ended;
}

/**
 * sweep_free() - release
 * @s: the sweep
 */
void sweep_free(struct sweep *s)
{
	free(s->inode);
	free(s->netns);
	s->inode = NULL;
	s->netns = NULL;
}
