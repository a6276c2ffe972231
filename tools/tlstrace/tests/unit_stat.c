// SPDX-License-Identifier: GPL-2.0
/* Histograms, sizes of records, and what events add up to. */
#include <malloc.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "hist.h"
#include "ktls_uapi.h"
#include "recsize.h"
#include "stat.h"
#include "stats.h"
#include "top.h"
#include "tracker.h"
#include "unit.h"

#define EPIPE_	32
#define EBADMSG_ 74
#define EAGAIN_	11

static struct out out = { .fd = -1 };

static void test_hist(void)
{
	struct hist h = { 0 }, other = { 0 }, us = { .unit = 1000 };

	unit_case("histogram: nothing in it");
	CHECK(!h.count && hist_percentile(&h, 50) == 0 && hist_mean(&h) == 0);
	hist_add(&h, 5, 0);
	CHECK(!h.count && !h.size);

	unit_case("histogram: each value is in the bucket of its bits");
	for (unsigned int bits = 0; bits < 64; bits++) {
		struct hist one = { 0 };
		uint64_t value = 1ULL << bits;

		hist_add(&one, value, 1);
		CHECK(hist_in(&one, bits + 1) == 1 && hist_low(&one, bits + 1) == value);
		CHECK(!bits || hist_high(&one, bits) == value - 1);
		hist_add(&one, value + (value - 1), 1);
		CHECK(hist_in(&one, bits + 1) == 2 && one.size == 1);
		hist_free(&one);
	}
	hist_add(&h, 0, 1);
	hist_add(&h, UINT64_MAX, 1);
	CHECK(hist_in(&h, 0) == 1 && hist_in(&h, 64) == 1 && h.count == 2);
	CHECK(h.min == 0 && h.max == UINT64_MAX && h.sum == UINT64_MAX);
	CHECK(hist_high(&h, 64) == UINT64_MAX && hist_low(&h, 0) == 0 && hist_high(&h, 0) == 0);
	CHECK(hist_percentile(&h, 50) == 0 && hist_percentile(&h, 99) >= 1ULL << 63 &&
	      hist_percentile(&h, 100) == UINT64_MAX);
	hist_add(&h, UINT64_MAX, 7);
	CHECK(h.sum == UINT64_MAX && h.count == 9);
	hist_free(&h);

	unit_case("histogram: percentiles stay within the bucket and within what there was");
	hist_add(&h, 100, 98);
	CHECK(hist_percentile(&h, 1) == 100 && hist_percentile(&h, 99) == 100);
	hist_add(&h, 1000, 1);
	hist_add(&h, 100000, 1);
	CHECK(hist_percentile(&h, 50) >= 64 && hist_percentile(&h, 50) <= 127);
	CHECK(hist_percentile(&h, 98) >= 100 && hist_percentile(&h, 98) <= 127);
	CHECK(hist_percentile(&h, 99) >= 512 && hist_percentile(&h, 99) <= 1023);
	CHECK(hist_percentile(&h, 100) == 100000 && hist_mean(&h) == 1108);

	unit_case("histogram: two become one");
	hist_add(&other, 3, 5);
	hist_merge(&other, &h);
	CHECK(other.count == 105 && other.min == 3 && other.max == 100000 && !h.count && !h.bucket);
	CHECK(hist_in(&other, 2) == 5 && hist_in(&other, 7) == 98 && hist_in(&other, 17) == 1);
	hist_merge(&h, &other);
	CHECK(h.count == 105 && !other.count);
	hist_free(&h);

	unit_case("histogram: a unit");
	hist_add(&us, 999, 1);
	hist_add(&us, 1000, 1);
	hist_add(&us, 4500, 1);
	CHECK(hist_in(&us, 0) == 1 && hist_in(&us, 1) == 1 && hist_in(&us, 3) == 1);
	CHECK(hist_low(&us, 3) == 4000 && hist_high(&us, 3) == 7999 && us.max == 4500);
	CHECK(hist_low(&us, 64) == UINT64_MAX && hist_high(&us, 60) == UINT64_MAX);
	hist_free(&us);
}

/* Sizes that came out, as text: "100x2 50?" for two of 100 and one derived of 50. */
static char emitted[512];

