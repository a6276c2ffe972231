// SPDX-License-Identifier: GPL-2.0
/* Plaintext capture by tls_trace. */
#define _GNU_SOURCE
#include <errno.h>
#include "capture.h"
#include "util.h"

#ifdef HAVE_TRACEFS

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <tracefs.h>
#include "kcm.h"
#include "ledger.h"

#define SYSTEM		"tls_trace"
#define PARAMETER	"/sys/module/tls_trace/parameters/data_max"
#define BUFFER_KB	"8192"

static struct tracefs_instance *instance;
static struct tep_handle *tep;
static struct tt_piece *piece;
static size_t pieces;
static bool lost;
static char address[80];

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	if (write(fd, text, strlen(text)) < 0)
		err = tt_fail(errno, "'%s' into %s: %s", text, path,
			      strerror(errno));
	close(fd);
	return err;
}

int tt_capture_max(const char *text)
{
	return write_file(PARAMETER, text);
}

/* The suite's instance has all events of the system, and these are many. */
static void spare_suite(void)
{
	char name[80];
	char *path;

	snprintf(name, sizeof(name),
		 "instances/tls_selftest_%d/events/tls_trace/data/enable",
		 (int)getpid());
	path = tracefs_get_tracing_file(name);
	write_file(path, "0");
	tracefs_put_tracing_file(path);
}

int tt_capture_open(bool all)
{
	static const char * const systems[] = { SYSTEM, NULL };
	static const char * const events[] = { "data", "tx", "rx" };
	char name[40];
	size_t i;
	int err;

	tep = tracefs_local_events_system(NULL, systems);
	if (!tep || !tep_find_event_by_name(tep, SYSTEM, "data"))
		return tt_fail(ENOENT, "this tls_trace has no event data");
	spare_suite();
	snprintf(name, sizeof(name), "tls_selftest_%d_data", (int)getpid());
	instance = tracefs_instance_create(name);
	if (!instance)
		return tt_fail(errno ?: EIO, "no tracefs instance: %s",
			       strerror(errno));
	tracefs_instance_file_write(instance, "buffer_size_kb", BUFFER_KB);
	err = all ? tracefs_event_enable(instance, SYSTEM, NULL) : 0;
	for (i = 0; !all && i < sizeof(events) / sizeof(events[0]); i++)
		err |= tracefs_event_enable(instance, SYSTEM, events[i]);
	return err ? tt_fail(EIO, "events " SYSTEM " cannot be enabled") : 0;
}

void tt_capture_close(void)
{
	if (!access(PARAMETER, W_OK))
		tt_capture_max("0");
	if (instance) {
		tracefs_instance_destroy(instance);
		tracefs_instance_free(instance);
	}
	instance = NULL;
}

int tt_capture_enable(bool on)
{
	int err = on ? tracefs_event_enable(instance, SYSTEM, "data") :
		       tracefs_event_disable(instance, SYSTEM, "data");

	return err ? tt_fail(EIO, "event data cannot be switched") : 0;
}

FILE *tt_capture_file(const char *path)
{
	char *full = tracefs_instance_get_file(instance, path);
	int fd = full ? open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

	tracefs_put_tracing_file(full);
	return fd < 0 ? NULL : fdopen(fd, "r");
}

static long long number(struct tep_event *te, struct tep_record *record,
			const char *name)
{
	struct tep_format_field *f = tep_find_any_field(te, name);
	unsigned long long v = 0;

	if (!f || tep_read_number_field(f, record->data, &v))
		return 0;
	return f->flags & TEP_FIELD_IS_SIGNED && f->size == 4 ? (int)v : v;
}

/* Addresses of the kernel are the upper half of all; counters never get there. */
static void look_for_address(struct tep_event *te, struct tep_record *record)
{
	struct tep_format_field *f;
	unsigned long long v;

	for (f = te->format.fields; f; f = f->next)
		if (f->size == sizeof(v) && !(f->flags & TEP_FIELD_IS_ARRAY) &&
		    !tep_read_number_field(f, record->data, &v) &&
		    v >> 47 == 0x1ffff && v < -4096ULL)
			snprintf(address, sizeof(address), "%s.%s", te->name,
				 f->name);
}

