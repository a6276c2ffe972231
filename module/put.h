/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several fields of an event at once, from structures that have them in its order. One
 * by one, as the compiler must take them, they cost twice the instructions.
 */
#ifndef TLS_TRACE_PUT_H
#define TLS_TRACE_PUT_H

#include <linux/compiler.h>
#include <linux/stddef.h>

#include "record.h"
#include "sock.h"

/* Fields of an event are not aligned. */
struct tlst_words2 {
	u64 word[2];
} __packed;

struct tlst_words4 {
	u64 word[4];
} __packed;

/**
 * tlst_id_put - the identity of a socket
 * @ino: this field of the event
 * @netns: this field, from which on the others follow
 * @saddr: this field, which both addresses follow
 * @id: the identity
 *
 * The first copy runs six bytes past the ports, where the addresses are written after
 * it.
 */
static __always_inline void tlst_id_put(u64 *ino, void *netns, void *saddr,
					const struct tlst_id *id)
{
	const void *from = id;

	*ino = id->ino;
	*(struct tlst_words2 *)netns =
		*(const struct tlst_words2 *)(from + offsetof(struct tlst_id, netns));
	*(struct tlst_words4 *)saddr =
		*(const struct tlst_words4 *)(from + offsetof(struct tlst_id, saddr));
}

/**
 * tlst_io_put - a call that sent or received
 * @type: this field of the event, and the path
 * @seq: this field, from which on the others follow
 * @io: the call
 */
static __always_inline void tlst_io_put(void *type, void *seq,
					const struct tlst_io *io)
{
	const void *from = io;

	*(u16 *)type = *(const u16 *)(from + offsetof(struct tlst_io, type));
	*(struct tlst_words4 *)seq =
		*(const struct tlst_words4 *)(from + offsetof(struct tlst_io, seq));
}

#endif
