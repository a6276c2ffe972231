// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: sendmsg, pages from sendfile and splice.
 *
 * Each entry point has a short way, for data with no event enabled, that does no
 * more than delegate and count, and a full one. Between them is one with the event,
 * of sendmsg for each of the two clocks.
 */
#include <linux/syscalls.h>
#include <asm/syscall.h>

#include "capture.h"
#include "record.h"
#include "sock.h"
#include "trace.h"
#include "tx.h"

/*
 * tls is asked in the same way by sendfile and by splice. The system call tells
 * them apart; what a kernel thread or an io_uring worker does is a splice.
 */
static u8 pages_path(void)
{
	if (current->flags & (PF_KTHREAD | PF_IO_WORKER))
		return TLST_TX_SPLICE;
	switch (syscall_get_nr(current, task_pt_regs(current))) {
#ifdef __NR_ia32_sendfile
	case __NR_ia32_sendfile:
	case __NR_ia32_sendfile64:
		return in_compat_syscall() ? TLST_TX_SENDFILE : TLST_TX_SPLICE;
#endif
	case __NR_sendfile:
		return in_compat_syscall() ? TLST_TX_SPLICE : TLST_TX_SENDFILE;
	default:
		return TLST_TX_SPLICE;
	}
}

static noinline int sendmsg_full(struct sock *sk, struct msghdr *msg,
				 size_t size)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	struct tlst_io io = {
		.type = tlst_tx_type(msg),
		.flags = msg->msg_flags,
		.len = size,
	};
	struct iov_iter body = msg->msg_iter;
	bool timed = trace_tx_enabled();
	bool keyed, capture, early, held = false;

	if (unlikely(!ts))
		return READ_ONCE(sk->sk_prot)->sendmsg(sk, msg, size);
	if (msg->msg_flags & TLST_SPLICE_FLAG)
		io.path = pages_path();

	keyed = tlst_io_begin(&io, &ts->tx, timed);
	capture = keyed && tlst_capture_on();
	if (unlikely(capture) && msg->msg_flags & TLST_SPLICE_FLAG)
		held = tlst_capture_hold(&body);
	early = capture && !held && !user_backed_iter(&body);
	if (unlikely(early)) {
		struct iov_iter ahead = body;

		tlst_capture_iter(ts, &io, &ahead, size, false);
	}
	io.result = READ_ONCE(ts->tls_prot)->sendmsg(sk, msg, size);
	tlst_io_end(&io, &ts->tx, keyed, timed);
	if (keyed)
		tlst_count(ts, &ts->tx, io.result);
	trace_tx(&ts->id, &io);

	if (keyed && io.result > 0) {
		struct iov_iter sent = body;

		if (unlikely(io.type != TLST_TYPE_DATA))
			tlst_control_record(ts, &io, &sent, false);
		if (capture && !early)
			tlst_capture_iter(ts, &io, &sent, io.result, false);
	}
	if (held)
		tlst_capture_release(&body);
	return io.result;
}

/* With the event tx enabled, and nothing else that would have to be looked at. */
static __always_inline int sendmsg_event(struct sock *sk, struct msghdr *msg,
					 size_t size, struct tlst_sock *ts,
					 bool quick)
{
	struct tlst_io io = tlst_event_begin(&ts->tx, TLST_TX_SEND,
					     msg->msg_flags, size, quick);
	int ret;

	if (unlikely(io.flags & TLST_SPLICE_FLAG))
		io.path = pages_path();
	ret = READ_ONCE(ts->tls_prot)->sendmsg(sk, msg, size);
	tlst_event_end(&io, ts, &ts->tx, ret, quick);
	trace_tx(&ts->id, &io);
	return ret;
}

static noinline int sendmsg_quick(struct sock *sk, struct msghdr *msg,
				  size_t size, struct tlst_sock *ts)
{
	return sendmsg_event(sk, msg, size, ts, true);
}

static noinline int sendmsg_clock(struct sock *sk, struct msghdr *msg,
				  size_t size, struct tlst_sock *ts)
{
	return sendmsg_event(sk, msg, size, ts, false);
}

/**
 * tlst_sendmsg - proto.sendmsg of a socket with a key
 * @sk: the socket
 * @msg: data, and control messages in kernel memory
 * @size: bytes to send
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
int tlst_sendmsg(struct sock *sk, struct msghdr *msg, size_t size)
{
	const struct proto *prot = READ_ONCE(sk->sk_prot);
	struct tlst_sock *ts = container_of(prot, struct tlst_sock, prot);

	if (unlikely(!tlst_prot_ours(prot)) || unlikely(msg->msg_controllen) ||
	    tlst_capture_on())
		return sendmsg_full(sk, msg, size);

	/* Pairs with tlst_sock_wrap(): who gets here finds a key. */
	smp_rmb();
	if (trace_tx_enabled())
		return tlst_clock_quick() ? sendmsg_quick(sk, msg, size, ts) :
					    sendmsg_clock(sk, msg, size, ts);
	return tlst_account(ts, &ts->tx, READ_ONCE(ts->tls_prot)->sendmsg(sk,
								msg, size));
}

