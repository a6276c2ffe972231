// SPDX-License-Identifier: GPL-2.0
/* Numbers on the command line. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "number.h"

long number_from(const char *text, long most)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 1 || n > most) {
		fprintf(stderr, "%s: '%s' is no number from 1 to %ld\n",
			program_invocation_short_name, text, most);
		exit(2);
	}
	return n;
}
