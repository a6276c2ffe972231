/* SPDX-License-Identifier: GPL-2.0 */
/* The verdicts of "tlstrace check" and the groups of checks. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

#include "container.h"
#include "libs.h"
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
 * @container: the container that we are in, if any
 * @program: path of the program to look at, or NULL
 * @counts: verdicts so far
 */
struct check {
	struct out *out;
	bool may_load;
	bool loaded_tls, loaded_trace;
	bool have_tls, have_trace;
	struct container container;
	const char *program;
	unsigned int counts[V_COUNT];
};

/**
 * struct check_extra - a further field for JSON
 * @key: its name
 * @value: its value; may hold foreign bytes
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
void check_container(struct check *ck);
void check_container_tracing(struct check *ck);
void check_modules(struct check *ck);
bool check_ulp_harmless(const struct check *ck, const char *ulp);
void check_ktls(struct check *ck);
void check_openssl(struct check *ck);
void check_openssl_library(struct check *ck, const char *library, const char *libcrypto);
void check_tracing(struct check *ck);
void check_unload(struct check *ck);

/* check_program.c */
bool check_has_program(const char *name, char path[PATH_MAX]);
bool check_find_program(const char *name, char path[PATH_MAX]);
void check_program(struct check *ck);

/* check_libs.c */
void check_libs(struct check *ck, const struct libs *libs);

/* check_servers.c */
void check_servers(struct check *ck);

#endif
