// SPDX-License-Identifier: GPL-2.0
/* Checks: a program, what kind it is, and what it looks like while it runs. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "tlstrace.h"

/* As the kernel: a script's interpreter may be a script. */
#define SCRIPT_DEPTH 4

/* So says /proc/PID/maps of a file that has no name any more. */
#define DELETED " (deleted)"

/* Servers are where an ordinary user's PATH does not lead. */
static bool find_in_sbin(const char *name, char path[PATH_MAX])
{
	static const char * const dirs[] = { "/usr/local/sbin", "/usr/sbin", "/sbin" };

	for (unsigned int i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char full[PATH_MAX];

		snprintf(full, sizeof(full), "%s/%.255s", dirs[i], name);
		if (libs_find_program(full, path))
			return true;
	}
	return false;
}

/**
 * check_has_program() - look a program up
 * @name: its name
 * @path: result
 *
 * Return: false if it is not installed.
 */
bool check_has_program(const char *name, char path[PATH_MAX])
{
	return libs_find_program(name, path) || find_in_sbin(name, path);
}

/**
 * check_find_program() - find the program to look at, or say that there is none
 * @name: path, or name
 * @path: result
 *
 * Return: false when it has been said.
 */
bool check_find_program(const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/')) {
		if (libs_find_program(name, path))
			return true;
		msg_error("check: %s cannot be run: %s", name, strerror(errno));
		return false;
	}
	if (*name && check_has_program(name, path))
		return true;
	msg_error("check: no program \"%s\" in PATH", name);
	return false;
}

static void say(struct check *ck, enum verdict v, const char *path, const char *form,
		const char *advice, const char *detail)
{
	struct check_extra extra[] = { { "path", path }, { "form", form } };
	char text[1024];

	snprintf(text, sizeof(text), "%.400s: %.600s", path, detail);
	check_say_extra(ck, v, "program", advice, text, extra, 2);
}

static void say_dynamic(struct check *ck, const char *path, const struct libs *libs)
{
	char detail[600];

	if (libs->linker[0]) {
		snprintf(detail, sizeof(detail), "its dynamic linker %.200s is not asked: root runs "
			 "only what belongs to root, and is named like one", libs->linker);
		say(ck, V_WARN, path, "dynamic", "run the check as the program's user", detail);
	} else if (libs->trouble[0]) {
		snprintf(detail, sizeof(detail), "its dynamic linker says: %s", libs->trouble);
		say(ck, V_FAIL, path, "dynamic", "install the library, or set LD_LIBRARY_PATH as it "
		    "is where the program runs", detail);
	} else {
		say(ck, V_OK, path, "dynamic", NULL, "dynamically linked");
	}
}

/* Returns true if it may use a TLS library. */
static bool say_form(struct check *ck, const char *path, const struct libs *libs)
{
	char detail[600];

	if (libs->error) {
		snprintf(detail, sizeof(detail), "cannot be read: %s", strerror(libs->error));
		say(ck, V_FAIL, path, "unknown", "run the check as root", detail);
		return false;
	}
	switch (libs->form) {
	case PROGRAM_FOREIGN:
		snprintf(detail, sizeof(detail), "built for another machine (ELF machine %u)",
			 libs->machine);
		say(ck, V_FAIL, path, "foreign", "check it where it runs", detail);
		return false;
	case PROGRAM_OTHER:
		say(ck, V_FAIL, path, "unknown", "name the program that is run in the end",
		    "neither an ELF program nor a script");
		return false;
	case PROGRAM_SCRIPT:
		snprintf(detail, sizeof(detail), "a script%s%.400s", libs->interpreter[0] ?
			 ", run by " : ", of an interpreter that is not found", libs->interpreter);
		say(ck, libs->interpreter[0] ? V_OK : V_FAIL, path, "script",
		    libs->interpreter[0] ? NULL : "install the interpreter", detail);
		return false;
	case PROGRAM_ELF:
		break;
	}
	if (libs->is_static)
		say(ck, V_OK, path, libs->is_go ? "go" : "static", NULL, libs->is_go ?
		    "a Go program" : "statically linked");
	else
		say_dynamic(ck, path, libs);
	return true;
}

