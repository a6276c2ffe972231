// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding: formats and records are made here from one table, in different
 * orders, and go through libtraceevent like those of the kernel.
 */
#include <errno.h>
#include <stdlib.h>

#include "decode.h"
#include "unit.h"

#define RECORD_MAX 256
#define BYTES 10	/* in the event data, behind its fields */

struct spec {
	const char *type, *name;
	int size, count;
	bool is_signed;
	uint64_t value;		/* arrays: first byte, counting up */
};

#define IDENT \
	{ "u64", "ino", 8, 0, false, 0x123456789abcULL }, \
	{ "u32", "netns", 4, 0, false, 4026531840U }, \
	{ "u16", "family", 2, 0, false, 10 }, \
	{ "u16", "sport", 2, 0, false, 443 }, \
	{ "u16", "dport", 2, 0, false, 65535 }, \
	{ "u8", "saddr", 1, 16, false, 0x20 }, \
	{ "u8", "daddr", 1, 16, false, 0xa0 }

#define IO \
	{ "u8", "type", 1, 0, false, 23 }, { "u8", "path", 1, 0, false, 1 }, \
	{ "u32", "flags", 4, 0, false, 0x8000 }, { "u32", "len", 4, 0, false, 4000000000U }, \
	{ "s32", "result", 4, 0, true, (uint64_t)-74 }, { "u32", "records", 4, 0, false, 3 }, \
	{ "u64", "seq", 8, 0, false, 0xfffffffffffffffdULL }, \
	{ "u64", "duration", 8, 0, false, 123456 }

static const struct spec specs[EV_KINDS][24] = {
	[EV_ATTACH] = { IDENT, { "s32", "result", 4, 0, true, (uint64_t)-107 } },
	[EV_SETSOCKOPT] = {
		IDENT, { "u8", "option", 1, 0, false, 1 }, { "u16", "version", 2, 0, false, 0x304 },
		{ "u16", "cipher", 2, 0, false, 52 }, { "u8", "conf", 1, 0, false, 2 },
		{ "u32", "rekey", 4, 0, false, 5 }, { "u64", "seq", 8, 0, false, 7 },
		{ "u32", "value", 4, 0, false, 9 }, { "s32", "result", 4, 0, true, 0 },
	},
	[EV_TX] = { IDENT, IO },
	[EV_RX] = { IDENT, IO },
	[EV_ALERT] = {
		IDENT, { "u8", "dir", 1, 0, false, 1 }, { "u8", "level", 1, 0, false, 2 },
		{ "u8", "desc", 1, 0, false, 20 }, { "u64", "seq", 8, 0, false, 77 },
	},
	[EV_REKEY] = {
		IDENT, { "u8", "dir", 1, 0, false, 1 }, { "u8", "stage", 1, 0, false, 2 },
		{ "u8", "request", 1, 0, false, 1 }, { "u64", "seq", 8, 0, false, 78 },
		{ "u32", "rekeys", 4, 0, false, 6 },
	},
	[EV_CLOSE] = {
		IDENT, { "u16", "version", 2, 0, false, 0x303 },
		{ "u16", "cipher", 2, 0, false, 54 },
		{ "u8", "tx_conf", 1, 0, false, 2 }, { "u8", "rx_conf", 1, 0, false, 1 },
		{ "u64", "tx_bytes", 8, 0, false, 1000 }, { "u64", "rx_bytes", 8, 0, false, 2000 },
		{ "u64", "tx_records", 8, 0, false, 10 }, { "u64", "rx_records", 8, 0, false, 20 },
		{ "u32", "tx_errors", 4, 0, false, 1 }, { "u32", "rx_errors", 4, 0, false, 2 },
		{ "u32", "tx_rekeys", 4, 0, false, 3 }, { "u32", "rx_rekeys", 4, 0, false, 4 },
		{ "u64", "lifetime", 8, 0, false, 5000000000ULL },
		{ "u8", "state", 1, 0, false, 8 }, { "u32", "unacked", 4, 0, false, 1234 },
	},
	[EV_DATA] = {
		IDENT, { "u8", "dir", 1, 0, false, 1 }, { "u8", "type", 1, 0, false, 22 },
		{ "u8", "path", 1, 0, false, 2 }, { "u64", "seq", 8, 0, false, 79 },
		{ "u32", "offset", 4, 0, false, 3840 }, { "u32", "len", 4, 0, false, 16384 },
		{ "u32", "missing", 4, 0, false, 2 }, { "__data_loc u8[]", "data", 4 },
	},
};

