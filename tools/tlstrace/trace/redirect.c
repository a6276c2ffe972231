// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and attaching the BPF programs. They hang on BPF links: these may be
 * combined with other programs on the same cgroup (BPF_F_ALLOW_MULTI), and go
 * away with the last descriptor, however this process ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "redirect.h"
#include "redirect.skel.h"

struct redirect {
	struct redirect_bpf *skel;
	struct bpf_link *setsockopt_link;
	struct bpf_link *sockops_link;
};

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static const char *load_hint(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return " (needs CAP_BPF and CAP_NET_ADMIN; containers often drop them)";
	case ENOSYS:
	case EINVAL:
		return " (kernel with CONFIG_BPF_SYSCALL and CONFIG_CGROUP_BPF needed)";
	default:
		return "";
	}
}

/**
 * redirect_open() - load the BPF programs
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: handle, or NULL.
 */
struct redirect *redirect_open(char *why, size_t size)
{
	struct redirect *rd = calloc(1, sizeof(*rd));
	int err;

	if (!rd) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(quiet);
	rd->skel = redirect_bpf__open();
	if (!rd->skel) {
		snprintf(why, size, "cannot open the BPF program: %s", strerror(errno));
		goto fail;
	}
	rd->skel->rodata->page_size = (unsigned int)sysconf(_SC_PAGESIZE);
	err = redirect_bpf__load(rd->skel);
	if (err) {
		snprintf(why, size, "cannot load the BPF program: %s%s", strerror(-err),
			 load_hint(-err));
		goto fail;
	}
	return rd;
fail:
	redirect_close(rd);
	return NULL;
}

/**
 * redirect_attach() - let the programs work on a cgroup
 * @rd: from redirect_open()
 * @cgroup_fd: the cgroup's directory
 * @why: on failure, one clause that says what is wrong
 * @size: room at @why
 *
 * Return: 0 or -1.
 */
int redirect_attach(struct redirect *rd, int cgroup_fd, char *why, size_t size)
{
	rd->setsockopt_link =
		bpf_program__attach_cgroup(rd->skel->progs.redirect_setsockopt, cgroup_fd);
	if (!rd->setsockopt_link) {
		int err = errno;

		snprintf(why, size, "cannot attach the BPF program to the cgroup: %s%s",
			 strerror(err), load_hint(err));
		return -1;
	}
	/* Only counts connections for the summary: do without if need be. */
	rd->sockops_link =
		bpf_program__attach_cgroup(rd->skel->progs.redirect_sockops, cgroup_fd);
	return 0;
}

/**
 * redirect_counts() - what the programs in the cgroup asked for so far
 * @rd: from redirect_open()
 * @counts: result; COUNT_TCP is UINT64_MAX if connections are not counted
 *
 * Return: false if the map cannot be read.
 */
bool redirect_counts(const struct redirect *rd, uint64_t counts[COUNT_MAX])
{
	int fd = bpf_map__fd(rd->skel->maps.counts);

	for (uint32_t i = 0; i < COUNT_MAX; i++)
		if (bpf_map_lookup_elem(fd, &i, &counts[i]))
			return false;
	if (!rd->sockops_link)
		counts[COUNT_TCP] = UINT64_MAX;
	return true;
}

/**
 * redirect_claimed() - did this socket ask for the ULP inside the cgroup?
 * @rd: from redirect_open()
 * @ev: its attach event, or another event of the same thread
 * @claim: who asked
 *
 * The BPF program runs before the ULP is set, so the claim is there when the
 * attach event is. A claim is forgotten once found: from then on the socket is
 * known by its inode.
 *
 * Return: true if it did.
 */
bool redirect_claimed(const struct redirect *rd, const struct event *ev, struct claim *claim)
{
	int fd = bpf_map__fd(rd->skel->maps.claims);
	struct claim_key key;

	memset(&key, 0, sizeof(key));
	memcpy(key.saddr, ev->ep.saddr, sizeof(key.saddr));
	memcpy(key.daddr, ev->ep.daddr, sizeof(key.daddr));
	key.sport = ev->ep.sport;
	key.dport = ev->ep.dport;
	key.tid = (unsigned int)ev->pid;
	if (bpf_map_lookup_elem(fd, &key, claim))
		return false;
	bpf_map_delete_elem(fd, &key);
	return true;
}

/**
 * redirect_close() - detach and unload
 * @rd: from redirect_open(), or NULL
 */
void redirect_close(struct redirect *rd)
{
	if (!rd)
		return;
	bpf_link__destroy(rd->setsockopt_link);
	bpf_link__destroy(rd->sockops_link);
	redirect_bpf__destroy(rd->skel);
	free(rd);
}
