// SPDX-License-Identifier: GPL-2.0
/* Lines of text and JSON, exactly as users and their scripts see them. */
#include <json-c/json.h>

#include "conn.h"
#include "format.h"
#include "ktls_uapi.h"
#include "unit.h"

static struct out out = { .fd = -1 };
static const struct conn conn = { .id = 3 };

static const char *text(const struct event *ev)
{
	text_event(&out, ev, &conn, "nginx", 1000000000, 1);
	return unit_output(&out);
}

static const char *json(const struct event *ev)
{
	json_event(&out, ev, &conn, "nginx", 1000000000);
	return unit_output(&out);
}

static struct event io_event(void)
{
	struct event ev = unit_event(EV_TX, 99);

	ev.type = TLS_TYPE_DATA;
	ev.path = 1;
	ev.flags = 0x8000;
	ev.len = 16384;
	ev.result = 16384;
	ev.records = 1;
	ev.seq = 5;
	ev.duration = 35400;
	return ev;
}

static void test_text(void)
{
	struct event ev = unit_event(EV_ATTACH, 99);

	unit_case("text: attach");
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 attach 127.0.0.1:4433 - 192.0.2.7:51234, "
			 "inode 99\n");
	ev.result = -107;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 attach 127.0.0.1:4433 - 192.0.2.7:51234, "
			 "inode 99 failed: ENOTCONN: the socket is not connected (yet, or any "
			 "more)\n");

	unit_case("text: setsockopt");
	ev = unit_event(EV_SETSOCKOPT, 99);
	ev.option = KTLS_TX;
	ev.version = KTLS_VERSION_13;
	ev.cipher = KTLS_AES_256_GCM;
	ev.conf = CONF_SW;
	ev.seq = 2;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 setsockopt TLS_TX TLS 1.3 AES-256-GCM, sw, first "
			 "record 2\n");
	ev.rekey = 4;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 setsockopt TLS_TX TLS 1.3 AES-256-GCM, sw, first "
			 "record 2, rekey 4\n");
	ev.result = -2;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 setsockopt TLS_TX TLS 1.3 AES-256-GCM failed: "
			 "ENOENT: the kernel's crypto API lacks this cipher\n");
	ev.option = KTLS_TX_MAX_PAYLOAD_LEN;
	ev.value = 1000;
	ev.result = -92;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 setsockopt TLS_TX_MAX_PAYLOAD_LEN 1000 failed: "
			 "ENOPROTOOPT: this kernel does not have the option\n");
	ev.option = 77;
	ev.result = 0;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 setsockopt option 77 1000\n");

	unit_case("text: tx and rx");
	ev = io_event();
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 tx sendfile data 16384 of 16384 bytes, record 5, "
			 "35.4 us, MORE\n");
	ev.records = 3;
	ev.flags = 0;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 tx sendfile data 16384 of 16384 bytes, records "
			 "5-7, 35.4 us\n");
	text_event(&out, &ev, &conn, "nginx", 1000000000, 4);
	EQUAL(unit_output(&out), "  0.001500 nginx/42 #3 tx sendfile data 16384 of 16384 bytes in 4 "
				 "calls, records 5-7, 35.4 us\n");
	ev.records = 0;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 tx sendfile data 16384 of 16384 bytes, no record "
			 "finished, 35.4 us\n");
	ev.result = -11;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 tx sendfile 16384 bytes, 35.4 us: EAGAIN\n");
	ev.kind = EV_RX;
	ev.path = 0;
	ev.result = -74;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 rx recv 16384 bytes, 35.4 us failed: EBADMSG: a "
			 "record failed authentication: damaged on its way, malformed, or of "
			 "another key or sequence number; nothing after it can be read, the "
			 "program has to close the connection\n");
	ev.result = 10;
	ev.type = 0;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 rx recv plain 10 of 16384 bytes, 35.4 us\n");

	unit_case("text: alert");
	ev = unit_event(EV_ALERT, 99);
	ev.dir = 1;
	ev.level = 2;
	ev.desc = 20;
	ev.seq = 8;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 alert received: fatal bad_record_mac, record 8\n");
	ev.dir = 0;
	ev.level = 9;
	ev.desc = 250;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 alert sent: unknown alert 250, record 8\n");

	unit_case("text: rekey");
	ev = unit_event(EV_REKEY, 99);
	ev.dir = 1;
	ev.request = 1;
	ev.seq = 5;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 KeyUpdate received, asks for one in return, "
			 "record 5; rx needs a new key\n");
	ev.dir = 0;
	ev.request = 0;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 KeyUpdate sent, record 5; tx needs a new key\n");
	ev.stage = REKEY_EXPIRED;
	ev.dir = 1;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 rekey: rx has to wait for the next key, record "
			 "5\n");
	ev.stage = REKEY_NEW_KEY;
	ev.seq = 0;
	ev.rekeys = 2;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 rekey: new key for rx, rekey 2, first record 0\n");
	ev.stage = 9;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 rekey: unknown stage 9\n");

	unit_case("text: close");
	ev = unit_event(EV_CLOSE, 99);
	ev.version = KTLS_VERSION_12;
	ev.cipher = KTLS_CHACHA20_POLY1305;
	ev.tx = (struct dir_total){ .bytes = 1000, .records = 3, .conf = CONF_SW, .errors = 2 };
	ev.rx.conf = CONF_BASE;
	ev.lifetime = 1500000000;
	EQUAL(text(&ev), "  0.001500 nginx/42 #3 close after 1.500 s, TLS 1.2 CHACHA20-POLY1305; tx "
			 "1000 bytes in 3 records, 2 errors; rx not kTLS\n");
	unit_case("text: close of a connection that had ended, or was gone");
	ev.state = 8;
	ev.unacked = 500;
	CHECK(strstr(text(&ev), " #3 close after 1.500 s, the peer had ended, TLS 1.2 "));
	ev.state = 7;
	CHECK(strstr(text(&ev), " #3 close after 1.500 s, the connection was gone: the peer broke it "
		     "off, or it timed out; 500 bytes did not arrive, TLS 1.2 "));
	CHECK(strstr(json(&ev), "\"state\":\"closed\",\"unacked\":500"));
}