/* Make format and record; @backwards: fields in the opposite order. */
static int build(enum event_kind kind, bool backwards, const char *leave_out, char *format,
		 size_t size, unsigned char *record)
{
	uint16_t id = (uint16_t)(1000 + kind);
	int32_t pid = 4321;
	int at = 8, n = 0, loc = 0;
	size_t len;

	memset(record, 0, RECORD_MAX);
	memcpy(record, &id, sizeof(id));
	memcpy(record + 4, &pid, sizeof(pid));
	while (specs[kind][n].name)
		n++;
	len = (size_t)snprintf(format, size, "name: %s\nID: %d\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
		"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n", event_name(kind), id);
	for (int i = 0; i < n; i++) {
		const struct spec *s = &specs[kind][backwards ? n - 1 - i : i];
		int bytes = s->size * (s->count ? s->count : 1);

		if (leave_out && !strcmp(s->name, leave_out))
			continue;
		at = (at + s->size - 1) / s->size * s->size;
		if (s->count) {
			len += (size_t)snprintf(format + len, size - len,
				"\tfield:%s %s[%d];\toffset:%d;\tsize:%d;\tsigned:0;\n", s->type,
				s->name, s->count, at, bytes);
			for (int b = 0; b < bytes; b++)
				record[at + b] = (unsigned char)(s->value + (uint64_t)b);
		} else {
			len += (size_t)snprintf(format + len, size - len,
				"\tfield:%s %s;\toffset:%d;\tsize:%d;\tsigned:%d;\n", s->type,
				s->name, at, bytes, s->is_signed);
			memcpy(record + at, &s->value, (size_t)s->size);	/* little endian */
			if (s->type[0] == '_')
				loc = at;
		}
		at += bytes;
	}
	if (loc) {
		uint32_t where = (uint32_t)at | BYTES << 16;

		memcpy(record + loc, &where, sizeof(where));
		for (int i = 0; i < BYTES; i++)
			record[at++] = (unsigned char)(0x60 + i);
	}
	snprintf(format + len, size - len, "\nprint fmt: \"ino=%%llu\", REC->ino\n");
	return at;
}

static struct tep_handle *load(bool backwards, enum event_kind broken, const char *leave_out,
			       unsigned char records[EV_KINDS][RECORD_MAX], int *sizes)
{
	struct tep_handle *tep = tep_alloc();
	char format[8192];

	for (int kind = 0; kind < EV_KINDS; kind++) {
		sizes[kind] = build((enum event_kind)kind, backwards,
				    kind == (int)broken ? leave_out : NULL, format,
				    sizeof(format), records[kind]);
		tep_parse_event(tep, format, strlen(format), "tls_trace");
	}
	return tep;
}

static void check_values(const struct event ev[EV_KINDS])
{
	for (int i = 0; i < EV_KINDS; i++) {
		CHECK(ev[i].kind == (enum event_kind)i);
		CHECK(ev[i].ts == 777 && ev[i].pid == 4321);
		CHECK(ev[i].ino == 0x123456789abcULL && ev[i].netns == 4026531840U);
		CHECK(ev[i].ep.family == 10 && ev[i].ep.sport == 443 && ev[i].ep.dport == 65535);
		CHECK(ev[i].ep.saddr[0] == 0x20 && ev[i].ep.saddr[15] == 0x2f);
		CHECK(ev[i].ep.daddr[0] == 0xa0 && ev[i].ep.daddr[15] == 0xaf);
	}
	CHECK(ev[EV_ATTACH].result == -107);
	CHECK(ev[EV_SETSOCKOPT].option == 1 && ev[EV_SETSOCKOPT].version == 0x304);
	CHECK(ev[EV_SETSOCKOPT].cipher == 52 && ev[EV_SETSOCKOPT].conf == 2);
	CHECK(ev[EV_SETSOCKOPT].rekey == 5 && ev[EV_SETSOCKOPT].seq == 7);
	CHECK(ev[EV_SETSOCKOPT].value == 9 && ev[EV_SETSOCKOPT].result == 0);
	for (int i = EV_TX; i <= EV_RX; i++) {
		CHECK(ev[i].type == 23 && ev[i].path == 1 && ev[i].flags == 0x8000);
		CHECK(ev[i].len == 4000000000U && ev[i].result == -74 && ev[i].records == 3);
		CHECK(ev[i].seq == 0xfffffffffffffffdULL && ev[i].duration == 123456);
	}
	CHECK(ev[EV_ALERT].dir == 1 && ev[EV_ALERT].level == 2 && ev[EV_ALERT].desc == 20);
	CHECK(ev[EV_ALERT].seq == 77);
	CHECK(ev[EV_REKEY].dir == 1 && ev[EV_REKEY].stage == REKEY_NEW_KEY);
	CHECK(ev[EV_REKEY].request == 1 && ev[EV_REKEY].seq == 78 && ev[EV_REKEY].rekeys == 6);
	CHECK(ev[EV_CLOSE].version == 0x303 && ev[EV_CLOSE].cipher == 54);
	CHECK(ev[EV_CLOSE].tx.conf == 2 && ev[EV_CLOSE].rx.conf == 1);
	CHECK(ev[EV_CLOSE].tx.bytes == 1000 && ev[EV_CLOSE].rx.bytes == 2000);
	CHECK(ev[EV_CLOSE].tx.records == 10 && ev[EV_CLOSE].rx.records == 20);
	CHECK(ev[EV_CLOSE].tx.errors == 1 && ev[EV_CLOSE].rx.errors == 2);
	CHECK(ev[EV_CLOSE].tx.rekeys == 3 && ev[EV_CLOSE].rx.rekeys == 4);
	CHECK(ev[EV_CLOSE].lifetime == 5000000000ULL);
	CHECK(ev[EV_CLOSE].state == 8 && ev[EV_CLOSE].unacked == 1234);
	CHECK(ev[EV_DATA].dir == 1 && ev[EV_DATA].type == 22 && ev[EV_DATA].path == 2);
	CHECK(ev[EV_DATA].seq == 79 && ev[EV_DATA].offset == 3840 && ev[EV_DATA].len == 16384);
	CHECK(ev[EV_DATA].missing == 2 && ev[EV_DATA].size == BYTES);
	CHECK(!memcmp(ev[EV_DATA].data, "`abcdefghi", BYTES));
}

