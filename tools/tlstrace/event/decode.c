// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding by name: the module may reorder and add fields. A field that we
 * need and do not find means that module and tool do not belong together, and
 * is refused at start rather than shown as zeros.
 */
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "tlstrace.h"

/**
 * struct field - where a field of the trace event goes
 * @name: in the event's format file
 * @offset: in struct event
 * @size: there
 * @is_signed: sign-extend
 * @is_array: copy the bytes
 * @is_bytes: as many bytes as the event has, which stay where they are
 */
struct field {
	const char *name;
	size_t offset;
	size_t size;
	bool is_signed;
	bool is_array;
	bool is_bytes;
};

#define F(f, member)	{ .name = f, .offset = offsetof(struct event, member), \
			  .size = sizeof(((struct event *)0)->member) }
#define FS(f, member)	{ .name = f, .offset = offsetof(struct event, member), \
			  .size = sizeof(((struct event *)0)->member), .is_signed = true }
#define FA(f, member)	{ .name = f, .offset = offsetof(struct event, member), \
			  .size = sizeof(((struct event *)0)->member), .is_array = true }

#define FD(f)		{ .name = f, .is_bytes = true }

#define IDENTITY \
	F("ino", ino), F("netns", netns), F("family", ep.family), \
	F("sport", ep.sport), F("dport", ep.dport), \
	FA("saddr", ep.saddr), FA("daddr", ep.daddr)

#define IO \
	F("type", type), F("path", path), F("flags", flags), F("len", len), \
	FS("result", result), F("records", records), F("seq", seq), F("duration", duration)

static const struct field tables[EV_KINDS][DECODE_MAX_FIELDS] = {
	[EV_ATTACH] = { IDENTITY, FS("result", result) },
	[EV_SETSOCKOPT] = {
		IDENTITY, F("option", option), F("version", version), F("cipher", cipher),
		F("conf", conf), F("rekey", rekey), F("seq", seq), F("value", value),
		FS("result", result),
	},
	[EV_TX] = { IDENTITY, IO },
	[EV_RX] = { IDENTITY, IO },
	[EV_ALERT] = {
		IDENTITY, F("dir", dir), F("level", level), F("desc", desc), F("seq", seq),
	},
	[EV_REKEY] = {
		IDENTITY, F("dir", dir), F("stage", stage), F("request", request),
		F("seq", seq), F("rekeys", rekeys),
	},
	[EV_CLOSE] = {
		IDENTITY, F("version", version), F("cipher", cipher),
		F("tx_conf", tx.conf), F("rx_conf", rx.conf),
		F("tx_bytes", tx.bytes), F("rx_bytes", rx.bytes),
		F("tx_records", tx.records), F("rx_records", rx.records),
		F("tx_errors", tx.errors), F("rx_errors", rx.errors),
		F("tx_rekeys", tx.rekeys), F("rx_rekeys", rx.rekeys),
		F("lifetime", lifetime), F("state", state), F("unacked", unacked),
	},
	[EV_DATA] = {
		IDENTITY, F("dir", dir), F("type", type), F("path", path), F("seq", seq),
		F("offset", offset), F("len", len), F("missing", missing), FD("data"),
	},
};

static int resolve(struct decoder *dec, enum event_kind kind, char *why, size_t size)
{
	struct decode_kind *k = &dec->kinds[kind];
	struct tep_event *tev;

	tev = tep_find_event_by_name(dec->tep, TRACE_SYSTEM_NAME, event_name(kind));
	if (!tev) {
		snprintf(why, size, "the module has no event \"%s\"", event_name(kind));
		return -1;
	}
	k->id = tev->id;
	for (int i = 0; tables[kind][i].name; i++) {
		const struct field *f = &tables[kind][i];
		struct tep_format_field *tf = tep_find_field(tev, f->name);

		if (!tf) {
			snprintf(why, size, "the module's event \"%s\" has no field \"%s\"",
				 event_name(kind), f->name);
			return -1;
		}
		if (f->is_bytes ? !(tf->flags & TEP_FIELD_IS_DYNAMIC) || tf->size != 4 :
		    f->is_array ? (size_t)tf->size != f->size : tf->size > 8) {
			snprintf(why, size, "field \"%s\" of the module's event \"%s\" has %d bytes",
				 f->name, event_name(kind), tf->size);
			return -1;
		}
		k->fields[i] = tf;
	}
	if (!dec->pid)
		dec->pid = tep_find_common_field(tev, "common_pid");
	return 0;
}