static bool same_root(const char *pid)
{
	char path[64];
	struct stat own, other;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/mnt", pid);
	return !stat(path, &other) && !stat("/proc/self/ns/mnt", &own) &&
	       own.st_ino == other.st_ino;
}

/* A process of the program whose libraries may be seen; 0 if there is none. */
static pid_t find_process(const char *program)
{
	struct stat st, exe;
	struct dirent *e;
	pid_t pid = 0;
	DIR *proc = opendir("/proc");

	if (!proc || stat(program, &st)) {
		if (proc)
			closedir(proc);
		return 0;
	}
	while (!pid && (e = readdir(proc))) {
		char path[64];

		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/exe", e->d_name);
		if (!stat(path, &exe) && exe.st_dev == st.st_dev && exe.st_ino == st.st_ino &&
		    same_root(e->d_name))
			pid = (pid_t)atoi(e->d_name);
	}
	closedir(proc);
	return pid;
}

/* What runs counts: it may have another environment, plugins, or be older than an update. */
static void look_at_process(struct check *ck, const char *program, struct libs *libs)
{
	struct libs now = { 0 };
	pid_t pid = find_process(program);
	const char *linked = libs_path(libs, LIB_OPENSSL);
	char *mapped;
	char number[16], detail[600];
	struct check_extra extra[] = { { "pid", number }, { "path", NULL } };

	if (!pid)
		return;
	libs_of_process(&now, pid);
	mapped = (char *)libs_path(&now, LIB_OPENSSL);
	if (!mapped)
		return;
	snprintf(number, sizeof(number), "%d", (int)pid);
	extra[1].value = mapped;
	if (strstr(mapped, DELETED)) {
		*strstr(mapped, DELETED) = 0;
		snprintf(detail, sizeof(detail), "process %s of it runs with a %.400s that has "
			 "been replaced", number, mapped);
		check_say_extra(ck, V_WARN, "process", "restart the program", detail, extra, 2);
		return;
	}
	if (linked && !access(linked, F_OK)) {
		char real[PATH_MAX];

		if (realpath(linked, real) && !strcmp(real, mapped))
			return;
	}
	snprintf(detail, sizeof(detail), "process %s of it runs with %.400s%s", number, mapped,
		 linked ? ", another one than the dynamic linker gives it here" : "");
	check_say_extra(ck, linked ? V_WARN : V_OK, "process", linked ?
			"its environment (LD_LIBRARY_PATH) may differ; that library is checked" :
			NULL, detail, extra, 2);
	*libs = now;
}

/**
 * check_program() - which TLS library does the program use, and can that do kTLS?
 * @ck: the run; program is set
 *
 * Nothing of the program is run; its dynamic linker and, to try it, its libssl are.
 */
void check_program(struct check *ck)
{
	static struct libs libs;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", ck->program);
	for (int depth = 0; depth <= SCRIPT_DEPTH; depth++) {
		memset(&libs, 0, sizeof(libs));
		libs_of_program(&libs, path);
		if (say_form(ck, path, &libs)) {
			/* An interpreter runs other scripts as well. */
			if (!depth)
				look_at_process(ck, path, &libs);
			/* Where the linker did not tell, that is all that can be said. */
			if (libs.count || (!libs.trouble[0] && !libs.linker[0]))
				check_libs(ck, &libs);
			return;
		}
		if (libs.form != PROGRAM_SCRIPT || !libs.interpreter[0])
			return;
		snprintf(path, sizeof(path), "%s", libs.interpreter);
	}
	check_say(ck, V_FAIL, "program", "name the program that is run in the end",
		  "a script of a script of a script");
}