const char *tt_capture_address(void)
{
	return *address ? address : NULL;
}

static int take(struct tep_event *te, struct tep_record *record, int cpu,
		void *unused)
{
	bool is_data = !strcmp(te->name, "data");
	struct tt_piece *p;
	void *data;
	int len;

	(void)cpu;
	(void)unused;
	lost |= record->missed_events;
	look_for_address(te, record);
	if (!is_data && strcmp(te->name, "tx") && strcmp(te->name, "rx"))
		return 0;
	p = realloc(piece, (pieces + 1) * sizeof(*p));
	if (!p)
		return -1;
	piece = p;
	p += pieces++;
	*p = (struct tt_piece){
		.call = !is_data,
		.dir = is_data ? number(te, record, "dir") :
				 !strcmp(te->name, "rx"),
		.type = number(te, record, "type"),
		.path = number(te, record, "path"),
		.flags = number(te, record, "flags"),
		.result = number(te, record, "result"),
		.ino = number(te, record, "ino"),
		.seq = number(te, record, "seq"),
		.offset = number(te, record, "offset"),
		.len = number(te, record, "len"),
		.missing = number(te, record, "missing"),
	};
	if (!is_data)
		return 0;
	data = tep_get_field_raw(NULL, te, "data", record, &len, 0);
	if (!data)
		return -1;
	p->size = len;
	p->data = malloc(len + 1);
	memcpy(p->data, data, len);
	return 0;
}

int tt_capture_begin(void)
{
	int err = tt_capture_read();

	while (pieces)
		free(piece[--pieces].data);
	lost = false;
	return err == -EOVERFLOW ? 0 : err;
}

int tt_capture_read(void)
{
	if (!instance)
		return tt_fail(EINVAL, "capture was not started");
	if (tracefs_iterate_raw_events(tep, instance, NULL, 0, take, NULL) < 0)
		return tt_fail(EIO, "the trace cannot be read");
	return lost ? tt_fail(EOVERFLOW, "the trace buffer lost events") : 0;
}

const struct tt_piece *tt_capture_pieces(size_t *n)
{
	*n = pieces;
	return piece;
}

/* Numbers of ways are of a direction. */
static bool is_read_sock(const struct tt_piece *p)
{
	return p->dir == TT_DIR_RX && p->path == TT_RX_READ_SOCK;
}

/* Whether a call has moved bytes. The flags of a splice are others. */
static bool moved(const struct tt_piece *call)
{
	return call->result > 0 &&
	       (call->path != TT_PATH_CALL || !(call->flags & MSG_PEEK));
}

/* The next byte at or after @at that has to be told, @len if none. */
static size_t next_told(size_t at, size_t len, size_t max)
{
	if (at % TT_STRETCH >= max)
		at += TT_STRETCH - at % TT_STRETCH;
	return at < len ? at : len;
}

static int bad(const struct tt_piece *p, const char *what, long long is,
	       long long want)
{
	return tt_fail(EBADMSG,
		       "data %s path %d seq %llu offset %u size %zu of %u: %s is %lld, should be %lld",
		       p->dir ? "rx" : "tx", p->path,
		       (unsigned long long)p->seq, p->offset, p->size, p->len,
		       what, is, want);
}

static int check_piece(const struct tt_piece *p, const struct tt_piece *call,
		       const unsigned char *data, size_t *at, size_t max)
{
	/* How long it will be is not known inside of read_sock. */
	long long len = is_read_sock(p) ? 0 : call->result;
	size_t end, i;

	*at = next_told(*at, call->result, max);
	if (p->dir != call->dir || p->path != call->path)
		return bad(p, "path", p->path, call->path);
	if (p->seq != call->seq)
		return bad(p, "seq", p->seq, call->seq);
	if (p->type != call->type)
		return bad(p, "type", p->type, call->type);
	if (p->len != len)
		return bad(p, "len", p->len, len);
	if (p->missing)
		return bad(p, "missing", p->missing, 0);
	if (p->offset != *at)
		return bad(p, "offset", p->offset, *at);
	end = *at - *at % TT_STRETCH + (max < TT_STRETCH ? max : TT_STRETCH);
	if (end > call->result)
		end = call->result;
	if (!p->size || p->size > TT_PIECE_MAX || *at + p->size > end)
		return bad(p, "end", *at + p->size, end);
	for (i = 0; i < p->size; i++)
		if (p->data[i] != data[*at + i])
			return bad(p, "first wrong byte", i, -1);
	*at += p->size;
	return 0;
}

