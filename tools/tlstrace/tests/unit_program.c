// SPDX-License-Identifier: GPL-2.0
/* Program files, dynamic linkers' lists, and running a program to ask it. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "libs.h"
#include "unit.h"

#define TEMPORARY "/tmp/tlstrace-unit-XXXXXX"

static const char *path_of(const struct libs *libs, enum lib_kind kind)
{
	const char *path = libs_path(libs, kind);

	return path ? path : "none";
}

static void test_linker(void)
{
	struct libs libs = { 0 };

	unit_case("dynamic linker: what it lists");
	linker_read_list(&libs, "\tlinux-vdso.so.1 (0x00007ffd)\n"
			 "\t/opt/with blank/libgnutls.so.30 (0x00007f01)\n"
			 "\tlibssl.so.3 => /opt/a => b/libssl.so.3 (0x00007f02)\n"
			 "\tlibcrypto.so.3 => /opt/a => b/libcrypto.so.3 (0x00007f03)\n"
			 "\t/lib64/ld-linux-x86-64.so.2 (0x00007f04)");
	CHECK(libs.count == 2);
	EQUAL(path_of(&libs, LIB_GNUTLS), "/opt/with blank/libgnutls.so.30");
	EQUAL(path_of(&libs, LIB_OPENSSL), "/opt/a => b/libssl.so.3");
	EQUAL(libs.libcrypto, "/opt/a => b/libcrypto.so.3");
	CHECK(!libs_path(&libs, LIB_NSS) && !libs.trouble[0]);

	unit_case("dynamic linker: an error is no list");
	memset(&libs, 0, sizeof(libs));
	linker_read_list(&libs, "");
	CHECK(!libs.trouble[0]);
	linker_read_list(&libs, "prog: error while loading shared libraries: libssl.so.3: cannot\n"
			 "prog: error while loading shared libraries: libother.so: cannot\n");
	EQUAL(libs.trouble, "libssl.so.3: cannot");
	libs.trouble[0] = 0;
	linker_read_list(&libs, "Error loading shared library libssl.so.3: No such file (needed by p)");
	EQUAL(libs.trouble, "libssl.so.3: No such file (needed by p)");
	CHECK(!libs.count);
}

static void test_script(void)
{
	char path[PATH_MAX];

	unit_case("scripts: interpreter, also through env");
	CHECK(script_interpreter("#!/bin/sh", path));
	EQUAL(path, "/bin/sh");
	CHECK(script_interpreter("#! /opt/perl -w\nuse strict;\n", path));
	EQUAL(path, "/opt/perl");
	CHECK(script_interpreter("#!/usr/bin/env sh\n", path) && strstr(path, "/sh"));
	CHECK(script_interpreter("#!/usr/bin/env -S A=b sh -x\n", path) && strstr(path, "/sh"));
	CHECK(!script_interpreter("#!/usr/bin/env\n", path));
	CHECK(!script_interpreter("#!/usr/bin/env no-such-program-here\n", path));
	CHECK(!script_interpreter("#!\n/bin/sh\n", path));
}

/* A file with these bytes; the caller unlinks it. */
static void make_file(char *path, const void *data, size_t len)
{
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

static void test_forms(void)
{
	char path[PATH_MAX] = TEMPORARY;
	struct libs libs = { 0 };
	Elf64_Ehdr eh;
	int fd;

	unit_case("program files: ELF, for another machine, neither");
	libs_of_program(&libs, "/proc/self/exe");
	CHECK(libs.form == PROGRAM_ELF && !libs.is_static && !libs.error && !libs.trouble[0]);
	fd = open("/proc/self/exe", O_RDONLY);
	CHECK(read(fd, &eh, sizeof(eh)) == (ssize_t)sizeof(eh));
	close(fd);
	eh.e_machine ^= 1;
	make_file(path, &eh, sizeof(eh));
	memset(&libs, 0, sizeof(libs));
	libs_of_program(&libs, path);
	CHECK(libs.form == PROGRAM_FOREIGN && libs.machine == (eh.e_machine & 0xff));
	unlink(path);
	strcpy(path, TEMPORARY);
	make_file(path, ELFMAG, SELFMAG);
	memset(&libs, 0, sizeof(libs));
	libs_of_program(&libs, path);
	CHECK(libs.form == PROGRAM_OTHER);
	unlink(path);
	memset(&libs, 0, sizeof(libs));
	libs_of_program(&libs, path);
	CHECK(libs.error == ENOENT);

	unit_case("program files: no directory is a program");
	CHECK(!libs_find_program("/", path) && errno == EISDIR);
	CHECK(!libs_find_program("/etc/passwd", path) && errno == EACCES);
}

static void test_trusted(void)
{
	char dir[] = "/tmp/unit-XXXXXX", file[64], link[64];

	if (geteuid() || !mkdtemp(dir))
		return;
	snprintf(file, sizeof(file), "%s/lib.so", dir);
	snprintf(link, sizeof(link), "%s/link.so", dir);
	close(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));

	unit_case("trusted: root's own file, also in a sticky directory, and a link to it");
	CHECK(program_trusted(file));
	CHECK(!symlink(file, link) && program_trusted(link));
	unit_case("not trusted: what others own or can write, or can replace");
	CHECK(!chmod(file, 0775) && !program_trusted(file));
	CHECK(!chmod(file, 0755) && !chown(file, 1, 0) && !program_trusted(file));
	CHECK(!chown(file, 0, 0) && program_trusted(file));
	CHECK(!chown(dir, 1, 0) && !program_trusted(file) && !program_trusted(link));
	CHECK(!chown(dir, 0, 0) && !chmod(dir, 0777) && !program_trusted(file));
	CHECK(!program_trusted(dir) && !program_trusted("/no/such/file"));
	unlink(link);
	unlink(file);
	rmdir(dir);
}

static void ask(struct question *q, const char *script)
{
	char *argv[] = { strdupa("/bin/sh"), strdupa("-c"), strdupa(script), NULL };

	q->argv = argv;
	CHECK(!ask_program(q));
	q->argv = NULL;
}

static void test_ask(void)
{
	char text[16];
	struct question q = { .limit = 20, .text = text, .size = sizeof(text) };

	unit_case("asking a program: both outputs, no input, its status");
	ask(&q, "echo a; echo b >&2; read x; echo \"c$x\"; exit 3");
	EQUAL(text, "a\nb\nc\n");
	CHECK(!q.timeout && WIFEXITED(q.status) && WEXITSTATUS(q.status) == 3);

	unit_case("asking a program: too much, too slow, LD_* taken away");
	ask(&q, "while :; do echo 0123456789; done");
	EQUAL(text, "0123456789\n0123");
	CHECK(WIFSIGNALED(q.status) && WTERMSIG(q.status) == SIGPIPE);
	q.limit = 1;
	ask(&q, "echo x; exec sleep 60");
	CHECK(q.timeout && WIFSIGNALED(q.status));
	EQUAL(text, "x\n");
	ask(&q, "exec >&- 2>&-; exec sleep 60");
	CHECK(q.timeout);
	q.limit = 20;
	setenv("LD_LIBRARY_PATH", "/x", 1);
	ask(&q, "echo =$LD_LIBRARY_PATH");
	EQUAL(text, "=/x\n");
	q.secure = true;
	ask(&q, "echo =$LD_LIBRARY_PATH");
	EQUAL(text, "=\n");
	unsetenv("LD_LIBRARY_PATH");
}

void test_program(void)
{
	test_linker();
	test_script();
	test_forms();
	test_trusted();
	test_ask();
}
