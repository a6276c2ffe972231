// SPDX-License-Identifier: GPL-2.0
/*
 * Events and summaries as JSON, one object per line. tlstrace-exec(1) lists the
 * fields; existing ones keep their name and meaning.
 */
#include <inttypes.h>
#include <string.h>

#include <json-c/json.h>

#include "escape.h"
#include "format.h"
#include "json_put.h"
#include "ktls_uapi.h"
#include "names.h"

#define MEANINGS 5

static void put_result(struct json_object *o, enum errno_where where, int32_t result)
{
	const char *meaning;
	char buf[NAME_SIZE];

	json_put_int(o, "result", result);
	if (result >= 0)
		return;
	json_put_str(o, "error", name_errno(-result, buf));
	meaning = event_failed(result) ? errno_meaning(where, -result) : NULL;
	if (meaning)
		json_put_str(o, "meaning", meaning);
}

static void put_tls(struct json_object *o, unsigned int version, unsigned int cipher)
{
	if (version)
		json_put_str(o, "version", name_version(version));
	if (cipher)
		json_put_str(o, "cipher", name_cipher(cipher));
}

static void put_setsockopt(struct json_object *o, const struct event *ev)
{
	bool key = ev->option == KTLS_TX || ev->option == KTLS_RX;
	char buf[NAME_SIZE];

	json_put_str(o, "option", name_option(ev->option, buf));
	if (key) {
		put_tls(o, ev->version, ev->cipher);
		json_put_str(o, "conf", name_conf(ev->conf));
		json_put_u64(o, "seq", ev->seq);
		json_put_u64(o, "rekey", ev->rekey);
	} else {
		json_put_u64(o, "value", ev->value);
	}
	put_result(o, key ? WHERE_KEY : WHERE_OPTION, ev->result);
}

static void put_end(struct json_object *o, uint8_t state, uint32_t unacked)
{
	json_put_str(o, "state", name_state(state));
	json_put_u64(o, "unacked", unacked);
}

static void put_io(struct json_object *o, const struct event *ev)
{
	char flags[96];

	json_put_str(o, "path", name_path(ev->kind == EV_TX, ev->path));
	json_put_int(o, "type", ev->type);
	json_put_str(o, "type_name", name_type(ev->type));
	json_put_u64(o, "len", ev->len);
	put_result(o, ev->kind == EV_TX ? WHERE_TX : WHERE_RX, ev->result);
	json_put_u64(o, "records", ev->records);
	json_put_u64(o, "seq", ev->seq);
	name_msg_flags(ev->flags, flags, sizeof(flags));
	json_put_str(o, "flags", flags);
	json_put_u64(o, "duration_ns", ev->duration);
}

static void put_alert(struct json_object *o, int dir, unsigned int level, unsigned int desc)
{
	char buf[NAME_SIZE];

	json_put_str(o, "dir", dir ? "rx" : "tx");
	json_put_int(o, "level", level);
	json_put_str(o, "level_name", name_alert_level(level));
	json_put_int(o, "desc", desc);
	json_put_str(o, "desc_name", name_alert(desc, buf));
}

static void put_rekey(struct json_object *o, const struct event *ev)
{
	static const char * const stage[] = {
		[REKEY_KEY_UPDATE] = "key_update", [REKEY_EXPIRED] = "expired",
		[REKEY_NEW_KEY] = "new_key",
	};

	json_put_str(o, "dir", ev->dir ? "rx" : "tx");
	json_put_str(o, "stage", ev->stage <= REKEY_NEW_KEY ? stage[ev->stage] : "unknown");
	json_put_bool(o, "request", ev->request);
	json_put_u64(o, "seq", ev->seq);
	json_put_u64(o, "rekeys", ev->rekeys);
}

static struct json_object *close_dir(const struct dir_total *d)
{
	struct json_object *o = json_object_new_object();

	json_put_str(o, "conf", name_conf(d->conf));
	json_put_u64(o, "bytes", d->bytes);
	json_put_u64(o, "records", d->records);
	json_put_u64(o, "errors", d->errors);
	json_put_u64(o, "rekeys", d->rekeys);
	return o;
}

static void put_data(struct json_object *o, const struct event *ev)
{
	json_put_str(o, "direction", ev->dir ? "rx" : "tx");
	json_put_str(o, "path", name_path(!ev->dir, ev->path));
	json_put_int(o, "type", ev->type);
	json_put_str(o, "type_name", name_type(ev->type));
	json_put_u64(o, "seq", ev->seq);
	json_put_u64(o, "offset", ev->offset);
	json_put_u64(o, "len", ev->len);
	json_put_u64(o, "missing", ev->missing);
	json_put_hex(o, "hex", ev->data, event_readable(ev));
}

