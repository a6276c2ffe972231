// SPDX-License-Identifier: GPL-2.0
/* From events to connections, sums and summaries. */
#include <json-c/json.h>

#include "conn.h"
#include "format.h"
#include "ktls_uapi.h"
#include "tracker.h"
#include "unit.h"
#include "why.h"

static struct out out = { .fd = -1 };

static void start_tracker(struct tracker *t, unsigned int keep)
{
	tracker_init(t, &out, NULL, 0);
	t->keep = keep;
	/* The pid of our events is that of some process here. */
	t->own_pids = false;
}

static void feed_key(struct tracker *t, uint64_t ino, int option, int result)
{
	struct event ev = unit_event(EV_SETSOCKOPT, ino);

	ev.option = (uint8_t)option;
	ev.version = KTLS_VERSION_12;
	ev.cipher = KTLS_AES_128_GCM;
	ev.conf = result ? CONF_BASE : CONF_SW;
	ev.seq = 1;
	ev.result = result;
	tracker_event(t, &ev);
}

static void feed_io(struct tracker *t, uint64_t ino, enum event_kind kind, int type, int path,
		    int result, uint32_t records, uint64_t seq)
{
	struct event ev = unit_event(kind, ino);

	ev.type = (uint8_t)type;
	ev.path = (uint8_t)path;
	ev.len = result > 0 ? (uint32_t)result : 100;
	ev.result = result;
	ev.records = records;
	ev.seq = seq;
	ev.duration = 1000;
	tracker_event(t, &ev);
}

static void feed_flags(struct tracker *t, uint64_t ino, int path, uint32_t flags)
{
	struct event ev = unit_event(EV_RX, ino);

	ev.type = TLS_TYPE_DATA;
	ev.path = (uint8_t)path;
	ev.flags = flags;
	ev.len = 50;
	ev.result = 50;
	tracker_event(t, &ev);
}

static void feed_kind(struct tracker *t, uint64_t ino, enum event_kind kind)
{
	struct event ev = unit_event(kind, ino);

	if (kind == EV_ALERT) {
		ev.level = 1;
		ev.seq = 4;
	}
	tracker_event(t, &ev);
}

static void feed_close(struct tracker *t, uint64_t ino, uint64_t tx_bytes, uint64_t tx_records)
{
	struct event ev = unit_event(EV_CLOSE, ino);

	ev.version = KTLS_VERSION_12;
	ev.cipher = KTLS_AES_128_GCM;
	ev.tx = (struct dir_total){ .bytes = tx_bytes, .records = tx_records, .conf = CONF_SW };
	ev.rx = (struct dir_total){ .bytes = 7, .records = 1, .errors = 2, .conf = CONF_SW };
	ev.lifetime = 250000000;
	tracker_event(t, &ev);
}

static void one_connection(struct tracker *t, uint64_t ino)
{
	feed_kind(t, ino, EV_ATTACH);
	feed_io(t, ino, EV_TX, 0, 0, 6, 0, 0);
	feed_key(t, ino, KTLS_TX, 0);
	feed_key(t, ino, KTLS_RX, 0);
	feed_io(t, ino, EV_TX, 22, 0, 16, 1, 1);
	feed_io(t, ino, EV_TX, 23, 1, 4096, 0, 2);
	feed_io(t, ino, EV_TX, 23, 1, 12288, 1, 2);
	feed_io(t, ino, EV_TX, 21, 0, 2, 1, 3);
	feed_kind(t, ino, EV_ALERT);
	feed_io(t, ino, EV_RX, 23, 0, 7, 1, 1);
	feed_io(t, ino, EV_RX, 23, 0, -11, 0, 2);
	feed_io(t, ino, EV_RX, 23, 0, -74, 0, 2);
	feed_io(t, ino, EV_RX, 23, 0, -74, 0, 2);
}