static void emit(void *ctx, unsigned int path, uint64_t size, uint64_t count, bool exact)
{
	size_t len = strlen(emitted);

	(void)ctx;
	(void)path;
	snprintf(emitted + len, sizeof(emitted) - len, "%s%" PRIu64 "x%" PRIu64 "%s",
		 len ? " " : "", size, count, exact ? "" : "?");
}

static void tx(struct recsize *r, int type, int bytes, uint32_t records)
{
	struct event ev = unit_event(EV_TX, 1);

	ev.type = (uint8_t)type;
	ev.result = bytes;
	ev.len = bytes > 0 ? (uint32_t)bytes : 10;
	ev.records = records;
	recsize_tx(r, &ev, 0, emit, NULL);
}

static void rx(struct recsize *r, int type, int bytes, uint32_t len, uint32_t records,
	       uint32_t flags)
{
	struct event ev = unit_event(EV_RX, 1);

	ev.type = (uint8_t)type;
	ev.result = bytes;
	ev.len = len;
	ev.records = records;
	ev.flags = flags;
	recsize_rx(r, &ev, 0, flags & 2, emit, NULL);
}

static void is(const char *want)
{
	EQUAL(emitted, want);
	emitted[0] = 0;
}

static void test_sent_sizes(void)
{
	struct recsize r = { 0 };

	unit_case("sizes of sent records: a call for each");
	tx(&r, 23, 100, 1);
	tx(&r, 23, 0, 1);
	tx(&r, 22, 16384, 1);
	is("100x1 0x1 16384x1");

	unit_case("sizes of sent records: one call for several");
	tx(&r, 23, 40000, 3);
	is("16384x2? 7232x1?");
	tx(&r, 23, 32768, 2);
	is("16384x1? 16384x1?");
	tx(&r, 23, 300, 3);
	is("100x3?");
	tx(&r, 23, 301, 3);
	is("100x2? 101x1?");

	unit_case("sizes of sent records: several calls for one, and what goes on into the next");
	tx(&r, 23, 4096, 0);
	tx(&r, 23, 4096, 0);
	is("");
	tx(&r, 23, 4096, 1);
	is("12288x1");
	tx(&r, 23, 16000, 0);
	tx(&r, 23, 1000, 1);
	is("16384x1");
	tx(&r, 23, 0, 1);
	is("616x1");

	unit_case("sizes of sent records: an alert closes what is open");
	tx(&r, 23, 500, 0);
	tx(&r, 21, 2, 2);
	is("500x1 2x1");
	tx(&r, 23, -EAGAIN_, 0);
	is("");

	unit_case("sizes of sent records: a lower limit");
	r.max = 1000;
	tx(&r, 23, 2500, 3);
	is("1000x2? 500x1?");
}

static void test_received_sizes(void)
{
	struct recsize r = { 0 };

	unit_case("sizes of received records: a call for each, with room left");
	rx(&r, 23, 100, 4096, 1, 0);
	rx(&r, 23, 200, 4096, 1, 0);
	is("100x1");
	recsize_settle(&r, emit, NULL);
	is("200x1");

	unit_case("sizes of received records: several calls for one");
	rx(&r, 23, 1000, 1000, 1, 0);
	rx(&r, 23, 500, 1000, 0, 0);
	rx(&r, 23, 7, 1000, 1, 0);
	is("1500x1");
	rx(&r, 23, 16384, 16384, 1, 0);
	is("7x1");
	rx(&r, 23, 1000, 1000, 1, 0);
	is("16384x1");
	/* A rest may be in there. */
	rx(&r, 23, 10, 1000, 1, 0);
	is("1000x1?");
	recsize_settle(&r, emit, NULL);
	is("10x1");

	unit_case("sizes of received records: one call for several");
	rx(&r, 23, 20000, 65536, 2, 0);
	recsize_settle(&r, emit, NULL);
	is("16384x1? 3616x1?");

	unit_case("sizes of received records: an alert that was opened with the data before");
	rx(&r, 23, 50, 4096, 2, 0);
	rx(&r, 21, 2, 4096, 0, 0);
	is("50x1");
	recsize_settle(&r, emit, NULL);
	is("2x1");

	unit_case("sizes of received records: looked at first");
	rx(&r, 23, 80, 4096, 1, 2);
	rx(&r, 23, 80, 4096, 0, 2);
	is("");
	rx(&r, 23, 80, 4096, 0, 0);
	recsize_settle(&r, emit, NULL);
	is("80x1");
	rx(&r, 23, 80, 4096, 0, 0);
	recsize_settle(&r, emit, NULL);
	is("");
}

