// SPDX-License-Identifier: GPL-2.0
/* Unit tests of what needs no kernel: prints TAP, exits 1 if a test fails. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

unsigned int unit_failed;

static unsigned int cases, case_failures;
static const char *current;

static void end_case(void)
{
	if (!current)
		return;
	cases++;
	if (case_failures)
		printf("not ");
	printf("ok %u %s\n", cases, current);
	unit_failed += case_failures != 0;
	current = NULL;
}

/* Begin a test; the one before ends. */
void unit_case(const char *name)
{
	end_case();
	current = name;
	case_failures = 0;
}

void unit_check(bool ok, const char *file, int line, const char *what)
{
	if (ok)
		return;
	case_failures++;
	printf("# %s:%d: not true: %s\n", file, line, what);
}

void unit_equal(const char *got, const char *want, const char *file, int line)
{
	if (!strcmp(got, want))
		return;
	case_failures++;
	printf("# %s:%d: got:\n# %s\n# want:\n# %s\n", file, line, got, want);
}

/* What has been printed so far; empties the buffer. */
const char *unit_output(struct out *out)
{
	static char text[65536];

	snprintf(text, sizeof(text), "%.*s", (int)out->len, out->buf ? out->buf : "");
	out->len = 0;
	return text;
}

/* An event with addresses and a time stamp, the rest zero. */
struct event unit_event(enum event_kind kind, uint64_t ino)
{
	struct event ev = {
		.kind = kind, .ino = ino, .netns = 4026531840U, .ts = 1001500000, .pid = 42,
		.ep = { .family = AF_INET, .sport = 4433, .dport = 51234 },
	};

	inet_pton(AF_INET6, "::ffff:127.0.0.1", ev.ep.saddr);
	inet_pton(AF_INET6, "::ffff:192.0.2.7", ev.ep.daddr);
	return ev;
}

int main(void)
{
	test_event();
	test_format();
	test_conn();
	test_sweep();
	test_misc();
	test_list();
	test_record();
	test_stat();
	test_program();
	test_server();
	end_case();
	printf("1..%u\n", cases);
	return unit_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