/**
 * json_event() - print one event
 * @out: output
 * @ev: the event
 * @c: its connection
 * @comm: name of the process, any bytes; NULL if not known
 * @start: time stamp that counts as 0, ns
 */
void json_event(struct out *out, const struct event *ev, const struct conn *c,
		const char *comm, uint64_t start)
{
	struct json_object *o = json_object_new_object();

	json_put_str(o, "event", event_name(ev->kind));
	json_put_int(o, "time_ns", (int64_t)(ev->ts - start));
	json_put_int(o, "pid", ev->pid);
	json_put_comm(o, comm);
	json_put_u64(o, "conn", c->id);
	json_put_u64(o, "ino", ev->ino);
	json_put_u64(o, "netns", ev->netns);
	json_put_endpoints(o, &ev->ep);
	switch (ev->kind) {
	case EV_ATTACH:
		put_result(o, WHERE_ATTACH, ev->result);
		break;
	case EV_SETSOCKOPT:
		put_setsockopt(o, ev);
		break;
	case EV_TX:
	case EV_RX:
		put_io(o, ev);
		break;
	case EV_ALERT:
		put_alert(o, ev->dir, ev->level, ev->desc);
		json_put_u64(o, "seq", ev->seq);
		break;
	case EV_REKEY:
		put_rekey(o, ev);
		break;
	case EV_CLOSE:
		put_tls(o, ev->version, ev->cipher);
		json_object_object_add(o, "tx", close_dir(&ev->tx));
		json_object_object_add(o, "rx", close_dir(&ev->rx));
		json_put_u64(o, "lifetime_ns", ev->lifetime);
		put_end(o, ev->state, ev->unacked);
		break;
	case EV_DATA:
		put_data(o, ev);
		break;
	default:
		break;
	}
	json_put_line(out, o);
}

/**
 * json_lost() - say that events are missing at this place
 * @out: output
 * @count: how many, 0 if not known
 */
void json_lost(struct out *out, uint64_t count)
{
	struct json_object *o = json_object_new_object();

	json_put_str(o, "event", "lost");
	if (count)
		json_put_u64(o, "count", count);
	else
		json_object_object_add(o, "count", NULL);
	json_put_line(out, o);
}

static struct json_object *conn_dir(const struct conn *c, int dir)
{
	struct json_object *o = json_object_new_object();
	struct json_object *paths = json_object_new_object();
	struct json_object *types = json_object_new_object();
	const struct dir_stat *d = &c->dir[dir];

	json_put_bool(o, "ktls", conn_has_key(c, dir));
	json_put_bool(o, "key_tried", d->key_tried);
	json_put_str(o, "conf", name_conf(d->conf));
	json_put_u64(o, "bytes", conn_bytes(c, dir));
	json_put_u64(o, "records", conn_records(c, dir));
	json_put_u64(o, "bytes_seen", d->bytes);
	json_put_u64(o, "records_seen", d->records);
	json_put_u64(o, "plain_bytes", d->plain);
	json_put_u64(o, "errors", d->errors);
	json_put_u64(o, "rekeys", d->rekeys);
	json_put_bool(o, "key_due", d->key_due);
	json_put_u64(o, "next_seq", d->next_seq);
	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		struct json_object *p;

		if (!d->path_calls[i])
			continue;
		p = json_object_new_object();
		json_put_u64(p, "bytes", d->path_bytes[i]);
		json_put_u64(p, "calls", d->path_calls[i]);
		json_object_object_add(paths, name_path(!dir, i), p);
	}
	json_object_object_add(o, "paths", paths);
	for (unsigned int i = 0; i < CONN_TYPES; i++) {
		struct json_object *p;

		if (i == conn_type_slot(0) || (!d->type_records[i] && !d->type_bytes[i]))
			continue;
		p = json_object_new_object();
		json_put_u64(p, "bytes", d->type_bytes[i]);
		json_put_u64(p, "records", d->type_records[i]);
		json_object_object_add(types, conn_type_name(i), p);
	}
	json_object_object_add(o, "types", types);
	return o;
}

/**
 * json_errors() - errors, with what they mean
 * @list: the errors
 * @size: entries of @list, up to an unused one
 *
 * Return: an array.
 */
