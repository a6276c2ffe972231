// SPDX-License-Identifier: GPL-2.0
/*
 * Plaintext capture: the event data.
 *
 * What a call has moved is read where the caller has it, after the call: then it
 * is known how much tls has taken, and a received byte is there. A caller that
 * changes a buffer while it is being sent gets what it asked for from tls and from
 * us alike, either state of it. The request of a sender in the kernel may be answered
 * and gone by then: we hold pages that it hands over meanwhile, and its other memory is
 * read before the call.
 *
 * The bytes go straight into the buffers of the tracers, so that nothing is
 * allocated and no plaintext stays behind anywhere else.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/net.h>
#include <linux/pagemap.h>
#include <linux/pipe_fs_i.h>
#include <linux/uaccess.h>

#include "capture.h"
#include "piece.h"

unsigned int tlst_data_max __read_mostly;

static int data_max_set(const char *val, const struct kernel_param *kp)
{
	unsigned int before = READ_ONCE(tlst_data_max);
	unsigned int max;
	int err;

	err = kstrtouint(val, 0, &max);
	if (err)
		return err;
	WRITE_ONCE(tlst_data_max, max);
	if (max == before)
		return 0;
	if (max)
		pr_notice("plaintext capture is on: the event data gives up to %u bytes of every record\n",
			  max);
	else
		pr_notice("plaintext capture is off\n");
	return 0;
}

static const struct kernel_param_ops data_max_ops = {
	.set = data_max_set,
	.get = param_get_uint,
};

module_param_cb(data_max, &data_max_ops, &tlst_data_max, 0600);
__MODULE_PARM_TYPE(data_max, "uint");
MODULE_PARM_DESC(data_max, "plaintext bytes of a record that the event data gives at most, 0 for none (default)");

/**
 * tlst_piece_copy - put plaintext into an event
 * @to: where to; room for @piece->size bytes
 * @piece: the plaintext; stays as it is, several tracers may want it
 *
 * Context: any; does not fault pages in.
 * Return: bytes at the end that could not be read, and are 0.
 */
u32 tlst_piece_copy(void *to, const struct tlst_piece *piece)
{
	size_t copied = 0;

	if (piece->skb) {
		if (!skb_copy_bits(piece->skb, piece->skb_offset, to,
				   piece->size))
			copied = piece->size;
	} else {
		struct iov_iter iter = *piece->iter;

		pagefault_disable();
		copied = copy_from_iter(to, piece->size, &iter);
		pagefault_enable();
	}
	memset(to + copied, 0, piece->size - copied);
	return piece->size - copied;
}

/*
 * How much of @left bytes goes into the next event: of each stretch as long as the
 * longest record the first data_max bytes, in pieces. @skip is what comes after it
 * and is left out.
 */
static u32 piece_size(u32 offset, size_t left, size_t *skip)
{
	u32 at = offset % TLS_MAX_PAYLOAD_SIZE;
	u32 max = READ_ONCE(tlst_data_max);
	size_t stretch = min_t(size_t, left, TLS_MAX_PAYLOAD_SIZE - at);
	size_t wanted = at < max ? min_t(size_t, stretch, max - at) : 0;

	*skip = wanted > TLST_PIECE_MAX ? 0 : stretch - wanted;
	return min_t(size_t, wanted, TLST_PIECE_MAX);
}

/* Tell of @size bytes in @iter, which is used up by as many. */
static void iter_tell(struct tlst_sock *ts, struct tlst_piece *piece,
		      struct iov_iter *iter, size_t size)
{
	size_t skip;

	piece->iter = iter;
	while (size) {
		piece->size = piece_size(piece->offset, size, &skip);
		if (piece->size) {
			/* They were there a moment ago, so this is quick. */
			if (user_backed_iter(iter))
				fault_in_iov_iter_readable(iter, piece->size);
			trace_data(&ts->id, piece);
		}
		skip += piece->size;
		iov_iter_advance(iter, skip);
		piece->offset += skip;
		size -= skip;
		/* A call may move 2 GiB. */
		cond_resched();
	}
}

static struct tlst_piece piece_of(const struct tlst_io *io, bool rx)
{
	struct tlst_piece piece = {
		.rx = rx,
		.type = io->type,
		.path = io->path,
		.seq = io->seq,
		.len = max(io->result, 0),
	};

	return piece;
}

/**
 * tlst_capture_iter - report what sendmsg or recvmsg moves
 * @ts: the socket
 * @io: the call
 * @body: an iterator over the bytes to read from; used up
 * @size: how many they are
 * @rx: received, not sent
 *
 * Context: process context, may fault.
 */
noinline void tlst_capture_iter(struct tlst_sock *ts, const struct tlst_io *io,
				struct iov_iter *body, size_t size, bool rx)
{
	struct tlst_piece piece = piece_of(io, rx);

	piece.len = min_t(size_t, size, U32_MAX);
	iter_tell(ts, &piece, body, min(size, iov_iter_count(body)));
}

/*
 * Get the pages of @size bytes, or put them. Return how many bytes that was; less where
 * a page is none that can be held.
 */
