/* SPDX-License-Identifier: GPL-2.0 */
/* What the BPF program and tlstrace tell each other. */
#ifndef REDIRECT_SHARED_H
#define REDIRECT_SHARED_H

/* Counters of what programs in the cgroup asked for. */
enum redirect_count {
	COUNT_ULP_TLS,		/* TCP_ULP "tls": redirected */
	COUNT_ULP_TRACE,	/* TCP_ULP "tls_trace", by the program itself */
	COUNT_ULP_OTHER,	/* another ULP */
	COUNT_TLS_TX,		/* SOL_TLS TLS_TX */
	COUNT_TLS_RX,		/* SOL_TLS TLS_RX */
	COUNT_TCP,		/* TCP connections established */
	COUNT_SOCKETS,		/* sockets that asked for either, however often */
	COUNT_MAX
};

#define REDIRECT_CLAIMS	16384

/*
 * A socket that asked for the ULP, and the thread that did; all in the form that
 * events have. Sockets that are not connected yet have equal addresses: the
 * thread tells them apart.
 */
struct claim_key {
	unsigned char saddr[16];
	unsigned char daddr[16];
	unsigned short sport;
	unsigned short dport;
	unsigned int tid;
};

struct claim {
	unsigned int tgid;
	char comm[16];
};

#endif