struct walk {
	unsigned long ino;
	enum tt_dir dir;
	size_t i;
};

static const struct tt_piece *next(struct walk *w)
{
	while (w->i < pieces && (piece[w->i].ino != w->ino ||
				 piece[w->i].dir != w->dir))
		w->i++;
	return w->i < pieces ? &piece[w->i] : NULL;
}

/* The pieces from w->i on, up to one that is not of @call. */
static int check_run(struct walk *w, const struct tt_piece *call,
		     const unsigned char *data, size_t max)
{
	const struct tt_piece *p;
	size_t at = 0;
	int err = 0;

	while (!err && (p = next(w)) && !p->call &&
	       is_read_sock(p) == is_read_sock(call)) {
		if (!moved(call))
			return bad(p, "data of a call with the result",
				   call->result, 0);
		err = check_piece(p, call, data, &at, max);
		w->i++;
	}
	if (err || !moved(call))
		return err;
	at = next_told(at, call->result, max);
	return at == call->result ? 0 :
	       bad(call, "end of its data", at, call->result);
}

/* Pieces of read_sock come before the event of the call: look for that. */
static const struct tt_piece *find_call(struct walk w)
{
	const struct tt_piece *p;

	while ((p = next(&w)) && !p->call)
		w.i++;
	return p;
}

int tt_capture_check(unsigned long ino, enum tt_dir dir, const void *data,
		     size_t len, size_t max)
{
	struct walk w = { .ino = ino, .dir = dir };
	const struct tt_piece *p, *call;
	size_t at = 0;
	int err;

	while ((p = next(&w))) {
		call = find_call(w);
		if (!call)
			return bad(p, "events tx or rx for it", 0, 1);
		if (!p->call && !is_read_sock(p))
			return bad(p, "data without a call", p->path, -1);
		if (moved(call) && at + call->result > len)
			return bad(call, "bytes so far", at + call->result,
				   len);
		if (is_read_sock(call)) {
			err = check_run(&w, call, data + at, max);
			p = next(&w);
			if (!err && p != call)
				return bad(p, "path", p->path, call->path);
			w.i++;
		} else {
			w.i++;
			err = check_run(&w, call, data + at, max);
		}
		if (err)
			return err;
		if (moved(call))
			at += call->result;
	}
	return at == len ? 0 :
	       tt_fail(EBADMSG, "calls of %zu bytes, %zu flowed", at, len);
}

#else /* !HAVE_TRACEFS */

int tt_capture_open(bool all)
{
	(void)all;
	return tt_fail(ENOSYS, "built without libtracefs");
}

void tt_capture_close(void)
{
}

int tt_capture_max(const char *text)
{
	return tt_fail(ENOSYS, "%s without libtracefs", text);
}

int tt_capture_enable(bool on)
{
	return on ? -ENOSYS : 0;
}

int tt_capture_begin(void)
{
	return -ENOSYS;
}

int tt_capture_read(void)
{
	return -ENOSYS;
}

const struct tt_piece *tt_capture_pieces(size_t *n)
{
	*n = 0;
	return NULL;
}

int tt_capture_check(unsigned long ino, enum tt_dir dir, const void *data,
		     size_t len, size_t max)
{
	return ino || dir || data || len || max ? -ENOSYS : 0;
}

const char *tt_capture_address(void)
{
	return NULL;
}

FILE *tt_capture_file(const char *path)
{
	return path ? NULL : NULL;
}

#endif
