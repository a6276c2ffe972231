// SPDX-License-Identifier: GPL-2.0
/*
 * An event tells how many bytes a call moved and how many records it closed (sent) or
 * opened (received), not how large each was. With one record that is the same. tls fills
 * a record before it begins the next, so that several are full ones and a rest.
 */
#include "ktls_uapi.h"
#include "recsize.h"

/* @bytes in @records: full ones and a rest, or else equal ones. */
static void spread(unsigned int path, uint64_t bytes, uint64_t records, uint64_t max, bool exact,
		   recsize_emit emit, void *ctx)
{
	if (records == 1) {
		emit(ctx, path, bytes, 1, exact);
	} else if (bytes > (records - 1) * max && bytes <= records * max) {
		emit(ctx, path, max, records - 1, false);
		emit(ctx, path, bytes - (records - 1) * max, 1, false);
	} else if (records) {
		uint64_t small = bytes / records, larger = bytes % records;

		emit(ctx, path, small, records - larger, false);
		if (larger)
			emit(ctx, path, small + 1, larger, false);
	}
}

/**
 * recsize_tx() - a call that sent
 * @r: state of the socket
 * @ev: the call; of TLS, not plain
 * @path: where it counts
 * @emit: called for records that are closed
 * @ctx: for @emit
 */
void recsize_tx(struct recsize *r, const struct event *ev, unsigned int path,
		recsize_emit emit, void *ctx)
{
	uint64_t bytes = ev->result > 0 ? (uint64_t)ev->result : 0, records = ev->records;
	uint64_t max = r->max ? r->max : KTLS_MAX_PAYLOAD;

	/* A record of another type closes the one that is open. */
	if (r->bytes && ev->type != r->type && records) {
		emit(ctx, r->path, r->bytes, 1, true);
		r->bytes = 0;
		records--;
	}
	bytes += r->bytes;
	r->type = ev->type;
	r->path = (uint8_t)path;
	r->bytes = 0;
	/* What is more than these records can hold is in one that stays open. */
	if (bytes > records * max) {
		r->bytes = bytes - records * max;
		bytes = records * max;
	}
	spread(path, bytes, records, max, true, emit, ctx);
}

/**
 * recsize_settle() - nothing more is to come for the records that were received
 * @r: state of the socket
 * @emit: called for them
 * @ctx: for @emit
 */
void recsize_settle(struct recsize *r, recsize_emit emit, void *ctx)
{
	spread(r->path, r->bytes, r->records, KTLS_MAX_PAYLOAD, r->whole, emit, ctx);
	r->bytes = 0;
	r->records = 0;
	r->peeked = false;
}

/**
 * recsize_rx() - a call that received
 * @r: state of the socket
 * @ev: the call; of TLS, not plain
 * @path: where it counts
 * @peek: it only looked
 * @emit: called for records that nothing more can be read from
 * @ctx: for @emit
 */
void recsize_rx(struct recsize *r, const struct event *ev, unsigned int path,
		bool peek, recsize_emit emit, void *ctx)
{
	uint64_t bytes = !peek && ev->result > 0 ? (uint64_t)ev->result : 0;
	uint64_t records = ev->records;

	if (!records && r->records > 1 && ev->type != r->type && !r->peeked) {
		/* The last record that was opened is of another type, and was left for now. */
		r->records--;
		recsize_settle(r, emit, ctx);
		records = 1;
	} else if (records && r->records && !r->peeked) {
		recsize_settle(r, emit, ctx);
	}
	if (!records && !r->records)
		return;		/* of a record that was opened unseen */
	r->records += records;
	r->bytes += bytes;
	r->type = ev->type;
	r->path = (uint8_t)path;
	/* A call with room left has read all there is; a full record has no more. */
	if (!peek)
		r->whole = bytes < ev->len || (r->records == 1 && r->bytes >= KTLS_MAX_PAYLOAD);
	r->peeked = peek;
}

/**
 * recsize_reset() - something is missing: begin anew
 * @r: state of the socket
 */
void recsize_reset(struct recsize *r)
{
	*r = (struct recsize){ .max = r->max };
}
