/* SPDX-License-Identifier: GPL-2.0 */
/* The verdicts of "tlstrace check" and the groups of checks. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

#include "out.h"

enum verdict { V_OK, V_WARN, V_FAIL, V_SKIP, V_COUNT };

/**
 * struct check - a run of checks
 * @out: where verdicts go
 * @may_load: modules may be loaded to try them
 * @loaded_tls: we loaded tls, to be unloaded at the end
 * @loaded_trace: the same for tls_trace
 * @have_tls: the ULP tls works
 * @have_trace: the ULP tls_trace works
 * @counts: verdicts so far
 */
struct check {
	struct out *out;
	bool may_load;
	bool loaded_tls, loaded_trace;
	bool have_tls, have_trace;
	unsigned int counts[V_COUNT];
};

/**
 * struct check_extra - further fields for JSON
 */
struct check_extra {
	const char *key;
	const char *value;
};

void check_say(struct check *ck, enum verdict v, const char *what, const char *advice,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void check_say_extra(struct check *ck, enum verdict v, const char *what, const char *advice,
		     const char *detail, const struct check_extra *extra, int nextra);
void check_end(struct check *ck);

void check_system(struct check *ck);
void check_modules(struct check *ck);
void check_ktls(struct check *ck);
void check_openssl(struct check *ck);
void check_tracing(struct check *ck);
void check_unload(struct check *ck);

#endif
