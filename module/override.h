/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations that tls takes over from TCP, and those that tls_trace knows.
 */
#ifndef TLS_TRACE_OVERRIDE_H
#define TLS_TRACE_OVERRIDE_H

#include <net/sock.h>

void tlst_override_check(const struct proto *tcp_prot, const struct proto *prot,
			 const struct proto_ops *tcp_ops,
			 const struct proto_ops *ops);
void tlst_override_check_once(struct sock *sk, const struct proto *prot,
			      const struct proto_ops *tcp_ops,
			      const struct proto_ops *ops);

#endif
