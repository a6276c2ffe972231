// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces tell most; the files and words that managers leave tell the rest.
 * Each of them may be missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "privilege.h"

/* Inodes of the first namespaces, fixed by the kernel's include/linux/proc_ns.h. */
#define INIT_PID_NS	0xeffffffcU
#define INIT_CGROUP_NS	0xeffffffbU

static bool own_namespace(const char *name, unsigned long first)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return !stat(path, &st) && st.st_ino != first;
}

/* "container=NAME" in the environment of the first process here. */
static void ask_init(struct container *c)
{
	static const char key[] = "container=";
	FILE *f = fopen("/proc/1/environ", "re");
	char *word = NULL;
	size_t room = 0;

	if (!f)
		return;
	while (!c->manager[0] && getdelim(&word, &room, 0, f) > 0)
		if (!strncmp(word, key, sizeof(key) - 1))
			snprintf(c->manager, sizeof(c->manager), "%s", word + sizeof(key) - 1);
	free(word);
	fclose(f);
}

static void find_manager(struct container *c)
{
	const char *env = getenv("container");
	FILE *f = fopen("/run/systemd/container", "re");

	if (f) {
		if (fgets(c->manager, sizeof(c->manager), f))
			c->manager[strcspn(c->manager, "\n")] = 0;
		fclose(f);
	}
	if (c->manager[0])
		return;
	if (getenv("KUBERNETES_SERVICE_HOST"))
		strcpy(c->manager, "kubernetes");
	else if (!access("/run/.containerenv", F_OK))
		strcpy(c->manager, "podman");
	else if (!access("/.dockerenv", F_OK))
		strcpy(c->manager, "docker");
	else if (env && env[0])
		snprintf(c->manager, sizeof(c->manager), "%s", env);
	else
		ask_init(c);
}

static bool has_seccomp(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char *line = NULL;
	size_t room = 0;
	int mode = 0;

	if (!f)
		return false;
	while (getline(&line, &room, f) > 0)
		if (sscanf(line, "Seccomp: %d", &mode) == 1)
			break;
	free(line);
	fclose(f);
	return mode == 2;
}

/**
 * container_look() - look around
 * @c: result
 */
void container_look(struct container *c)
{
	memset(c, 0, sizeof(*c));
	c->user = !in_first_user_namespace();
	c->pid = own_namespace("pid", INIT_PID_NS);
	c->cgroup = own_namespace("cgroup", INIT_CGROUP_NS);
	c->seccomp = has_seccomp();
	find_manager(c);
	c->inside = c->user || c->pid || c->cgroup || c->manager[0];
}

/**
 * container_namespaces() - names of the namespaces of its own
 * @c: from container_look()
 * @list: result, separated by ",", "" if there is none
 * @size: room at @list
 */
void container_namespaces(const struct container *c, char *list, size_t size)
{
	size_t len;

	snprintf(list, size, "%s%s%s", c->user ? "user," : "", c->pid ? "pid," : "",
		 c->cgroup ? "cgroup," : "");
	len = strlen(list);
	if (len)
		list[len - 1] = 0;
}