static void start(struct tracker *t, struct stats *st, enum stats_by by,
		  const struct event_filter *filter)
{
	tracker_init(t, &out, NULL, 0);
	t->own_pids = false;
	t->quiet = true;
	t->brief = true;
	stats_init(st, by, filter);
	t->hook = (struct tracker_hook){
		.event = stats_event, .gone = stats_gone, .lost = stats_lost, .ctx = st,
	};
}

static void end(struct tracker *t, struct stats *st)
{
	tracker_end(t);
	CHECK(!st->open && !st->socks);
	stats_free(st);
}

static void feed(struct tracker *t, uint64_t ino, enum event_kind kind)
{
	struct event ev = unit_event(kind, ino);

	ev.pid = (int)(ino % 7 + 1);
	ev.option = KTLS_TX;
	ev.version = KTLS_VERSION_12;
	ev.cipher = KTLS_AES_128_GCM;
	ev.conf = CONF_SW;
	ev.level = 1;
	tracker_event(t, &ev);
}

static void feed_io(struct tracker *t, uint64_t ino, enum event_kind kind, int type, int path,
		    int result, uint32_t records, uint32_t flags)
{
	struct event ev = unit_event(kind, ino);

	ev.pid = (int)(ino % 7 + 1);
	ev.type = (uint8_t)type;
	ev.path = (uint8_t)path;
	ev.len = 4096;
	ev.result = result;
	ev.records = records;
	ev.flags = flags;
	ev.duration = 5000;
	tracker_event(t, &ev);
}

static void one_connection(struct tracker *t, uint64_t ino)
{
	feed(t, ino, EV_ATTACH);
	feed_io(t, ino, EV_TX, 0, 0, 6, 0, 0);
	feed_io(t, ino, EV_RX, 0, 0, 9, 0, 0);
	feed(t, ino, EV_SETSOCKOPT);
	feed_io(t, ino, EV_TX, 23, 0, 100, 1, 0);
	feed_io(t, ino, EV_TX, 23, 1, 4096, 0, 0);
	feed_io(t, ino, EV_TX, 23, 1, 4096, 1, 0);
	feed_io(t, ino, EV_TX, 23, 0, -EAGAIN_, 0, 0);
	feed_io(t, ino, EV_TX, 23, 0, -EPIPE_, 0, 0);
	feed_io(t, ino, EV_RX, 23, 0, 50, 1, 2);	/* MSG_PEEK */
	feed_io(t, ino, EV_RX, 23, 0, 50, 0, 0);
	feed_io(t, ino, EV_RX, 23, 1, 60, 1, 2);	/* SPLICE_F_NONBLOCK */
	feed_io(t, ino, EV_RX, 0, 0, -EAGAIN_, 0, 0);
	feed_io(t, ino, EV_RX, 0, 0, -EBADMSG_, 0, 0);
	feed(t, ino, EV_ALERT);
}