static void test_sums(void)
{
	const struct conn_totals *sum;
	const struct conn *c;
	struct tracker t;

	unit_case("connections: bytes and records by path and type");
	start_tracker(&t, 10);
	one_connection(&t, 5);
	c = conn_find(t.conns, 5);
	CHECK(c && c->id == 1 && conn_live(t.conns) == 1);
	CHECK(c->dir[0].bytes == 16402 && c->dir[0].records == 3 && c->dir[0].plain == 6);
	CHECK(c->dir[0].path_bytes[0] == 18 && c->dir[0].path_calls[0] == 2);
	CHECK(c->dir[0].path_bytes[1] == 16384 && c->dir[0].path_calls[1] == 2);
	CHECK(c->dir[0].type_bytes[conn_type_slot(23)] == 16384);
	CHECK(c->dir[0].type_records[conn_type_slot(22)] == 1);
	CHECK(c->dir[0].next_seq == 4 && c->dir[1].next_seq == 2);
	CHECK(c->dir[1].errors == 2 && c->errors[0].err == 74 && c->errors[0].count == 2);
	CHECK(c->errors[1].err == 0 && c->alerts[0].count == 1);
	unit_output(&out);

	unit_case("connections: close ends it, its totals count");
	feed_close(&t, 5, 16402, 3);
	CHECK(!conn_find(t.conns, 5) && conn_live(t.conns) == 0 && conn_kept(t.conns) == 1);
	sum = conn_totals(t.conns);
	CHECK(sum->connections == 1 && sum->with_tx == 1 && sum->with_rx == 1 && !sum->open);
	CHECK(sum->bytes[0] == 16402 && sum->records[0] == 3 && sum->bytes[1] == 7);
	CHECK(sum->errors[1] == 2 && sum->errors[0] == 0);
	unit_output(&out);
	tracker_print_conns(&t);
	EQUAL(unit_output(&out),
	      "#1 127.0.0.1:4433 - 192.0.2.7:51234 TLS 1.2 AES-128-GCM, ?/42, inode 5, closed after "
	      "0.250 s\n"
	      "   tx 16402 bytes in 3 records (sw), next record 4: send 18 bytes in 2 calls, "
	      "sendfile 16384 bytes in 2 calls; data 16384 bytes in 1 record, handshake 16 bytes in "
	      "1 record, alert 2 bytes in 1 record; before the key 6 bytes of plain TCP\n"
	      "   rx 7 bytes in 1 record (sw), next record 2: recv 7 bytes in 4 calls; data 7 bytes "
	      "in 1 record\n"
	      "   alert sent: warning close_notify\n"
	      "   error rx EBADMSG, 2 times: a record failed authentication: damaged on its way, "
	      "malformed, or of another key or sequence number; nothing after it can be read, the "
	      "program has to close the connection\n");

	unit_case("connections: the inode is used again, also if the close was lost");
	one_connection(&t, 5);
	one_connection(&t, 5);
	CHECK(conn_live(t.conns) == 1 && conn_kept(t.conns) == 2);
	conn_finish_all(t.conns);
	CHECK(sum->connections == 3 && sum->open == 1 && sum->end_lost == 1);
	CHECK(sum->bytes[0] == 3 * 16402);
	conn_table_free(t.conns);
	unit_output(&out);

	unit_case("connections: events missing before the close are said");
	start_tracker(&t, 10);
	one_connection(&t, 5);
	feed_close(&t, 5, 100000, 13);
	unit_output(&out);
	tracker_print_conns(&t);
	CHECK(strstr(unit_output(&out), "; events of 83598 bytes and 10 records were not seen\n"));
	conn_table_free(t.conns);
}

static void test_peek(void)
{
	const struct conn *c;
	struct tracker t;

	unit_case("connections: what is peeked at does not count, what a splice moves does");
	start_tracker(&t, 10);
	feed_flags(&t, 5, 0, 2);	/* MSG_PEEK */
	feed_flags(&t, 5, 1, 2);	/* SPLICE_F_NONBLOCK */
	c = conn_find(t.conns, 5);
	CHECK(c && c->dir[1].bytes == 50 && c->dir[1].path_bytes[1] == 50);
	conn_table_free(t.conns);
	unit_output(&out);
}

static void feed_rekey(struct tracker *t, uint64_t ino, uint8_t dir, uint8_t stage)
{
	struct event ev = unit_event(EV_REKEY, ino);

	ev.dir = dir;
	ev.stage = stage;
	tracker_event(t, &ev);
}

