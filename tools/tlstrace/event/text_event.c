// SPDX-License-Identifier: GPL-2.0
/* Events as lines of text. */
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "format.h"
#include "ktls_uapi.h"
#include "names.h"

/* ": EBADMSG: what that means" */
static void text_error(struct out *out, enum errno_where where, int err)
{
	const char *meaning = errno_meaning(where, err);
	char buf[NAME_SIZE];

	out_color(out, COLOR_RED);
	out_printf(out, " failed: %s", name_errno(err, buf));
	out_color(out, COLOR_NONE);
	if (meaning)
		out_printf(out, ": %s", meaning);
}

static void text_attach(struct out *out, const struct event *ev)
{
	char local[64], remote[64];

	endpoint_print(local, ev->ep.saddr, ev->ep.sport);
	endpoint_print(remote, ev->ep.daddr, ev->ep.dport);
	out_printf(out, "attach %s - %s, inode %" PRIu64, local, remote, ev->ino);
	if (ev->result < 0)
		text_error(out, WHERE_ATTACH, -ev->result);
}

static void text_setsockopt(struct out *out, const struct event *ev)
{
	bool key = ev->option == KTLS_TX || ev->option == KTLS_RX;
	char buf[NAME_SIZE];

	out_printf(out, "setsockopt %s", name_option(ev->option, buf));
	if (key) {
		if (ev->version || ev->cipher)
			out_printf(out, " TLS %s %s", name_version(ev->version),
				   name_cipher(ev->cipher));
		if (ev->result >= 0) {
			out_printf(out, ", %s, first record %" PRIu64, name_conf(ev->conf),
				   ev->seq);
			if (ev->rekey)
				out_printf(out, ", rekey %u", ev->rekey);
		}
	} else {
		out_printf(out, " %u", ev->value);
	}
	if (ev->result < 0)
		text_error(out, key ? WHERE_KEY : WHERE_OPTION, -ev->result);
}

static void text_io(struct out *out, const struct event *ev, unsigned int calls)
{
	bool tx = ev->kind == EV_TX;
	char flags[96], errbuf[NAME_SIZE];

	out_printf(out, "%s %s", tx ? "tx" : "rx", name_path(tx, ev->path));
	if (ev->result >= 0) {
		out_printf(out, " %s", name_type(ev->type));
		out_printf(out, " %d of %u bytes", ev->result, ev->len);
	} else {
		out_printf(out, " %u bytes", ev->len);
	}
	if (calls > 1)
		out_printf(out, " in %u calls", calls);
	if (ev->type && (ev->records || ev->result >= 0)) {
		if (ev->records == 1)
			out_printf(out, ", record %" PRIu64, ev->seq);
		else if (ev->records)
			out_printf(out, ", records %" PRIu64 "-%" PRIu64, ev->seq,
				   ev->seq + ev->records - 1);
		else
			out_printf(out, ", no record finished");
	}
	out_printf(out, ", %.1f us", (double)ev->duration / 1000);
	if (name_msg_flags(ev->flags, flags, sizeof(flags)))
		out_printf(out, ", %s", flags);
	if (event_failed(ev->result))
		text_error(out, tx ? WHERE_TX : WHERE_RX, -ev->result);
	else if (ev->result < 0)
		out_printf(out, ": %s", name_errno(-ev->result, errbuf));
}

static void text_alert(struct out *out, const struct event *ev)
{
	char buf[NAME_SIZE];

	out_color(out, ev->level == 2 ? COLOR_RED : COLOR_YELLOW);
	out_printf(out, "alert %s: %s %s", ev->dir ? "received" : "sent",
		   name_alert_level(ev->level), name_alert(ev->desc, buf));
	out_color(out, COLOR_NONE);
	out_printf(out, ", record %" PRIu64, ev->seq);
}

static void text_rekey(struct out *out, const struct event *ev)
{
	switch (ev->stage) {
	case REKEY_KEY_UPDATE:
		out_printf(out, "KeyUpdate %s%s, record %" PRIu64 "; %s needs a new key",
			   ev->dir ? "received" : "sent",
			   ev->request ? ", asks for one in return" : "", ev->seq,
			   ev->dir ? "rx" : "tx");
		break;
	case REKEY_EXPIRED:
		out_color(out, COLOR_YELLOW);
		out_printf(out, "rekey: %s has to wait for the next key, record %" PRIu64,
			   ev->dir ? "rx" : "tx", ev->seq);
		out_color(out, COLOR_NONE);
		break;
	case REKEY_NEW_KEY:
		out_printf(out, "rekey: new key for %s, rekey %u, first record %" PRIu64,
			   ev->dir ? "rx" : "tx", ev->rekeys, ev->seq);
		break;
	default:
		out_printf(out, "rekey: unknown stage %u", ev->stage);
		break;
	}
}

