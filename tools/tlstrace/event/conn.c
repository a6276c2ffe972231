// SPDX-License-Identifier: GPL-2.0
/*
 * Connections are found by socket inode while they live. Finished ones stay in
 * the table for the summary until the caller drops them, so the caller decides
 * how much memory that takes; the totals need none of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "ktls_uapi.h"

#define HASH_SIZE 4096	/* power of two */

struct conn_table {
	struct conn *hash[HASH_SIZE];
	struct conn *first, *last;
	unsigned int live, all;
	uint64_t next_id;
	struct conn_totals totals;
};

static unsigned int hash_of(uint64_t ino)
{
	return (unsigned int)((ino * 0x9e3779b97f4a7c15ULL) >> 52) & (HASH_SIZE - 1);
}

/**
 * conn_table_new() - an empty table
 *
 * Return: the table, or NULL without memory.
 */
struct conn_table *conn_table_new(void)
{
	return calloc(1, sizeof(struct conn_table));
}

/**
 * conn_table_free() - free the table and all connections in it
 * @t: the table, or NULL
 */
void conn_table_free(struct conn_table *t)
{
	struct conn *next;

	if (!t)
		return;
	for (struct conn *c = t->first; c; c = next) {
		next = c->next;
		free(c);
	}
	free(t);
}

/**
 * conn_find() - find a live connection
 * @t: the table
 * @ino: socket inode
 *
 * Return: the connection, or NULL.
 */
struct conn *conn_find(const struct conn_table *t, uint64_t ino)
{
	struct conn *c = t->hash[hash_of(ino)];

	while (c && c->ino != ino)
		c = c->hash_next;
	return c;
}

static void unhash(struct conn_table *t, struct conn *c)
{
	struct conn **at = &t->hash[hash_of(c->ino)];

	while (*at && *at != c)
		at = &(*at)->hash_next;
	if (*at) {
		*at = c->hash_next;
		t->live--;
	}
}

/**
 * conn_add() - a connection appears
 * @t: the table
 * @ev: its attach event, or the first one seen if that was lost
 *
 * An older connection with the same inode must have ended unseen: it is
 * finished first.
 *
 * Return: the connection, or NULL without memory.
 */
struct conn *conn_add(struct conn_table *t, const struct event *ev)
{
	struct conn *c = conn_find(t, ev->ino);