static size_t pages_walk(const struct iov_iter *body, size_t size, bool get)
{
	const struct bio_vec *bvec = body->bvec;
	size_t skip = body->iov_offset;
	size_t done = 0, n;

	for (; done < size; bvec++, skip = 0) {
		size_t end = bvec->bv_offset + bvec->bv_len;
		size_t at = bvec->bv_offset + skip;

		for (; at < end && done < size; at += n, done += n) {
			struct page *page = bvec->bv_page + at / PAGE_SIZE;

			n = min3(size - done, end - at,
				 PAGE_SIZE - at % PAGE_SIZE);
			if (!get)
				put_page(page);
			else if (sendpage_ok(page))
				get_page(page);
			else
				return done;
		}
	}
	return done;
}

/**
 * tlst_capture_hold - keep pages that a call hands over until they were reported
 * @body: an iterator over them
 *
 * Context: process context.
 * Return: whether they may be read after the call, and tlst_capture_release() is to
 * be called; else it is other memory, whose life is the caller's.
 */
noinline bool tlst_capture_hold(const struct iov_iter *body)
{
	size_t size = iov_iter_count(body);
	size_t held;

	if (!iov_iter_is_bvec(body))
		return false;
	held = pages_walk(body, size, true);
	if (held < size)
		pages_walk(body, held, false);
	return held == size;
}

/**
 * tlst_capture_release - let go of what tlst_capture_hold() keeps
 * @body: the same iterator as then
 *
 * Context: process context.
 */
noinline void tlst_capture_release(const struct iov_iter *body)
{
	pages_walk(body, iov_iter_count(body), false);
}

static void page_tell(struct tlst_sock *ts, struct tlst_piece *piece,
		      struct page *page, unsigned int offset, unsigned int len)
{
	struct bio_vec bvec = {
		.bv_page = page,
		.bv_offset = offset,
		.bv_len = len,
	};
	struct iov_iter iter;

	iov_iter_bvec(&iter, ITER_SOURCE, &bvec, 1, len);
	iter_tell(ts, piece, &iter, len);
}

/**
 * tlst_capture_page - report what sendpage has sent
 * @ts: the socket
 * @io: the call, ended; io->result bytes were sent
 * @page: where they are
 * @offset: in @page, bytes
 *
 * Context: process context.
 */
noinline void tlst_capture_page(struct tlst_sock *ts, const struct tlst_io *io,
				struct page *page, int offset)
{
	struct tlst_piece piece = piece_of(io, false);

	page_tell(ts, &piece, page, offset, io->result);
}

/**
 * tlst_capture_pipe - report what splice_read has put into a pipe
 * @ts: the socket
 * @io: the call, ended
 * @pipe: the pipe
 * @head: its head before the call
 *
 * Context: process context; the caller holds the pipe's lock, or nobody else has
 * the pipe.
 */
noinline void tlst_capture_pipe(struct tlst_sock *ts, const struct tlst_io *io,
				struct pipe_inode_info *pipe, unsigned int head)
{
	struct tlst_piece piece = piece_of(io, true);
	/* The type of the head differs between kernels and machines. */
	typeof(pipe->head) left = pipe->head - head;

	for (; left; left--, head++) {
		struct pipe_buffer *buf =
			&pipe->bufs[head & (pipe->ring_size - 1)];

		page_tell(ts, &piece, buf->page, buf->offset, buf->len);
	}
}

/* read_sock with our actor before the caller's. */
struct capture_read {
	read_descriptor_t desc;
	read_descriptor_t *caller;
	sk_read_actor_t actor;
	struct tlst_sock *ts;
	struct tlst_piece piece;
};

static int read_actor(read_descriptor_t *desc, struct sk_buff *skb,
		      unsigned int offset, size_t len)
{
	struct capture_read *read = container_of(desc, struct capture_read,
						 desc);
	struct tlst_piece *piece = &read->piece;
	size_t left, skip;
	int used;

	used = read->actor(read->caller, skb, offset, len);
	*desc = *read->caller;
	piece->skb = skb;
	for (left = max(used, 0); left; left -= skip) {
		piece->size = piece_size(piece->offset, left, &skip);
		piece->skb_offset = offset;
		if (piece->size)
			trace_data(&read->ts->id, piece);
		skip += piece->size;
		piece->offset += skip;
		offset += skip;
	}
	return used;
}

/**
 * tlst_capture_read - do a read_sock, reporting what its caller takes
 * @ts: the socket
 * @io: the call
 * @sk: the socket
 * @desc: the caller's
 * @actor: the caller's
 *
 * Context: as of tlst_read_sock().
 * Return: what tls's read_sock returns.
 */
noinline int tlst_capture_read(struct tlst_sock *ts, const struct tlst_io *io,
			       struct sock *sk, read_descriptor_t *desc,
			       sk_read_actor_t actor)
{
	struct capture_read read = {
		.desc = *desc,
		.caller = desc,
		.actor = actor,
		.ts = ts,
		.piece = piece_of(io, true),
	};

	return READ_ONCE(ts->tls_ops)->read_sock(sk, &read.desc, read_actor);
}