static void text_close_dir(struct out *out, const char *name, const struct dir_total *d)
{
	out_printf(out, "; %s", name);
	if (d->conf < CONF_SW && !d->records) {
		out_printf(out, " not kTLS");
		return;
	}
	out_printf(out, " %" PRIu64 " bytes in %" PRIu64 " records", d->bytes, d->records);
	if (d->errors)
		out_printf(out, ", %u errors", d->errors);
	if (d->rekeys)
		out_printf(out, ", %u rekeys", d->rekeys);
}

/**
 * text_end() - say it if a connection was not ended by the one who closes it
 * @out: output
 * @state: TCP_* when it was closed
 * @unacked: bytes that the peer had not acknowledged then
 */
void text_end(struct out *out, uint8_t state, uint32_t unacked)
{
	if (state == TCP_CLOSE_WAIT)
		out_printf(out, ", the peer had ended");
	if (state != TCP_CLOSE)
		return;
	out_color(out, COLOR_RED);
	out_printf(out, ", the connection was gone: the peer broke it off, or it timed out");
	out_color(out, COLOR_NONE);
	if (unacked)
		out_printf(out, "; %u bytes did not arrive", unacked);
}

static void text_close(struct out *out, const struct event *ev)
{
	out_printf(out, "close after %.3f s", (double)ev->lifetime / 1e9);
	text_end(out, ev->state, ev->unacked);
	if (ev->version)
		out_printf(out, ", TLS %s %s", name_version(ev->version), name_cipher(ev->cipher));
	text_close_dir(out, "tx", &ev->tx);
	text_close_dir(out, "rx", &ev->rx);
}

static void text_what(struct out *out, const struct event *ev, unsigned int calls)
{
	switch (ev->kind) {
	case EV_ATTACH:
		text_attach(out, ev);
		break;
	case EV_SETSOCKOPT:
		text_setsockopt(out, ev);
		break;
	case EV_TX:
	case EV_RX:
		text_io(out, ev, calls);
		break;
	case EV_ALERT:
		text_alert(out, ev);
		break;
	case EV_REKEY:
		text_rekey(out, ev);
		break;
	case EV_CLOSE:
		text_close(out, ev);
		break;
	case EV_DATA:
		text_data(out, ev);
		break;
	default:
		break;
	}
}

/**
 * text_event_only() - print what happened, not when, where and by whom
 * @out: output
 * @ev: the event
 */
void text_event_only(struct out *out, const struct event *ev)
{
	text_what(out, ev, 1);
}

/**
 * text_event() - print one event as a line
 * @out: output
 * @ev: the event
 * @c: its connection
 * @comm: name of the process, any bytes; NULL if not known
 * @start: time stamp that counts as 0, ns
 * @calls: how many calls the event stands for, see tracker.c
 */
void text_event(struct out *out, const struct event *ev, const struct conn *c,
		const char *comm, uint64_t start, unsigned int calls)
{
	char name[80];

	escape_text(name, sizeof(name), comm ? comm : "?", comm ? strnlen(comm, 16) : 1);
	out_printf(out, "%10.6f %s/%d ", ((double)ev->ts - (double)start) / 1e9, name, ev->pid);
	out_color(out, COLOR_BOLD);
	out_printf(out, "#%" PRIu64, c->id);
	out_color(out, COLOR_NONE);
	out_printf(out, " ");
	text_what(out, ev, calls);
	out_printf(out, "\n");
	if (ev->kind == EV_DATA)
		text_dump(out, ev);
}

/**
 * text_lost() - say that events are missing at this place
 * @out: output
 * @count: how many, 0 if not known
 */
void text_lost(struct out *out, uint64_t count)
{
	out_color(out, COLOR_RED);
	if (count)
		out_printf(out, "--- %" PRIu64 " events lost here", count);
	else
		out_printf(out, "--- events lost here");
	out_color(out, COLOR_NONE);
	out_printf(out, " (reader too slow; a larger --buffer-size helps)\n");
}
