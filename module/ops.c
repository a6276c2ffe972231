// SPDX-License-Identifier: GPL-2.0
/*
 * struct proto_ops of traced sockets: for each that tls has, one of ours, shared
 * by all sockets.
 *
 * They are not part of the tlst_sock, because they can outlive it: accept(), on any
 * socket, makes a struct socket with the same operations before it is refused, and
 * that one is released when it likes. Whoever uses a struct proto_ops holds
 * its owner, us, so in the module's memory they are safe.
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <net/tls.h>

#include "compat/compat.h"
#include "ops.h"
#include "rx.h"
#include "sock.h"
#include "tx.h"

struct tlst_ops {
	struct proto_ops ops;	/* not const: tls may rebuild its own */
	const struct proto_ops *tls_ops;
};

/* tls has them by address family and by who does the work in each direction. */
static struct tlst_ops ops_table[2 * TLS_NUM_CONFIG * TLS_NUM_CONFIG];
static DEFINE_SPINLOCK(ops_lock);

/**
 * tlst_ops_inner - what of tls is behind operations of ours
 * @ops: operations for which tlst_ops_ours() holds
 */
const struct proto_ops *tlst_ops_inner(const struct proto_ops *ops)
{
	return container_of(ops, struct tlst_ops, ops)->tls_ops;
}

static void ops_wrap(struct proto_ops *wrap, const struct proto_ops *ops,
		     const struct proto_ops *tcp_ops)
{
	*wrap = *ops;
	wrap->owner = THIS_MODULE;
	wrap->release = tlst_release;
	if (ops->splice_read)
		wrap->splice_read = tlst_splice_read;
	/* TCP's own gives what is on the wire: no plaintext, no records. */
	if (ops->read_sock && ops->read_sock != tcp_ops->read_sock)
		wrap->read_sock = tlst_read_sock;
	if (ops->splice_eof)
		wrap->splice_eof = tlst_splice_eof;
}

/**
 * tlst_ops_get - our operations around those that tls has installed
 * @tls_ops: tls's
 * @tcp_ops: those of a socket without tls
 *
 * A copy of tls's, so that what we do not trace is tls's own and what tls leaves
 * NULL is NULL, with our entry points over it.
 *
 * Context: bottom halves disabled.
 * Return: the operations; @tls_ops itself in the case that cannot be, that tls has
 * more of them than combinations.
 */
const struct proto_ops *tlst_ops_get(const struct proto_ops *tls_ops,
				     const struct proto_ops *tcp_ops)
{
	struct tlst_ops *entry = ops_table;
	struct tlst_ops *end = entry + ARRAY_SIZE(ops_table);
	struct proto_ops wrap;

	static_assert(sizeof(wrap) % sizeof(long) == 0);

	ops_wrap(&wrap, tls_ops, tcp_ops);
	spin_lock(&ops_lock);
	while (entry != end && entry->tls_ops && entry->tls_ops != tls_ops)
		entry++;
	if (WARN_ON_ONCE(entry == end)) {
		spin_unlock(&ops_lock);
		/* Nothing protects our text from the end of a close. */
		__module_get(THIS_MODULE);
		return tls_ops;
	}
	WRITE_ONCE(entry->tls_ops, tls_ops);
	tlst_words_update(&entry->ops, &wrap, sizeof(wrap));
	spin_unlock(&ops_lock);
	return &entry->ops;
}

/**
 * tlst_release - proto_ops.release
 * @sock: the socket
 *
 * __sock_release() has read the owner of the operations, us, and drops that module
 * reference after this returns. So our text stays although the delegated call may
 * destroy the socket, the ULP and the tlst_sock. The reference that the replaced
 * operations carried is ours to drop.
 *
 * Context: process context.
 * Return: what tls returns.
 */
int tlst_release(struct socket *sock)
{
	const struct proto_ops *tls_ops = tlst_ops_inner(sock->ops);
	struct tlst_sock *ts;
	int ret;

	/* From an accept() that was refused: nothing was replaced. */
	if (!sock->sk)
		return tls_ops->release(sock);

	ts = tlst_sock_get(sock->sk);
	if (ts)
		ts->released = true;
	ret = tls_ops->release(sock);
	module_put(tls_ops->owner);
	return ret;
}
