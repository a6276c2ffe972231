// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the kernel's tls ULP.
 *
 * tls exports no symbol, and TCP hands out its ULPs by name to sockets alone. So a
 * socket of our own is given the ULP, and its operations are read from there. That
 * socket also shows whether tls does what the wrapping relies on.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/tls.h>

#include "inner.h"
#include "override.h"

/* tls's operations. Its module is held from tlst_inner_get() on. */
const struct tcp_ulp_ops *tlst_inner;

static int inner_check(const struct sock *sk, const struct proto *tcp_prot,
		       const struct proto_ops *tcp_ops)
{
	const struct tcp_ulp_ops *ulp = inet_csk(sk)->icsk_ulp_ops;
	const struct tls_context *ctx = tls_get_ctx(sk);
	const struct proto *prot = sk->sk_prot;

	/* The headers that we were built with must describe this tls. */
	if (!ulp || strcmp(ulp->name, "tls") || !ulp->init || ulp->clone ||
	    ulp->release || !ctx || ctx->sk_proto != tcp_prot ||
	    ctx->tx_conf != TLS_BASE || ctx->rx_conf != TLS_BASE) {
		pr_err("the tls ULP of this kernel is not the one that tls_trace was built for; rebuild it with the headers of the running kernel\n");
		return -EOPNOTSUPP;
	}
	/* With a third party's tls_trace or a TOE in between nothing is sure. */
	if (prot == tcp_prot || prot->close == tcp_prot->close ||
	    prot->setsockopt == tcp_prot->setsockopt ||
	    sk->sk_socket->ops == tcp_ops) {
		pr_err("the tls ULP does not take over the operations of its socket as expected; tls_trace cannot wrap it\n");
		return -EOPNOTSUPP;
	}
	tlst_override_check(tcp_prot, prot, tcp_ops, sk->sk_socket->ops);
	return 0;
}

/**
 * tlst_inner_get - find the tls ULP, loading its module if need be
 *
 * Context: process context, module initialisation.
 * Return: 0 with &tlst_inner set, or -errno after a message: -EOPNOTSUPP without
 * tls, or when tls is not as expected.
 */
int tlst_inner_get(void)
{
	const struct proto_ops *tcp_ops;
	const struct proto *tcp_prot;
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, PF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &sock);
	if (err) {
		pr_err("cannot make a TCP socket to look for tls: %d\n", err);
		return err;
	}
	tcp_prot = sock->sk->sk_prot;
	tcp_ops = sock->ops;

	/* insmod does not load what a module depends on. */
	request_module("tcp-ulp-tls");

	/*
	 * tls wants an established connection. The socket is hashed nowhere
	 * and known to nobody, so it can be made to look like one, without
	 * needing a network device; tls only reads the state.
	 */
	WRITE_ONCE(sock->sk->sk_state, TCP_ESTABLISHED);
	err = sock->ops->setsockopt(sock, SOL_TCP, TCP_ULP,
				    KERNEL_SOCKPTR("tls"), strlen("tls"));
	WRITE_ONCE(sock->sk->sk_state, TCP_CLOSE);
	if (err == -ENOENT) {
		pr_err("this kernel has no tls ULP: load the tls module, or use a kernel built with CONFIG_TLS\n");
		/* insmod would call ENOENT an unknown symbol. */
		err = -EOPNOTSUPP;
	} else if (err) {
		pr_err("the tls ULP cannot be attached to a socket: %d\n", err);
	} else {
		err = inner_check(sock->sk, tcp_prot, tcp_ops);
	}

	if (!err) {
		const struct tcp_ulp_ops *ulp = inet_csk(sock->sk)->icsk_ulp_ops;

		/* The socket holds the module while we take hold of it. */
		__module_get(ulp->owner);
		tlst_inner = ulp;
	}
	sock_release(sock);
	return err;
}

/* Context: no socket has our ULP any more. */
void tlst_inner_put(void)
{
	module_put(tlst_inner->owner);
}
