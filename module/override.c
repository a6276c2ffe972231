// SPDX-License-Identifier: GPL-2.0
/*
 * The operations that tls takes over from TCP, and those that tls_trace knows.
 *
 * A tls that takes over a further one works under tls_trace as well, because what
 * is not wrapped is inherited. But its calls would not be seen, and nobody would
 * notice. So what tls installs is compared with what TCP has.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/net.h>
#include <net/tls.h>

#include "compat/compat.h"
#include "override.h"

/* Wrapped by tls_trace, or of no interest to it: getsockopt, poll and so on. */
static const u16 known_prot[] = {
	offsetof(struct proto, close),
	offsetof(struct proto, disconnect),
	offsetof(struct proto, setsockopt),
	offsetof(struct proto, getsockopt),
	offsetof(struct proto, sendmsg),
	offsetof(struct proto, recvmsg),
#ifdef TLST_HAVE_SENDPAGE
	offsetof(struct proto, sendpage),
#endif
	offsetof(struct proto, splice_eof),
	offsetof(struct proto, sock_is_readable),
};

static const u16 known_ops[] = {
	offsetof(struct proto_ops, poll),
	offsetof(struct proto_ops, splice_read),
	offsetof(struct proto_ops, read_sock),
#ifdef TLST_HAVE_SENDPAGE
	offsetof(struct proto_ops, sendpage_locked),
#endif
	offsetof(struct proto_ops, splice_eof),
};

static void compare(const char *name, const void *tcp, const void *tls,
		    size_t from, size_t to, const u16 *known, size_t nr_known)
{
	size_t at, i;

	for (at = from; at < to; at += sizeof(void *)) {
		if (!memcmp(tcp + at, tls + at, sizeof(void *)))
			continue;
		for (i = 0; i < nr_known && known[i] != at; i++)
			;
		if (i == nr_known)
			pr_warn("tls takes over an operation of struct %s, at byte %zu, that tls_trace does not know: it works, and is not traced\n",
				name, at);
	}
}

/**
 * tlst_override_check - say so if tls has taken over an unknown operation
 * @tcp_prot: TCP's own struct proto
 * @prot: what tls made of it
 * @tcp_ops: TCP's own struct proto_ops
 * @ops: what tls made of it
 */
void tlst_override_check(const struct proto *tcp_prot, const struct proto *prot,
			 const struct proto_ops *tcp_ops,
			 const struct proto_ops *ops)
{
	/*
	 * Functions come first in both, and later members of proto may change
	 * at any time. Nothing can be said where the layout is randomised.
	 */
	if (IS_ENABLED(CONFIG_RANDSTRUCT))
		return;
	static_assert(IS_ENABLED(CONFIG_RANDSTRUCT) ||
		      (offsetof(struct proto, sock_is_readable) <
		       offsetof(struct proto, memory_allocated) &&
		       offsetof(struct proto_ops, owner) <
		       offsetof(struct proto_ops, release)));

	compare("proto", tcp_prot, prot, 0,
		offsetof(struct proto, memory_allocated),
		known_prot, ARRAY_SIZE(known_prot));
	compare("proto_ops", tcp_ops, ops,
		offsetof(struct proto_ops, release), sizeof(*ops),
		known_ops, ARRAY_SIZE(known_ops));
}

/**
 * tlst_override_check_once - the same, for the first socket of its kind
 * @sk: the socket
 * @prot: what tls installed
 * @tcp_ops: what the socket had before tls
 * @ops: what tls installed
 *
 * tls has a set of operations for each address family and for who does the work
 * in each direction.
 *
 * Context: process context, @sk locked.
 */
void tlst_override_check_once(struct sock *sk, const struct proto *prot,
			      const struct proto_ops *tcp_ops,
			      const struct proto_ops *ops)
{
	static DECLARE_BITMAP(checked, 2 * TLS_NUM_CONFIG * TLS_NUM_CONFIG);
	const struct tls_context *ctx = tls_get_ctx(sk);
	unsigned int kind;

	kind = ctx->tx_conf * TLS_NUM_CONFIG + ctx->rx_conf;
	if (sk->sk_family == AF_INET6)
		kind += TLS_NUM_CONFIG * TLS_NUM_CONFIG;
	if (test_bit(kind, checked) || test_and_set_bit(kind, checked))
		return;
	tlst_override_check(ctx->sk_proto, prot, tcp_ops, ops);
}
