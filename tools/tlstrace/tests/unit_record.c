// SPDX-License-Identifier: GPL-2.0
/* From plaintext to positions in streams, headers, blocks and a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "format.h"
#include "frame.h"
#include "pcapng.h"
#include "stream.h"
#include "unit.h"

#define MOST	16384

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)(p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]);
}

static unsigned int be16(const uint8_t *p)
{
	return (unsigned int)(p[0] << 8 | p[1]);
}

/* What a receiver computes: all ones if the checksum is right (RFC 1071). */
static unsigned int folded(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static unsigned int tcp_sum(const uint8_t *addrs, size_t addrs_len, const uint8_t *tcp, size_t len,
			    const uint8_t *body, size_t body_len)
{
	uint32_t sum = folded(addrs, addrs_len, (uint32_t)(6 + len + body_len));

	return folded(body, body_len, folded(tcp, len, sum));
}

static void test_frame_tcp(void)
{
	struct event ev = unit_event(EV_TX, 1);
	static const uint8_t body[] = "hello, world";
	struct frame f = {
		.ep = ev.ep, .seq = 0x12345678, .ack = 77, .flags = TCP_PSH | TCP_ACK,
		.body = body, .body_len = 11,
	};
	uint8_t buf[FRAME_TCP_MAX];

	unit_case("frame: IPv4 and TCP, both checksums right, also with an odd length");
	CHECK(frame_tcp(buf, &f) == 40);
	CHECK(buf[0] == 0x45 && be16(buf + 2) == 51 && buf[9] == 6);
	CHECK(folded(buf, 20, 0) == 0xffff);
	CHECK(!memcmp(buf + 12, "\x7f\0\0\1\xc0\0\2\7", 8));
	CHECK(be16(buf + 20) == 4433 && be16(buf + 22) == 51234);
	CHECK(be32(buf + 24) == 0x12345678 && be32(buf + 28) == 77);
	CHECK(buf[32] == 0x50 && buf[33] == 0x18);
	CHECK(tcp_sum(buf + 12, 8, buf + 20, 20, body, 11) == 0xffff);
	unit_case("frame: a payload that is not all there counts, and has no checksum");
	f.cut = 100;
	CHECK(frame_tcp(buf, &f) == 40 && be16(buf + 2) == 151 && !be16(buf + 36));
	unit_case("frame: IPv6");
	f.cut = 0;
	memset(f.ep.saddr, 0x20, 16);
	memset(f.ep.daddr, 0x30, 16);
	CHECK(frame_tcp(buf, &f) == 60);
	CHECK(buf[0] == 0x60 && be16(buf + 4) == 31 && buf[6] == 6);
	CHECK(tcp_sum(buf + 8, 32, buf + 40, 20, body, 11) == 0xffff);
}

/* The value of a tag, NULL if there is none; tags must end where the PDU begins. */
static const uint8_t *find_tag(const uint8_t *buf, size_t len, unsigned int code, size_t *size)
{
	const uint8_t *p = buf, *found = NULL;

	while ((size_t)(p - buf) + 4 <= len) {
		if (be16(p) == code) {
			found = p + 4;
			*size = be16(p + 2);
		}
		p += 4 + be16(p + 2);
	}
	CHECK((size_t)(p - buf) == len);
	return found;
}

static void test_frame_pdu(void)
{
	struct event ev = unit_event(EV_ALERT, 1);
	uint8_t buf[FRAME_PDU_MAX];
	char info[1000];
	const uint8_t *tag;
	size_t len, n;

	unit_case("frame: PDU with dissector, addresses and ports");
	len = frame_pdu(buf, "tls", &ev.ep, NULL, NULL);
	tag = find_tag(buf, len, 12, &n);
	CHECK(tag && n == 4 && !memcmp(tag, "tls", 4));
	tag = find_tag(buf, len, 21, &n);
	CHECK(tag && n == 4 && !memcmp(tag, "\xc0\0\2\7", 4));
	tag = find_tag(buf, len, 26, &n);
	CHECK(tag && n == 4 && be32(tag) == 51234);
	tag = find_tag(buf, len, 24, &n);
	CHECK(tag && be32(tag) == 2);
	CHECK(!find_tag(buf, len, 36, &n));
	unit_case("frame: a PDU's line is cut before it fills the buffer");
	memset(info, 'x', sizeof(info));
	info[sizeof(info) - 1] = 0;
	memset(ev.ep.saddr, 0x20, 16);
	len = frame_pdu(buf, "a name of exactly 31 characters", &ev.ep, info, info);
	CHECK(len <= FRAME_PDU_MAX);
	tag = find_tag(buf, len, 36, &n);
	CHECK(tag && n == FRAME_INFO_MAX);
	CHECK(find_tag(buf, len, 22, &n) && n == 16);
}

static struct event io(enum event_kind kind, int pid, int result)
{
	struct event ev = unit_event(kind, 1);

	ev.pid = pid;
	ev.type = 23;
	ev.len = result > 0 ? (uint32_t)result : 0;
	ev.result = result;
	ev.records = 1;
	return ev;
}

/* A piece; true and its position if it belongs somewhere. */
static bool piece(struct stream *s, const struct conn *c, int dir, int pid, uint32_t offset,
		  uint32_t size, uint32_t len, unsigned int most, uint64_t *pos, uint32_t *got,
		  uint32_t *cut)
{
	struct event ev = unit_event(EV_DATA, 1);

	ev.pid = pid;
	ev.dir = (uint8_t)dir;
	ev.type = 23;
	ev.offset = offset;
	ev.size = size;
	ev.len = len;
	return stream_data(s, c, &ev, most, pos, got, cut);
}

static void test_stream(void)
{
	struct stream_table *t = stream_table_new();
	struct event ev = unit_event(EV_TX, 1);
	struct conn a = { .id = 1, .ino = 1, .ep = ev.ep }, b = { .id = 2, .ino = 2, .ep = ev.ep };
	uint32_t got, cut;
	struct stream *s;
	uint64_t pos;

	memcpy(b.ep.saddr, a.ep.daddr, 16);
	memcpy(b.ep.daddr, a.ep.saddr, 16);
	b.ep.sport = a.ep.dport;
	b.ep.dport = a.ep.sport;
	s = stream_get(t, &a);

	unit_case("stream: pieces of a call have its position and their offset");
	ev = io(EV_TX, 7, 5000);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 0);
	CHECK(piece(s, &a, 0, 7, 0, 3840, 5000, MOST, &pos, &got, &cut));
	CHECK(pos == 0 && got == 3840 && !cut);
	CHECK(piece(s, &a, 0, 7, 3840, 1160, 5000, MOST, &pos, &got, &cut) && pos == 3840);
	unit_case("stream: what was lost leaves a gap");
	ev = io(EV_TX, 7, 1000);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 5000);
	ev = io(EV_TX, 7, 10);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 6000);
	CHECK(piece(s, &a, 0, 7, 0, 10, 10, MOST, &pos, &got, &cut) && pos == 6000);
	unit_case("stream: a failed call moves nothing");
	ev = io(EV_TX, 7, -11);
	CHECK(!stream_io(s, &a, &ev, &pos) && s->side[0].pos == 6010);
	unit_case("stream: the rest of a record behind the most that is shown");
	ev = io(EV_TX, 7, 20000);
	CHECK(stream_io(s, &a, &ev, &pos));
	CHECK(piece(s, &a, 0, 7, 0, 100, 20000, 100, &pos, &got, &cut));
	CHECK(got == 100 && cut == MOST - 100);
	CHECK(piece(s, &a, 0, 7, MOST, 100, 20000, 100, &pos, &got, &cut));
	CHECK(got == 100 && cut == 20000 - MOST - 100 && pos == 6010 + MOST);
	unit_case("stream: somebody else wants more of a record than we");
	ev = io(EV_TX, 7, 5000);
	CHECK(stream_io(s, &a, &ev, &pos));
	CHECK(piece(s, &a, 0, 7, 0, 3840, 5000, 100, &pos, &got, &cut));
	CHECK(got == 100 && cut == 4900);
	CHECK(!piece(s, &a, 0, 7, 3840, 1160, 5000, 100, &pos, &got, &cut));
	unit_case("stream: the other end has the same side, and tells nothing of it");
	CHECK(stream_get(t, &b) == s && s->ends == 2);
	ev = io(EV_RX, 8, 500);
	CHECK(!stream_io(s, &b, &ev, &pos));
	CHECK(!piece(s, &b, 1, 8, 0, 500, 500, MOST, &pos, &got, &cut));
	CHECK(stream_side_of(s, &a, 0) == 0 && stream_side_of(s, &b, 1) == 0);
	unit_case("stream: the other end tells of the other side");
	ev = io(EV_TX, 8, 500);
	CHECK(stream_io(s, &b, &ev, &pos) && pos == 0 && s->side[1].pos == 500);
	ev = io(EV_RX, 7, 500);
	CHECK(!stream_io(s, &a, &ev, &pos));
	unit_case("stream: ends with its last connection");
	stream_put(t, &a);
	CHECK(s->ends == 1 && !a.stream);
	stream_put(t, &b);

	s = stream_get(t, &a);
	unit_case("stream: what was peeked at comes again");
	ev = io(EV_RX, 7, 50);
	ev.flags = MSG_PEEK;
	CHECK(!stream_io(s, &a, &ev, &pos));
	CHECK(!piece(s, &a, 1, 7, 0, 50, 50, MOST, &pos, &got, &cut));
	ev.flags = 0;
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 0 && s->side[1].pos == 50);
	CHECK(piece(s, &a, 1, 7, 0, 50, 50, MOST, &pos, &got, &cut) && pos == 0);
	unit_case("stream: bytes that come before their event");
	CHECK(piece(s, &a, 1, 9, 0, 30, 0, MOST, &pos, &got, &cut) && pos == 50);
	CHECK(piece(s, &a, 1, 9, 30, 20, 0, MOST, &pos, &got, &cut) && pos == 80 && !cut);
	ev = io(EV_RX, 9, 50);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 50 && s->side[1].pos == 100);
	unit_case("stream: a gap where the numbers of records say that some were lost");
	ev = io(EV_TX, 7, 10);
	ev.seq = 5;
	ev.records = 1;
	stream_gap(s, &a, &ev, 0);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 0);
	ev.seq = 8;
	stream_gap(s, &a, &ev, 1);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 10 + 2 * MOST);
	unit_case("stream: no gap where none is missing, or nothing was lost");
	ev.seq = 9;
	stream_gap(s, &a, &ev, 2);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 20 + 2 * MOST);
	ev.seq = 12;
	stream_gap(s, &a, &ev, 2);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 30 + 2 * MOST);
	unit_case("stream: after a loss pieces do not belong to the call before");
	CHECK(piece(s, &a, 1, 9, 0, 30, 0, MOST, &pos, &got, &cut) && pos == 100);
	stream_gap(s, &a, &ev, 3);
	ev = io(EV_RX, 9, 70);
	CHECK(stream_io(s, &a, &ev, &pos) && pos == 100 && s->side[1].pos == 170);
	stream_table_free(t);

	unit_case("stream: guesses");
	EQUAL(stream_guess((const uint8_t *)"GET / HTTP/1.1", 14), "http");
	EQUAL(stream_guess((const uint8_t *)"HTTP/1.1 200", 12), "http");
	EQUAL(stream_guess((const uint8_t *)"PRI * HTTP/2.0\r\n", 16), "http2");
	EQUAL(stream_guess((const uint8_t *)"\0\0\x12\4\0\0\0\0\0\0\3", 11), "http2");
	CHECK(!stream_guess((const uint8_t *)"GE", 2) && !stream_guess(NULL, 0));
}

