// SPDX-License-Identifier: GPL-2.0
/* Connections and the whole run as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "format.h"
#include "ktls_uapi.h"
#include "names.h"

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void text_paths(struct out *out, const struct dir_stat *d, int tx)
{
	const char *sep = ": ";

	for (unsigned int i = 0; i < CONN_PATHS; i++) {
		if (!d->path_calls[i])
			continue;
		out_printf(out, "%s%s %" PRIu64 " bytes in %" PRIu64 " call%s", sep,
			   name_path(tx, i), d->path_bytes[i], d->path_calls[i],
			   plural(d->path_calls[i]));
		sep = ", ";
	}
}

static void text_types(struct out *out, const struct dir_stat *d)
{
	const char *sep = "; ";

	for (unsigned int i = 0; i < CONN_TYPES; i++) {
		if (!d->type_records[i] && !(d->type_bytes[i] && i != conn_type_slot(0)))
			continue;
		out_printf(out, "%s%s %" PRIu64 " bytes in %" PRIu64 " record%s", sep,
			   conn_type_name(i), d->type_bytes[i], d->type_records[i],
			   plural(d->type_records[i]));
		sep = ", ";
	}
}

static void text_dir(struct out *out, const struct conn *c, int dir)
{
	const struct dir_stat *d = &c->dir[dir];
	uint64_t bytes = conn_bytes(c, dir), records = conn_records(c, dir);

	out_printf(out, "   %s ", dir ? "rx" : "tx");
	if (!conn_has_key(c, dir)) {
		out_printf(out, "not kTLS (%s)", d->key_tried ? "the kernel refused the key" :
			   "no key was given to the kernel");
		if (d->plain)
			out_printf(out, "; %" PRIu64 " bytes of plain TCP", d->plain);
		out_printf(out, "\n");
		return;
	}
	out_printf(out, "%" PRIu64 " bytes in %" PRIu64 " record%s (%s), next record %" PRIu64,
		   bytes, records, plural(records), name_conf(d->conf), d->next_seq);
	if (d->rekeys)
		out_printf(out, ", %" PRIu64 " rekey%s", d->rekeys, plural(d->rekeys));
	text_paths(out, d, !dir);
	text_types(out, d);
	if (d->plain)
		out_printf(out, "; before the key %" PRIu64 " bytes of plain TCP", d->plain);
	if (c->closed && (bytes != d->bytes || records != d->records))
		out_printf(out, "; events of %" PRIu64 " bytes and %" PRIu64
			   " records were not seen", bytes > d->bytes ? bytes - d->bytes : 0,
			   records > d->records ? records - d->records : 0);
	out_printf(out, "\n");
}

static const char *where_name(enum errno_where where)
{
	static const char * const names[] = {
		[WHERE_ATTACH] = "attach", [WHERE_KEY] = "TLS_TX/TLS_RX",
		[WHERE_OPTION] = "setsockopt", [WHERE_TX] = "tx", [WHERE_RX] = "rx",
	};

	return names[where];
}

/**
 * text_errors() - print errors, with what they mean
 * @out: output
 * @list: the errors
 * @size: entries of @list, up to an unused one
 * @other: further errors
 */
void text_errors(struct out *out, const struct error_count *list, unsigned int size,
		 uint64_t other)
{
	char buf[NAME_SIZE];

	for (unsigned int i = 0; i < size && list[i].err; i++) {
		const struct error_count *e = &list[i];
		const char *meaning = errno_meaning(e->where, e->err);

		out_color(out, COLOR_RED);
		out_printf(out, "   error %s %s", where_name(e->where), name_errno(e->err, buf));
		out_color(out, COLOR_NONE);
		if (e->count > 1)
			out_printf(out, ", %u times", e->count);
		out_printf(out, "%s%s\n", meaning ? ": " : "", meaning ? meaning : "");
	}
	if (other)
		out_printf(out, "   %" PRIu64 " other errors\n", other);
}

/**
 * text_alerts() - print alerts
 * @out: output
 * @list: the alerts
 * @size: entries of @list, up to an unused one
 * @other: further alerts
 */
void text_alerts(struct out *out, const struct alert_count *list, unsigned int size,
		 uint64_t other)
{
	char buf[NAME_SIZE];

	for (unsigned int i = 0; i < size && list[i].count; i++) {
		const struct alert_count *a = &list[i];

		out_printf(out, "   alert %s: %s %s", a->dir ? "received" : "sent",
			   name_alert_level(a->level), name_alert(a->desc, buf));
		if (a->count > 1)
			out_printf(out, ", %u times", a->count);
		out_printf(out, "\n");
	}
	if (other)
		out_printf(out, "   %" PRIu64 " other alerts\n", other);
}