static void test_rekey(void)
{
	const struct conn *c;
	struct tracker t;

	unit_case("connections: a KeyUpdate without a key after it is said");
	start_tracker(&t, 10);
	feed_kind(&t, 5, EV_ATTACH);
	feed_key(&t, 5, KTLS_TX, 0);
	feed_key(&t, 5, KTLS_RX, 0);
	c = conn_find(t.conns, 5);
	feed_rekey(&t, 5, 0, REKEY_KEY_UPDATE);
	feed_rekey(&t, 5, 1, REKEY_KEY_UPDATE);
	CHECK(c->dir[0].key_due && c->dir[1].key_due);
	feed_key(&t, 5, KTLS_RX, -16);
	feed_rekey(&t, 5, 1, REKEY_EXPIRED);
	CHECK(c->dir[1].key_due);
	feed_key(&t, 5, KTLS_RX, 0);
	CHECK(c->dir[0].key_due && !c->dir[1].key_due);
	feed_close(&t, 5, 0, 0);
	CHECK(conn_totals(t.conns)->key_due == 1);
	unit_output(&out);
	tracker_print_conns(&t);
	CHECK(strstr(unit_output(&out), "\n   KeyUpdate sent, and no new key given to the kernel: "
		     "the peer can read nothing that was sent after it\n"));
	feed_kind(&t, 6, EV_ATTACH);
	feed_rekey(&t, 6, 1, REKEY_KEY_UPDATE);
	feed_rekey(&t, 6, 1, REKEY_NEW_KEY);
	CHECK(!conn_find(t.conns, 6)->dir[1].key_due);
	unit_output(&out);
	conn_table_free(t.conns);
}

static void test_untyped(void)
{
	struct tracker t;

	unit_case("connections: a record of a type that nobody got is counted");
	start_tracker(&t, 10);
	feed_kind(&t, 5, EV_ATTACH);
	feed_key(&t, 5, KTLS_RX, 0);
	feed_io(&t, 5, EV_RX, 0, 0, -5, 1, 0);
	CHECK(conn_find(t.conns, 5)->dir[1].records == 1);
	CHECK(conn_find(t.conns, 5)->dir[1].next_seq == 1);
	CHECK(conn_find(t.conns, 5)->dir[1].plain == 0);
	conn_table_free(t.conns);
	unit_output(&out);
}

static void test_many(void)
{
	struct tracker t;
	unsigned int lines = 0;
	const char *text;

	unit_case("connections: over the limit they are printed when closed, and forgotten");
	start_tracker(&t, 3);
	t.quiet = true;
	for (uint64_t ino = 1; ino <= 50; ino++) {
		feed_kind(&t, ino, EV_ATTACH);
		feed_key(&t, ino, KTLS_TX, 0);
		feed_close(&t, ino, 10, 1);
		CHECK(conn_kept(t.conns) <= 3 && conn_live(t.conns) == 0);
	}
	text = unit_output(&out);
	for (const char *p = text; (p = strstr(p, "closed after")); p++)
		lines++;
	CHECK(lines == 47);
	CHECK(strstr(text, "#4 ") && strstr(text, "#50 ") && !strstr(text, "#3 "));
	CHECK(conn_totals(t.conns)->connections == 50 && conn_totals(t.conns)->bytes[0] == 500);
	conn_table_free(t.conns);
}

static void test_merge(void)
{
	struct tracker t;

	unit_case("tracker: the pages of one record are one line");
	start_tracker(&t, 3);
	feed_kind(&t, 1, EV_ATTACH);
	feed_key(&t, 1, KTLS_TX, 0);
	unit_output(&out);
	for (int page = 0; page < 3; page++)
		feed_io(&t, 1, EV_TX, 23, 1, 4096, 0, 9);
	EQUAL(unit_output(&out), "");
	feed_io(&t, 1, EV_TX, 23, 1, 4096, 1, 9);
	CHECK(strstr(unit_output(&out), " tx sendfile data 16384 of 16384 bytes in 4 calls, record "
					"9, 4.0 us\n"));
	feed_io(&t, 1, EV_TX, 23, 1, 4096, 0, 10);
	feed_kind(&t, 1, EV_ALERT);
	CHECK(strstr(unit_output(&out), "4096 of 4096 bytes, no record finished"));
	feed_io(&t, 1, EV_TX, 23, 1, 4096, 0, 10);
	tracker_flush(&t);
	CHECK(strstr(unit_output(&out), "4096 of 4096 bytes, no record finished"));
	t.all = true;
	feed_io(&t, 1, EV_TX, 23, 1, 4096, 0, 10);
	CHECK(strstr(unit_output(&out), "4096 of 4096 bytes, no record finished"));
	conn_table_free(t.conns);
}

static struct summary reasons_of(const struct conn_totals *totals, const struct evidence *ev)
{
	struct summary sum = { .totals = totals, .lost_known = true, .status = 0 };

