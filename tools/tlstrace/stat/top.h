/* SPDX-License-Identifier: GPL-2.0 */
/* The busiest connections or processes, again and again. */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "out.h"
#include "session.h"
#include "stats.h"

enum top_sort { TOP_BYTES, TOP_RECORDS, TOP_CALLS, TOP_ERRORS, TOP_LATENCY, TOP_NAME, TOP_SORTS };

/**
 * struct top_options - from the command line
 * @session: of the session; the interval is the delay
 * @filter: which events count
 * @by: what a row is
 * @sort: by what
 * @count: end after so many frames, 0: go on
 * @limit: rows at most
 * @batch: frames one after the other, no screen
 */
struct top_options {
	struct session_options session;
	struct event_filter filter;
	enum stats_by by;
	enum top_sort sort;
	uint64_t count;
	unsigned int limit;
	bool batch;
};

/**
 * struct top_row - a connection or a process in an interval
 * @id: number of the connection
 * @bytes: sent, received
 * @latency: the longest of the 99th percentiles of its paths, ns
 * @all: bytes of all time
 */
struct top_row {
	uint64_t id;
	int pid;
	char comm[16];
	struct endpoints ep;
	unsigned int sockets;
	uint64_t bytes[2], records, calls, errors, latency, all;
};

/**
 * struct top_frame - an interval, ready to be drawn in any order
 * @by: what a row is
 * @time: its end, ns since the start
 * @ns: how long it was
 * @dir: sums of sent and received, without histograms
 * @latency: as of a row
 * @opened: sockets
 * @closed: sockets
 * @open: sockets now
 * @lost: events the kernel dropped, since the start
 * @lost_known: it said how many
 * @rows: those that live or did something
 * @nrows: how many
 */
struct top_frame {
	enum stats_by by;
	uint64_t time, ns;
	struct stats_path dir[2];
	uint64_t latency[2];
	uint64_t opened, closed, open, lost;
	bool lost_known;
	struct top_row *rows;
	unsigned int nrows;
};

/* top_frame.c */
void top_frame_take(struct top_frame *f, const struct stats *st);
void top_frame_draw(struct out *out, const struct top_frame *f, enum top_sort sort,
		    unsigned int height, unsigned int width, bool screen);
void top_frame_free(struct top_frame *f);
const char *top_sort_name(enum top_sort sort);
bool top_sort_parse(const char *s, enum top_sort *sort);
bool top_sort_key(int key, enum top_sort *sort);

int top_show(const struct top_options *opt, struct out *out);

#endif
