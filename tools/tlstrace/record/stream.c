// SPDX-License-Identifier: GPL-2.0
/*
 * Positions in streams. The event tx or rx of a call says how many bytes it moved,
 * and its data events, which hold them, come right after it; bytes that do not come
 * leave a gap. Calls of users in the kernel are told the other way round.
 */
#include <stdlib.h>
#include <string.h>

#include "ktls_uapi.h"
#include "stream.h"

#define HASH_SIZE	4096	/* power of two */
#define RX_READ_SOCK	2	/* path of rx */

struct stream_table {
	struct stream *hash[HASH_SIZE];
};

/**
 * stream_table_new() - an empty table
 *
 * Return: the table, or NULL without memory.
 */
struct stream_table *stream_table_new(void)
{
	return calloc(1, sizeof(struct stream_table));
}

/**
 * stream_table_free() - free the table and what is in it
 * @t: the table, or NULL
 */
void stream_table_free(struct stream_table *t)
{
	struct stream *next;

	for (unsigned int i = 0; t && i < HASH_SIZE; i++) {
		for (struct stream *s = t->hash[i]; s; s = next) {
			next = s->hash_next;
			free(s);
		}
	}
	free(t);
}

/* The same for both ends. */
static unsigned int hash_of(const struct endpoints *ep)
{
	uint32_t h = (uint32_t)(ep->sport ^ ep->dport) * 0x9e3779b1U;

	for (unsigned int i = 0; i < 16; i++)
		h = (h ^ (uint32_t)(ep->saddr[i] ^ ep->daddr[i])) * 0x01000193U;
	return (h ^ h >> 15) & (HASH_SIZE - 1);
}

static bool same(const struct endpoints *a, const struct endpoints *b)
{
	return a->sport == b->sport && a->dport == b->dport &&
	       !memcmp(a->saddr, b->saddr, 16) && !memcmp(a->daddr, b->daddr, 16);
}

static bool mirrored(const struct endpoints *a, const struct endpoints *b)
{
	return a->sport == b->dport && a->dport == b->sport &&
	       !memcmp(a->saddr, b->daddr, 16) && !memcmp(a->daddr, b->saddr, 16);
}

/* Loopback addresses are other machines, so to say, in each network namespace. */
static uint32_t netns_of(const struct conn *c)
{
	static const uint8_t v6[16] = { [15] = 1 };
	const uint8_t *addr = c->ep.saddr;

	return !memcmp(addr, v6, sizeof(v6)) ||
	       (endpoint_is_ipv4(addr) && addr[12] == 127) ? c->netns : 0;
}

/**
 * stream_get() - the stream of a connection, which becomes a part of it
 * @t: the table
 * @c: the connection
 *
 * Return: the stream, or NULL without memory.
 */
struct stream *stream_get(struct stream_table *t, struct conn *c)
{
	struct stream **at = &t->hash[hash_of(&c->ep)], *s;

	if (c->stream)
		return c->stream;
	for (s = *at; s; s = s->hash_next)
		if (s->netns == netns_of(c) && s->ends == 1 && mirrored(&s->ep, &c->ep))
			break;
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->ep = c->ep;
		s->netns = netns_of(c);
		s->hash_next = *at;
		*at = s;
	}
	s->ends++;
	c->stream = s;
	return s;
}

/**
 * stream_put() - a connection is forgotten
 * @t: the table
 * @c: the connection
 */
void stream_put(struct stream_table *t, struct conn *c)
{
	struct stream *s = c->stream, **at;

	c->stream = NULL;
	if (!s || --s->ends)
		return;
	at = &t->hash[hash_of(&s->ep)];
	while (*at != s)
		at = &(*at)->hash_next;
	*at = s->hash_next;
	free(s);
}

/**
 * stream_side_of() - which side is this?
 * @s: the stream
 * @c: one of its connections
 * @dir: 0 sent, 1 received
 *
 * Return: index of the side.
 */
unsigned int stream_side_of(const struct stream *s, const struct conn *c, int dir)
{
	return (unsigned int)(dir ? 1 : 0) ^ !same(&s->ep, &c->ep);
}

/* NULL if the other end tells what this side says. */
static struct stream_side *told_by(struct stream *s, const struct conn *c, int dir)
{
	struct stream_side *side = &s->side[stream_side_of(s, c, dir)];

	if (!side->teller)
		side->teller = c->id;
	return side->teller == c->id ? side : NULL;
}

/**
 * stream_gap() - leave room for records whose events were lost
 * @s: the stream
 * @c: the connection
 * @ev: its event tx, rx or data, of any type
 * @losses: how often events were lost so far
 *
 * To be called before anything else is made of the event. How long the records were is
 * not known: each gets the room of the longest. Of records that were lost in part, or
 * at a change of keys, nothing is known.
 */