static void test_sums(void)
{
	const struct stats_path *p;
	struct stats_path sum;
	struct tracker t;
	struct stats st;

	unit_case("stat: calls, bytes and records by direction and path");
	start(&t, &st, STATS_BY_NONE, NULL);
	one_connection(&t, 5);
	stats_settle(&st, true);
	p = st.now.path[0][0];
	CHECK(p && p->calls == 1 && p->bytes == 100 && p->records == 1);
	CHECK(p->errors == 1 && p->again == 1 && p->latency.count == 1 && p->latency.max == 5000);
	p = st.now.path[0][1];
	CHECK(p && p->calls == 2 && p->bytes == 8192 && p->records == 1 && p->size.count == 1 &&
	      p->size.max == 8192 && !p->derived);
	CHECK(!st.now.path[0][2] && !st.now.path[1][2]);

	unit_case("stat: peeked bytes, calls to be repeated and plain TCP are no kTLS bytes");
	p = st.now.path[1][0];
	CHECK(p && p->calls == 1 && p->bytes == 50 && p->records == 1);
	CHECK(p->errors == 1 && p->again == 1 && p->size.count == 1 && p->size.max == 50);
	CHECK(st.now.plain[0] == 6 && st.now.plain[1] == 9);
	p = st.now.path[1][1];
	CHECK(p && p->calls == 1 && p->bytes == 60);
	stats_set_dir(&st.now, 1, &sum);
	CHECK(sum.calls == 2 && sum.bytes == 110 && sum.records == 2 && sum.errors == 1);

	unit_case("stat: connections, keys, ciphers, alerts, errors");
	CHECK(st.now.opened == 1 && st.now.closed == 0 && st.open == 1 && st.now.refused == 0);
	CHECK(st.now.keyed[0] == 1 && st.now.keyed[1] == 1 && !st.now.rekeys[0]);
	CHECK(st.ciphers[0].connections == 1 && st.ciphers[0].cipher == KTLS_AES_128_GCM &&
	      !st.ciphers[1].connections);
	CHECK(st.now.rare && st.now.rare->errors[0].err == EPIPE_ &&
	      st.now.rare->errors[1].err == EBADMSG_ && st.now.rare->alerts[0].count == 1);

	unit_case("stat: an interval has what came in it, the totals have all");
	stats_interval(&st);
	CHECK(!st.now.path[0][0] && !st.now.opened && st.sum.path[0][0]->bytes == 100);
	feed_io(&t, 5, EV_TX, 23, 0, 100, 1, 0);
	feed(&t, 5, EV_CLOSE);
	CHECK(st.now.path[0][0]->bytes == 100 && st.now.closed == 1 && st.open == 0);
	CHECK(st.now.keyed[0] == 0);
	stats_interval(&st);
	CHECK(st.sum.path[0][0]->bytes == 200 && st.sum.path[0][0]->size.count == 2 &&
	      st.sum.path[0][0]->latency.count == 2 && st.sum.closed == 1);
	end(&t, &st);

	unit_case("stat: a filter");
	start(&t, &st, STATS_BY_NONE, &(struct event_filter){ .dir = -1, .type = -1, .pid = 6 });
	one_connection(&t, 5);
	one_connection(&t, 6);
	CHECK(st.now.opened == 1 && st.now.path[0][0]->bytes == 100 && st.open == 1);
	end(&t, &st);
}

static void test_groups(void)
{
	struct stats_group **list;
	struct tracker t;
	struct stats st;
	unsigned int n;

	unit_case("stat: by connection, by process");
	start(&t, &st, STATS_BY_CONNECTION, NULL);
	one_connection(&t, 1);
	one_connection(&t, 8);
	feed_io(&t, 8, EV_TX, 23, 0, 1, 1, 0);
	list = stats_sorted(&st, true, &n);
	CHECK(n == 2 && list[0]->id == 2 && list[0]->now.path[0][0]->bytes == 101 &&
	      list[1]->now.path[0][0]->bytes == 100 && list[0]->cipher == KTLS_AES_128_GCM);
	free(list);
	feed(&t, 8, EV_CLOSE);
	CHECK(st.groups == 2 && st.idle == 1);
	end(&t, &st);

	start(&t, &st, STATS_BY_PROCESS, NULL);
	one_connection(&t, 1);
	one_connection(&t, 8);
	one_connection(&t, 2);
	list = stats_sorted(&st, true, &n);
	CHECK(n == 2 && list[0]->pid == 2 && list[0]->sockets == 2 &&
	      list[0]->now.path[0][0]->bytes == 200 && list[1]->pid == 3);
	free(list);
	feed(&t, 1, EV_CLOSE);
	feed(&t, 8, EV_CLOSE);
	CHECK(st.groups == 2 && st.idle == 1);
	one_connection(&t, 1);
	CHECK(st.groups == 2 && st.idle == 0);
	end(&t, &st);
}

