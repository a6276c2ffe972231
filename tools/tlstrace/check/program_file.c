// SPDX-License-Identifier: GPL-2.0
/* What a program file is, without running it. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELF_DATA ELFDATA2LSB
#else
#define ELF_DATA ELFDATA2MSB
#endif

/* Root's, and nobody else can write it; in a sticky directory nobody else's file can be. */
static bool roots_alone(const struct stat *st)
{
	if (st->st_uid)
		return false;
	return !(st->st_mode & (S_IWGRP | S_IWOTH)) ||
	       (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX));
}

/**
 * program_trusted() - may this process run a file that somebody else names?
 * @path: the file, a program or library
 *
 * For root, only what belongs to root and nobody else can write will do, in
 * directories of which the same holds.
 *
 * Return: true if so.
 */
bool program_trusted(const char *path)
{
	char real[PATH_MAX], *slash;
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) || !S_ISREG(st.st_mode))
		return false;
	if (geteuid())
		return true;
	if (!roots_alone(&st))
		return false;
	while ((slash = strrchr(real, '/'))) {
		/* The first one is of the root directory. */
		slash[slash == real] = 0;
		if (stat(real, &st) || !roots_alone(&st))
			return false;
		if (slash == real)
			return true;
	}
	return false;
}

/**
 * script_interpreter() - which program runs a script?
 * @line: its first line, with "#!"
 * @path: result
 *
 * Through env, it is the program that env finds.
 *
 * Return: false if that cannot be told.
 */
bool script_interpreter(const char *line, char path[PATH_MAX])
{
	char copy[PATH_MAX], *save, *word;
	const char *base;

	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(line, "\r\n"), line);
	word = strtok_r(copy + 2, " \t", &save);
	if (!word)
		return false;
	snprintf(path, PATH_MAX, "%s", word);
	base = strrchr(word, '/');
	if (!base || strcmp(base, "/env"))
		return true;
	/* Options of env, and variables that it sets. */
	do {
		word = strtok_r(NULL, " \t", &save);
	} while (word && (*word == '-' || strchr(word, '=')));
	return word && libs_find_program(word, path);
}

/* In two parts, or this program would be taken for one of Go's. */
static bool is_go(const char *map, size_t size)
{
	static const char magic[] = "\xff Go bui", rest[] = "ldinf:";
	const char *at = map, *end = map + size;

	while ((at = memmem(at, (size_t)(end - at), magic, sizeof(magic) - 1))) {
		at += sizeof(magic) - 1;
		if ((size_t)(end - at) >= sizeof(rest) - 1 && !memcmp(at, rest, sizeof(rest) - 1))
			return true;
	}
	return false;
}

/* "OpenSSL 3.0.17", not "OpenSSL 3.0 or later". */
static bool is_openssl_version(const char *s, size_t len)
{
	unsigned int dots = 0;

	for (size_t i = 8; i < len && (s[i] == '.' || (s[i] >= '0' && s[i] <= '9')); i++)
		if (s[i] == '.' && (++dots == 2 || s[i - 1] == ' '))
			return dots == 2 && i + 1 < len && s[i + 1] >= '0' && s[i + 1] <= '9';
	return false;
}

/* Go's own mark, and the text that OpenSSL says as its version. */
static void look_inside(struct libs *libs, const char *map, size_t size)
{
	const char *at = map;

	libs->is_go = is_go(map, size);
	/* OpenSSL 3.2 and later tell the source file in their errors. */
	if (memmem(map, size, "/ktls_meth.c", 13))
		libs->static_ktls = true;
	while ((at = memmem(at, size - (size_t)(at - map), "OpenSSL ", 8))) {
		size_t left = size - (size_t)(at - map), len = 0;

		if (is_openssl_version(at, left)) {
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

static bool is_foreign(struct libs *libs, const char *map)
{
	const elf_ehdr *eh = (const elf_ehdr *)map;
	elf_ehdr own;
	int fd;

	if (eh->e_ident[EI_CLASS] == ELF_CLASS && eh->e_ident[EI_DATA] == ELF_DATA) {
		fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return false;
		if (read(fd, &own, sizeof(own)) != (ssize_t)sizeof(own))
			own.e_machine = eh->e_machine;
		close(fd);
		if (own.e_machine == eh->e_machine)
			return false;
	}
	/* At the same place in both classes. */
	libs->machine = (unsigned char)map[18 + (eh->e_ident[EI_DATA] == ELFDATA2MSB)];
	libs->form = PROGRAM_FOREIGN;
	return true;
}

static void look_elf(struct libs *libs, const char *path, const char *map, size_t size,
		     mode_t mode)
{
	const elf_ehdr *eh = (const elf_ehdr *)map;

	if (size < sizeof(*eh) || is_foreign(libs, map) || eh->e_phentsize != sizeof(elf_phdr) ||
	    eh->e_phoff > size || (size - eh->e_phoff) / sizeof(elf_phdr) < eh->e_phnum)
		return;
	libs->form = PROGRAM_ELF;
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
		linker_ask(libs, linker, path, mode & (S_ISUID | S_ISGID));
	}
	look_inside(libs, map, size);
}

static void look_script(struct libs *libs, const char *map, size_t size)
{
	char line[PATH_MAX];

	libs->form = PROGRAM_SCRIPT;
	libs->is_script = true;
	snprintf(line, sizeof(line), "%.*s", (int)(size < sizeof(line) ? size : sizeof(line) - 1),
		 map);
	if (!script_interpreter(line, libs->interpreter))
		libs->interpreter[0] = 0;
}

/**
 * libs_of_program() - look at a program file
 * @libs: result, added to
 * @path: the file
 */
void libs_of_program(struct libs *libs, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *map;

	if (fd < 0) {
		libs->error = errno;
		return;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 4) {
		close(fd);
		return;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	if (!memcmp(map, "#!", 2))
		look_script(libs, map, (size_t)st.st_size);
	else if (!memcmp(map, ELFMAG, SELFMAG))
		look_elf(libs, path, map, (size_t)st.st_size, st.st_mode);
	munmap(map, (size_t)st.st_size);
}
