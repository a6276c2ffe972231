/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of the library itself: no kernel TLS, no root.
 */
#ifndef TT_CHECK_MAIN_H
#define TT_CHECK_MAIN_H

#include <stdio.h>
#include <string.h>
#include "util.h"

static int failed;
static int done;

/* One check, with what it proves. */
#define CHECK(cond, ...)						\
	do {								\
		done++;							\
		if (!(cond)) {						\
			failed++;					\
			printf("FAILED %s:%d: ", __FILE__, __LINE__);	\
			printf(__VA_ARGS__);				\
			printf("\n");					\
		}							\
	} while (0)

static inline int check_end(const char *name)
{
	printf("%s: %d passed, %d failed\n", name, done - failed, failed);
	return failed != 0;
}

static inline void unhex(const char *s, unsigned char *out)
{
	unsigned int v;

	for (; sscanf(s, "%2x", &v) == 1; s += 2)
		*out++ = v;
}

#endif
