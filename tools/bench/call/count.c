// SPDX-License-Identifier: GPL-2.0
/* Counting instructions. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "count.h"

#define LOOP		10000
#define LOOP_TRIES	20

/* Two instructions a round. */
static void spin(uint64_t rounds)
{
	asm volatile("1: dec %0; jnz 1b" : "+r" (rounds) : : "cc");
}

int count_works(void)
{
	uint64_t start, took, best = UINT64_MAX;
	int i;

	/* An interrupt may come between. */
	for (i = 0; i < LOOP_TRIES; i++) {
		start = count_now();
		spin(LOOP);
		took = count_now() - start;
		if (took < best)
			best = took;
	}
	/* With what the reading itself takes. */
	if (best >= 2 * LOOP && best <= 2 * LOOP + 20)
		return 0;
	fprintf(stderr,
		"bench: this machine does not count instructions: %d of them are %llu; use tools/vm/vm run --icount\n",
		2 * LOOP, (unsigned long long)best);
	return -ENODEV;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

struct count_sum count_sum(uint64_t *each, size_t calls)
{
	struct count_sum sum = { };
	size_t i;

	for (i = 0; i < calls; i++)
		sum.mean += each[i];
	sum.mean /= calls;
	qsort(each, calls, sizeof(*each), by_size);
	sum.median = (each[(calls - 1) / 2] + each[calls / 2]) / 2.0;
	return sum;
}

uint64_t count_process(pid_t pid)
{
	unsigned long long ran, sum = 0;
	char path[300];
	struct dirent *d;
	FILE *f;
	DIR *dir;

	if (!pid)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, d->d_name);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (fscanf(f, "%llu", &ran) == 1)
			sum += ran;
		fclose(f);
	}
	closedir(dir);
	return sum;
}

uint64_t count_events(void)
{
	FILE *f = fopen("/sys/kernel/tracing/per_cpu/cpu0/stats", "r");
	unsigned long long n, sum = 0;
	char line[100];

	if (!f)
		return 0;
	/* Those that are there, and those that others took the place of. */
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "entries: %llu", &n) == 1 ||
		    sscanf(line, "overrun: %llu", &n) == 1)
			sum += n;
	}
	fclose(f);
	return sum;
}

uint64_t count_settled(pid_t pid)
{
	/* It may wake now and then with nothing to do. */
	const uint64_t idle = 200000;
	uint64_t before, now = count_process(pid);

	if (!pid)
		return 0;
	do {
		before = now;
		usleep(300000);
		now = count_process(pid);
	} while (now - before > idle);
	return now;
}
