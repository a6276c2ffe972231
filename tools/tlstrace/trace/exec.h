/* SPDX-License-Identifier: GPL-2.0 */
/* Running a program, showing its events, and saying what became of its TLS. */
#ifndef EXEC_H
#define EXEC_H

#include <stdbool.h>

#include "session.h"

/**
 * struct exec_options - from the command line
 * @session: of the session
 * @keep: connections kept for the summary
 * @quiet: no events, only the summary
 * @all: print every call
 */
struct exec_options {
	struct session_options session;
	unsigned int keep;
	bool quiet;
	bool all;
};

int exec_show(const struct exec_options *opt, struct out *out);

#endif
