/* SPDX-License-Identifier: GPL-2.0 */
/* Tracing one program from start to summary. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "out.h"
#include "tlstrace.h"

/**
 * struct session_options - from the command line
 * @buffer_kb: ring buffer per CPU, KiB
 * @keep: connections kept for the summary
 * @color: for messages about colours
 * @quiet: no events, only the summary
 * @all: print every call
 * @wait: go on until all processes of the program have ended
 */
struct session_options {
	unsigned int buffer_kb;
	unsigned int keep;
	enum color_when color;
	bool quiet;
	bool all;
	bool wait;
};

int session_exec(const struct session_options *opt, struct out *out, char **argv);

#endif
