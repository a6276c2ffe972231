// SPDX-License-Identifier: GPL-2.0
/*
 * Three sources, joined by the inode of the socket: the kernel's sock_diag for what
 * there is, the module's file for what it counts, /proc for who has it open. Sockets
 * come and go meanwhile; a row tells what was found.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "owner.h"
#include "socklist.h"

#define COUNTS_FILE	"/proc/net/tls_trace"

static int add(const struct diag_socket *s, void *ctx)
{
	struct sock_list *list = ctx;

	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct sock_row *grown = realloc(list->row, room * sizeof(*grown));

		if (!grown)
			return -1;
		list->row = grown;
		list->room = room;
	}
	memset(&list->row[list->count], 0, sizeof(list->row[0]));
	list->row[list->count++].diag = *s;
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct sock_row *x = a, *y = b;

	return (x->diag.inode > y->diag.inode) - (x->diag.inode < y->diag.inode);
}

static int by_address(const void *a, const void *b)
{
	const struct endpoints *x = &((const struct sock_row *)a)->diag.ep;
	const struct endpoints *y = &((const struct sock_row *)b)->diag.ep;
	int order = memcmp(x->saddr, y->saddr, sizeof(x->saddr));

	if (x->sport != y->sport)
		return x->sport < y->sport ? -1 : 1;
	if (!order)
		order = memcmp(x->daddr, y->daddr, sizeof(x->daddr));
	return order ? order : (x->dport > y->dport) - (x->dport < y->dport);
}

/* The row of a socket; orphans have no inode that tells them apart. */
static struct sock_row *find(struct sock_list *list, uint64_t inode)
{
	struct sock_row key = { .diag.inode = inode };

	if (!inode || !list->count)
		return NULL;
	return bsearch(&key, list->row, list->count, sizeof(key), by_inode);
}

static void add_counts(const struct proc_counts *p, void *ctx)
{
	struct sock_row *row = find(ctx, p->inode);

	if (!row)
		return;
	row->counts = *p;
	row->counted = true;
}

struct owners {
	struct sock_list *list;
	pid_t wanted;
};

static void add_owner(uint64_t inode, pid_t pid, void *ctx)
{
	const struct owners *o = ctx;
	struct sock_row *row = find(o->list, inode);

	if (!row)
		return;
	/* All descriptors of a process come one after the other. */
	if (row->last != pid)
		row->processes++;
	row->last = pid;
	if (!row->pid || pid == o->wanted || (pid < row->pid && row->pid != o->wanted))
		row->pid = pid;
}

static bool wanted(const struct sock_row *row, const struct sock_filter *filter)
{
	const struct endpoints *ep = &row->diag.ep;

	if (filter->port && ep->sport != filter->port && ep->dport != filter->port)
		return false;
	return !filter->pid || row->pid == filter->pid;
}

/* What is not wanted goes. */
static void choose(struct sock_list *list, const struct sock_filter *filter)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		if (wanted(&list->row[i], filter))
			list->row[n++] = list->row[i];
	list->count = n;
}

static void read_counts(struct sock_list *list)
{
	FILE *f = fopen(COUNTS_FILE, "re");

	if (!f)
		return;
	list->counts_known = !proc_counts_read(f, add_counts, list);
	fclose(f);
}

/**
 * sock_list_read() - find the live kTLS sockets of this network namespace
 * @list: result, to be released by sock_list_free()
 * @filter: which of them
 *
 * Return: 0 or -errno of what failed.
 */
int sock_list_read(struct sock_list *list, const struct sock_filter *filter)
{
	struct owners owners = { list, filter->pid };
	int err;

	memset(list, 0, sizeof(*list));
	err = diag_sockets(add, list);
	if (err)
		return err == -ECANCELED ? -ENOMEM : err;
	if (!list->count)
		return 0;
	qsort(list->row, list->count, sizeof(list->row[0]), by_inode);
	read_counts(list);
	owner_scan(add_owner, &owners);
	choose(list, filter);
	for (size_t i = 0; i < list->count; i++)
		if (list->row[i].pid)
			owner_name(list->row[i].pid, list->row[i].comm);
	qsort(list->row, list->count, sizeof(list->row[0]), by_address);
	return 0;
}

/**
 * sock_list_free() - release what sock_list_read() has
 * @list: the list
 */
void sock_list_free(struct sock_list *list)
{
	free(list->row);
	list->row = NULL;
	list->count = 0;
	list->room = 0;
}
