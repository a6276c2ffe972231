// SPDX-License-Identifier: GPL-2.0
/* Escaping, names, numbers and other small things. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escape.h"
#include "filter.h"
#include "libs.h"
#include "names.h"
#include "stale.h"
#include "tlstrace.h"
#include "unit.h"

static void test_escape(void)
{
	char buf[32];

	unit_case("escape: text");
	CHECK(escape_text(buf, sizeof(buf), "a\0b", 3) == 6);
	EQUAL(buf, "a\\x00b");
	escape_text(buf, sizeof(buf), "\xc3\xa9\x80\x7f", 4);
	EQUAL(buf, "\\xc3\\xa9\\x80\\x7f");
	escape_text(buf, 6, "abc\ndef", 7);
	EQUAL(buf, "abc");
	CHECK(escape_text(buf, 0, "a", 1) == 0);
	CHECK(escape_text(buf, 1, "a", 1) == 0 && !buf[0]);

	unit_case("escape: UTF-8 for JSON");
	escape_utf8(buf, sizeof(buf), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9);
	EQUAL(buf, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Overlong, surrogate, cut short, too large. */
	escape_utf8(buf, sizeof(buf), "\xc0\xaf", 2);
	EQUAL(buf, "\xef\xbf\xbd\xef\xbf\xbd");
	escape_utf8(buf, sizeof(buf), "\xed\xa0\x80", 3);
	EQUAL(buf, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	escape_utf8(buf, sizeof(buf), "x\xe2\x82", 3);
	EQUAL(buf, "x\xef\xbf\xbd\xef\xbf\xbd");
	escape_utf8(buf, sizeof(buf), "\xf4\x90\x80\x80", 4);
	CHECK(strlen(buf) == 12);
	escape_utf8(buf, 5, "abc\xc3\xa9", 5);
	EQUAL(buf, "abc");
}

static void test_filter(void)
{
	struct event_filter f = { .dir = -1, .type = -1 };
	struct event ev = unit_event(EV_TX, 1);
	struct conn c = { .pid = 10, .comm = "nginx" };
	unsigned int kinds;
	int type;

	unit_case("filter: everything");
	CHECK(filter_match(&f, &ev, &c, "nginx") && filter_match(&f, &ev, &c, NULL));

	unit_case("filter: direction, event, type");
	ev.type = 23;
	f.dir = 1;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	f.dir = 0;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.type = 21;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	f.type = 23;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.kinds = 1U << EV_RX;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	f = (struct event_filter){ .dir = 0, .type = -1 };
	ev.kind = EV_CLOSE;
	CHECK(filter_match(&f, &ev, &c, NULL));
	ev.kind = EV_ALERT;
	ev.dir = 1;
	CHECK(!filter_match(&f, &ev, &c, NULL));

	unit_case("filter: port, process");
	ev = unit_event(EV_TX, 1);
	f = (struct event_filter){ .dir = -1, .type = -1, .port = ev.ep.dport };
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.port = ev.ep.sport;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.port = 1;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	f = (struct event_filter){ .dir = -1, .type = -1, .pid = 10 };
	ev.pid = 99;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.pid = 99;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f.pid = 98;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	f = (struct event_filter){ .dir = -1, .type = -1, .comm = "curl" };
	CHECK(!filter_match(&f, &ev, &c, NULL) && filter_match(&f, &ev, &c, "curl"));

	unit_case("filter: errors, latency");
	f = (struct event_filter){ .dir = -1, .type = -1, .errors = true };
	ev.result = 5;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	ev.result = -EAGAIN;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	ev.result = -EBADMSG;
	CHECK(filter_match(&f, &ev, &c, NULL));
	ev.kind = EV_ALERT;
	ev.level = 1;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	ev.level = 2;
	CHECK(filter_match(&f, &ev, &c, NULL));
	f = (struct event_filter){ .dir = -1, .type = -1, .min_ns = 1000 };
	CHECK(!filter_match(&f, &ev, &c, NULL));
	ev.kind = EV_RX;
	ev.duration = 999;
	CHECK(!filter_match(&f, &ev, &c, NULL));
	ev.duration = 1000;
	CHECK(filter_match(&f, &ev, &c, NULL));

	unit_case("filter: words");
	CHECK(filter_parse_kinds("tx,close", &kinds) && kinds == (1U << EV_TX | 1U << EV_CLOSE));
	CHECK(!filter_parse_kinds("", &kinds) && !filter_parse_kinds("tx,", &kinds) &&
	      !filter_parse_kinds("txx", &kinds));
	CHECK(filter_parse_type("handshake", &type) && type == 22);
	CHECK(filter_parse_type("255", &type) && type == 255);
	CHECK(!filter_parse_type("256", &type) && !filter_parse_type("unknown", &type));
}

