/* SPDX-License-Identifier: GPL-2.0 */
/* Which TLS libraries a program uses. */
#ifndef LIBS_H
#define LIBS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LIBS_MAX 6

enum lib_kind { LIB_OPENSSL, LIB_GNUTLS, LIB_NSS, LIB_MBEDTLS, LIB_WOLFSSL, LIB_S2N, LIB_CURL };

/**
 * struct libs - what was found out
 * @count: entries of @lib
 * @lib: each library once, by its path
 * @is_static: the program is statically linked
 * @is_go: the program was built by Go
 * @is_script: the program is a script
 * @static_openssl: version text of an OpenSSL linked into it, "" if none
 */
struct libs {
	unsigned int count;
	struct {
		enum lib_kind kind;
		char path[PATH_MAX];
	} lib[LIBS_MAX];
	bool is_static, is_go, is_script;
	char static_openssl[48];
};

bool libs_find_program(const char *name, char path[PATH_MAX]);
void libs_of_program(struct libs *libs, const char *path);
void libs_of_process(struct libs *libs, pid_t pid);
void libs_add(struct libs *libs, const char *path);
const char *lib_kind_name(enum lib_kind kind);

#endif
