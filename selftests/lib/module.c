// SPDX-License-Identifier: GPL-2.0
/* Modules and options of this kernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include "module.h"
#include "util.h"

extern char **environ;

int tt_load_module(const char *name)
{
	char *argv[] = { "modprobe", "-q", (char *)name, NULL };
	int status = -1;
	pid_t pid;

	if (!posix_spawnp(&pid, "modprobe", NULL, NULL, argv, environ))
		waitpid(pid, &status, 0);
	return status ? tt_fail(ENOENT, "this kernel has no module %s", name) :
			0;
}

int tt_kernel_config(const char *line)
{
	static const char * const place[] = { "/boot/config-%s",
					      "/lib/modules/%s/config" };
	char path[200], text[256];
	struct utsname un;
	int found = 0;
	size_t i;
	FILE *f;

	uname(&un);
	for (i = 0; i < sizeof(place) / sizeof(place[0]) && !found; i++) {
		snprintf(path, sizeof(path), place[i], un.release);
		f = fopen(path, "re");
		while (f && !found && fgets(text, sizeof(text), f)) {
			text[strcspn(text, "\n")] = 0;
			found = !strcmp(text, line);
		}
		if (f)
			fclose(f);
	}
	return found;
}
