// SPDX-License-Identifier: GPL-2.0
/*
 * Two sources: what the dynamic linker would load for the program, and what is
 * mapped into the processes while they run (plugins, interpreters).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libs.h"

static const struct {
	const char *prefix;	/* of the file name */
	enum lib_kind kind;
	const char *name;
} known[] = {
	{ "libssl.so", LIB_OPENSSL, "OpenSSL" },
	{ "libgnutls.so", LIB_GNUTLS, "GnuTLS" },
	{ "libssl3.so", LIB_NSS, "NSS" },
	{ "libmbedtls.so", LIB_MBEDTLS, "Mbed TLS" },
	{ "libwolfssl.so", LIB_WOLFSSL, "wolfSSL" },
	{ "libs2n.so", LIB_S2N, "s2n-tls" },
	{ "libcurl.so", LIB_CURL, "libcurl" },
	{ "libcurl-gnutls.so", LIB_CURL, "libcurl" },
};

#define NKNOWN (sizeof(known) / sizeof(known[0]))

/**
 * lib_kind_name() - name of a library
 * @kind: which
 *
 * Return: the name its makers use.
 */
const char *lib_kind_name(enum lib_kind kind)
{
	for (size_t i = 0; i < NKNOWN; i++)
		if (known[i].kind == kind)
			return known[i].name;
	return "unknown";
}

/**
 * libs_path() - where a library is
 * @libs: what was found out
 * @kind: which library
 *
 * Return: its path, or NULL if it is not among them.
 */
const char *libs_path(const struct libs *libs, enum lib_kind kind)
{
	for (unsigned int i = 0; i < libs->count; i++)
		if (libs->lib[i].kind == kind)
			return libs->lib[i].path;
	return NULL;
}

/**
 * libs_add() - note a mapped or linked file if it is a TLS library
 * @libs: result
 * @path: absolute path of any file
 */
void libs_add(struct libs *libs, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t i;

	base = base ? base + 1 : path;
	if (!strncmp(base, "libcrypto.so", 12) && !libs->libcrypto[0])
		snprintf(libs->libcrypto, sizeof(libs->libcrypto), "%s", path);
	for (i = 0; i < NKNOWN; i++)
		if (!strncmp(base, known[i].prefix, strlen(known[i].prefix)))
			break;
	if (i == NKNOWN || libs->count == LIBS_MAX || strlen(path) >= PATH_MAX)
		return;
	for (unsigned int n = 0; n < libs->count; n++)
		if (libs->lib[n].kind == known[i].kind)
			return;
	libs->lib[libs->count].kind = known[i].kind;
	strcpy(libs->lib[libs->count].path, path);
	libs->count++;
}

/**
 * libs_of_process() - look at what a running process has mapped
 * @libs: result, added to
 * @pid: the process; may be gone
 */
void libs_of_process(struct libs *libs, pid_t pid)
{
	char name[64], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	f = fopen(name, "re");
	if (!f)
		return;
	while (getline(&line, &room, f) > 0) {
		char *path = strchr(line, '/');

		if (!path)
			continue;
		path[strcspn(path, "\n")] = 0;
		libs_add(libs, path);
	}
	free(line);
	fclose(f);
}

static bool can_be_run(const char *path)
{
	struct stat st;

	if (access(path, X_OK) || stat(path, &st))
		return false;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
	return S_ISREG(st.st_mode);
}

/**
 * libs_find_program() - find a program as execvp() does
 * @name: argv[0]
 * @path: result
 *
 * Return: false if there is no such program; errno says why for a @name with a slash.
 */
bool libs_find_program(const char *name, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");

	if (strchr(name, '/')) {
		snprintf(path, PATH_MAX, "%s", name);
		return can_be_run(path);
	}
	if (!dirs)
		dirs = "/bin:/usr/bin";
	while (*dirs) {
		size_t len = strcspn(dirs, ":");

		snprintf(path, PATH_MAX, "%.*s/%s", len ? (int)len : 1, len ? dirs : ".", name);
		if (can_be_run(path))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}