/**
 * tlst_sendmsg_base - proto.sendmsg of a socket without a key: TCP's
 * @sk: the socket
 * @msg: data
 * @size: bytes to send
 *
 * Context: process context, @sk not locked.
 * Return: what TCP returns.
 */
int tlst_sendmsg_base(struct sock *sk, struct msghdr *msg, size_t size)
{
	return sendmsg_full(sk, msg, size);
}

#ifdef TLST_HAVE_SENDPAGE
static noinline int sendpage_full(struct tlst_sock *ts, struct sock *sk,
				  struct page *page, int offset, size_t size,
				  int flags)
{
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.path = pages_path(),
		.flags = flags,
		.len = size,
	};
	bool keyed = tlst_io_begin(&io, &ts->tx, true);

	/* A sender in the kernel may be done with it before we are. */
	get_page(page);
	io.result = READ_ONCE(ts->tls_prot)->sendpage(sk, page, offset, size,
						      flags);
	tlst_io_end(&io, &ts->tx, keyed, true);
	if (keyed)
		tlst_count(ts, &ts->tx, io.result);
	trace_tx(&ts->id, &io);
	if (keyed && io.result > 0 && tlst_capture_on())
		tlst_capture_page(ts, &io, page, offset);
	put_page(page);
	return io.result;
}

/*
 * With the event tx enabled, nothing else that would have to be looked at, and the
 * quick clock.
 */
static noinline int sendpage_quick(struct sock *sk, struct page *page,
				   int offset, size_t size, int flags,
				   struct tlst_sock *ts)
{
	struct tlst_io io = tlst_event_begin(&ts->tx, pages_path(), flags,
					     size, true);
	int ret;

	ret = READ_ONCE(ts->tls_prot)->sendpage(sk, page, offset, size, flags);
	tlst_event_end(&io, ts, &ts->tx, ret, true);
	trace_tx(&ts->id, &io);
	return ret;
}

/**
 * tlst_sendpage - proto.sendpage: a piece of a sendfile or splice
 * @sk: the socket
 * @page: page
 * @offset: of the data in @page, bytes
 * @size: bytes to send
 * @flags: MSG_*
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
int tlst_sendpage(struct sock *sk, struct page *page, int offset, size_t size,
		  int flags)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	int ret;

	if (unlikely(!ts))
		return READ_ONCE(sk->sk_prot)->sendpage(sk, page, offset, size,
							flags);
	if (tlst_capture_on())
		return sendpage_full(ts, sk, page, offset, size, flags);
	if (trace_tx_enabled()) {
		/* Pairs with key_set(). */
		if (tlst_clock_quick() && likely(smp_load_acquire(&ts->tx.seq)))
			return sendpage_quick(sk, page, offset, size, flags,
					      ts);
		return sendpage_full(ts, sk, page, offset, size, flags);
	}

	ret = READ_ONCE(ts->tls_prot)->sendpage(sk, page, offset, size, flags);
	/* Pairs with key_set(). */
	if (likely(smp_load_acquire(&ts->tx.seq)))
		tlst_account(ts, &ts->tx, ret);
	return ret;
}
#endif

/**
 * tlst_splice_eof - proto_ops.splice_eof: the file ended before the sendfile did
 * @sock: the socket
 *
 * tls closes the record that MSG_MORE left open. The event, of no bytes, is there
 * so that the records of a connection's events add up.
 *
 * Context: process context, @sock->sk not locked.
 */
void tlst_splice_eof(struct socket *sock)
{
	struct tlst_sock *ts = tlst_sock_get(sock->sk);
	struct tlst_io io = { .type = TLST_TYPE_DATA };
	bool keyed;

	if (unlikely(!ts)) {
		READ_ONCE(sock->ops)->splice_eof(sock);
		return;
	}
	keyed = tlst_io_begin(&io, &ts->tx, true);
	READ_ONCE(ts->tls_ops)->splice_eof(sock);
	tlst_io_end(&io, &ts->tx, keyed, true);
	if (io.records && trace_tx_enabled()) {
		io.path = pages_path();
		trace_tx(&ts->id, &io);
	}
}