/* The blocks of a file; false if they do not fit together. */
static int read_blocks(const char *file, unsigned int types[16])
{
	static uint8_t buf[65536];
	FILE *f = fopen(file, "re");
	size_t len, at = 0;
	int n = 0;

	if (!f)
		return -1;
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	while (at + 12 <= len && n < 16) {
		uint32_t type, total, again;

		memcpy(&type, buf + at, 4);
		memcpy(&total, buf + at + 4, 4);
		if (total % 4 || total < 12 || at + total > len)
			return -1;
		memcpy(&again, buf + at + total - 4, 4);
		if (again != total)
			return -1;
		types[n++] = type;
		at += total;
	}
	return at == len ? n : -1;
}

static void test_capture(void)
{
	char dir[] = "/tmp/unit-XXXXXX", file[64], link[64], why[300];
	struct capture_options opt = { .tcp = true, .pdu = true, .snaplen = MOST };
	struct conn c = { .id = 1, .ino = 1, .attach_seen = true };
	struct capture_sums sums;
	unsigned int types[16];
	struct capture *cap;
	struct event ev = io(EV_TX, 7, 5);
	struct stat st;

	c.ep = ev.ep;
	if (!mkdtemp(dir))
		return;
	snprintf(file, sizeof(file), "%s/f", dir);
	snprintf(link, sizeof(link), "%s/l", dir);
	opt.file = file;

	unit_case("capture: blocks of pcapng, a handshake, data, an alert, counts");
	cap = capture_open(&opt, why, sizeof(why));
	CHECK(cap != NULL);
	capture_event(cap, &ev, &c, "nginx");
	ev.kind = EV_DATA;
	ev.data = (const uint8_t *)"GET /";
	ev.size = 5;
	capture_event(cap, &ev, &c, "a\033\xff");
	ev.kind = EV_ALERT;
	capture_lost(cap, 3);
	capture_event(cap, &ev, &c, NULL);
	capture_gone(cap, &c);
	capture_keep(cap);
	CHECK(!capture_close(cap, 3, &sums));
	CHECK(sums.packets == 5 && sums.bytes[0] == 5 && sums.nhints == 1);
	CHECK(sums.hints[0].port == 4433 && !strcmp(sums.hints[0].proto, "http"));
	CHECK(read_blocks(file, types) == 10);
	CHECK(types[0] == 0x0a0d0d0a && types[1] == 1 && types[2] == 1 && types[3] == 6);
	CHECK(types[7] == 6 && types[8] == 5 && types[9] == 5);
	CHECK(!stat(file, &st) && (st.st_mode & 07777) == 0600);
	CHECK((uint64_t)st.st_size == sums.size);
	unit_case("capture: a file that exists is kept, unless it is to be replaced");
	CHECK(!capture_open(&opt, why, sizeof(why)) && strstr(why, "--force"));
	CHECK(read_blocks(file, types) == 10 && !chmod(file, 0644));
	opt.force = true;
	cap = capture_open(&opt, why, sizeof(why));
	CHECK(cap && !capture_close(cap, 0, &sums));
	unit_case("capture: the old file stays when nothing could be recorded");
	CHECK(read_blocks(file, types) == 10);
	cap = capture_open(&opt, why, sizeof(why));
	CHECK(cap && read_blocks(file, types) == 10);
	capture_keep(cap);
	CHECK(!capture_close(cap, 0, &sums) && !sums.packets);
	CHECK(read_blocks(file, types) == 5);
	CHECK(!stat(file, &st) && (st.st_mode & 07777) == 0600);
	unit_case("capture: full when the file has its size, not before");
	opt.max_size = 1000;
	cap = capture_open(&opt, why, sizeof(why));
	ev = io(EV_TX, 7, 5);
	for (int i = 0; cap && i < 20 && !capture_full(cap); i++)
		capture_event(cap, &ev, &c, NULL);
	CHECK(cap && !capture_full(cap));
	ev = unit_event(EV_ALERT, 1);
	for (int i = 0; cap && i < 20 && !capture_full(cap); i++)
		capture_event(cap, &ev, &c, NULL);
	CHECK(cap && capture_full(cap));
	capture_gone(cap, &c);
	capture_keep(cap);
	CHECK(!capture_close(cap, 0, &sums) && sums.size >= 1000 && sums.size < 1500);
	opt.max_size = 0;
	unit_case("capture: a new file does not stay either");
	opt.file = link;
	cap = capture_open(&opt, why, sizeof(why));
	CHECK(cap && !access(link, F_OK) && !capture_close(cap, 0, &sums) && access(link, F_OK));
	unit_case("capture: a link is not followed");
	CHECK(!symlink(file, link));
	opt.file = link;
	CHECK(!capture_open(&opt, why, sizeof(why)));
	unlink(link);
	unit_case("capture: a pipe has to have a reader");
	CHECK(!mkfifo(link, 0600));
	CHECK(!capture_open(&opt, why, sizeof(why)) && strstr(why, "nobody reads from it"));
	unit_case("capture: a pipe that others may read is not for plaintext");
	if (!chmod(link, 0644)) {
		int fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		CHECK(!capture_open(&opt, why, sizeof(why)) && strstr(why, "chmod 600"));
		close(fd);
	}
	unit_case("capture: a pipe of another user is not for plaintext");
	if (!geteuid() && !chown(link, 1, 1)) {
		int fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		CHECK(!capture_open(&opt, why, sizeof(why)) && strstr(why, "another user"));
		close(fd);
	}
	unlink(link);
	unlink(file);
	rmdir(dir);
	unit_case("capture: a full disk is an error in the end");
	opt.file = "/dev/full";
	cap = capture_open(&opt, why, sizeof(why));
	CHECK(cap && capture_full(cap) && capture_close(cap, 0, &sums) == ENOSPC);
}