static void test_hostile(void)
{
	struct event ev = unit_event(EV_ATTACH, 99);

	unit_case("text: a process name cannot reach the terminal's controls");
	text_event(&out, &ev, &conn, "a\033[2J\r\n\x9b\\", 1000000000, 1);
	EQUAL(unit_output(&out), "  0.001500 a\\x1b[2J\\x0d\\x0a\\x9b\\\\/42 #3 attach "
				 "127.0.0.1:4433 - 192.0.2.7:51234, inode 99\n");
	text_event(&out, &ev, &conn, NULL, 1000000000, 1);
	CHECK(strstr(unit_output(&out), " ?/42 "));

	unit_case("json: a process name cannot break the line");
	json_event(&out, &ev, &conn, "a\"\n\xff\x1b\xc2\x9b\x7f", 1000000000);
	CHECK(strstr(unit_output(&out), "\"comm\":\"a\\\"\\n\xef\xbf\xbd\\u001b\xef\xbf\xbd\xef"
					"\xbf\xbd\""));
	json_event(&out, &ev, &conn, NULL, 1000000000);
	CHECK(strstr(unit_output(&out), "\"comm\":null"));
}

static void test_json(void)
{
	struct event ev = io_event();
	struct json_object *o;

	unit_case("json: tx");
	EQUAL(json(&ev), "{\"event\":\"tx\",\"time_ns\":1500000,\"pid\":42,\"comm\":\"nginx\","
	      "\"conn\":3,\"ino\":99,\"netns\":4026531840,\"local\":\"127.0.0.1:4433\","
	      "\"remote\":\"192.0.2.7:51234\",\"path\":\"sendfile\",\"type\":23,"
	      "\"type_name\":\"data\",\"len\":16384,\"result\":16384,\"records\":1,\"seq\":5,"
	      "\"flags\":\"MORE\",\"duration_ns\":35400}\n");
	unit_case("json: largest numbers survive");
	ev.seq = UINT64_MAX;
	CHECK(strstr(json(&ev), "\"seq\":18446744073709551615,"));
	unit_case("json: an error has name and meaning, EAGAIN no meaning");
	ev.kind = EV_RX;
	ev.result = -5;
	CHECK(strstr(json(&ev), "\"result\":-5,\"error\":\"EIO\",\"meaning\":\"a record other"));
	ev.result = -11;
	CHECK(strstr(json(&ev), "\"result\":-11,\"error\":\"EAGAIN\",\"records\""));
	unit_case("json: every kind of event is one object on one line");
	for (int kind = 0; kind < EV_KINDS; kind++) {
		const char *line, *name;

		ev = unit_event((enum event_kind)kind, 1);
		line = json(&ev);
		CHECK(strchr(line, '\n') == line + strlen(line) - 1);
		o = json_tokener_parse(line);
		CHECK(o != NULL);
		name = json_object_get_string(json_object_object_get(o, "event"));
		EQUAL(name ? name : "", event_name((enum event_kind)kind));
		json_object_put(o);
	}
	unit_case("json and text: lost events");
	json_lost(&out, 12);
	EQUAL(unit_output(&out), "{\"event\":\"lost\",\"count\":12}\n");
	json_lost(&out, 0);
	EQUAL(unit_output(&out), "{\"event\":\"lost\",\"count\":null}\n");
	text_lost(&out, 12);
	EQUAL(unit_output(&out), "--- 12 events lost here (reader too slow; a larger --buffer-size "
				 "helps)\n");
}

void test_format(void)
{
	test_text();
	test_hostile();
	test_json();
	unit_case("text: colours only when wanted");
	out.color = true;
	text_lost(&out, 1);
	CHECK(!strncmp(unit_output(&out), "\033[31m--- 1 ", 10));
	out.color = false;
	text_lost(&out, 1);
	CHECK(!strchr(unit_output(&out), '\033'));
	out_free(&out);
}
