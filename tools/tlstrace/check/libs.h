/* SPDX-License-Identifier: GPL-2.0 */
/* Which TLS libraries a program uses. */
#ifndef LIBS_H
#define LIBS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LIBS_MAX 6

/* What a program file is. */
enum program_form { PROGRAM_OTHER, PROGRAM_ELF, PROGRAM_FOREIGN, PROGRAM_SCRIPT };

enum lib_kind { LIB_OPENSSL, LIB_GNUTLS, LIB_NSS, LIB_MBEDTLS, LIB_WOLFSSL, LIB_S2N, LIB_CURL };

/**
 * struct libs - what was found out
 * @count: entries of @lib
 * @lib: each library once, by its path
 * @is_static: the program is statically linked
 * @is_go: the program was built by Go
 * @is_script: the program is a script
 * @static_openssl: version text of an OpenSSL linked into it, "" if none
 * @static_ktls: that OpenSSL has its code for kTLS; tells from OpenSSL 3.2 on
 * @form: what the program file is
 * @error: errno of reading it, or 0
 * @machine: ELF machine of a program for another machine
 * @interpreter: of a script
 * @libcrypto: what its libssl gets along with it, "" if not known
 * @trouble: what the dynamic linker says that does not go, "" if nothing
 * @linker: its dynamic linker, if that was not asked because it is not to be trusted
 */
struct libs {
	unsigned int count;
	struct {
		enum lib_kind kind;
		char path[PATH_MAX];
	} lib[LIBS_MAX];
	bool is_static, is_go, is_script;
	char static_openssl[48];
	bool static_ktls;
	enum program_form form;
	int error;
	unsigned int machine;
	char interpreter[PATH_MAX];
	char libcrypto[PATH_MAX];
	char trouble[160];
	char linker[PATH_MAX];
};

bool libs_find_program(const char *name, char path[PATH_MAX]);
void libs_of_process(struct libs *libs, pid_t pid);
void libs_add(struct libs *libs, const char *path);
const char *libs_path(const struct libs *libs, enum lib_kind kind);
const char *lib_kind_name(enum lib_kind kind);

/* linker.c */
void linker_ask(struct libs *libs, const char *linker, const char *program, bool secure);
void linker_read_list(struct libs *libs, const char *text);

/* program_file.c */
void libs_of_program(struct libs *libs, const char *path);
bool script_interpreter(const char *line, char path[PATH_MAX]);
bool program_trusted(const char *path);

#endif
