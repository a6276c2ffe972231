// SPDX-License-Identifier: GPL-2.0
/*
 * Events become packets: application data those of a TCP stream, which Wireshark
 * puts together over the borders of records; control records, keys and errors PDUs
 * of an interface of their own, as they would disturb the streams.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "escape.h"
#include "format.h"
#include "frame.h"
#include "ktls_uapi.h"
#include "pcapng.h"
#include "stream.h"
#include "tlstrace.h"

#define HANDSHAKE_KEY_UPDATE	24	/* RFC 8446 4 */
#define RECORD_HEADER		5
#define CLOCK_SLACK		1000000	/* ns; clocks that are read one after the other */

enum { IF_TCP, IF_PDU, IF_COUNT };

struct capture {
	struct capture_options opt;
	struct out out;
	struct out line;		/* an event as text; never written */
	struct stream_table *streams;
	uint64_t clock_offset;		/* from the events' clock to 1970 */
	bool private;			/* the file is new, and its owner's alone */
	bool kept;			/* capture_keep() */
	int interface[IF_COUNT];	/* number in the file, -1: not there */
	uint64_t packets[IF_COUNT];
	uint64_t lost;			/* before the next packet */
	uint64_t losses;		/* how often */
	char *new_name;			/* the file's, until it has the one it shall have */
	struct capture_sums sums;
};

/* The event that becomes a packet. */
struct source {
	const struct event *ev;
	const struct conn *conn;
	const char *comm;
};

/*
 * A pipe or device is only written to if it is root's own: another user could have put
 * it there. Without a reader a pipe would not open before one comes.
 */
static int open_special(const char *name, char *why, size_t size)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		snprintf(why, size, "cannot write to %s: %s", name,
			 errno == ENXIO ? "nobody reads from it" : strerror(errno));
		return -1;
	}
	if (isatty(fd))
		snprintf(why, size, "a terminal cannot show pcapng");
	else if (fstat(fd, &st) || S_ISREG(st.st_mode) || st.st_uid != geteuid())
		snprintf(why, size, "%s belongs to another user, who could read along", name);
	else if (S_ISFIFO(st.st_mode) && st.st_mode & (S_IRGRP | S_IROTH))
		snprintf(why, size, "others could read along at %s: chmod 600 %s", name, name);
	else if (!fcntl(fd, F_SETFL, O_WRONLY))
		return fd;
	close(fd);
	return -1;
}

/* A new file beside the one that it shall replace: that stays until all else works. */
static int open_beside(const char *name, char **new_name, char *why, size_t size)
{
	int fd = -1;

	if (asprintf(new_name, "%s.XXXXXX", name) < 0)
		*new_name = NULL;
	else
		fd = mkostemp(*new_name, O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, size, "cannot write beside %s: %s", name, strerror(errno));
		free(*new_name);
		*new_name = NULL;
	}
	return fd;
}

