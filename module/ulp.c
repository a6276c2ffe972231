// SPDX-License-Identifier: GPL-2.0
/*
 * The ULP "tls_trace": tls, attached under our name.
 */
#include <linux/module.h>
#include <net/tcp.h>

#include "compat/compat.h"
#include "inner.h"
#include "sock.h"
#include "totals.h"
#include "trace.h"
#include "ulp.h"

/*
 * setsockopt(TCP_ULP). tls first, on the socket as it was: it copies the present
 * sk->sk_prot into tables for all sockets, and ours must not get there.
 *
 * Context: process context, @sk locked.
 */
static int ulp_attach(struct sock *sk)
{
	struct tlst_sock *ts;
	int err;

	/* Does not happen with a file descriptor; tls would not survive it. */
	if (!sk->sk_socket)
		return -ENOTCONN;

	ts = tlst_sock_new(sk);
	if (IS_ERR(ts)) {
		struct tlst_id id;

		tlst_id_fill(&id, sk);
		trace_attach(&id, PTR_ERR(ts));
		tlst_totals_inc(sock_net(sk), TLST_ATTACH_ERROR);
		return PTR_ERR(ts);
	}
	err = tlst_inner->init(sk);
	trace_attach(&ts->id, err);
	if (err) {
		tlst_totals_inc(sock_net(sk), TLST_ATTACH_ERROR);
		tlst_sock_abort(ts);
		return err;
	}
	tlst_sock_start(ts);
	tlst_totals_inc(sock_net(sk), TLST_ATTACH);
	return 0;
}

/* A sockmap changes what is below the ULP. */
static void ulp_update(struct sock *sk, struct proto *prot,
		       void (*write_space)(struct sock *sk))
{
	tlst_inner->update(sk, prot, write_space);
}

/* The end of the socket; any context. tls has no release, see inner_check(). */
static void ulp_release(struct sock *sk)
{
	tlst_sock_free(sk);
}

static struct tcp_ulp_ops tlst_ulp_ops __read_mostly = {
	.name = "tls_trace",
	.owner = THIS_MODULE,
	.init = ulp_attach,
	.update = ulp_update,
	.release = ulp_release,
	.get_info = tlst_get_info,
	.get_info_size = tlst_get_info_size,
};

int tlst_ulp_init(void)
{
	/* What tls leaves out we must not have. */
	if (!tlst_inner->update)
		tlst_ulp_ops.update = NULL;
	if (!tlst_inner->get_info)
		tlst_ulp_ops.get_info = NULL;
	if (!tlst_inner->get_info_size)
		tlst_ulp_ops.get_info_size = NULL;
	return tcp_register_ulp(&tlst_ulp_ops);
}

void tlst_ulp_exit(void)
{
	tcp_unregister_ulp(&tlst_ulp_ops);
}