/**
 * decoder_init() - find all events and fields that tlstrace uses
 * @dec: result; keeps using @tep
 * @tep: holds the formats of the group tls_trace
 * @why: on failure, one clause that says what is missing
 * @size: room at @why
 *
 * Return: 0, or -1 if module and tool do not fit together.
 */
int decoder_init(struct decoder *dec, struct tep_handle *tep, char *why, size_t size)
{
	memset(dec, 0, sizeof(*dec));
	dec->tep = tep;
	for (int kind = 0; kind < EV_KINDS; kind++)
		if (resolve(dec, (enum event_kind)kind, why, size))
			return -1;
	return 0;
}

static void store(const struct field *f, struct event *ev, unsigned long long val, int width)
{
	char *dst = (char *)ev + f->offset;

	if (f->is_signed && width < 8) {
		unsigned long long sign = 1ULL << (width * 8 - 1);

		val = (val ^ sign) - sign;
	}
	switch (f->size) {
	case 1: {
		uint8_t v = (uint8_t)val;

		memcpy(dst, &v, sizeof(v));
		break;
	}
	case 2: {
		uint16_t v = (uint16_t)val;

		memcpy(dst, &v, sizeof(v));
		break;
	}
	case 4: {
		uint32_t v = (uint32_t)val;

		memcpy(dst, &v, sizeof(v));
		break;
	}
	default: {
		uint64_t v = val;

		memcpy(dst, &v, sizeof(v));
		break;
	}
	}
}

/* Where the bytes are is in the field: their offset in the record, and how many. */
static bool bytes(const struct decoder *dec, const void *data, int size,
		  const struct tep_format_field *tf, struct event *ev)
{
	uint32_t where = (uint32_t)tep_read_number(dec->tep, (const char *)data + tf->offset, 4);
	uint32_t offset = where & 0xffff, len = where >> 16;

	if (offset + len > (uint32_t)size)
		return false;
	ev->data = (const uint8_t *)data + offset;
	ev->size = len;
	return true;
}

/**
 * decoder_event() - decode one record
 * @dec: from decoder_init()
 * @data: the record, beginning with the common fields
 * @size: its length in bytes
 * @ts: its time stamp
 * @ev: result
 *
 * Return: false if the record is not one of our events, or is too short.
 */
bool decoder_event(const struct decoder *dec, const void *data, int size,
		   uint64_t ts, struct event *ev)
{
	struct tep_record rec = { .data = (void *)data, .size = size, .ts = ts };
	int id, kind;

	if (size < 8)
		return false;
	id = tep_data_type(dec->tep, &rec);
	for (kind = 0; kind < EV_KINDS; kind++)
		if (dec->kinds[kind].id == id)
			break;
	if (kind == EV_KINDS)
		return false;

	memset(ev, 0, sizeof(*ev));
	ev->kind = (enum event_kind)kind;
	ev->ts = ts;
	if (dec->pid) {
		unsigned long long pid = 0;

		tep_read_number_field(dec->pid, data, &pid);
		ev->pid = (int)pid;
	}
	for (int i = 0; tables[kind][i].name; i++) {
		const struct field *f = &tables[kind][i];
		const struct tep_format_field *tf = dec->kinds[kind].fields[i];
		unsigned long long val;

		if (tf->offset < 0 || tf->size < 0 || tf->offset + tf->size > size)
			return false;
		if (f->is_array) {
			memcpy((char *)ev + f->offset, (const char *)data + tf->offset, f->size);
			continue;
		}
		if (f->is_bytes) {
			if (!bytes(dec, data, size, tf, ev))
				return false;
			continue;
		}
		val = tep_read_number(dec->tep, (const char *)data + tf->offset, tf->size);
		store(f, ev, val, tf->size);
	}
	return true;
}
