// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: sendmsg, pages from sendfile and splice.
 *
 * Each entry point has a short way, with no event enabled, and a traced one.
 */
#include <linux/sched/clock.h>
#include <linux/syscalls.h>
#include <asm/syscall.h>

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
#ifdef CONFIG_COMPAT
#ifdef __NR_ia32_sendfile
	case __NR_ia32_sendfile:
	case __NR_ia32_sendfile64:
		return in_compat_syscall() ? TLST_TX_SENDFILE : TLST_TX_SPLICE;
#endif
#endif
	case __NR_sendfile:
		return in_compat_syscall() ? TLST_TX_SPLICE : TLST_TX_SENDFILE;
	default:
		return TLST_TX_SPLICE;
	}
}

/* Before a traced call; returns its start. */
static u64 io_begin(struct tlst_io *io, struct tlst_sock *ts,
		    const struct sock *sk)
{
	/* Pairs with key_set(): then there is a sequence to read. */
	if (smp_load_acquire(&ts->tx.keyed)) {
		io->seq = tlst_seq(sk, true);
	} else {
		io->type = TLST_TYPE_NONE;
		io->seq = 0;
	}
	return local_clock();
}

/* After it. */
static void io_end(struct tlst_io *io, struct tlst_sock *ts, u64 start)
{
	u64 end = local_clock();

	/* Clocks of different CPUs may differ a little. */
	io->duration = end > start ? end - start : 0;
	io->records = 0;
	if (io->type != TLST_TYPE_NONE)
		io->records = READ_ONCE(ts->tx.next_seq) - io->seq;
}

static noinline int sendmsg_traced(struct tlst_sock *ts, struct sock *sk,
				   struct msghdr *msg, size_t size)
{
	struct tlst_alert alert;
	bool have_alert = false;
	struct tlst_io io = {
		.type = tlst_tx_type(msg),
		.path = TLST_TX_SEND,
		.flags = msg->msg_flags,
		.len = size,
	};
	u64 start;

	if (msg->msg_flags & TLST_SPLICE_FLAG)
		io.path = pages_path();
	if (unlikely(io.type == TLST_TYPE_ALERT))
		have_alert = tlst_tx_alert(msg, &alert);

	start = io_begin(&io, ts, sk);
	io.result = READ_ONCE(ts->tls_prot)->sendmsg(sk, msg, size);
	tlst_account(ts, sk, true, io.result);
	io_end(&io, ts, start);
	trace_tx(&ts->id, &io);

	if (io.type != TLST_TYPE_ALERT || io.result <= 0)
		return io.result;
	atomic_inc(&ts->tx.alerts);
	/* An open data record may have been closed before it. */
	if (have_alert && io.records)
		trace_alert(&ts->id, false, &alert, io.seq + io.records - 1);
	return io.result;
}

/**
 * tlst_sendmsg - proto.sendmsg
 * @sk: the socket
 * @msg: data, and control messages in kernel memory
 * @size: bytes to send
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
int tlst_sendmsg(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	int ret;

	if (unlikely(!ts))
		return READ_ONCE(sk->sk_prot)->sendmsg(sk, msg, size);
	if (trace_tx_enabled() || trace_alert_enabled())
		return sendmsg_traced(ts, sk, msg, size);

	ret = READ_ONCE(ts->tls_prot)->sendmsg(sk, msg, size);
	tlst_account(ts, sk, true, ret);
	if (unlikely(msg->msg_controllen) && ret > 0 && ts->tx.keyed &&
	    tlst_tx_type(msg) == TLST_TYPE_ALERT)
		atomic_inc(&ts->tx.alerts);
	return ret;
}

#ifdef TLST_HAVE_SENDPAGE
static noinline int sendpage_traced(struct tlst_sock *ts, struct sock *sk,
				    struct page *page, int offset, size_t size,
				    int flags)
{
	struct tlst_io io = {
		.type = TLST_TYPE_DATA,
		.path = pages_path(),
		.flags = flags,
		.len = size,
	};
	u64 start = io_begin(&io, ts, sk);

	io.result = READ_ONCE(ts->tls_prot)->sendpage(sk, page, offset, size,
						      flags);
	tlst_account(ts, sk, true, io.result);
	io_end(&io, ts, start);
	trace_tx(&ts->id, &io);
	return io.result;
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
	if (trace_tx_enabled())
		return sendpage_traced(ts, sk, page, offset, size, flags);

	ret = READ_ONCE(ts->tls_prot)->sendpage(sk, page, offset, size, flags);
	tlst_account(ts, sk, true, ret);
	return ret;
}
#endif

#ifdef TLST_HAVE_SPLICE_EOF
/**
 * tlst_splice_eof - proto.splice_eof: the file ended before the sendfile did
 * @sock: the socket
 *
 * tls closes the record that MSG_MORE left open. The event, of no bytes, is there
 * so that the records of a connection's events add up.
 *
 * Context: process context, @sock->sk not locked.
 */
void tlst_splice_eof(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct tlst_sock *ts = tlst_sock_get(sk);
	struct tlst_io io = { .type = TLST_TYPE_DATA };
	u64 start;

	if (unlikely(!ts)) {
		READ_ONCE(sk->sk_prot)->splice_eof(sock);
		return;
	}
	start = io_begin(&io, ts, sk);
	READ_ONCE(ts->tls_prot)->splice_eof(sock);
	tlst_account(ts, sk, true, 0);
	io_end(&io, ts, start);
	if (io.records && trace_tx_enabled()) {
		io.path = pages_path();
		trace_tx(&ts->id, &io);
	}
}
#endif