struct json_object *json_errors(const struct error_count *list, unsigned int size)
{
	static const char * const where[MEANINGS] = {
		[WHERE_ATTACH] = "attach", [WHERE_KEY] = "key", [WHERE_OPTION] = "option",
		[WHERE_TX] = "tx", [WHERE_RX] = "rx",
	};
	struct json_object *array = json_object_new_array();
	char buf[NAME_SIZE];

	for (unsigned int i = 0; i < size && list[i].err; i++) {
		const struct error_count *e = &list[i];
		struct json_object *o = json_object_new_object();

		json_put_str(o, "where", where[e->where]);
		json_put_str(o, "error", name_errno(e->err, buf));
		json_put_u64(o, "count", e->count);
		if (errno_meaning(e->where, e->err))
			json_put_str(o, "meaning", errno_meaning(e->where, e->err));
		json_object_array_add(array, o);
	}
	return array;
}

/**
 * json_alerts() - alerts
 * @list: the alerts
 * @size: entries of @list, up to an unused one
 *
 * Return: an array.
 */
struct json_object *json_alerts(const struct alert_count *list, unsigned int size)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < size && list[i].count; i++) {
		struct json_object *a = json_object_new_object();

		put_alert(a, list[i].dir, list[i].level, list[i].desc);
		json_put_u64(a, "count", list[i].count);
		json_object_array_add(array, a);
	}
	return array;
}

/**
 * json_conn() - print what a connection amounted to
 * @out: output
 * @c: the connection
 */
void json_conn(struct out *out, const struct conn *c)
{
	struct json_object *o = json_object_new_object();

	json_put_str(o, "event", "connection");
	json_put_u64(o, "conn", c->id);
	json_put_int(o, "pid", c->pid);
	json_put_comm(o, c->comm);
	json_put_u64(o, "ino", c->ino);
	json_put_u64(o, "netns", c->netns);
	json_put_endpoints(o, &c->ep);
	put_result(o, WHERE_ATTACH, c->attach_result);
	put_tls(o, c->version, c->cipher);
	json_put_bool(o, "closed", c->closed || c->end_lost);
	json_put_bool(o, "close_lost", c->end_lost);
	json_put_u64(o, "lifetime_ns", c->lifetime ? c->lifetime : c->last_ts - c->first_ts);
	if (c->closed)
		put_end(o, c->state, c->unacked);
	json_object_object_add(o, "tx", conn_dir(c, 0));
	json_object_object_add(o, "rx", conn_dir(c, 1));
	json_object_object_add(o, "alerts", json_alerts(c->alerts, CONN_ALERTS));
	json_object_object_add(o, "errors", json_errors(c->errors, CONN_ERRORS));
	json_put_line(out, o);
}

static struct json_object *total_dir(const struct conn_totals *t, int dir)
{
	struct json_object *o = json_object_new_object();

	json_put_u64(o, "connections", dir ? t->with_rx : t->with_tx);
	json_put_u64(o, "bytes", t->bytes[dir]);
	json_put_u64(o, "records", t->records[dir]);
	json_put_u64(o, "errors", t->errors[dir]);
	json_put_u64(o, "rekeys", t->rekeys[dir]);
	json_put_u64(o, "alerts", t->alerts[dir]);
	return o;
}

/**
 * json_summary() - print the totals of a run
 * @out: output
 * @sum: the totals
 */
void json_summary(struct out *out, const struct summary *sum)
{
	const struct conn_totals *t = sum->totals;
	struct json_object *o = json_object_new_object();
	struct json_object *reasons = json_object_new_array();

	json_put_str(o, "event", "summary");
	json_put_bool(o, "ktls", t->with_any > 0);
	json_put_u64(o, "ktls_connections", t->with_any);
	json_put_u64(o, "connections", t->connections);
	json_put_u64(o, "open", t->open);
	json_put_u64(o, "close_lost", t->end_lost);
	json_put_u64(o, "attach_failed", t->attach_failed);
	json_object_object_add(o, "tx", total_dir(t, 0));
	json_object_object_add(o, "rx", total_dir(t, 1));
	for (unsigned int i = 0; i < sum->nreasons; i++) {
		char clean[1024];

		escape_utf8(clean, sizeof(clean), sum->reasons[i], strlen(sum->reasons[i]));
		json_object_array_add(reasons, json_object_new_string(clean));
	}
	json_object_object_add(o, "notes", reasons);
	if (sum->lost_known)
		json_put_u64(o, "lost", sum->lost);
	else
		json_object_object_add(o, "lost", NULL);
	if (sum->status >= 0)
		json_put_int(o, "status", sum->status);
	json_put_line(out, o);
}
