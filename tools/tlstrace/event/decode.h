/* SPDX-License-Identifier: GPL-2.0 */
/* From libtraceevent records to struct event, by field name. */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include <event-parse.h>

#include "event.h"

#define DECODE_MAX_FIELDS 32

/**
 * struct decode_kind - the fields of one event, looked up once
 * @id: the kernel's number of the event, -1 if the module lacks it
 * @fields: libtraceevent's description, in the order of our own table
 */
struct decode_kind {
	int id;
	struct tep_format_field *fields[DECODE_MAX_FIELDS];
};

struct decoder {
	struct tep_handle *tep;
	struct tep_format_field *pid;
	struct decode_kind kinds[EV_KINDS];
};

int decoder_init(struct decoder *dec, struct tep_handle *tep, char *why, size_t size);
bool decoder_event(const struct decoder *dec, const void *data, int size,
		   uint64_t ts, struct event *ev);

#endif
