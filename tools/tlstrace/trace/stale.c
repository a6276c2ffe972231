// SPDX-License-Identifier: GPL-2.0
/* Names tlstrace-PURPOSE-PIDNS-PID-STARTTIME, and whether their maker lives. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stale.h"

/*
 * Field 22 of /proc/PID/stat, in clock ticks since boot: tells a reused pid. Of one that
 * has ended, and that its parent has not asked for yet, it is 0.
 */
static bool start_time(int pid, uint64_t *ticks)
{
	char path[64], buf[1024], *p;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	len = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[len] = 0;
	/* The command name, field 2, may hold spaces and parentheses. */
	p = strrchr(buf, ')');
	if (p && (!strncmp(p, ") Z", 3) || !strncmp(p, ") X", 3))) {
		*ticks = 0;
		return true;
	}
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	return p && sscanf(p, "%" SCNu64, ticks) == 1;
}

static unsigned long pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) ? 0 : (unsigned long)st.st_ino;
}

/**
 * stale_make_name() - a name that no other process uses
 * @name: result
 * @purpose: short word without "-"
 *
 * Return: false if /proc does not say who we are.
 */
bool stale_make_name(char name[STALE_NAME_SIZE], const char *purpose)
{
	uint64_t ticks;

	if (!start_time(getpid(), &ticks))
		return false;
	snprintf(name, STALE_NAME_SIZE, STALE_PREFIX "%.16s-%lu-%d-%" PRIu64, purpose,
		 pid_namespace(), (int)getpid(), ticks);
	return true;
}

/* The parts of a name; false if it is no such name. */
static bool parse(const char *name, unsigned long *ns, int *pid, uint64_t *ticks)
{
	char purpose[17];
	int end = 0;

	return sscanf(name, STALE_PREFIX "%16[^-]-%lu-%d-%" SCNu64 "%n", purpose, ns, pid, ticks,
		      &end) == 4 && !name[end];
}

/**
 * stale_pid() - whose name is it?
 * @name: name made by stale_make_name()
 *
 * Return: the process, 0 if it is of another pid namespace or the name is none.
 */
pid_t stale_pid(const char *name)
{
	unsigned long ns;
	uint64_t ticks;
	int pid;

	return parse(name, &ns, &pid, &ticks) && ns && ns == pid_namespace() ? pid : 0;
}

/**
 * stale_is_dead() - was this name made by a process that is gone?
 * @name: name of an instance or cgroup
 *
 * A name made in another pid namespace is left alone: its pid means nothing
 * here.
 *
 * Return: true only if it is certain that nobody uses it any more.
 */
bool stale_is_dead(const char *name)
{
	uint64_t ticks, now;
	unsigned long ns;
	int pid;

	if (!parse(name, &ns, &pid, &ticks))
		return false;
	if (!ns || ns != pid_namespace() || pid <= 0)
		return false;
	if (!start_time(pid, &now)) {
		char path[64];

		/* hidepid= mounts hide living processes of others. */
		snprintf(path, sizeof(path), "/proc/%d", pid);
		return access(path, F_OK) && !access("/proc/1/stat", R_OK);
	}
	return now != ticks;
}