static void decode_all(bool backwards)
{
	static unsigned char records[EV_KINDS][RECORD_MAX];
	struct event ev[EV_KINDS] = { 0 };
	int sizes[EV_KINDS];
	struct tep_handle *tep = load(backwards, EV_KINDS, NULL, records, sizes);
	struct decoder dec;
	char why[200] = "";

	CHECK(!decoder_init(&dec, tep, why, sizeof(why)));
	EQUAL(why, "");
	for (int i = 0; i < EV_KINDS; i++)
		CHECK(decoder_event(&dec, records[i], sizes[i], 777, &ev[i]));
	check_values(ev);

	unit_case("decode: a record that is cut short, or not ours, is refused");
	for (int i = 0; i < EV_KINDS; i++)
		CHECK(!decoder_event(&dec, records[i], sizes[i] - 1, 777, &ev[i]));
	CHECK(!decoder_event(&dec, records[0], 3, 777, &ev[0]));
	records[0][0] = 1;
	records[0][1] = 0;
	CHECK(!decoder_event(&dec, records[0], sizes[0], 777, &ev[0]));
	tep_free(tep);
}

static void refuse_mismatch(void)
{
	static unsigned char records[EV_KINDS][RECORD_MAX];
	int sizes[EV_KINDS];
	struct tep_handle *tep = load(false, EV_TX, "records", records, sizes);
	struct decoder dec;
	char why[200] = "";

	CHECK(decoder_init(&dec, tep, why, sizeof(why)) < 0);
	EQUAL(why, "the module's event \"tx\" has no field \"records\"");
	tep_free(tep);

	tep = tep_alloc();
	CHECK(decoder_init(&dec, tep, why, sizeof(why)) < 0);
	EQUAL(why, "the module has no event \"attach\"");
	tep_free(tep);
}

void test_event(void)
{
	char buf[64];
	struct event ev = unit_event(EV_TX, 1);

	tep_set_loglevel(TEP_LOG_NONE);
	unit_case("decode: all events, all fields");
	decode_all(false);
	unit_case("decode: fields in another order");
	decode_all(true);
	unit_case("decode: a module with other fields is refused, with the field's name");
	refuse_mismatch();

	unit_case("event: addresses");
	endpoint_print(buf, ev.ep.saddr, 4433);
	EQUAL(buf, "127.0.0.1:4433");
	memset(ev.ep.saddr, 0, 16);
	ev.ep.saddr[15] = 1;
	endpoint_print(buf, ev.ep.saddr, 0);
	EQUAL(buf, "[::1]:0");
	memset(ev.ep.saddr, 0xff, 16);
	endpoint_print(buf, ev.ep.saddr, 65535);
	EQUAL(buf, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");

	unit_case("event: what counts as an error");
	CHECK(!event_failed(0) && !event_failed(5) && !event_failed(-11) && !event_failed(-4));
	CHECK(!event_failed(-EKEYEXPIRED));
	CHECK(!event_failed(-512) && !event_failed(-516) && !event_failed(-529));
	CHECK(event_failed(-74) && event_failed(-5) && event_failed(-1) && event_failed(-517));
	CHECK(event_kind_by_name("alert") == EV_ALERT && event_kind_by_name("x") == EV_KINDS);
}
