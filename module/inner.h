/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ULP that tls_trace wraps: the kernel's own tls.
 */
#ifndef TLS_TRACE_INNER_H
#define TLS_TRACE_INNER_H

#include <net/tcp.h>

extern const struct tcp_ulp_ops *tlst_inner;

int tlst_inner_get(void);
void tlst_inner_put(void);

#endif
