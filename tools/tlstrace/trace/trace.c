// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the module's events from a tracefs instance of our own.
 *
 * The kernel keeps one ring buffer per CPU. Each is in order of time, together
 * they are not. trace_read() merges them: it takes the oldest event of all CPUs
 * as long as that is not younger than a point in time @until, which the caller
 * read from the same clock before. What caused an event was committed before
 * it, so a pass over all CPUs that starts after @until finds every cause of
 * every event it hands out; memory needed is one page per CPU.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event-parse.h>
#include <kbuffer.h>
#include <tracefs.h>

#include "decode.h"
#include "stale.h"
#include "tlstrace.h"
#include "trace.h"

struct trace_cpu {
	struct tracefs_cpu *reader;
	struct kbuffer *kbuf;
	void *page;
	void *head;		/* oldest event not handed out yet, NULL: none read */
	unsigned long long ts;
};

struct trace {
	struct tracefs_instance *inst;
	struct tep_handle *tep;
	struct decoder dec;
	struct trace_cpu *cpus;
	int *fds;
	int ncpus;
};

/**
 * trace_now() - the clock of the events
 *
 * Return: ns of CLOCK_MONOTONIC.
 */
uint64_t trace_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/**
 * trace_mounted() - is tracefs mounted?
 *
 * Return: true if it is; nothing is mounted by asking.
 */
bool trace_mounted(void)
{
	return tracefs_tracing_dir_is_mounted(false, NULL) == 1;
}

/**
 * trace_clean_stale() - remove the instances of killed runs
 */
void trace_clean_stale(void)
{
	char **list = tracefs_instances("^" STALE_PREFIX);

	for (int i = 0; list && list[i]; i++) {
		struct tracefs_instance *inst;

		if (!stale_is_dead(list[i]))
			continue;
		inst = tracefs_instance_alloc(NULL, list[i]);
		if (inst) {
			tracefs_event_disable(inst, NULL, NULL);
			tracefs_instance_destroy(inst);
			tracefs_instance_free(inst);
		}
	}
	tracefs_list_free(list);
}

/**
 * trace_instances_work() - can instances be created?
 * @why: if not, one clause that says why
 * @size: room at @why
 *
 * Return: true if so.
 */
bool trace_instances_work(char *why, size_t size)
{
	struct tracefs_instance *inst = NULL;
	char name[STALE_NAME_SIZE];

	if (stale_make_name(name, "try"))
		inst = tracefs_instance_create(name);
	if (!inst) {
		snprintf(why, size, "cannot create a tracefs instance: %s", strerror(errno));
		return false;
	}
	tracefs_instance_destroy(inst);
	tracefs_instance_free(inst);
	return true;
}

static int open_cpu(struct trace *tr, struct trace_cpu *cpu, int nr, int page_size)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "per_cpu/cpu%d/trace_pipe_raw", nr);
	fd = tracefs_instance_file_open(tr->inst, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	cpu->reader = tracefs_cpu_alloc_fd(fd, page_size, true);
	if (!cpu->reader) {
		close(fd);
		return -1;
	}
	tr->fds[tr->ncpus] = fd;
	cpu->page = malloc((size_t)page_size);
	cpu->kbuf = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	return cpu->page && cpu->kbuf ? 0 : -1;
}

static int open_cpus(struct trace *tr)
{
	long count = sysconf(_SC_NPROCESSORS_CONF);
	int page_size = tep_get_sub_buffer_size(tr->tep);

	if (count < 1)
		count = 1;
	if (page_size <= 0)
		page_size = (int)sysconf(_SC_PAGESIZE);
	tr->cpus = calloc((size_t)count, sizeof(*tr->cpus));
	tr->fds = calloc((size_t)count, sizeof(*tr->fds));
	if (!tr->cpus || !tr->fds)
		return -1;
	for (int nr = 0; nr < count; nr++) {
		char path[64];

		snprintf(path, sizeof(path), "per_cpu/cpu%d", nr);
		if (!tracefs_dir_exists(tr->inst, path))
			continue;
		if (open_cpu(tr, &tr->cpus[tr->ncpus], nr, page_size)) {
			/* Freed with the others, so that nothing leaks. */
			if (tr->cpus[tr->ncpus].reader)
				tr->ncpus++;
			return -1;
		}
		tr->ncpus++;
	}
	return tr->ncpus ? 0 : -1;
}

