// SPDX-License-Identifier: GPL-2.0
/* Which events are wanted. */
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "ktls_uapi.h"
#include "names.h"
#include "tlstrace.h"

#define ALERT_FATAL	2	/* RFC 8446 6 */

/* 0 sent, 1 received, -1 neither. */
static int direction(const struct event *ev)
{
	switch (ev->kind) {
	case EV_TX:
		return 0;
	case EV_RX:
		return 1;
	case EV_ALERT:
	case EV_REKEY:
		return ev->dir;
	case EV_SETSOCKOPT:
		return ev->option == KTLS_TX ? 0 : ev->option == KTLS_RX ? 1 : -1;
	default:
		return -1;
	}
}

static bool is_error(const struct event *ev)
{
	switch (ev->kind) {
	case EV_ATTACH:
	case EV_SETSOCKOPT:
	case EV_TX:
	case EV_RX:
		return event_failed(ev->result);
	case EV_ALERT:
		return ev->level == ALERT_FATAL;
	case EV_REKEY:
		return ev->stage == REKEY_EXPIRED;
	default:
		return false;
	}
}

static bool same_name(const char *a, const char *b)
{
	return a && !strncmp(a, b, 15);
}

/**
 * filter_match() - is this event wanted?
 * @f: what is wanted
 * @ev: the event
 * @c: its connection
 * @comm: name of the process that made the call, NULL if not known
 *
 * Return: true if so.
 */
bool filter_match(const struct event_filter *f, const struct event *ev, const struct conn *c,
		  const char *comm)
{
	int dir = direction(ev);
	bool call = ev->kind == EV_TX || ev->kind == EV_RX;

	if (f->kinds && !(f->kinds & 1U << ev->kind))
		return false;
	if (f->dir >= 0 && dir >= 0 && dir != f->dir)
		return false;
	if (f->type >= 0 && (!call || ev->type != f->type))
		return false;
	if (f->port && ev->ep.sport != f->port && ev->ep.dport != f->port)
		return false;
	if (f->pid && ev->pid != f->pid && c->pid != f->pid)
		return false;
	if (f->comm && !same_name(comm, f->comm) && !same_name(c->comm, f->comm))
		return false;
	if (f->errors && !is_error(ev))
		return false;
	return !f->min_ns || (call && ev->duration >= f->min_ns);
}

/**
 * filter_parse_kinds() - names of events
 * @s: "tx,rx"
 * @kinds: result, a bit for each
 *
 * Return: false if there is no such event.
 */
bool filter_parse_kinds(const char *s, unsigned int *kinds)
{
	char name[16];
	int len;

	*kinds = 0;
	for (;;) {
		enum event_kind kind;

		len = (int)strcspn(s, ",");
		snprintf(name, sizeof(name), "%.*s", len, s);
		kind = event_kind_by_name(name);
		/* Plaintext is for "record" alone. */
		if (kind == EV_KINDS || kind == EV_DATA || len >= (int)sizeof(name))
			return false;
		*kinds |= 1U << kind;
		if (!s[len])
			return true;
		s += len + 1;
	}
}

/**
 * filter_parse_type() - a content type
 * @s: its name, as "handshake", or number
 * @type: result
 *
 * Return: false if there is none.
 */
bool filter_parse_type(const char *s, int *type)
{
	uint64_t n;

	for (unsigned int i = 1; i < 256; i++) {
		if (strcmp(name_type(i), "unknown") && !strcmp(name_type(i), s)) {
			*type = (int)i;
			return true;
		}
	}
	if (!parse_number(s, 0, 255, &n))
		return false;
	*type = (int)n;
	return true;
}
