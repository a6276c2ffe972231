// SPDX-License-Identifier: GPL-2.0
/* Counters of the kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stat.h"
#include "util.h"

#define TLS_STAT	"/proc/net/tls_stat"
#define TRACE_STAT	"/proc/net/tls_trace_stat"

static struct tt_stats before;
static struct tt_stats expected;

static int read_more(struct tt_stats *st, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[128];

	if (!f)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	while (st->n < TT_STAT_MAX && fgets(line, sizeof(line), f))
		if (sscanf(line, "%39s %lld", st->s[st->n].name,
			   &st->s[st->n].value) == 2)
			st->n++;
	fclose(f);
	return 0;
}

int tt_stats_read(struct tt_stats *st)
{
	int err;

	st->n = 0;
	err = read_more(st, TLS_STAT);
	/* Without the module there is no second file. */
	if (!err && !access(TRACE_STAT, R_OK))
		err = read_more(st, TRACE_STAT);
	return err;
}

static struct tt_stat *find(struct tt_stats *st, const char *name)
{
	size_t i;

	for (i = 0; i < st->n; i++)
		if (!strcmp(st->s[i].name, name))
			return &st->s[i];
	return NULL;
}

long long tt_stats_get(const struct tt_stats *st, const char *name)
{
	struct tt_stat *s = find((struct tt_stats *)st, name);

	return s ? s->value : 0;
}

int tt_stat_begin(void)
{
	expected.n = 0;
	return tt_stats_read(&before);
}

void tt_stat_expect(const char *name, long long delta)
{
	struct tt_stat *s = find(&expected, name);

	if (!s) {
		if (expected.n == TT_STAT_MAX)
			abort();
		s = &expected.s[expected.n++];
		snprintf(s->name, sizeof(s->name), "%s", name);
		s->value = 0;
	}
	s->value += delta;
}

long long tt_stat_delta(const char *name)
{
	struct tt_stats now;

	if (tt_stats_read(&now))
		return -1;
	return tt_stats_get(&now, name) - tt_stats_get(&before, name);
}

int tt_stat_check(void)
{
	char text[TT_WHY_SIZE] = "";
	struct tt_stats now;
	long long delta, want;
	size_t i, n = 0;
	int err;

	err = tt_stats_read(&now);
	if (err)
		return err;
	for (i = 0; i < now.n; i++) {
		delta = now.s[i].value - tt_stats_get(&before, now.s[i].name);
		want = tt_stats_get(&expected, now.s[i].name);
		if (delta == want || n >= sizeof(text))
			continue;
		n += snprintf(text + n, sizeof(text) - n,
			      " %s moved by %lld, not %lld;", now.s[i].name,
			      delta, want);
	}
	return n ? tt_fail(EBADMSG, "counters:%s", text) : 0;
}