	why_no_ktls(&sum, ev);
	return sum;
}

static void test_why(void)
{
	struct libs libs = { 0 };
	struct evidence ev = { .counts_known = true, .libs = &libs, .ossl_ktls = -1 };
	struct conn_totals totals = { 0 };
	struct summary sum;

	unit_case("no kTLS: no connection at all");
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 1 && strstr(sum.reasons[0], "made no TCP connection"));
	summary_free(&sum);

	unit_case("no kTLS: never asked; OpenSSL without kTLS, Go, static, GnuTLS");
	ev.counts[COUNT_TCP] = 2;
	libs_add(&libs, "/usr/lib/libssl.so.3");
	libs_add(&libs, "/usr/lib/libc.so.6");
	ev.ossl_version = 0x30000160;
	ev.ossl_text = "OpenSSL 3.0.22";
	ev.ossl_ktls = 0;
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 2);
	EQUAL(sum.reasons[0], "the program made 2 TCP connections and never asked for kTLS");
	EQUAL(sum.reasons[1],
	      "it uses /usr/lib/libssl.so.3 (OpenSSL 3.0.22), which was built without kTLS");
	summary_free(&sum);
	ev.ossl_ktls = 1;
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 3 && strstr(sum.reasons[2], "Options = KTLS"));
	summary_free(&sum);
	ev.ossl_version = 0x1010117f;
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 2 && strstr(sum.reasons[1], "kTLS needs OpenSSL 3.0"));
	summary_free(&sum);
	memset(&libs, 0, sizeof(libs));
	libs.is_static = true;
	libs.is_go = true;
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 2 && strstr(sum.reasons[1], "Go program"));
	summary_free(&sum);

	unit_case("no kTLS: the ULP was refused");
	ev.counts[COUNT_ULP_TLS] = 1;
	totals.attach_failed = 1;
	totals.failures[0] = (struct error_count){ .where = WHERE_ATTACH, .err = 107, .count = 1 };
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 1);
	EQUAL(sum.reasons[0], "setting the ULP failed 1 time with ENOTCONN: the socket is not "
	      "connected (yet, or any more)");
	summary_free(&sum);

	unit_case("no kTLS: the keys were refused");
	memset(&totals, 0, sizeof(totals));
	totals.connections = 1;
	ev.counts[COUNT_TLS_TX] = 1;
	totals.failures[0] = (struct error_count){ .where = WHERE_KEY, .err = 22, .count = 3 };
	sum = reasons_of(&totals, &ev);
	CHECK(sum.nreasons == 1 && strstr(sum.reasons[0], "failed 3 times with EINVAL: cipher"));
	text_summary(&out, &sum);
	CHECK(!strncmp(unit_output(&out), "no kTLS seen\n   giving the kernel a key failed", 46));
	summary_free(&sum);

	unit_case("kTLS: a KeyUpdate that ended the connection");
	totals.key_due = 1;
	ev.ossl_version = 0x30000160;
	sum = (struct summary){ .totals = &totals };
	why_partly(&sum, &ev);
	CHECK(sum.nreasons == 2);
	EQUAL(sum.reasons[1], "KeyUpdate ended 1 connection: OpenSSL 3.0.22 does not tell the "
	      "kernel of the new key; 3.2 and later do, on Linux 6.14 and later");
	summary_free(&sum);
	ev.ossl_version = 0x30500000;
	why_partly(&sum, &ev);
	CHECK(strstr(sum.reasons[1], "the kernel was not given the new key, which it takes from "
		     "Linux 6.14 on"));
	summary_free(&sum);

	unit_case("summary: lost events are said, in text and JSON");
	sum = (struct summary){ .totals = &totals, .lost = 4, .lost_known = true, .status = 3 };
	text_summary(&out, &sum);
	CHECK(strstr(unit_output(&out), "events lost: 4; "));
	json_summary(&out, &sum);
	CHECK(strstr(unit_output(&out), "\"lost\":4,\"status\":3}\n"));
	sum.lost_known = false;
	text_summary(&out, &sum);
	CHECK(strstr(unit_output(&out), "events lost: not known"));
	json_summary(&out, &sum);
	CHECK(strstr(unit_output(&out), "\"lost\":null"));
}

void test_conn(void)
{
	test_sums();
	test_peek();
	test_rekey();
	test_untyped();
	test_many();
	test_merge();
	test_why();
	out_free(&out);
}
