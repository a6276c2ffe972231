// SPDX-License-Identifier: GPL-2.0
/* Objects of the kernel's allocators, and pages that belong to nobody. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/membarrier.h>
#include "memory.h"
#include "util.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define SLAB_DIR	"/sys/kernel/slab/"

static void file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Where that fails the numbers are coarser, nothing worse. */
	if (write(fd, text, strlen(text)) < 0)
		errno = 0;
	close(fd);
}

/* Caches that come and go with processes and files, whatever sockets do. */
static bool is_noise(const char *name)
{
	static const char * const noise[] = {
		"dentry", "inode_cache", "proc_inode", "kernfs", "radix_tree",
		"xa_", "vm_area", "vma_lock", "maple", "anon_vma", "pid",
		"cred", "task", "signal", "sighand", "files", "mm_struct",
		"names", "seq_file", "lsm_", "shmem", "ovl_", "v9fs", "9p",
		"filp", "buffer", "ext4", "fs_cache", "perf", "trace",
		"ftrace", "bdev", "numa_policy", "Acpi", "thread",
		"debug_objects",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(noise); i++)
		if (!strncmp(name, noise[i], strlen(noise[i])))
			return true;
	return false;
}

/* kmalloc-cg-512 and kmalloc-rnd-05-512 are kmalloc-512 too. */
static void short_name(char *name)
{
	char *size = strrchr(name, '-');

	if (!strncmp(name, "kmalloc-", 8) && size > name + 7)
		memmove(name + 8, size + 1, strlen(size));
}

static void add_cache(struct tt_memory *m, const char *name, long long active)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->name[i], name))
			break;
	if (i == TT_MEMORY_CACHES)
		return;
	if (i == m->n) {
		snprintf(m->name[i], sizeof(m->name[i]), "%.31s", name);
		m->active[i] = 0;
		m->n++;
	}
	m->active[i] += active;
}

/* Free objects in the allocator's own lists count as active: empty the lists. */
static void shrink(const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), SLAB_DIR "%.40s/shrink", name);
	file_write(path, "1");
}

static int read_slabs(struct tt_memory *m, bool shrunk)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	char line[512], name[64];
	long long active;

	m->n = 0;
	if (!f)
		return tt_fail(errno, "/proc/slabinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' ||
		    sscanf(line, "%63s %lld", name, &active) != 2 ||
		    is_noise(name))
			continue;
		if (shrunk && active)
			shrink(name);
		short_name(name);
		add_cache(m, name, active);
	}
	fclose(f);
	return m->n ? 0 : tt_fail(ENOENT, "/proc/slabinfo has no caches");
}

/* Sum of what a line of a file begins with, over all its lines that do. */
static long long sum_lines(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char line[256], name[64];
	long long value, sum = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %63s %lld", name, &value) == 2 &&
		    !strcmp(name, key))
			sum += value;
	if (f)
		fclose(f);
	return sum;
}

/* Pages in use that no counter of the kernel tells what for: those of sockets'
 * buffers are, and of little else.
 */
static long long unknown_pages(void)
{
	static const char * const known[] = {
		"nr_free_pages", "nr_inactive_anon", "nr_active_anon",
		"nr_inactive_file", "nr_active_file", "nr_unevictable",
		"nr_slab_reclaimable", "nr_slab_unreclaimable",
		"nr_page_table_pages",
	};
	long long sum = sum_lines("/proc/zoneinfo", "managed");
	size_t i;

	file_write("/proc/sys/vm/stat_refresh", "1");
	for (i = 0; i < ARRAY_SIZE(known); i++)
		sum -= sum_lines("/proc/vmstat", known[i]);
	/* Free pages that the processors keep for themselves. */
	sum -= sum_lines("/proc/zoneinfo", "count:");
	sum -= sum_lines("/proc/vmstat", "nr_kernel_stack") / 4;
	sum -= (sum_lines("/proc/meminfo", "VmallocUsed:") +
		sum_lines("/proc/meminfo", "Percpu:")) / 4;
	return sum;
}

/* Have RCU free what waits for it. */
static void rcu_settle(void)
{
	/* This makes kfree_rcu() hand its batches over. */
	file_write("/proc/sys/vm/drop_caches", "2");
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

int tt_memory_read(struct tt_memory *m)
{
	int err;

	rcu_settle();
	err = read_slabs(m, true) ?: read_slabs(m, false);
	m->pages = unknown_pages();
	return err;
}

static long long active(const struct tt_memory *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->name[i], name))
			return m->active[i];
	return 0;
}

static int grew(const struct tt_memory m[3], long long limit)
{
	long long first, second;
	size_t i;

	for (i = 0; i < m[2].n; i++) {
		const char *name = m[2].name[i];

		first = active(&m[1], name) - active(&m[0], name);
		second = m[2].active[i] - active(&m[1], name);
		if (first >= limit && second >= limit)
			return tt_fail(ENOMEM,
				       "%s grew by %lld and %lld objects",
				       name, first, second);
	}
	first = m[1].pages - m[0].pages;
	second = m[2].pages - m[1].pages;
	if (first >= limit && second >= limit)
		return tt_fail(ENOMEM, "%lld and %lld pages more in use", first,
			       second);
	return 0;
}

int tt_memory_left(struct tt_memory m[3], long long limit)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int err;

	while ((err = grew(m, limit)) && tt_now_ms() < end) {
		poll(NULL, 0, 100);
		err = tt_memory_read(&m[2]);
		if (err)
			break;
	}
	return err;
}
