/* SPDX-License-Identifier: GPL-2.0 */
/* Recording plaintext: to a pcapng file, or to be read at once. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include "capture.h"
#include "filter.h"
#include "session.h"

/**
 * struct record_options - from the command line
 * @session: of the session
 * @filter: which connections
 * @capture: of the file; its name is NULL for none
 * @decode: print events and plaintext
 */
struct record_options {
	struct session_options session;
	struct event_filter filter;
	struct capture_options capture;
	bool decode;
};

int record_run_session(const struct record_options *opt, struct out *out);

#endif
