/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct tlst_piece: some plaintext on its way into an event.
 */
#ifndef TLS_TRACE_PIECE_H
#define TLS_TRACE_PIECE_H

#include <linux/skbuff.h>
#include <linux/uio.h>

/*
 * With an event's other fields, what fits into a page of the ring buffer. Four of
 * them and a bit hold a record of full size.
 */
#define TLST_PIECE_MAX	3840

/* What the text of an event shows of it. */
#define TLST_PIECE_SHOWN	64

/**
 * struct tlst_piece - bytes of a call that one event holds
 * @rx: received, not sent
 * @type: content type
 * @path: as in struct tlst_io
 * @seq: as in struct tlst_io
 * @offset: of the piece in the bytes of the call
 * @len: bytes of the call, 0 where they are not known yet (read_sock)
 * @size: of the piece, bytes, at most TLST_PIECE_MAX
 * @iter: where they are, unless in @skb
 * @skb: where they are
 * @skb_offset: in @skb, bytes
 */
struct tlst_piece {
	bool rx;
	u8 type;
	u8 path;
	u64 seq;
	u32 offset;
	u32 len;
	u32 size;
	const struct iov_iter *iter;
	const struct sk_buff *skb;
	u32 skb_offset;
};

u32 tlst_piece_copy(void *to, const struct tlst_piece *piece);

#endif
