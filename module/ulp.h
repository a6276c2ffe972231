/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ULP "tls_trace".
 */
#ifndef TLS_TRACE_ULP_H
#define TLS_TRACE_ULP_H

int tlst_ulp_init(void);
void tlst_ulp_exit(void);

#endif