static void test_text(void)
{
	struct event ev = io(EV_DATA, 42, 0);
	struct out out = { .fd = -1 };

	unit_case("text: plaintext as lines, no control character reaches the terminal");
	ev.data = (const uint8_t *)"GET / HTTP/1.1\r\nA: b\tc\r\n\r\n";
	ev.size = 26;
	text_dump(&out, &ev);
	EQUAL(unit_output(&out), "    | GET / HTTP/1.1\n    | A: b\\x09c\n    | \n");
	ev.data = (const uint8_t *)"\033[2J\x9b";
	ev.size = 5;
	text_dump(&out, &ev);
	EQUAL(unit_output(&out), "    000000  1b 5b 32 4a 9b                                   "
	      "|.[2J.|\n");
	unit_case("text: a zero byte makes no text");
	ev.data = (const uint8_t *)"ab\0";
	ev.size = 3;
	text_dump(&out, &ev);
	CHECK(strstr(unit_output(&out), "61 62 00"));
	unit_case("text: of plaintext that could not be read nothing is shown");
	ev.missing = 3;
	text_dump(&out, &ev);
	EQUAL(unit_output(&out), "");
	free(out.buf);
}

void test_record(void)
{
	test_frame_tcp();
	test_frame_pdu();
	test_stream();
	test_capture();
	test_text();
}
