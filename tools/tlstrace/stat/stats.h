/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What calls on kTLS sockets add up to: over all, and by connection or by process, for the
 * time that runs and for all time. Memory goes with the sockets that live and with those
 * that are kept, which are a fixed number, never with the events.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "event.h"
#include "filter.h"
#include "hist.h"
#include "recsize.h"

/* Events that count: not plaintext, and the steps of a rekey show in setsockopt. */
#define STATS_KINDS	(1U << EV_ATTACH | 1U << EV_SETSOCKOPT | 1U << EV_TX | 1U << EV_RX |	\
			 1U << EV_ALERT | 1U << EV_CLOSE)

#define STATS_ERRORS	12	/* different errors remembered */
#define STATS_ALERTS	8	/* different alerts remembered */
#define STATS_CIPHERS	8	/* different pairs of version and cipher remembered */
#define STATS_IDLE	2000	/* groups kept that have no live socket */

enum stats_by { STATS_BY_NONE, STATS_BY_CONNECTION, STATS_BY_PROCESS };

/**
 * struct stats_path - calls of one direction and path
 * @calls: calls that moved data, or found the end of it
 * @bytes: plaintext bytes
 * @records: records closed (sent) or opened (received)
 * @errors: calls that failed
 * @again: calls to be repeated: nothing was there, no room, a signal, a key is due
 * @derived: records in @size whose size is not certain
 * @size: of records, bytes
 * @latency: of @calls, ns in buckets of microseconds
 */
struct stats_path {
	uint64_t calls, bytes, records, errors, again, derived;
	struct hist size, latency;
};

/**
 * struct stats_rare - errors and alerts
 */
struct stats_rare {
	struct error_count errors[STATS_ERRORS];
	struct alert_count alerts[STATS_ALERTS];
	uint64_t other_errors, other_alerts;
};

/**
 * struct stats_set - sums over some time
 * @path: [0] sent, [1] received; NULL where there was nothing
 * @rare: NULL if there was none
 * @plain: bytes of plain TCP, before the key of the direction
 * @rekeys: keys that replaced another
 * @alerts: sent, received
 * @keyed: connections that got a key, or were first seen with one
 * @opened: sockets that got the ULP
 * @closed: and that were closed
 * @refused: sockets that did not get the ULP
 */
struct stats_set {
	struct stats_path *path[2][CONN_PATHS];
	struct stats_rare *rare;
	uint64_t plain[2], rekeys[2], alerts[2], keyed[2];
	uint64_t opened, closed, refused;
};

/**
 * struct stats_group - a connection or a process
 * @now: since the last stats_interval()
 * @sum: before that
 * @id: number of the connection, or of the process
 * @pid: process
 * @comm: its name, any bytes
 * @ep: addresses, of a connection
 * @version: of its key, 0: none seen
 * @cipher: the same
 * @sockets: live ones
 */
struct stats_group {
	struct stats_set now, sum;
	uint64_t id;
	int pid;
	char comm[16];
	struct endpoints ep;
	uint16_t version, cipher;
	unsigned int sockets;
	struct stats_group *hash_next, *prev, *next;	/* of the stats */
};

struct stats_cipher {
	uint16_t version, cipher;
	uint64_t connections;
};

struct stats_sock;

#define STATS_HASH	1024	/* power of two */

/**
 * struct stats - all of it
 * @by: what makes a group
 * @filter: which events count, NULL: all
 * @now: since the last stats_interval()
 * @sum: before that
 * @ciphers: what connections have; the last ones are not told apart
 * @open: live sockets
 * @first: groups
 * @groups: how many
 * @idle: of them without a live socket
 * @folded: groups that were added to @others
 * @others: and what these add up to
 * @forgotten: events not counted for want of memory
 * @losses: how often events were lost
 */
struct stats {
	enum stats_by by;
	const struct event_filter *filter;
	struct stats_set now, sum;
	struct stats_cipher ciphers[STATS_CIPHERS];
	uint64_t open;
	struct stats_group *first;
	unsigned int groups, idle;
	uint64_t folded;
	struct stats_group others;
	uint64_t forgotten, losses;
	struct stats_group *hash[STATS_HASH];
	struct stats_sock *socks;
};

void stats_init(struct stats *st, enum stats_by by, const struct event_filter *filter);
void stats_event(void *stats, const struct event *ev, struct conn *c, const char *comm);
void stats_gone(void *stats, struct conn *c);
void stats_lost(void *stats, uint64_t count);
void stats_settle(struct stats *st, bool all);
void stats_interval(struct stats *st);
struct stats_group **stats_sorted(const struct stats *st, bool now, unsigned int *n);
void stats_free(struct stats *st);

/* stats_set.c */
struct stats_path *stats_set_path(struct stats_set *set, int dir, unsigned int path);
struct stats_rare *stats_set_rare(struct stats_set *set);
void stats_set_error(struct stats_set *set, enum errno_where where, int err);
void stats_set_alert(struct stats_set *set, unsigned int dir, unsigned int level,
		     unsigned int desc);
void stats_set_merge(struct stats_set *to, struct stats_set *from);
void stats_set_free(struct stats_set *set);
uint64_t stats_set_bytes(const struct stats_set *set);
void stats_set_dir(const struct stats_set *set, int dir, struct stats_path *sum);

#endif
