// SPDX-License-Identifier: GPL-2.0
/* The events of tls_trace. */
#include <errno.h>
#include "trace.h"
#include "util.h"

#ifdef HAVE_TRACEFS

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tracefs.h>

#define SYSTEM		"tls_trace"
#define PREFIX		"tls_selftest_"
/* Per CPU: a 64 MiB sendfile is an event per page on old kernels. */
#define BUFFER_KB	"8192"

static struct tracefs_instance *instance;
static struct tep_handle *tep;
static struct tt_event *event;
static size_t events;
static bool lost;

static void remove_stale(void)
{
	char *dir = tracefs_get_tracing_file("instances");
	struct tracefs_instance *old;
	struct dirent *e;
	DIR *d = dir ? opendir(dir) : NULL;

	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) ||
		    !kill(atoi(e->d_name + strlen(PREFIX)), 0))
			continue;
		old = tracefs_instance_create(e->d_name);
		if (old) {
			tracefs_instance_destroy(old);
			tracefs_instance_free(old);
		}
	}
	if (d)
		closedir(d);
	tracefs_put_tracing_file(dir);
}

/* An event, or all of them. */
static int enable(const char *name)
{
	return tracefs_event_enable(instance, SYSTEM, name) ?
	       tt_fail(EIO, "event " SYSTEM ":%s cannot be enabled",
		       name ?: "*") : 0;
}

int tt_trace_open(void)
{
	static const char * const systems[] = { SYSTEM, NULL };
	char name[40];
	int err;

	if (!tracefs_tracing_dir())
		return tt_fail(ENOENT, "tracefs is not there");
	remove_stale();
	snprintf(name, sizeof(name), PREFIX "%d", (int)getpid());
	instance = tracefs_instance_create(name);
	if (!instance)
		return tt_fail(errno ?: EIO, "no tracefs instance: %s",
			       strerror(errno));
	tep = tracefs_local_events_system(NULL, systems);
	if (!tep || !tep_find_event_by_name(tep, SYSTEM, "close")) {
		tt_trace_close();
		return tt_fail(ENOENT, "tracefs has no events " SYSTEM);
	}
	tracefs_instance_file_write(instance, "buffer_size_kb", BUFFER_KB);
	err = enable(NULL);
	if (err)
		tt_trace_close();
	return err;
}

int tt_trace_quiet(void)
{
	return tracefs_event_disable(instance, SYSTEM, "tx") ||
	       tracefs_event_disable(instance, SYSTEM, "rx") ?
	       tt_fail(EIO, "events of calls cannot be disabled") : 0;
}

bool tt_trace_has(const char *name)
{
	return tep && tep_find_event_by_name(tep, SYSTEM, name);
}

void tt_trace_close(void)
{
	if (tep)
		tep_free(tep);
	tep = NULL;
	if (instance) {
		tracefs_instance_destroy(instance);
		tracefs_instance_free(instance);
	}
	instance = NULL;
}

static int take(struct tep_event *te, struct tep_record *record, int cpu,
		void *unused)
{
	struct tt_event *e;

	(void)cpu;
	(void)unused;
	if (record->missed_events)
		lost = true;
	e = realloc(event, (events + 1) * sizeof(*e));
	if (!e)
		return -1;
	event = e;
	e += events++;
	memset(e, 0, sizeof(*e));
	snprintf(e->name, sizeof(e->name), "%s", te->name);
#define TAKE(f)								\
	do {								\
		struct tep_format_field *ff = tep_find_any_field(te, #f); \
		unsigned long long v = 0;				\
									\
		if (ff && !tep_read_number_field(ff, record->data, &v))	\
			e->f = ff->flags & TEP_FIELD_IS_SIGNED &&	\
			       ff->size == 4 ? (int)v : (long long)v;	\
	} while (0);
	TT_EVENT_FIELDS(TAKE)
#undef TAKE
	return 0;
}

int tt_trace_begin(void)
{
	int err;

	if (!instance)
		return 0;
	/* To read all away is much cheaper than to clear the buffer, which
	 * waits for grace periods.
	 */
	err = tt_trace_read();
	events = 0;
	lost = false;
	return err && err != -EOVERFLOW ? err : enable(NULL);
}

int tt_trace_read(void)
{
	if (!instance)
		return tt_fail(EINVAL, "tracing was not started");
	if (tracefs_iterate_raw_events(tep, instance, NULL, 0, take, NULL) < 0)
		return tt_fail(EIO, "the trace cannot be read");
	if (lost)
		return tt_fail(EOVERFLOW, "the trace buffer lost events");
	return 0;
}

const struct tt_event *tt_trace_events(size_t *n)
{
	*n = events;
	return event;
}

#else /* !HAVE_TRACEFS */

int tt_trace_open(void)
{
	return tt_fail(ENOSYS, "built without libtracefs");
}

bool tt_trace_has(const char *name)
{
	(void)name;
	return false;
}

int tt_trace_quiet(void)
{
	return tt_fail(ENOSYS, "built without libtracefs");
}

void tt_trace_close(void)
{
}

int tt_trace_begin(void)
{
	return 0;
}

int tt_trace_read(void)
{
	return tt_fail(ENOSYS, "built without libtracefs");
}

const struct tt_event *tt_trace_events(size_t *n)
{
	*n = 0;
	return NULL;
}

#endif
