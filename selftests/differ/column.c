// SPDX-License-Identifier: GPL-2.0
/*
 * The columns that are compared: tls, and tls_trace without events, with all of
 * them, and with the capture of data.
 */

#define TRACING		"/sys/kernel/tracing/instances"
#define DATA_MAX	"/sys/module/tls_trace/parameters/data_max"

enum column {
	COLUMN_TLS,
	COLUMN_QUIET,
	COLUMN_EVENTS,
	COLUMN_DATA,
	COLUMNS
};

static const char * const column_names[] = {
	"tls", "tls_trace", "tls_trace with events", "tls_trace with capture",
};

static char instance[sizeof(TRACING) + 40];
static pid_t instance_owner;
/* Each test has a process of its own, and does not know how the last one ended. */
static int column_now = -1;
static bool column_there[COLUMNS];

static int put_text(const char *dir, const char *file, const char *text)
{
	char path[sizeof(instance) + 60];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s%s", dir, file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	if (write(fd, text, strlen(text)) < 0)
		err = tt_fail(errno, "%s: %s", path, strerror(errno));
	close(fd);
	return err;
}

static const char *column_ulp(enum column c)
{
	return c == COLUMN_TLS ? "tls" : "tls_trace";
}

static int column_enter(enum column c)
{
	bool traced = c >= COLUMN_EVENTS, capture = c == COLUMN_DATA;
	int err = 0;

	if (column_there[COLUMN_EVENTS] &&
	    (column_now < 0 || traced != (column_now >= COLUMN_EVENTS)))
		err = put_text(instance, "/events/tls_trace/enable",
			       traced ? "1" : "0");
	if (!err && column_there[COLUMN_DATA] &&
	    (column_now < 0 || capture != (column_now == COLUMN_DATA)))
		err = put_text(DATA_MAX, "", capture ? "16384" : "0");
	if (!err)
		column_now = c;
	return err;
}

static void columns_stop(void)
{
	/* Not in the tests' processes. */
	if (getpid() != instance_owner)
		return;
	if (column_there[COLUMN_DATA])
		put_text(DATA_MAX, "", "0");
	rmdir(instance);
}

static void columns_start(void)
{
	instance_owner = getpid();
	snprintf(instance, sizeof(instance), TRACING "/tls_differ_%d",
		 instance_owner);
	column_there[COLUMN_TLS] = true;
	column_there[COLUMN_QUIET] = !tt_feature_missing("tls_trace");
	column_there[COLUMN_EVENTS] = column_there[COLUMN_QUIET] &&
				      !mkdir(instance, 0700);
	column_there[COLUMN_DATA] = column_there[COLUMN_EVENTS] &&
				    !access(DATA_MAX, W_OK);
	if (column_there[COLUMN_EVENTS])
		put_text(instance, "/buffer_size_kb", "512");
	atexit(columns_stop);
}

/* How many of an event are in the trace, which is empty then. */
static int column_count(const char *event)
{
	char path[sizeof(instance) + 20], line[16384], mark[40];
	int count = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/trace", instance);
	snprintf(mark, sizeof(mark), ": %s:", event);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		count += !!strstr(line, mark);
	fclose(f);
	put_text(instance, "/trace", "");
	return count;
}