static void test_names(void)
{
	char buf[NAME_SIZE], flags[96];

	unit_case("names: ciphers, versions, types, options");
	EQUAL(name_cipher(51), "AES-128-GCM");
	EQUAL(name_cipher(58), "ARIA-256-GCM");
	EQUAL(name_cipher(0), "-");
	EQUAL(name_cipher(50), "unknown");
	EQUAL(name_cipher(59), "unknown");
	EQUAL(name_version(0x304), "1.3");
	EQUAL(name_version(0x301), "unknown");
	EQUAL(name_type(23), "data");
	EQUAL(name_type(99), "unknown");
	EQUAL(name_option(2, buf), "TLS_RX");
	EQUAL(name_option(200, buf), "option 200");
	EQUAL(name_path(1, 1), "sendfile");
	EQUAL(name_path(0, 1), "splice");
	EQUAL(name_path(0, 9), "unknown");
	EQUAL(name_conf(3), "hw");
	EQUAL(name_conf(4), "unknown");

	unit_case("names: alerts");
	EQUAL(name_alert(0, buf), "close_notify");
	EQUAL(name_alert(120, buf), "no_application_protocol");
	EQUAL(name_alert(99, buf), "alert 99");
	EQUAL(name_alert_level(1), "warning");

	unit_case("names: errors, by name and by what they mean where");
	EQUAL(name_errno(EKEYEXPIRED, buf), "EKEYEXPIRED");
	EQUAL(name_errno(512, buf), "ERESTARTSYS");
	EQUAL(name_errno(3999, buf), "error 3999");
	CHECK(strstr(errno_meaning(WHERE_RX, EIO), "session ticket"));
	CHECK(strstr(errno_meaning(WHERE_TX, EBADMSG), "gave the connection up"));
	CHECK(strstr(errno_meaning(WHERE_RX, EBADMSG), "authentication"));
	CHECK(!errno_meaning(WHERE_TX, EXDEV));

	unit_case("names: message flags");
	name_msg_flags(0x8040, flags, sizeof(flags));
	EQUAL(flags, "DONTWAIT|MORE");
	name_msg_flags(0x40000000 | 0x2, flags, sizeof(flags));
	CHECK(strstr(flags, "PEEK"));
	CHECK(name_msg_flags(0, flags, sizeof(flags)) == 0 && !flags[0]);
	name_msg_flags(0xffffffff, flags, 10);
	CHECK(strlen(flags) <= 9);
}

static void test_input(void)
{
	enum color_when when;
	uint64_t n;

	unit_case("options: numbers");
	CHECK(parse_number("0", 0, 5, &n) && n == 0);
	CHECK(parse_number("5", 0, 5, &n) && n == 5);
	CHECK(!parse_number("6", 0, 5, &n) && !parse_number("", 0, 5, &n));
	CHECK(!parse_number("-1", 0, 5, &n) && !parse_number(" 1", 0, 5, &n));
	CHECK(!parse_number("1k", 0, 5, &n) && !parse_number("0x1", 0, 5, &n));
	CHECK(!parse_number("99999999999999999999999", 0, UINT64_MAX, &n));

	unit_case("options: colours");
	CHECK(color_parse("always", &when) && when == COLOR_ALWAYS);
	CHECK(!color_parse("Always", &when) && !color_parse("", &when));
	CHECK(color_wanted(COLOR_ALWAYS, -1) && !color_wanted(COLOR_NEVER, -1));
	CHECK(!color_wanted(COLOR_AUTO, -1));
}