static void test_bound(void)
{
	struct mallinfo2 before = mallinfo2(), after;
	struct tracker t;
	struct stats st;
	uint64_t bytes;

	unit_case("stat: 20000 open connections take less than 64 MiB");
	start(&t, &st, STATS_BY_CONNECTION, NULL);
	for (uint64_t ino = 1; ino <= 20000; ino++)
		one_connection(&t, ino);
	stats_interval(&st);
	for (uint64_t ino = 1; ino <= 20000; ino++)
		feed_io(&t, ino, EV_TX, 23, 0, 100, 1, 0);
	after = mallinfo2();
	CHECK(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd < 64 << 20);
	CHECK(st.open == 20000 && st.groups == 20000);

	unit_case("stat: connections that ended become one beyond a limit, none gets lost");
	for (uint64_t ino = 1; ino <= 20000; ino++)
		feed(&t, ino, EV_CLOSE);
	CHECK(st.groups <= 2 * STATS_IDLE + 1 && st.idle == st.groups && !st.open);
	CHECK(st.folded == 20000 - st.groups);
	stats_interval(&st);
	bytes = st.others.sum.path[0][0]->bytes;
	for (struct stats_group *g = st.first; g; g = g->next)
		bytes += g->sum.path[0][0]->bytes;
	CHECK(bytes == 20000 * 200 && st.sum.path[0][0]->bytes == bytes);
	CHECK(st.sum.path[0][0]->size.count == 40000 && st.sum.closed == 20000);
	end(&t, &st);
}

/* Each line has to be a JSON object; the value of the last one with @event. */
static struct json_object *lines(const char *event, unsigned int *count)
{
	struct json_object *found = NULL;
	char *text = strdup(unit_output(&out)), *save;

	*count = 0;
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		struct json_object *o = json_tokener_parse(l), *e = NULL;

		CHECK(o && json_object_object_get_ex(o, "event", &e));
		if (!e || strcmp(json_object_get_string(e), event)) {
			json_object_put(o);
			continue;
		}
		json_object_put(found);
		found = o;
		(*count)++;
	}
	free(text);
	return found;
}

static int64_t number(struct json_object *o, const char *a, const char *b, const char *c,
		      const char *d)
{
	const char * const path[] = { a, b, c, d };

	for (int i = 0; i < 4 && path[i]; i++)
		if (!json_object_object_get_ex(o, path[i], &o))
			return -1;
	return json_object_get_int64(o);
}

static void hostile(struct tracker *t, uint64_t ino)
{
	struct event ev = unit_event(EV_ATTACH, ino);

	ev.pid = 66;
	t->comms[66].pid = 66;
	t->comms[66].ts = ev.ts;
	memcpy(t->comms[66].comm, "\033[2J\"\n\x80\xff}", 10);
	tracker_event(t, &ev);
	feed_io(t, ino, EV_TX, 23, 0, 100, 1, 0);
}

static void test_output(void)
{
	struct stat_report r = { .limit = 10, .ns = 2000000000, .time = 2000000000,
				 .lost_known = true, .histograms = true, .status = 3 };
	struct tracker t;
	struct stats st;
	struct json_object *o;
	const char *text;
	unsigned int n;

	unit_case("stat: as JSON, also with names that want to break it");
	start(&t, &st, STATS_BY_PROCESS, NULL);
	one_connection(&t, 1);
	hostile(&t, 2);
	stats_settle(&st, true);
	stats_interval(&st);
	r.stats = &st;
	json_stat(&out, &r);
	o = lines("group", &n);
	CHECK(o && n == 2 && number(o, "tx", "bytes", NULL, NULL) == 100);
	json_object_put(o);
	json_stat(&out, &r);
	o = lines("summary", &n);
	CHECK(o && n == 1 && number(o, "tx", "bytes", NULL, NULL) == 8392);
	CHECK(number(o, "tx", "paths", "send", "calls") == 2);
	CHECK(number(o, "rx", "plain_bytes", NULL, NULL) == 9);
	CHECK(number(o, "status", NULL, NULL, NULL) == 3);
	CHECK(number(o, "lost", NULL, NULL, NULL) == 0);
	CHECK(number(o, "duration_ns", NULL, NULL, NULL) == 2000000000);
	json_object_put(o);

	unit_case("stat: as text, nothing of a name reaches the terminal unescaped");
	text_stat(&out, &r);
	text = unit_output(&out);
	CHECK(!strchr(text, '\033') && strstr(text, "\\x1b[2J\"\\x0a\\x80\\xff}/66"));
	CHECK(strstr(text, "tx send              2      1.0           200         100         2"
			   "       1.0      1\n"));
	CHECK(strstr(text, "connections: 2 opened, 0 closed, 2 open now; kTLS tx on 2, rx on 1; "
			   "TLS 1.2 AES-128-GCM on 1\n"));
	CHECK(strstr(text, "   error rx EBADMSG: "));
	CHECK(strstr(text, "tx send: records by size, bytes\n"
			   "                64 - 127          2 ####"));
	CHECK(strstr(text, "tx send: calls by latency, us\n"
			   "                   4 - 7          2 ####"));
	CHECK(strstr(text, "events lost: 0\n"));
	/* What an error means takes a sentence. */
	for (const char *l = text; *l; l = strchr(l, '\n') + 1)
		CHECK(strcspn(l, "\n") <= 120 || !strncmp(l, "   error ", 9));

	unit_case("stat: lost events are said");
	r.lost = 7;
	text_stat(&out, &r);
	CHECK(strstr(unit_output(&out), "events lost: 7; the sums lack them"));
	r.number = 2;
	text_stat(&out, &r);
	text = unit_output(&out);
	CHECK(strstr(text, "interval 2: 2.000 s, until 2.000 s, no calls on kTLS sockets\n") &&
	      strstr(text, "events lost: 7"));
	r.lost_known = false;
	json_stat(&out, &r);
	CHECK(strstr(unit_output(&out), "\"lost\":null"));
	end(&t, &st);
}

