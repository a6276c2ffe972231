/* SPDX-License-Identifier: GPL-2.0 */
/* Events and summaries as text and as JSON. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdint.h>

#include "conn.h"
#include "event.h"
#include "out.h"

struct json_object;

#define SUMMARY_REASONS 12

/**
 * struct summary - what a run amounts to
 * @totals: over all connections
 * @lost: events the kernel dropped
 * @lost_known: it said how many
 * @listed: connections printed one by one
 * @reasons: why there was no kTLS, or what else deserves a note; owned
 * @nreasons: how many
 * @status: exit status of the traced program, -1 if there is none
 */
struct summary {
	const struct conn_totals *totals;
	uint64_t lost;
	bool lost_known;
	char *reasons[SUMMARY_REASONS];
	unsigned int nreasons;
	int status;
};

void text_event(struct out *out, const struct event *ev, const struct conn *c,
		const char *comm, uint64_t start, unsigned int calls);
void text_end(struct out *out, uint8_t state, uint32_t unacked);
void text_event_only(struct out *out, const struct event *ev);
void text_data(struct out *out, const struct event *ev);
void text_dump(struct out *out, const struct event *ev);
void text_lost(struct out *out, uint64_t count);
void text_conn(struct out *out, const struct conn *c);
void text_summary(struct out *out, const struct summary *sum);
void text_errors(struct out *out, const struct error_count *list, unsigned int size,
		 uint64_t other);
void text_alerts(struct out *out, const struct alert_count *list, unsigned int size,
		 uint64_t other);

void json_event(struct out *out, const struct event *ev, const struct conn *c,
		const char *comm, uint64_t start);
void json_lost(struct out *out, uint64_t count);
void json_conn(struct out *out, const struct conn *c);
void json_summary(struct out *out, const struct summary *sum);
struct json_object *json_errors(const struct error_count *list, unsigned int size);
struct json_object *json_alerts(const struct alert_count *list, unsigned int size);

#endif
