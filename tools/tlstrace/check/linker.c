// SPDX-License-Identifier: GPL-2.0
/*
 * The program's own dynamic linker is asked: it alone knows its search path, with
 * RPATH, RUNPATH, LD_LIBRARY_PATH, LD_PRELOAD and its cache. It maps the libraries
 * and runs nothing of theirs, nor of the program.
 */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "libs.h"

#define LINKER_TIME_LIMIT 10	/* s */

/* "--list" ends at the first library that cannot be loaded, with a line about it. */
static bool read_trouble(struct libs *libs, const char *line)
{
	static const char * const words[] = {
		"error while loading shared libraries: ",	/* glibc */
		"Error loading shared library ",		/* musl */
	};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *at = strstr(line, words[i]);

		if (!at)
			continue;
		if (!libs->trouble[0])
			snprintf(libs->trouble, sizeof(libs->trouble), "%.150s",
				 at + strlen(words[i]));
		return true;
	}
	return false;
}

/**
 * linker_read_list() - take what a dynamic linker says to --list
 * @libs: result, added to
 * @text: lines like "	libssl.so.3 => /usr/lib/libssl.so.3 (0x7f...)"
 */
void linker_read_list(struct libs *libs, const char *text)
{
	char line[2 * PATH_MAX];

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		char *path, *end;

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (read_trouble(libs, line))
			continue;
		path = strchr(line, '/');
		/* What was preloaded, or is needed by its path, is there without an arrow. */
		end = strstr(line, "=> ");
		if (end)
			path = end[3] == '/' ? end + 3 : NULL;
		if (!path)
			continue;
		end = strstr(path, " (0x");
		if (!end)
			continue;
		*end = 0;
		libs_add(libs, path);
	}
}

/* Whatever a program names as its linker would be run: not everything will do. */
static bool is_linker(const char *path)
{
	const char *base = strrchr(path, '/');

	return base && !strncmp(base, "/ld", 3) && program_trusted(path);
}

/**
 * linker_ask() - which libraries does a program get?
 * @libs: result, added to
 * @linker: dynamic linker that the program names
 * @program: its path
 * @secure: the program is set-user-ID or the like: the environment does not count
 */
void linker_ask(struct libs *libs, const char *linker, const char *program, bool secure)
{
	char text[32768], *argv[] = { strdupa(linker), strdupa("--list"), strdupa(program), NULL };
	struct question q = {
		.argv = argv, .secure = secure, .limit = LINKER_TIME_LIMIT, .text = text,
		.size = sizeof(text),
	};

	if (!is_linker(linker))
		snprintf(libs->linker, sizeof(libs->linker), "%s", linker);
	else if (!ask_program(&q))
		linker_read_list(libs, text);
}