	if (c) {
		c->end_lost = true;
		conn_finish(t, c);
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->id = ++t->next_id;
	c->ino = ev->ino;
	c->netns = ev->netns;
	c->ep = ev->ep;
	c->pid = ev->pid;
	c->first_ts = ev->ts;
	c->last_ts = ev->ts;
	c->hash_next = t->hash[hash_of(c->ino)];
	t->hash[hash_of(c->ino)] = c;
	t->live++;
	c->prev = t->last;
	if (t->last)
		t->last->next = c;
	else
		t->first = c;
	t->last = c;
	t->all++;
	return c;
}

/**
 * error_count_add() - count an error in a list
 * @list: the list
 * @size: entries there are room for
 * @where: operation
 * @err: errno, positive
 * @count: how often it came
 *
 * Return: false if there is no room.
 */
bool error_count_add(struct error_count *list, unsigned int size, enum errno_where where,
		     int err, uint32_t count)
{
	for (unsigned int i = 0; i < size; i++) {
		if (!list[i].err) {
			list[i].where = where;
			list[i].err = err;
		}
		if (list[i].where == where && list[i].err == err) {
			list[i].count += count;
			return true;
		}
	}
	return false;
}

static void note_error(struct conn_table *t, struct conn *c, enum errno_where where, int err)
{
	c->other_errors += !error_count_add(c->errors, CONN_ERRORS, where, err, 1);
	if (where == WHERE_ATTACH || where == WHERE_KEY)
		error_count_add(t->totals.failures,
				sizeof(t->totals.failures) / sizeof(t->totals.failures[0]),
				where, err, 1);
}

/**
 * conn_type_slot() - index of a record type in the per-type arrays
 * @type: content type
 *
 * Return: 0 to CONN_TYPES - 1.
 */
unsigned int conn_type_slot(unsigned int type)
{
	switch (type) {
	case TLS_TYPE_DATA:	 return 0;
	case TLS_TYPE_HANDSHAKE: return 1;
	case TLS_TYPE_ALERT:	 return 2;
	case TLS_TYPE_CCS:	 return 3;
	case 0:			 return 5;
	default:		 return 4;
	}
}

/**
 * conn_type_name() - name of an index
 * @slot: from conn_type_slot()
 *
 * Return: a name without spaces.
 */
const char *conn_type_name(unsigned int slot)
{
	static const char * const names[CONN_TYPES] = {
		"data", "handshake", "alert", "change_cipher_spec", "other", "plain",
	};

	return names[slot];
}

static void event_io(struct conn_table *t, struct conn *c, const struct event *ev)
{
	int dir = ev->kind == EV_RX;
	struct dir_stat *d = &c->dir[dir];
	unsigned int path = ev->path < CONN_PATHS - 1 ? ev->path : CONN_PATHS - 1;
	unsigned int slot = conn_type_slot(ev->type);
	uint64_t bytes = ev->result > 0 ? (uint64_t)ev->result : 0;

	if (event_failed(ev->result)) {
		d->errors++;
		note_error(t, c, dir ? WHERE_RX : WHERE_TX, -ev->result);
	}
	if (event_is_peek(ev))
		bytes = 0;
	d->type_bytes[slot] += bytes;
	d->records += ev->records;
	if (ev->records)
		d->next_seq = ev->seq + ev->records;
	/* A record without a type: the call failed, having no room for the type. */
	if (!ev->type) {
		d->plain += bytes;
		return;
	}
	d->bytes += bytes;
	d->path_bytes[path] += bytes;
	d->path_calls[path]++;
	d->type_records[slot] += ev->records;
}

static void event_setsockopt(struct conn_table *t, struct conn *c, const struct event *ev)
{
	bool key = ev->option == KTLS_TX || ev->option == KTLS_RX;
	struct dir_stat *d = &c->dir[ev->option == KTLS_RX];

	if (ev->result < 0)
		note_error(t, c, key ? WHERE_KEY : WHERE_OPTION, -ev->result);
	if (!key)
		return;
	d->key_tried = true;
	if (ev->result < 0)
		return;
	c->version = ev->version;
	c->cipher = ev->cipher;
	d->conf = ev->conf;
	d->next_seq = ev->seq;
	d->rekeys = ev->rekey;
	d->key_due = false;
}

static void event_rekey(struct conn *c, const struct event *ev)
{
	if (ev->stage == REKEY_KEY_UPDATE)
		c->dir[ev->dir ? 1 : 0].key_due = true;
	else if (ev->stage == REKEY_NEW_KEY)
		c->dir[ev->dir ? 1 : 0].key_due = false;
}

static void event_alert(struct conn_table *t, struct conn *c, const struct event *ev)
{
	t->totals.alerts[ev->dir ? 1 : 0]++;
	for (unsigned int i = 0; i < CONN_ALERTS; i++) {
		struct alert_count *a = &c->alerts[i];

		if (!a->count) {
			a->dir = ev->dir;
			a->level = ev->level;
			a->desc = ev->desc;
		}
		if (a->dir == ev->dir && a->level == ev->level && a->desc == ev->desc) {
			a->count++;
			return;
		}
	}
	c->other_alerts++;
}

static void event_close(struct conn *c, const struct event *ev)
{
	c->closed = true;
	c->close.tx = ev->tx;
	c->close.rx = ev->rx;
	c->lifetime = ev->lifetime;
	c->state = ev->state;
	c->unacked = ev->unacked;
	if (ev->version)
		c->version = ev->version;
	if (ev->cipher)
		c->cipher = ev->cipher;
	/* After close a direction may be back to base: keep what it was. */
	if (ev->tx.conf > c->dir[0].conf)
		c->dir[0].conf = ev->tx.conf;
	if (ev->rx.conf > c->dir[1].conf)
		c->dir[1].conf = ev->rx.conf;
}

/**
 * conn_event() - account for an event
 * @t: the table
 * @c: the event's connection
 * @ev: the event
 */
void conn_event(struct conn_table *t, struct conn *c, const struct event *ev)
{
	c->last_ts = ev->ts;
	switch (ev->kind) {
	case EV_ATTACH:
		c->attach_seen = true;
		c->attach_result = ev->result;
		if (ev->result < 0)
			note_error(t, c, WHERE_ATTACH, -ev->result);
		break;
	case EV_SETSOCKOPT:
		event_setsockopt(t, c, ev);
		break;
	case EV_TX:
	case EV_RX:
		event_io(t, c, ev);
		break;
	case EV_ALERT:
		event_alert(t, c, ev);
		break;
	case EV_REKEY:
		event_rekey(c, ev);
		break;
	case EV_CLOSE:
		event_close(c, ev);
		break;
	default:
		break;
	}
}

/**
 * conn_has_key() - did the kernel do TLS in this direction?
 * @c: the connection
 * @dir: 0 sent, 1 received
 *
 * Return: true if it has, or had, a key.
 */
bool conn_has_key(const struct conn *c, int dir)
{
	return c->dir[dir].conf >= CONF_SW;
}

/**
 * conn_bytes() - TLS plaintext bytes of a connection
 * @c: the connection
 * @dir: 0 sent, 1 received
 *
 * Return: the module's total if the connection is closed, else the sum of the
 * events.
 */
uint64_t conn_bytes(const struct conn *c, int dir)
{
	if (c->closed)
		return dir ? c->close.rx.bytes : c->close.tx.bytes;
	return c->dir[dir].bytes;
}

/**
 * conn_records() - TLS records of a connection
 * @c: the connection
 * @dir: 0 sent, 1 received
 *
 * Return: as conn_bytes().
 */
uint64_t conn_records(const struct conn *c, int dir)
{
	if (c->closed)
		return dir ? c->close.rx.records : c->close.tx.records;
	return c->dir[dir].records;
}

static void add_dir(struct conn_totals *sum, const struct conn *c, int dir)
{
	const struct dir_total *closed = dir ? &c->close.rx : &c->close.tx;
	const struct dir_stat *d = &c->dir[dir];

	sum->bytes[dir] += conn_bytes(c, dir);
	sum->records[dir] += conn_records(c, dir);
	sum->errors[dir] += c->closed && closed->errors > d->errors ? closed->errors : d->errors;
	sum->rekeys[dir] += c->closed ? closed->rekeys : d->rekeys;
}

/**
 * conn_finish() - a connection is over: add it to the totals
 * @t: the table
 * @c: the connection; it stays in the table, but conn_find() no longer finds it
 */
void conn_finish(struct conn_table *t, struct conn *c)
{
	struct conn_totals *sum = &t->totals;

	unhash(t, c);
	if (c->attach_result < 0) {
		sum->attach_failed++;
		return;
	}
	sum->connections++;
	sum->open += !c->closed && !c->end_lost;
	sum->end_lost += c->end_lost;
	sum->with_tx += conn_has_key(c, 0);
	sum->with_rx += conn_has_key(c, 1);
	sum->with_any += conn_has_key(c, 0) || conn_has_key(c, 1);
	sum->key_tried += c->dir[0].key_tried || c->dir[1].key_tried;
	sum->key_due += c->dir[0].key_due || c->dir[1].key_due;
	add_dir(sum, c, 0);
	add_dir(sum, c, 1);
}

/**
 * conn_finish_all() - finish what is still live
 * @t: the table
 */
void conn_finish_all(struct conn_table *t)
{
	for (struct conn *c = t->first; c; c = c->next)
		if (conn_find(t, c->ino) == c)
			conn_finish(t, c);
}

/**
 * conn_drop() - forget a finished connection
 * @t: the table
 * @c: the connection; freed
 */
void conn_drop(struct conn_table *t, struct conn *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		t->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	else
		t->last = c->prev;
	t->all--;
	free(c);
}

/**
 * conn_first() - all connections in the order they appeared; follow ->next
 * @t: the table
 *
 * Return: the first, or NULL.
 */
struct conn *conn_first(const struct conn_table *t)
{
	return t->first;
}

/**
 * conn_live() - number of live connections
 * @t: the table
 *
 * Return: how many.
 */
unsigned int conn_live(const struct conn_table *t)
{
	return t->live;
}

/**
 * conn_kept() - number of finished connections in the table
 * @t: the table
 *
 * Return: how many.
 */
unsigned int conn_kept(const struct conn_table *t)
{
	return t->all - t->live;
}

/**
 * conn_totals() - sums over all finished connections
 * @t: the table
 *
 * Return: the sums, valid as long as the table.
 */
const struct conn_totals *conn_totals(const struct conn_table *t)
{
	return &t->totals;
}