static void test_stale(void)
{
	char name[STALE_NAME_SIZE], dead[STALE_NAME_SIZE];
	int fds[2];
	pid_t pid;

	unit_case("leftovers: names of living and of dead processes");
	CHECK(stale_make_name(name, "test"));
	CHECK(!strncmp(name, "tlstrace-test-", 14) && !stale_is_dead(name));
	CHECK(!pipe(fds));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		stale_make_name(dead, "test");
		_exit(write(fds[1], dead, sizeof(dead)) != (ssize_t)sizeof(dead));
	}
	CHECK(read(fds[0], dead, sizeof(dead)) == (ssize_t)sizeof(dead));
	close(fds[0]);
	close(fds[1]);
	waitpid(pid, NULL, 0);
	CHECK(stale_is_dead(dead));
	/* Our pid, but another process's start time: the pid was used again. */
	strcat(name, "9");
	CHECK(stale_is_dead(name));
	CHECK(!stale_is_dead("tlstrace-x") && !stale_is_dead("other-test-1-2-3"));
	CHECK(!stale_is_dead("tlstrace-test-1-2-3-4") && !stale_is_dead("tlstrace-test-5-2-3"));
}

static void test_libs(void)
{
	struct libs libs = { 0 };
	char path[PATH_MAX];

	unit_case("libraries: which are TLS libraries, each once");
	libs_add(&libs, "/lib/libssl.so.3");
	libs_add(&libs, "/other/libssl.so.1.1");
	libs_add(&libs, "/lib/libssl3.so");
	libs_add(&libs, "/lib/libsslx.so");
	libs_add(&libs, "/lib/libcurl-gnutls.so.4");
	CHECK(libs.count == 3 && libs.lib[0].kind == LIB_OPENSSL && libs.lib[1].kind == LIB_NSS &&
	      libs.lib[2].kind == LIB_CURL);
	EQUAL(libs.lib[0].path, "/lib/libssl.so.3");

	unit_case("libraries: of a program file, a script, a file that is neither");
	memset(&libs, 0, sizeof(libs));
	libs_of_program(&libs, "/bin/sh");
	CHECK(!libs.is_static && !libs.is_script && !libs.is_go);
	libs_of_program(&libs, "tests/command-line");
	CHECK(libs.is_script);
	memset(&libs, 0, sizeof(libs));
	libs_of_program(&libs, "/etc/passwd");
	libs_of_program(&libs, "/nonexistent");
	libs_of_program(&libs, "/");
	CHECK(!libs.count && !libs.is_static && !libs.is_script);
	CHECK(libs_find_program("sh", path) && path[0] == '/');
	CHECK(!libs_find_program("no-such-program-here", path));
	CHECK(!libs_find_program("/nonexistent/x", path));
}

static void test_out(void)
{
	struct out out = { .fd = -1 };
	int fds[2];
	char buf[64] = "";

	unit_case("output: a reader that goes away, and one that stays");
	CHECK(!pipe(fds));
	out.fd = fds[1];
	out_printf(&out, "%s-%d\n", "line", 1);
	out_flush(&out);
	CHECK(read(fds[0], buf, sizeof(buf)) == 7);
	EQUAL(buf, "line-1\n");
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	out_printf(&out, "gone\n");
	out_flush(&out);
	CHECK(out.error == EPIPE);
	out_printf(&out, "more\n");
	CHECK(out.len == 0);
	out_free(&out);
	close(fds[1]);
	out = (struct out){ .fd = open("/dev/full", O_WRONLY) };
	out_printf(&out, "full\n");
	out_flush(&out);
	CHECK(out.error == ENOSPC);
	close(out.fd);
	out_free(&out);
}

static void test_stall(void)
{
	char text[1000], buf[PIPE_BUF];
	struct out out = { 0 };
	sigset_t end, before;
	int fds[2], sig;
	size_t got = 0;
	ssize_t n;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	CHECK(!pipe(fds));
	out.fd = fds[1];
	out.stops = true;
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigprocmask(SIG_BLOCK, &end, &before);
	raise(SIGTERM);
	unit_case("output: at the end, a reader that reads gets everything that fits");
	out_printf(&out, "line\n");
	out_flush(&out);
	CHECK(!out.error && out.written == 5);
	unit_case("output: one that does not read keeps nobody from ending");
	for (int i = 0; i < 200; i++)
		out_printf(&out, "%s\n", text);
	out_flush(&out);
	CHECK(out.error == EINTR && out.written > 5);
	close(fds[1]);
	while ((n = read(fds[0], buf, sizeof(buf))) > 0)
		got += (size_t)n;
	CHECK(got == out.written);
	close(fds[0]);
	out_free(&out);
	sigwait(&end, &sig);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void test_misc(void)
{
	test_escape();
	test_filter();
	test_names();
	test_input();
	test_stale();
	test_libs();
	test_out();
	test_stall();
}