void stream_gap(struct stream *s, const struct conn *c, const struct event *ev, uint64_t losses)
{
	bool rx = ev->kind == EV_DATA ? ev->dir : ev->kind == EV_RX;
	struct stream_side *side = &s->side[stream_side_of(s, c, rx)];

	if (s->losses != losses) {
		s->losses = losses;
		for (int i = 0; i < 2; i++) {
			memset(&s->side[i].call, 0, sizeof(s->side[i].call));
			s->side[i].lost = true;
		}
	}
	if ((side->teller && side->teller != c->id) || !ev->type)
		return;
	if (side->lost && side->next && ev->seq > side->next)
		side->pos += (ev->seq - side->next) * KTLS_MAX_PAYLOAD;
	side->lost = false;
	side->next = ev->seq + (ev->kind == EV_DATA ? 0 : ev->records);
}

/**
 * stream_io() - a call has moved data
 * @s: the stream
 * @c: the connection
 * @ev: its event tx or rx, of application data
 * @pos: result: position of the call's first byte
 *
 * Return: false if nothing of it belongs here.
 */
bool stream_io(struct stream *s, const struct conn *c, const struct event *ev, uint64_t *pos)
{
	bool rx = ev->kind == EV_RX;
	struct stream_side *side;
	struct stream_call *call;

	if (ev->result <= 0)
		return false;
	side = told_by(s, c, rx);
	if (!side)
		return false;
	call = &side->call;
	if (call->early && call->pid == ev->pid) {
		call->early = false;
		call->seen = (uint32_t)ev->result;
	} else {
		memset(call, 0, sizeof(*call));
		call->pid = ev->pid;
		call->base = side->pos;
	}
	call->len = (uint32_t)ev->result;
	call->records = ev->records;
	call->peek = event_is_peek(ev);
	*pos = call->base;
	if (call->peek)
		return false;
	side->pos = call->base + call->len;
	return true;
}

/* Behind the most that the module shows of a record, the rest of it does not come. */
static uint32_t cut_of(const struct event *ev, uint32_t size, unsigned int most)
{
	uint32_t at = ev->offset % KTLS_MAX_PAYLOAD;
	uint32_t rest = KTLS_MAX_PAYLOAD - at;

	if (at + size < most || ev->len <= ev->offset)
		return 0;
	if (ev->len - ev->offset < rest)
		rest = ev->len - ev->offset;
	return rest > size ? rest - size : 0;
}

/**
 * stream_data() - bytes of a call
 * @s: the stream
 * @c: the connection
 * @ev: event data, of application data
 * @most: bytes of a record that are wanted
 * @pos: result: position of the first byte
 * @size: result: bytes at @ev->data that are wanted
 * @cut: result: bytes behind them that do not come
 *
 * Return: false if nothing of it belongs here.
 */
bool stream_data(struct stream *s, const struct conn *c, const struct event *ev,
		 unsigned int most, uint64_t *pos, uint32_t *size, uint32_t *cut)
{
	struct stream_side *side = told_by(s, c, ev->dir);
	uint32_t at = ev->offset % KTLS_MAX_PAYLOAD;
	struct stream_call *call;

	if (!side || at >= most)
		return false;
	call = &side->call;
	if (ev->pid != call->pid || (ev->dir && ev->path == RX_READ_SOCK ? !call->early :
	    !call->early && (ev->offset < call->seen || ev->offset >= call->len))) {
		memset(call, 0, sizeof(*call));
		call->pid = ev->pid;
		call->base = side->pos;
		call->early = true;
	}
	if (call->peek)
		return false;
	*size = ev->size < most - at ? ev->size : most - at;
	*cut = cut_of(ev, *size, most);
	*size -= ev->missing < *size ? ev->missing : *size;
	*cut += ev->missing;
	*pos = call->base + ev->offset;
	call->seen = ev->offset + *size + *cut;
	return true;
}

static bool starts(const uint8_t *bytes, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(bytes, with, strlen(with));
}

/**
 * stream_guess() - what do these bytes look like?
 * @bytes: the first of a side
 * @len: how many
 *
 * Return: Wireshark's name of the protocol, NULL if it is none of the few that are
 * known.
 */
const char *stream_guess(const uint8_t *bytes, size_t len)
{
	static const char * const http[] = {
		"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ",
		"HTTP/1.",
	};

	for (unsigned int i = 0; i < sizeof(http) / sizeof(http[0]); i++)
		if (starts(bytes, len, http[i]))
			return "http";
	if (starts(bytes, len, "PRI * HTTP/2"))
		return "http2";
	/* SETTINGS of stream 0, with which a server begins: RFC 9113 3.4 and 6.5. */
	if (len >= 9 && !bytes[0] && !bytes[1] && bytes[2] % 6 == 0 && bytes[3] == 4 &&
	    bytes[4] <= 1 && !memcmp(bytes + 5, "\0\0\0", 4))
		return "http2";
	return NULL;
}