static void text_key_due(struct out *out, const struct conn *c, int dir)
{
	if (!c->dir[dir].key_due)
		return;
	out_color(out, COLOR_RED);
	out_printf(out, "   KeyUpdate %s, and no new key given to the kernel",
		   dir ? "received" : "sent");
	out_color(out, COLOR_NONE);
	out_printf(out, ": %s\n", dir ? "nothing that came after it can be read" :
		   "the peer can read nothing that was sent after it");
}

/**
 * text_conn() - print what a connection amounted to
 * @out: output
 * @c: the connection
 */
void text_conn(struct out *out, const struct conn *c)
{
	uint64_t life = c->lifetime ? c->lifetime : c->last_ts - c->first_ts;
	char local[64], remote[64], name[80];

	endpoint_print(local, c->ep.saddr, c->ep.sport);
	endpoint_print(remote, c->ep.daddr, c->ep.dport);
	escape_text(name, sizeof(name), c->comm[0] ? c->comm : "?",
		    c->comm[0] ? strnlen(c->comm, sizeof(c->comm)) : 1);
	out_color(out, COLOR_BOLD);
	out_printf(out, "#%" PRIu64 " %s - %s", c->id, local, remote);
	out_color(out, COLOR_NONE);
	if (c->attach_result >= 0) {
		if (c->version)
			out_printf(out, " TLS %s %s", name_version(c->version),
				   name_cipher(c->cipher));
		else
			out_printf(out, " no kTLS");
	}
	out_printf(out, ", %s/%d, inode %" PRIu64, name, c->pid, c->ino);
	if (c->attach_result >= 0)
		out_printf(out, ", %s %.3f s", c->closed ? "closed after" :
			   c->end_lost ? "closed unseen, after more than" : "open for",
			   (double)life / 1e9);
	text_end(out, c->state, c->unacked);
	out_printf(out, "\n");
	if (c->attach_result >= 0) {
		text_dir(out, c, 0);
		text_dir(out, c, 1);
	}
	text_key_due(out, c, 0);
	text_key_due(out, c, 1);
	text_alerts(out, c->alerts, CONN_ALERTS, c->other_alerts);
	text_errors(out, c->errors, CONN_ERRORS, c->other_errors);
}

/**
 * text_summary() - print the totals of a run
 * @out: output
 * @sum: the totals
 */
void text_summary(struct out *out, const struct summary *sum)
{
	const struct conn_totals *t = sum->totals;

	out_color(out, t->with_any ? COLOR_GREEN : COLOR_YELLOW);
	if (t->with_any)
		out_printf(out, "kTLS on %" PRIu64 " connection%s", t->with_any,
			   plural(t->with_any));
	else
		out_printf(out, "no kTLS seen");
	out_color(out, COLOR_NONE);
	if (t->with_any) {
		out_printf(out, " (tx on %" PRIu64 ", rx on %" PRIu64 ")", t->with_tx, t->with_rx);
		if (t->connections > t->with_any)
			out_printf(out, ", %" PRIu64 " more without a key",
				   t->connections - t->with_any);
		out_printf(out, ": tx %" PRIu64 " bytes in %" PRIu64 " records, rx %" PRIu64
			   " bytes in %" PRIu64 " records", t->bytes[0], t->records[0],
			   t->bytes[1], t->records[1]);
		out_printf(out, "; errors tx %" PRIu64 ", rx %" PRIu64, t->errors[0],
			   t->errors[1]);
		if (t->alerts[0] || t->alerts[1])
			out_printf(out, "; alerts sent %" PRIu64 ", received %" PRIu64,
				   t->alerts[0], t->alerts[1]);
		if (t->rekeys[0] || t->rekeys[1])
			out_printf(out, "; rekeys tx %" PRIu64 ", rx %" PRIu64, t->rekeys[0],
				   t->rekeys[1]);
	}
	if (t->open)
		out_printf(out, "; %" PRIu64 " still open", t->open);
	if (t->end_lost)
		out_printf(out, "; %" PRIu64 " closed unseen", t->end_lost);
	if (t->attach_failed)
		out_printf(out, "; %" PRIu64 " attach%s failed", t->attach_failed,
			   t->attach_failed == 1 ? "" : "es");
	out_printf(out, "\n");
	for (unsigned int i = 0; i < sum->nreasons; i++)
		out_printf(out, "   %s\n", sum->reasons[i]);
	if (!sum->lost_known) {
		out_printf(out, "events lost: not known, the kernel does not say\n");
	} else {
		if (sum->lost)
			out_color(out, COLOR_RED);
		out_printf(out, "events lost: %" PRIu64, sum->lost);
		if (sum->lost) {
			out_color(out, COLOR_NONE);
			out_printf(out, "; sums of connections that were seen to close are right, "
				   "details are not; a larger --buffer-size helps");
		}
		out_printf(out, "\n");
	}
}
