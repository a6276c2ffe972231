// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts run in every column, and their logs compared. A log that differs is
 * believed only if tls agrees with itself in further runs, and does not come to the
 * same when it is given time.
 */

/* Further runs of tls, and of the column that differed. */
#define RETRIES		4
#define RERUNS		2
/* Of a group, this many scripts may have unstable results, and one more for
 * each so many scripts.
 */
#define MAY_VARY	1
#define MAY_VARY_PER	40

struct df_result {
	struct df_note log[COLUMNS];
};

static void result_free(struct df_result *r)
{
	int c;

	for (c = 0; c < COLUMNS; c++)
		free(r->log[c].text);
}

static const char *family_name(enum tt_family family)
{
	return family == TT_IPV4 ? "ipv4" : family == TT_IPV6 ? "ipv6" :
	       "mapped";
}

/* A line of the test's output that is no result. */
static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	fflush(stdout);
}

static void setup_print(const struct df_setup *s)
{
	say("script: 1.%d %s %s: %s", s->version == TLS_1_2 ? 2 : 3,
	       s->cipher->feature, family_name(s->family), s->script);
}

/* The first line in which two logs differ. Return: its number, 0 if none. */
static int first_difference(const char *a, const char *b, const char **line_a,
			    const char **line_b, int *len_a, int *len_b)
{
	int line;

	for (line = 1; *a || *b; line++) {
		*line_a = a;
		*line_b = b;
		*len_a = strcspn(a, "\n");
		*len_b = strcspn(b, "\n");
		if (*len_a != *len_b || memcmp(a, b, *len_a))
			return line;
		a += *len_a + (a[*len_a] == '\n');
		b += *len_b + (b[*len_b] == '\n');
	}
	return 0;
}

static void difference_print(const struct df_setup *s, enum column c,
			     const char *tls, const char *other)
{
	const char *a, *b;
	int la, lb, shown = 0;

	setup_print(s);
	while (first_difference(tls, other, &a, &b, &la, &lb) && shown++ < 4) {
		say("  %s: %.*s", column_names[COLUMN_TLS], la, a);
		say("  %s: %.*s", column_names[c], lb, b);
		tls = a + la + (a[la] == '\n');
		other = b + lb + (b[lb] == '\n');
	}
}

/* Run a script once more. Return: 1 if its log is @want, 0 if not, or -errno. */
static int same_again(const struct df_setup *s, enum column c, int pause,
		      const char *want)
{
	struct df_note again;
	int ret;

	ret = script_run(s, column_ulp(c), pause, &again) ?:
	      !strcmp(again.text, want);
	free(again.text);
	return ret;
}

static int steps_count(const char *script)
{
	struct df_step st;
	int n = 0;

	while (step_cut(&script, &st))
		n++;
	return n;
}

/*
 * Whether tls gives a column's log too when it is given time: at one step, or at
 * every one. Asked only where the column itself took as long, so what it did at
 * once, tls must do at once. Return: 1 if so, 0 if not, or -errno.
 */
static int same_in_time(const struct df_setup *s, const struct df_note *log)
{
	int pause, ret = 0, steps = steps_count(s->script);

	if (log->ms < DF_TIMER_MS)
		return 0;
	for (pause = DF_PAUSE_ALWAYS; !ret && pause <= steps; pause++)
		if (pause != DF_PAUSE_NEVER)
			ret = same_again(s, COLUMN_TLS, pause, log->text);
	return ret;
}

enum verdict { SAME, UNSTABLE, DIFFERENT };

/*
 * A column's log differs from that of tls: run both again. It is the same if tls
 * gives that log as well, and different if tls always does the same and the column
 * never does; otherwise results vary. Return: enum verdict, or -errno.
 */
static int difference_judge(const struct df_setup *s, enum column c,
			    const struct df_result *r)
{
	const struct df_note *tls = &r->log[COLUMN_TLS], *log = &r->log[c];
	bool steady = true;
	struct df_note again;
	int i, ret;

	ret = column_enter(COLUMN_TLS);
	for (i = 0; !ret && i < RETRIES; i++) {
		ret = script_run(s, column_ulp(COLUMN_TLS), DF_PAUSE_NEVER,
				 &again) ?: !strcmp(again.text, log->text);
		steady &= ret || !strcmp(again.text, tls->text);
		free(again.text);
	}
	ret = ret ?: same_in_time(s, log);
	if (ret)
		return ret < 0 ? ret : SAME;
	if (!steady)
		return UNSTABLE;
	ret = column_enter(c);
	for (i = 0; !ret && i < RERUNS; i++)
		ret = same_again(s, c, DF_PAUSE_NEVER, tls->text);
	return ret < 0 ? ret : ret ? UNSTABLE : DIFFERENT;
}

/* Return: the worst that a column is against tls (enum verdict), or -errno. */
static int result_judge(const struct df_setup *s, const struct df_result *r)
{
	const char *tls = r->log[COLUMN_TLS].text;
	int c, ret, worst = SAME;

	for (c = COLUMN_QUIET; c < COLUMNS; c++) {
		if (!r->log[c].text || !strcmp(tls, r->log[c].text))
			continue;
		ret = difference_judge(s, c, r);
		if (ret < 0)
			return ret;
		if (ret == UNSTABLE)
			say("results vary from run to run:");
		if (ret != SAME)
			difference_print(s, c, tls, r->log[c].text);
		worst = ret > worst ? ret : worst;
		if (worst == DIFFERENT)
			break;
	}
	return worst;
}

/**
 * compare() - run scripts in all columns
 * @s:		scripts
 * @count:	how many
 * @differ:	out: how many differ
 * @unstable:	out: how many gave varying results
 *
 * Return: 0, or -errno with the reason noted where the test itself failed.
 */
static int compare(const struct df_setup *s, int count, int *differ,
		   int *unstable)
{
	struct df_result *r = calloc(count, sizeof(*r));
	int c, i, err;

	*differ = 0;
	*unstable = 0;
	err = r ? world_prepare() : tt_fail(ENOMEM, "results");
	/* A column after the other: to switch events takes its time. */
	for (c = 0; !err && c < COLUMNS; c++) {
		if (!column_there[c])
			continue;
		err = column_enter(c);
		for (i = 0; !err && i < count; i++) {
			err = script_run(&s[i], column_ulp(c), DF_PAUSE_NEVER,
					 &r[i].log[c]);
			if (err)
				setup_print(&s[i]);
		}
	}
	for (i = 0; !err && i < count; i++) {
		err = result_judge(&s[i], &r[i]);
		*differ += err == DIFFERENT;
		*unstable += err == UNSTABLE;
		err = err < 0 ? err : 0;
	}
	if (!err)
		err = column_enter(COLUMN_TLS);
	for (i = 0; r && i < count; i++)
		result_free(&r[i]);
	free(r);
	return err;
}
