/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files in /proc/net.
 */
#ifndef TLS_TRACE_PROC_H
#define TLS_TRACE_PROC_H

struct net;

int tlst_proc_init(struct net *net);
void tlst_proc_exit(struct net *net);

#endif
