// SPDX-License-Identifier: GPL-2.0
/* Checks: a container, and what it means for kTLS and for tracing it. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cgroup.h"
#include "check.h"
#include "privilege.h"
#include "tlstrace.h"
#include "trace.h"

static bool modules_installed(void)
{
	struct utsname uts;
	char path[128];

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%.65s", uts.release);
	return !access(path, F_OK);
}

static bool sys_read_only(void)
{
	struct statvfs vfs;

	return !statvfs("/sys", &vfs) && (vfs.f_flag & ST_RDONLY);
}

/**
 * check_container() - are we in one?
 * @ck: the run; container is set
 */
void check_container(struct check *ck)
{
	const struct container *c = &ck->container;
	char list[32], detail[256];
	struct check_extra extra[] = {
		{ "manager", c->manager }, { "namespaces", list },
		{ "seccomp", c->seccomp ? "yes" : "no" },
		{ "modules", modules_installed() ? "yes" : "no" },
		{ "sys", sys_read_only() ? "read-only" : "writable" },
	};

	container_namespaces(c, list, sizeof(list));
	if (!c->inside) {
		check_say_extra(ck, V_OK, "container", NULL, "not in one", extra, 5);
		return;
	}
	snprintf(detail, sizeof(detail), "in a container%s%s%s%s%s; the kernel and its modules are "
		 "the host's", c->manager[0] ? " of " : "", c->manager,
		 list[0] ? " (own namespaces: " : "", list, list[0] ? ")" : "");
	check_say_extra(ck, V_WARN, "container", "load tls and tls_trace on the host: asking for a "
			"ULP loads its module only with CAP_NET_ADMIN there", detail, extra, 5);
	if (c->pid)
		check_say(ck, V_WARN, "container pids", "compare by name and port, or run it on the "
			  "host", "events show pids of the host, not those seen here");
	if (sys_read_only())
		check_say(ck, V_WARN, "/sys", "mount it writable, or trace from the host",
			  "mounted read-only: no cgroup and no tracefs instance can be made");
}

static void add(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? ", " : "", word);
}

static bool cgroup_writable(void)
{
	char dir[PATH_MAX];

	return cgroup_mount_point(dir) && cgroup_of_process(getpid(), dir) && !access(dir, W_OK);
}

/* Without a cgroup namespace, its name is the one that the host knows. */
static void how_from_host(const struct container *c, char *advice, size_t size)
{
	char line[512] = "";
	FILE *f = c->cgroup ? NULL : fopen("/proc/self/cgroup", "re");

	while (f && fgets(line, sizeof(line), f) && strncmp(line, "0::/", 4))
		line[0] = 0;
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = 0;
	if (strlen(line) > 4)
		snprintf(advice, size, "on the host, as root: tlstrace attach --cgroup '%s', and "
			 "tlstrace live", line + 3);
	else
		snprintf(advice, size, "on the host, as root: tlstrace attach --cgroup CGROUP (or "
			 "--pid PID) with the cgroup (or a process) of this container, and tlstrace "
			 "live");
}

/**
 * check_container_tracing() - can kTLS be traced from inside the container?
 * @ck: the run
 */
void check_container_tracing(struct check *ck)
{
	char missing[256], detail[320], advice[700];
	struct check_extra extra[] = { { "missing", missing } };

	trace_privileges(missing, sizeof(missing));
	if (!trace_mounted())
		add(missing, sizeof(missing), "tracefs");
	if (!cgroup_writable())
		add(missing, sizeof(missing), "a writable cgroup2");
	if (!ck->have_trace)
		add(missing, sizeof(missing), "the module " MODULE_NAME);
	if (!missing[0]) {
		check_say_extra(ck, V_OK, "container tracing", NULL, "can be done from in here",
				extra, 1);
		return;
	}
	snprintf(detail, sizeof(detail), "not from in here (missing: %s)%s", missing,
		 ck->container.seccomp ? "; a seccomp filter may refuse bpf() as well" : "");
	how_from_host(&ck->container, advice, sizeof(advice));
	check_say_extra(ck, V_WARN, "container tracing", advice, detail, extra, 1);
}