static void test_top(void)
{
	struct top_frame f = {
		.time = 4000000000, .ns = 2000000000, .lost = 3, .lost_known = true,
	};
	struct tracker t;
	struct stats st;
	const char *text;
	unsigned int n = 0;

	start(&t, &st, STATS_BY_CONNECTION, NULL);
	one_connection(&t, 1);
	hostile(&t, 2);
	for (uint64_t ino = 3; ino < 40; ino++)
		feed(&t, ino, EV_ATTACH);
	feed_io(&t, 2, EV_TX, 23, 0, 16384, 1, 0);
	top_frame_take(&f, &st);

	unit_case("top: sorted, with sums, without a screen");
	top_frame_draw(&out, &f, TOP_BYTES, 100, 0, false);
	text = unit_output(&out);
	CHECK(!strchr(text, '\033') && strstr(text, "events lost: 3; a larger --buffer-size"));
	CHECK(strstr(text, "the last 2.0 s by bytes\nconnections: 39 open, 39 opened, 0 closed\n"));
	CHECK(strstr(text, "tx    12.4k bytes/s, 2 records/s, 2.5 calls/s, 1 errors; p99 "));
	CHECK(strstr(text, "CONNECTION\n  8242      0      1      1      0      5  16.5k  "
			   "\\x1b[2J\"\\x0a\\x80\\xff}/66 127.0.0.1:4433 - 192.0.2.7:51234\n"
			   "  4146     55    2.5      2      2      5   8402  ?/2 127"));
	top_frame_draw(&out, &f, TOP_ERRORS, 100, 0, false);
	text = unit_output(&out);
	CHECK(strstr(text, "CONNECTION\n  4146     55 "));
	top_frame_draw(&out, &f, TOP_NAME, 100, 0, false);
	text = unit_output(&out);
	CHECK(strlen(text) > 9 && !strcmp(text + strlen(text) - 8, ":51234\n\n") &&
	      strstr(strstr(text, "CONNECTION"), "/66 127") > strstr(text, "?/6 127"));

	unit_case("top: on a screen no line is too wide, and none too many");
	top_frame_draw(&out, &f, TOP_CALLS, 12, 30, true);
	text = unit_output(&out);
	CHECK(!strncmp(text, "\033[H", 3) && strstr(text, "\033[K\033[J"));
	for (const char *l = text; l; l = strchr(l, '\n') ? strchr(l, '\n') + 1 : NULL) {
		size_t len = strcspn(l, "\n");

		CHECK(len <= 30 + strlen("\033[H\033[K\033[J"));
		n++;
	}
	CHECK(n == 12);
	top_frame_draw(&out, &f, TOP_CALLS, 1, 30, true);
	CHECK(!strchr(unit_output(&out), '\n'));

	unit_case("top: what ended and did nothing is gone");
	feed(&t, 3, EV_CLOSE);
	feed(&t, 2, EV_CLOSE);
	top_frame_take(&f, &st);
	CHECK(f.nrows == 38);
	stats_interval(&st);
	top_frame_take(&f, &st);
	CHECK(f.nrows == 37 && f.dir[0].bytes == 0);
	top_frame_free(&f);
	end(&t, &st);
}

void test_stat(void)
{
	test_hist();
	test_sent_sizes();
	test_received_sizes();
	test_sums();
	test_groups();
	test_bound();
	test_output();
	test_top();
	out_free(&out);
}
