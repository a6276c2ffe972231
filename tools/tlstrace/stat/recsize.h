/* SPDX-License-Identifier: GPL-2.0 */
/* Sizes of records, from calls that tell of bytes and of records. */
#ifndef RECSIZE_H
#define RECSIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/**
 * struct recsize - what is known of a record that may not be over; one direction of a socket
 * @bytes: of it, so far
 * @records: received: records that these bytes came from
 * @max: sent: limit that was set, 0: KTLS_MAX_PAYLOAD
 * @type: content type
 * @path: of the call
 * @whole: received: all bytes of the records have been read
 * @peeked: received: opened by a call that only looked
 */
struct recsize {
	uint64_t bytes, records;
	uint32_t max;
	uint8_t type, path;
	bool whole, peeked;
};

/* Called for @count records of @size bytes; @exact says whether this is certain. */
typedef void (*recsize_emit)(void *ctx, unsigned int path, uint64_t size, uint64_t count,
			     bool exact);

void recsize_tx(struct recsize *r, const struct event *ev, unsigned int path,
		recsize_emit emit, void *ctx);
void recsize_rx(struct recsize *r, const struct event *ev, unsigned int path,
		bool peek, recsize_emit emit, void *ctx);
void recsize_settle(struct recsize *r, recsize_emit emit, void *ctx);
void recsize_reset(struct recsize *r);

#endif
