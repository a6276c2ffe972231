/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where plaintext belongs in the TCP stream that it is shown as.
 *
 * A connection both ends of which are traced here is one stream. Each of its two
 * sides is told by one end alone, the one that had bytes first: the other end's
 * events are of the same bytes.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "event.h"

/**
 * struct stream_call - the call whose bytes are coming
 * @pid: its thread
 * @base: position of its first byte
 * @len: bytes it has moved, as far as is known
 * @seen: bytes of them that have come, or are known not to come
 * @records: how many hold them, 0: none is finished, or not known
 * @early: its bytes come before its event
 * @peek: its bytes come again
 */
struct stream_call {
	int pid;
	uint64_t base;
	uint32_t len, seen, records;
	bool early, peek;
};

/**
 * struct stream_side - what goes one way
 * @pos: bytes so far
 * @told: bytes up to the end of the last packet
 * @teller: id of the connection whose events count, 0: none yet
 * @proto: what it looks like, NULL: not known
 * @next: number of the next record, once one was seen
 * @ended: nothing comes any more
 * @lost: events were lost since the last one
 * @call: see there
 */
struct stream_side {
	uint64_t pos, told;
	uint64_t teller;
	const char *proto;
	uint64_t next;
	bool ended, lost;
	struct stream_call call;
};

/**
 * struct stream - a TCP stream
 * @ep: addresses as its first connection has them
 * @netns: of a stream that does not leave the machine, else 0
 * @ends: connections that are a part of it
 * @begun: its beginning has been told
 * @losses: of the capture, when it was last looked at
 * @side: [0] from saddr, [1] to it
 */
struct stream {
	struct endpoints ep;
	uint32_t netns;
	unsigned int ends;
	bool begun;
	uint64_t losses;
	struct stream_side side[2];
	struct stream *hash_next;
};

struct stream_table;

struct stream_table *stream_table_new(void);
void stream_table_free(struct stream_table *t);
struct stream *stream_get(struct stream_table *t, struct conn *c);
void stream_put(struct stream_table *t, struct conn *c);
unsigned int stream_side_of(const struct stream *s, const struct conn *c, int dir);
void stream_gap(struct stream *s, const struct conn *c, const struct event *ev, uint64_t losses);
bool stream_io(struct stream *s, const struct conn *c, const struct event *ev, uint64_t *pos);
bool stream_data(struct stream *s, const struct conn *c, const struct event *ev,
		 unsigned int most, uint64_t *pos, uint32_t *size, uint32_t *cut);
const char *stream_guess(const uint8_t *bytes, size_t len);

#endif
