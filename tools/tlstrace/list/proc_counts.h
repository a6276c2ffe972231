/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc/net/tls_trace counts of live traced sockets. */
#ifndef PROC_COUNTS_H
#define PROC_COUNTS_H

#include <stdint.h>
#include <stdio.h>

/* What is counted of a direction. */
struct proc_dir {
	uint64_t bytes;
	uint64_t records;
	uint64_t errors;
	uint64_t rekeys;
};

/**
 * struct proc_counts - a line of the file
 * @inode: of the socket
 * @dir: [0] sending, [1] receiving
 * @age_ms: since tls_trace was set
 */
struct proc_counts {
	uint64_t inode;
	struct proc_dir dir[2];
	uint64_t age_ms;
};

int proc_counts_read(FILE *f, void (*each)(const struct proc_counts *p, void *ctx), void *ctx);

#endif