static int open_file(const char *name, bool force, char **new_name, char *why, size_t size)
{
	struct stat st = { 0 };
	int fd;

	if (!strcmp(name, "-")) {
		if (isatty(STDOUT_FILENO)) {
			snprintf(why, size, "a terminal cannot show pcapng; give -o a file, or "
				 "pipe this to \"wireshark -k -i -\"");
			return -1;
		}
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	if (!lstat(name, &st) && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		return open_special(name, why, size);
	if (force && S_ISREG(st.st_mode))
		return open_beside(name, new_name, why, size);
	/* A file of its own: nobody has it open, nor may read it. */
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0 && errno == EEXIST && force)
		snprintf(why, size, "%s is no regular file", name);
	else if (fd < 0 && errno == EEXIST)
		snprintf(why, size, "%s exists; --force replaces it", name);
	else if (fd < 0)
		snprintf(why, size, "cannot write to %s: %s", name, strerror(errno));
	return fd;
}

static uint64_t clock_offset(void)
{
	struct timespec real, mono;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	return (uint64_t)(real.tv_sec - mono.tv_sec) * 1000000000 +
	       (uint64_t)(real.tv_nsec - mono.tv_nsec);
}

/**
 * capture_open() - begin a file
 * @opt: options; kept
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: the capture, or NULL.
 */
struct capture *capture_open(const struct capture_options *opt, char *why, size_t size)
{
	struct capture *cap = calloc(1, sizeof(*cap));
	struct stat st;
	int n = 0;

	snprintf(why, size, "out of memory");
	if (!cap)
		return NULL;
	cap->opt = *opt;
	cap->streams = stream_table_new();
	cap->line.fd = -1;
	cap->out.stops = true;
	cap->clock_offset = clock_offset();
	if (!cap->streams)
		goto fail;
	cap->out.fd = open_file(opt->file, opt->force, &cap->new_name, why, size);
	if (cap->out.fd < 0)
		goto fail;
	cap->private = strcmp(opt->file, "-") && !fstat(cap->out.fd, &st) && S_ISREG(st.st_mode);
	pcapng_section(&cap->out, "tlstrace " TLSTRACE_VERSION);
	cap->interface[IF_TCP] = -1;
	cap->interface[IF_PDU] = -1;
	if (opt->tcp) {
		pcapng_interface(&cap->out, PCAPNG_RAW_IP, "ktls-data",
				 "application data of kTLS sockets; IP and TCP headers are made up");
		cap->interface[IF_TCP] = n++;
	}
	if (opt->pdu) {
		pcapng_interface(&cap->out, PCAPNG_UPPER_PDU, "ktls-control",
				 "control records, keys and errors of kTLS sockets");
		cap->interface[IF_PDU] = n++;
	}
	out_flush(&cap->out);
	return cap;
fail:
	stream_table_free(cap->streams);
	free(cap);
	return NULL;
}

static uint16_t map_port(const struct capture *cap, uint16_t port)
{
	for (unsigned int i = 0; i < cap->opt.nports; i++)
		if (cap->opt.ports[i].from == port)
			return cap->opt.ports[i].to;
	return port;
}

/* Addresses of a packet whose sender is saddr, or daddr if @turn. */
static struct endpoints ends_of(const struct capture *cap, const struct endpoints *ep, bool turn)
{
	struct endpoints to = *ep;

	if (turn) {
		memcpy(to.saddr, ep->daddr, sizeof(to.saddr));
		memcpy(to.daddr, ep->saddr, sizeof(to.daddr));
		to.sport = ep->dport;
		to.dport = ep->sport;
	}
	to.sport = map_port(cap, to.sport);
	to.dport = map_port(cap, to.dport);
	return to;
}

static void packet(struct capture *cap, unsigned int which, const struct source *src,
		   struct pcapng_packet *p)
{
	if (cap->interface[which] < 0 || cap->out.error)
		return;
	p->interface = (unsigned int)cap->interface[which];
	p->ts = src->ev->ts + cap->clock_offset;
	p->dropped = cap->lost;
	cap->lost = 0;
	pcapng_packet(&cap->out, p);
	cap->packets[which]++;
	cap->sums.packets++;
}

/* Who did it, and by which keys; at the end of every comment. */
static void put_who(char *buf, size_t size, const struct source *src)
{
	const struct conn *c = src->conn;
	const char *comm = src->comm ? src->comm : c->comm;
	char name[80];

	escape_text(name, sizeof(name), comm, strnlen(comm, 16));
	snprintf(buf, size, "TLS %s %s, %s/%d #%" PRIu64, name_version(c->version),
		 name_cipher(c->cipher), *name ? name : "?", src->ev->pid, c->id);
}

static void tcp(struct capture *cap, const struct stream *s, unsigned int side, uint8_t flags,
		const struct source *src, uint64_t seq, const uint8_t *body, size_t len,
		size_t cut, const char *comment)
{
	uint8_t head[FRAME_TCP_MAX];
	struct frame f = {
		.ep = ends_of(cap, &s->ep, side),
		.seq = (uint32_t)seq,
		.flags = flags,
		.body = body,
		.body_len = len,
		.cut = cut,
	};
	struct pcapng_packet p = {
		.head = head,
		.body = body,
		.body_len = len,
		.cut = cut,
		.outbound = side == stream_side_of(s, src->conn, 0),
		.comment = comment,
	};

	if (flags & TCP_ACK)
		f.ack = (uint32_t)(1 + s->side[!side].told);
	p.head_len = frame_tcp(head, &f);
	packet(cap, IF_TCP, src, &p);
}

/*
 * A handshake for readers that expect one, before anything else of the stream; servers
 * have the lower port.
 */
static void begin(struct capture *cap, struct stream *s, const struct source *src)
{
	unsigned int client = s->ep.sport < s->ep.dport;
	const char *comment = "made up by tlstrace: the stream begins here";

	if (s->begun)
		return;
	s->begun = true;
	if (!cap->opt.tcp || !src->conn->attach_seen)
		return;
	tcp(cap, s, client, TCP_SYN, src, 0, NULL, 0, 0, comment);
	tcp(cap, s, !client, TCP_SYN | TCP_ACK, src, 0, NULL, 0, 0, comment);
	tcp(cap, s, client, TCP_ACK, src, 1, NULL, 0, 0, comment);
}

static void add_hint(struct capture *cap, const struct stream *s, const char *proto)
{
	struct endpoints ep = ends_of(cap, &s->ep, false);
	uint16_t port = ep.sport < ep.dport ? ep.sport : ep.dport;
	struct capture_sums *sums = &cap->sums;

	for (unsigned int i = 0; i < sums->nhints; i++)
		if (sums->hints[i].port == port && !strcmp(sums->hints[i].proto, proto))
			return;
	if (sums->nhints == CAPTURE_HINTS)
		return;
	sums->hints[sums->nhints].port = port;
	sums->hints[sums->nhints++].proto = proto;
}

/* How a list of packets shows a PDU, where its dissector does not say. */
struct shown {
	const char *protocol;
	const char *info;
};

static void pdu(struct capture *cap, const char *dissector, const struct source *src, int dir,
		const void *body, size_t len, size_t cut, struct shown shown, const char *comment)
{
	struct endpoints ep = ends_of(cap, &src->conn->ep, dir);
	uint8_t head[FRAME_PDU_MAX];
	struct pcapng_packet p = {
		.head = head,
		.head_len = frame_pdu(head, dissector, &ep, shown.protocol, shown.info),
		.body = body,
		.body_len = len,
		.cut = cut,
		.outbound = !dir,
		.comment = comment,
	};

	packet(cap, IF_PDU, src, &p);
}

/* "tx records 5-7, data, bytes 0-3839 of 40000 by sendfile, ..." */
static void comment_data(char *buf, size_t size, const struct source *src, int dir,
			 uint32_t records, uint32_t offset, size_t bytes, uint32_t of)
{
	const struct event *ev = src->ev;
	char who[160], last[32] = "", total[32] = "";

	if (records > 1)
		snprintf(last, sizeof(last), "-%" PRIu64, ev->seq + records - 1);
	if (of)
		snprintf(total, sizeof(total), " of %u", of);
	put_who(who, sizeof(who), src);
	snprintf(buf, size, "%s record%s %" PRIu64 "%s, %s, bytes %u-%zu%s by %s, %s",
		 dir ? "rx" : "tx", *last ? "s" : "", ev->seq, last, name_type(ev->type), offset,
		 offset + bytes - 1, total, name_path(!dir, ev->path), who);
}

/* Application data that may or may not be there. */
static void data(struct capture *cap, struct stream *s, const struct source *src, int dir,
		 uint64_t pos, uint32_t offset, const uint8_t *body, size_t len, size_t cut,
		 uint32_t of)
{
	unsigned int side = stream_side_of(s, src->conn, dir);
	struct stream_side *at = &s->side[side];
	char comment[400];

	if (!pos && len) {
		at->proto = stream_guess(body, len);
		if (at->proto)
			add_hint(cap, s, at->proto);
	}
	comment_data(comment, sizeof(comment), src, dir, at->call.records, offset, len + cut, of);
	if (cap->opt.tcp) {
		begin(cap, s, src);
		tcp(cap, s, side, TCP_PSH | TCP_ACK, src, 1 + pos, body, len, cut, comment);
	} else {
		pdu(cap, at->proto ? at->proto : "data", src, dir, body, len, cut,
		    (struct shown){ 0 }, comment);
	}
	at->told = pos + len + cut;
	cap->sums.bytes[dir] += len;
}

static void data_event(struct capture *cap, const struct source *src)
{
	struct stream *s = src->conn->stream;
	const struct event *ev = src->ev;
	uint32_t size, cut;
	uint64_t pos;

	if (stream_data(s, src->conn, ev, cap->opt.snaplen, &pos, &size, &cut))
		data(cap, s, src, ev->dir, pos, ev->offset, ev->data, size, cut, ev->len);
}

/* Without plaintext a call is packets of as many bytes as its records. */
static void io_event(struct capture *cap, const struct source *src)
{
	struct stream *s = src->conn->stream;
	const struct event *ev = src->ev;
	uint32_t done, size;
	uint64_t pos;

	if (!stream_io(s, src->conn, ev, &pos) || !cap->opt.metadata_only)
		return;
	for (done = 0; done < (uint32_t)ev->result && !cap->out.error; done += size) {
		size = (uint32_t)ev->result - done;
		if (size > KTLS_MAX_PAYLOAD)
			size = KTLS_MAX_PAYLOAD;
		data(cap, s, src, ev->kind == EV_RX, pos + done, done, NULL, 0, size,
		     (uint32_t)ev->result);
	}
}

/*
 * As a record that Wireshark's dissector of TLS takes for one before encryption. It has
 * seen no handshake, so it would take messages of TLS 1.3 for those of 1.2.
 */
static void control(struct capture *cap, const struct source *src, int dir, unsigned int type,
		    const uint8_t *body, size_t len, size_t cut)
{
	uint8_t record[RECORD_HEADER + 16384];
	char comment[400], who[160];

	if (len > sizeof(record) - RECORD_HEADER)
		len = sizeof(record) - RECORD_HEADER;
	record[0] = (uint8_t)type;
	record[1] = KTLS_VERSION_12 >> 8;
	record[2] = KTLS_VERSION_12 & 0xff;
	record[3] = (uint8_t)((len + cut) >> 8);
	record[4] = (uint8_t)(len + cut);
	memcpy(record + RECORD_HEADER, body, len);
	put_who(who, sizeof(who), src);
	snprintf(comment, sizeof(comment), "%s record %" PRIu64 ", %s, %s", dir ? "rx" : "tx",
		 src->ev->seq, name_type(type), who);
	if (type == TLS_TYPE_HANDSHAKE && src->conn->version == KTLS_VERSION_13)
		pdu(cap, "tls13-handshake", src, dir, body, len, cut,
		    (struct shown){ "TLSv1.3", NULL }, comment);
	else
		pdu(cap, "tls", src, dir, record, RECORD_HEADER + len, cut, (struct shown){ 0 },
		    comment);
}

/* Alerts and KeyUpdates have events, which come without plaintext as well. */
static void control_data(struct capture *cap, const struct source *src)
{
	const struct event *ev = src->ev;
	uint32_t there = event_readable(ev);
	char comment[400];

	if (ev->type == TLS_TYPE_ALERT ||
	    (ev->type == TLS_TYPE_HANDSHAKE && there && ev->data[0] == HANDSHAKE_KEY_UPDATE))
		return;
	if (!ev->offset) {
		control(cap, src, ev->dir, ev->type, ev->data, there,
			ev->len > there ? ev->len - there : 0);
		return;
	}
	comment_data(comment, sizeof(comment), src, ev->dir, 1, ev->offset, there, ev->len);
	pdu(cap, "data", src, ev->dir, ev->data, there, 0, (struct shown){ 0 }, comment);
}

static void rekey(struct capture *cap, const struct source *src)
{
	const uint8_t message[] = { HANDSHAKE_KEY_UPDATE, 0, 0, 1, src->ev->request };

	control(cap, src, src->ev->dir, TLS_TYPE_HANDSHAKE, message, sizeof(message), 0);
}

/* As "tlstrace live" shows it. */
static void text(struct capture *cap, const struct source *src, int dir)
{
	char who[160];

	cap->line.len = 0;
	text_event_only(&cap->line, src->ev);
	if (!cap->line.len)
		return;
	put_who(who, sizeof(who), src);
	pdu(cap, "data-text-lines", src, dir, cap->line.buf, cap->line.len, 0,
	    (struct shown){ "kTLS", cap->line.buf }, who);
}

static void end_side(struct capture *cap, const struct source *src)
{
	struct stream *s = src->conn->stream;
	unsigned int side;
	uint64_t at;

	if (!s || !s->begun)
		return;
	side = stream_side_of(s, src->conn, 0);
	if (s->side[side].ended)
		return;
	s->side[side].ended = true;
	at = s->side[side].pos > s->side[side].told ? s->side[side].pos : s->side[side].told;
	tcp(cap, s, side, TCP_FIN | TCP_ACK, src, 1 + at, NULL, 0, 0,
	    "made up by tlstrace: the socket was closed");
}

/**
 * capture_event() - an event becomes packets
 * @cap: the capture
 * @ev: the event
 * @c: its connection
 * @comm: name of the process, NULL if not known
 */
void capture_event(struct capture *cap, const struct event *ev, struct conn *c,
		   const char *comm)
{
	const struct source src = { ev, c, comm };
	uint8_t alert[2];

	if (!stream_get(cap->streams, c)) {
		cap->out.error = ENOMEM;
		return;
	}
	if (ev->kind == EV_TX || ev->kind == EV_RX || ev->kind == EV_DATA)
		stream_gap(c->stream, c, ev, cap->losses);
	switch (ev->kind) {
	case EV_ATTACH:
		if (ev->result < 0)
			text(cap, &src, 0);
		break;
	case EV_SETSOCKOPT:
		if (ev->result >= 0 && (ev->option == KTLS_TX || ev->option == KTLS_RX))
			begin(cap, c->stream, &src);
		text(cap, &src, ev->option == KTLS_RX);
		break;
	case EV_TX:
	case EV_RX:
		if (ev->type == TLS_TYPE_DATA)
			io_event(cap, &src);
		if (event_failed(ev->result))
			text(cap, &src, ev->kind == EV_RX);
		break;
	case EV_ALERT:
		alert[0] = ev->level;
		alert[1] = ev->desc;
		control(cap, &src, ev->dir, TLS_TYPE_ALERT, alert, sizeof(alert), 0);
		break;
	case EV_REKEY:
		if (ev->stage == REKEY_KEY_UPDATE)
			rekey(cap, &src);
		else
			text(cap, &src, ev->dir);
		break;
	case EV_DATA:
		if (ev->type == TLS_TYPE_DATA)
			data_event(cap, &src);
		else
			control_data(cap, &src);
		break;
	case EV_CLOSE:
		end_side(cap, &src);
		text(cap, &src, 0);
		break;
	default:
		break;
	}
}

/**
 * capture_lost() - events are missing at this place
 * @cap: the capture
 * @count: how many, 0 if not known
 */
void capture_lost(struct capture *cap, uint64_t count)
{
	cap->lost += count ? count : 1;
	cap->losses++;
}

/**
 * capture_gone() - a connection is forgotten
 * @cap: the capture
 * @c: the connection
 */
void capture_gone(struct capture *cap, struct conn *c)
{
	stream_put(cap->streams, c);
}

/**
 * capture_flush() - write what there is
 * @cap: the capture
 */
void capture_flush(struct capture *cap)
{
	uint64_t offset = clock_offset();

	/* The machine has slept, or its clock was set. */
	if (offset - cap->clock_offset + CLOCK_SLACK > 2 * CLOCK_SLACK)
		cap->clock_offset = offset;
	out_flush(&cap->out);
}

/**
 * capture_keep() - it is being recorded: the file takes the place of an older one
 * @cap: the capture
 *
 * Without that, capture_close() removes it.
 */
void capture_keep(struct capture *cap)
{
	cap->kept = true;
	if (!cap->new_name)
		return;
	if (rename(cap->new_name, cap->opt.file) && !cap->out.error)
		cap->out.error = errno;
	free(cap->new_name);
	cap->new_name = NULL;
}

/**
 * capture_is_private() - may only its owner read the file?
 * @cap: the capture
 *
 * Return: false for a pipe, a device, and standard output.
 */
bool capture_is_private(const struct capture *cap)
{
	return cap->private;
}

/**
 * capture_full() - is there a reason to end?
 * @cap: the capture
 *
 * Return: true if the file has its size, or cannot be written to.
 */
bool capture_full(const struct capture *cap)
{
	return cap->out.error || (cap->opt.max_size &&
				  cap->out.written + cap->out.len >= cap->opt.max_size);
}

/**
 * capture_close() - end the file
 * @cap: the capture; freed
 * @lost: events that were lost
 * @sums: result, what it amounts to
 *
 * Return: 0, or errno of the first write that failed.
 */
int capture_close(struct capture *cap, uint64_t lost, struct capture_sums *sums)
{
	struct timespec now;
	uint64_t ts;
	int err;

	clock_gettime(CLOCK_REALTIME, &now);
	ts = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	for (unsigned int i = 0; i < IF_COUNT; i++)
		if (cap->interface[i] >= 0)
			pcapng_statistics(&cap->out, (unsigned int)cap->interface[i], ts,
					  cap->packets[i], cap->interface[i] ? 0 : lost);
	out_flush(&cap->out);
	err = cap->out.error;
	if (close(cap->out.fd) && !err)
		err = errno;
	if (!cap->kept && cap->private)
		unlink(cap->new_name ? cap->new_name : cap->opt.file);
	free(cap->new_name);
	*sums = cap->sums;
	sums->size = cap->out.written;
	out_free(&cap->out);
	free(cap->line.buf);
	stream_table_free(cap->streams);
	free(cap);
	return err;
}
