// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts run in every column, and their logs compared. A log that differs is
 * believed only if tls agrees with itself in further runs.
 */

/* Further runs of tls, and of the column that differed. */
#define RETRIES		4
#define RERUNS		2
/* Of a group, this many scripts may have unstable results, and one more for
 * each so many scripts.
 */
#define UNSTABLE	1
#define UNSTABLE_PER	40

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

/*
 * A column's log differs from that of tls: run both again. Return: 1 if tls
 * always does the same and the column never does, 0 if results vary, or -errno.
 */
static int is_difference(const struct df_setup *s, enum column c,
			 const struct df_result *r)
{
	struct df_note again;
	int i, err, real = 1;

	err = column_enter(COLUMN_TLS);
	for (i = 0; !err && real && i < RETRIES; i++) {
		err = script_run(s, column_ulp(COLUMN_TLS), &again);
		if (!err && strcmp(again.text, r->log[COLUMN_TLS].text))
			real = 0;
		free(again.text);
	}
	if (!err && real)
		err = column_enter(c);
	for (i = 0; !err && real && i < RERUNS; i++) {
		err = script_run(s, column_ulp(c), &again);
		if (!err && !strcmp(again.text, r->log[COLUMN_TLS].text))
			real = 0;
		free(again.text);
	}
	return err ?: real;
}

/* Return: 1 if a column differs from tls, 0 if none does, or -errno. */
static int result_judge(const struct df_setup *s, const struct df_result *r,
			int *unstable)
{
	int c, ret;

	for (c = COLUMN_QUIET; c < COLUMNS; c++) {
		if (!r->log[c].text ||
		    !strcmp(r->log[COLUMN_TLS].text, r->log[c].text))
			continue;
		ret = is_difference(s, c, r);
		if (ret > 0) {
			difference_print(s, c, r->log[COLUMN_TLS].text,
					 r->log[c].text);
			return 1;
		}
		if (ret < 0)
			return ret;
		++*unstable;
		say("results vary with tls itself:");
		difference_print(s, c, r->log[COLUMN_TLS].text,
				 r->log[c].text);
		return 0;
	}
	return 0;
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
			err = script_run(&s[i], column_ulp(c), &r[i].log[c]);
			if (err)
				setup_print(&s[i]);
		}
	}
	for (i = 0; !err && i < count; i++) {
		err = result_judge(&s[i], &r[i], unstable);
		*differ += err > 0;
		err = err < 0 ? err : 0;
	}
	if (!err)
		err = column_enter(COLUMN_TLS);
	for (i = 0; r && i < count; i++)
		result_free(&r[i]);
	free(r);
	return err;
}