static int set_up(struct trace *tr, unsigned int buffer_kb, char *why, size_t size)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", buffer_kb);
	if (tracefs_instance_file_write(tr->inst, "trace_clock", "mono") < 0) {
		snprintf(why, size, "cannot set the trace clock: %s", strerror(errno));
		return -1;
	}
	if (tracefs_instance_file_write(tr->inst, "buffer_size_kb", number) < 0) {
		snprintf(why, size, "cannot get %u KiB per CPU for the trace buffer: %s",
			 buffer_kb, strerror(errno));
		return -1;
	}
	/* Wake up for every event, not for a half-full buffer. */
	tracefs_instance_file_write(tr->inst, "buffer_percent", "0");
	tracefs_option_disable(tr->inst, TRACEFS_OPTION_RECORD_CMD);
	if (open_cpus(tr)) {
		snprintf(why, size, "cannot open the trace buffers: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/**
 * trace_open() - create an instance and get ready to read
 * @purpose: short word for the name of the instance
 * @buffer_kb: ring buffer per CPU, in KiB
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * The module has to be loaded: its event formats are read here.
 *
 * Return: the reader, or NULL.
 */
struct trace *trace_open(const char *purpose, unsigned int buffer_kb, char *why, size_t size)
{
	static const char * const systems[] = { TRACE_SYSTEM_NAME, NULL };
	char name[STALE_NAME_SIZE];
	struct trace *tr;

	tep_set_loglevel(TEP_LOG_NONE);
	tracefs_set_loglevel(TEP_LOG_NONE);
	if (!tracefs_tracing_dir()) {
		snprintf(why, size, "tracefs is not mounted and cannot be: %s",
			 strerror(errno));
		return NULL;
	}
	if (!stale_make_name(name, purpose)) {
		snprintf(why, size, "/proc is not mounted");
		return NULL;
	}
	tr = calloc(1, sizeof(*tr));
	if (!tr) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	tr->tep = tracefs_local_events_system(NULL, systems);
	if (!tr->tep) {
		snprintf(why, size, "cannot read the event formats of tracefs: %s",
			 strerror(errno));
		goto fail;
	}
	if (decoder_init(&tr->dec, tr->tep, why, size))
		goto fail;
	tr->inst = tracefs_instance_create(name);
	if (!tr->inst) {
		snprintf(why, size, "cannot create a tracefs instance: %s", strerror(errno));
		goto fail;
	}
	if (set_up(tr, buffer_kb, why, size))
		goto fail;
	return tr;
fail:
	trace_close(tr);
	return NULL;
}

/**
 * trace_start() - switch the module's events on in our instance
 * @tr: from trace_open()
 * @kinds: which, a bit for each enum event_kind
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: 0 or -1.
 */
int trace_start(struct trace *tr, unsigned int kinds, char *why, size_t size)
{
	for (int kind = 0; kind < EV_KINDS; kind++) {
		const char *name = event_name((enum event_kind)kind);

		if (!(kinds & 1U << kind))
			continue;
		if (tracefs_event_enable(tr->inst, TRACE_SYSTEM_NAME, name)) {
			snprintf(why, size, "cannot enable the event %s:%s: %s",
				 TRACE_SYSTEM_NAME, name, strerror(errno));
			return -1;
		}
	}
	return 0;
}

/**
 * trace_fds() - descriptors to poll for POLLIN
 * @tr: from trace_open()
 * @fds: result, one per CPU
 *
 * Return: how many.
 */
int trace_fds(const struct trace *tr, const int **fds)
{
	*fds = tr->fds;
	return tr->ncpus;
}

/* Make @cpu->head the next event, reading a new page if need be. */
static int advance(struct trace_cpu *cpu, const struct trace_sink *sink)
{
	if (cpu->head) {
		cpu->head = kbuffer_next_event(cpu->kbuf, &cpu->ts);
		if (cpu->head)
			return 1;
	}
	for (;;) {
		int missed, got = tracefs_cpu_read(cpu->reader, cpu->page, true);

		if (got <= 0)
			return got < 0 && errno != EINTR ? -1 : 0;
		if (kbuffer_load_subbuffer(cpu->kbuf, cpu->page))
			return -1;
		missed = kbuffer_missed_events(cpu->kbuf);
		if (missed)
			sink->lost(sink->ctx, missed > 0 ? (uint64_t)missed : 0);
		cpu->head = kbuffer_read_event(cpu->kbuf, &cpu->ts);
		if (cpu->head)
			return 1;
	}
}

/**
 * trace_read() - hand out what has happened
 * @tr: from trace_open()
 * @until: younger events are left for the next call; from trace_now(), read
 *	before this call
 * @sink: receiver
 *
 * Does not block.
 *
 * Return: 1 if younger events were left, 0 if all is read, -1 on a read error.
 */
int trace_read(struct trace *tr, uint64_t until, const struct trace_sink *sink)
{
	for (int i = 0; i < tr->ncpus; i++)
		if (!tr->cpus[i].head && advance(&tr->cpus[i], sink) < 0)
			return -1;
	for (;;) {
		struct trace_cpu *oldest = NULL;
		struct event ev;

		for (int i = 0; i < tr->ncpus; i++) {
			struct trace_cpu *cpu = &tr->cpus[i];

			if (cpu->head && (!oldest || cpu->ts < oldest->ts))
				oldest = cpu;
		}
		if (!oldest)
			return 0;
		if (oldest->ts > until)
			return 1;
		if (decoder_event(&tr->dec, oldest->head, kbuffer_event_size(oldest->kbuf),
				  oldest->ts, &ev))
			sink->event(sink->ctx, &ev);
		if (advance(oldest, sink) < 0)
			return -1;
	}
}

/**
 * trace_lost() - how many events the kernel had to drop
 * @tr: from trace_open()
 * @count: result, since trace_start()
 *
 * Return: false if the kernel does not say.
 */
bool trace_lost(const struct trace *tr, uint64_t *count)
{
	static const char * const keys[] = { "\noverrun:", "\ncommit overrun:",
					     "\ndropped events:" };
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	bool known = false;

	*count = 0;
	for (int nr = 0; nr < cpus; nr++) {
		char path[64], *text;

		snprintf(path, sizeof(path), "per_cpu/cpu%d/stats", nr);
		text = tracefs_instance_file_read(tr->inst, path, NULL);
		if (!text)
			continue;
		known = true;
		for (unsigned int i = 0; i < 3; i++) {
			const char *at = strstr(text, keys[i]);

			if (at)
				*count += strtoull(at + strlen(keys[i]), NULL, 10);
		}
		free(text);
	}
	return known;
}

/**
 * trace_close() - remove the instance and free the reader
 * @tr: from trace_open(), or NULL
 */
void trace_close(struct trace *tr)
{
	if (!tr)
		return;
	for (int i = 0; i < tr->ncpus; i++) {
		tracefs_cpu_close(tr->cpus[i].reader);
		if (tr->cpus[i].kbuf)
			kbuffer_free(tr->cpus[i].kbuf);
		free(tr->cpus[i].page);
	}
	if (tr->inst) {
		tracefs_event_disable(tr->inst, NULL, NULL);
		tracefs_instance_destroy(tr->inst);
		tracefs_instance_free(tr->inst);
	}
	tep_free(tr->tep);
	free(tr->cpus);
	free(tr->fds);
	free(tr);
}
