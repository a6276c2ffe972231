/* SPDX-License-Identifier: GPL-2.0 */
/* Connections put together from events, and totals over all of them. */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "names.h"

#define CONN_TYPES	6	/* data, handshake, alert, ccs, other, plain */
#define CONN_PATHS	4	/* the three of the events, and unknown ones */
#define CONN_ERRORS	4	/* different errors remembered per place */
#define CONN_ALERTS	4	/* different alerts remembered */

/**
 * struct error_count - how often an error came
 * @where: operation
 * @err: errno, positive; 0: entry not used
 * @count: how often
 */
struct error_count {
	enum errno_where where;
	int err;
	uint32_t count;
};

struct alert_count {
	uint8_t dir, level, desc;
	uint32_t count;
};

/**
 * struct dir_stat - one direction of a connection
 * @bytes: plaintext bytes, since the key of the direction was set
 * @records: TLS records
 * @plain: bytes before the key was set
 * @path_bytes: @bytes by path
 * @path_calls: calls by path
 * @type_bytes: by record type, see conn_type_slot()
 * @type_records: by record type
 * @errors: failed calls
 * @rekeys: keys after the first
 * @next_seq: sequence of the record to come
 * @conf: CONF_*
 * @key_tried: TLS_TX or TLS_RX was called
 * @key_due: a KeyUpdate went by, and no new key was set since
 */
struct dir_stat {
	uint64_t bytes, records, plain;
	uint64_t path_bytes[CONN_PATHS], path_calls[CONN_PATHS];
	uint64_t type_bytes[CONN_TYPES], type_records[CONN_TYPES];
	uint64_t errors, rekeys, next_seq;
	uint8_t conf;
	bool key_tried, key_due;
};

/**
 * struct conn - a connection
 * @id: number given by us, from 1
 * @pid: process that attached it, @comm its name
 * @attach_result: 0, or -errno: then there is no ULP and no further event
 * @attach_seen: false if the attach event was lost
 * @dir: [0] sent, [1] received
 * @closed: the close event was seen
 * @end_lost: it has ended, and the close event was lost
 * @stream: of "record": the stream that it is a part of
 * @stats: of "stat" and "top": what they keep with it
 * @state: TCP_* when it was closed
 * @unacked: bytes of TCP that the peer had not acknowledged then
 * @close: its totals, good also if events between were lost
 */
struct conn {
	uint64_t id, ino;
	uint32_t netns;
	struct endpoints ep;
	int pid;
	char comm[16];
	uint64_t first_ts, last_ts, lifetime;
	int32_t attach_result;
	bool attach_seen, closed, end_lost;
	uint8_t state;
	uint32_t unacked;
	uint16_t version, cipher;
	struct dir_stat dir[2];
	struct { struct dir_total tx, rx; } close;
	struct error_count errors[CONN_ERRORS];
	uint64_t other_errors;
	struct alert_count alerts[CONN_ALERTS];
	uint64_t other_alerts;
	struct event pending;		/* of the tracker: calls not printed yet */
	unsigned int pending_calls;
	struct stream *stream;
	struct stats_sock *stats;
	struct conn *hash_next, *prev, *next;	/* of the table */
};

/**
 * struct conn_totals - sums over all connections
 * @open: those that have not ended
 * @end_lost: those that ended with the close event lost
 */
struct conn_totals {
	uint64_t connections, attach_failed, with_tx, with_rx, with_any, open, end_lost;
	uint64_t key_tried, key_due, bytes[2], records[2], errors[2], rekeys[2], alerts[2];
	struct error_count failures[16];	/* attach and key errors of all */
};

struct conn_table;

struct conn_table *conn_table_new(void);
void conn_table_free(struct conn_table *t);
struct conn *conn_find(const struct conn_table *t, uint64_t ino);
struct conn *conn_add(struct conn_table *t, const struct event *ev);
void conn_event(struct conn_table *t, struct conn *c, const struct event *ev);
void conn_finish(struct conn_table *t, struct conn *c);
void conn_finish_all(struct conn_table *t);
void conn_drop(struct conn_table *t, struct conn *c);
struct conn *conn_first(const struct conn_table *t);
unsigned int conn_live(const struct conn_table *t);
unsigned int conn_kept(const struct conn_table *t);
const struct conn_totals *conn_totals(const struct conn_table *t);
unsigned int conn_type_slot(unsigned int type);
const char *conn_type_name(unsigned int slot);
bool conn_has_key(const struct conn *c, int dir);
uint64_t conn_bytes(const struct conn *c, int dir);
uint64_t conn_records(const struct conn *c, int dir);
bool error_count_add(struct error_count *list, unsigned int size, enum errno_where where,
		     int err, uint32_t count);

#endif
