// SPDX-License-Identifier: GPL-2.0
/*
 * Two sources: what the dynamic linker would load for the program, and what is
 * mapped into the processes while they run (plugins, interpreters).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs.h"

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr elf_ehdr;
typedef Elf64_Phdr elf_phdr;
#define ELF_CLASS ELFCLASS64
#else
typedef Elf32_Ehdr elf_ehdr;
typedef Elf32_Phdr elf_phdr;
#define ELF_CLASS ELFCLASS32
#endif

#define LINKER_TIME_LIMIT 10	/* s */

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
 * libs_add() - note a mapped or linked file if it is a TLS library
 * @libs: result
 * @path: absolute path of any file
 */
void libs_add(struct libs *libs, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t i;

	base = base ? base + 1 : path;
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

/**
 * libs_find_program() - find a program as execvp() does
 * @name: argv[0]
 * @path: result
 *
 * Return: false if there is no such program.
 */
bool libs_find_program(const char *name, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");

	if (strchr(name, '/')) {
		snprintf(path, PATH_MAX, "%s", name);
		return !access(path, X_OK);
	}
	if (!dirs)
		dirs = "/bin:/usr/bin";
	while (*dirs) {
		size_t len = strcspn(dirs, ":");

		snprintf(path, PATH_MAX, "%.*s/%s", len ? (int)len : 1, len ? dirs : ".", name);
		if (!access(path, X_OK))
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

/* Lines like "	libssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x7f...)". */
static void read_linker_list(struct libs *libs, int fd)
{
	FILE *f = fdopen(fd, "r");
	char *line = NULL;
	size_t room = 0;

	if (!f) {
		close(fd);
		return;
	}
	while (getline(&line, &room, f) > 0) {
		char *path = strstr(line, "=> /"), *end;

		if (!path)
			continue;
		path += 3;
		end = strstr(path, " (0x");
		if (end)
			*end = 0;
		path[strcspn(path, "\n")] = 0;
		libs_add(libs, path);
	}
	free(line);
	fclose(f);
}

static void ask_linker(struct libs *libs, const char *linker, const char *program)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		alarm(LINKER_TIME_LIMIT);
		dup2(null, STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(linker, linker, "--list", program, (char *)NULL);
		_exit(EXIT_FAILURE);
	}
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return;
	}
	read_linker_list(libs, fds[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void look_static(struct libs *libs, const char *map, size_t size)
{
	static const char go_magic[] = "\xff Go buildinf:";
	const char *at = map;

	if (memmem(map, size, go_magic, sizeof(go_magic) - 1))
		libs->is_go = true;
	while ((at = memmem(at, size - (size_t)(at - map), "OpenSSL ", 8))) {
		size_t left = size - (size_t)(at - map), len = 0;

		if (left > 10 && at[8] >= '1' && at[8] <= '9' && at[9] == '.') {
			while (len < left && len < sizeof(libs->static_openssl) - 1 &&
			       at[len] >= 0x20 && at[len] < 0x7f)
				len++;
			memcpy(libs->static_openssl, at, len);
			libs->static_openssl[len] = 0;
			return;
		}
		at += 8;
	}
}

static void look_elf(struct libs *libs, const char *path, const char *map, size_t size)
{
	const elf_ehdr *eh = (const elf_ehdr *)map;

	if (size < sizeof(*eh) || eh->e_ident[EI_CLASS] != ELF_CLASS ||
	    eh->e_phentsize != sizeof(elf_phdr) || eh->e_phoff > size ||
	    (size - eh->e_phoff) / sizeof(elf_phdr) < eh->e_phnum)
		return;
	libs->is_static = true;
	for (int i = 0; i < eh->e_phnum; i++) {
		elf_phdr ph;
		char linker[PATH_MAX];

		memcpy(&ph, map + eh->e_phoff + (size_t)i * sizeof(ph), sizeof(ph));
		if (ph.p_type != PT_INTERP || ph.p_offset > size ||
		    ph.p_filesz > size - ph.p_offset || ph.p_filesz >= sizeof(linker))
			continue;
		memcpy(linker, map + ph.p_offset, ph.p_filesz);
		linker[ph.p_filesz] = 0;
		libs->is_static = false;
		ask_linker(libs, linker, path);
	}
	look_static(libs, map, size);
}

/**
 * libs_of_program() - look at a program file
 * @libs: result, added to
 * @path: the file
 */
void libs_of_program(struct libs *libs, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *map;

	if (fd < 0)
		return;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 4) {
		close(fd);
		return;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	if (!memcmp(map, "#!", 2))
		libs->is_script = true;
	else if (!memcmp(map, ELFMAG, SELFMAG))
		look_elf(libs, path, map, (size_t)st.st_size);
	munmap(map, (size_t)st.st_size);
}
