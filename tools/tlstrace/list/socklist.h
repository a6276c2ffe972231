/* SPDX-License-Identifier: GPL-2.0 */
/* Live kTLS sockets with all that is known of them. */
#ifndef SOCKLIST_H
#define SOCKLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "out.h"
#include "proc_counts.h"
#include "sockdiag.h"

/**
 * struct sock_row - a socket
 * @diag: what sock_diag tells
 * @counted: @counts is known: the socket is traced, and was still there
 * @counts: what the module counts
 * @pid: the process that has it open, the smallest number of several, or the one that
 *	was asked for; 0 if not known
 * @last: the process that was found last
 * @processes: how many have it open
 * @comm: name of @pid, any bytes
 */
struct sock_row {
	struct diag_socket diag;
	bool counted;
	struct proc_counts counts;
	pid_t pid;
	pid_t last;
	unsigned int processes;
	char comm[17];
};

/**
 * struct sock_filter - which sockets to list
 * @pid: only those that this process has open, 0 for all
 * @port: only those with this port at either end, 0 for all
 */
struct sock_filter {
	pid_t pid;
	unsigned int port;
};

/**
 * struct sock_list - sockets, in the order of their local and remote ports
 * @row: them
 * @count: how many
 * @counts_known: the module told of its sockets, if there is one
 */
struct sock_list {
	struct sock_row *row;
	size_t count, room;
	bool counts_known;
};

int sock_list_read(struct sock_list *list, const struct sock_filter *filter);
void sock_list_free(struct sock_list *list);

void text_sock_list(struct out *out, const struct sock_list *list);
void json_sock_list(struct out *out, const struct sock_list *list);

#endif
