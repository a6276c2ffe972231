// SPDX-License-Identifier: GPL-2.0
/* Checks: what exec needs beside the modules. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "check.h"
#include "privilege.h"
#include "redirect.h"
#include "tlstrace.h"
#include "trace.h"

#define CHECK_BUFFER_KB 64

/* Where it cannot be done from in here, there is still the host. */
static const char *advice(const struct check *ck, const char *otherwise)
{
	return ck->container.inside ? "trace from the host: tlstrace attach" : otherwise;
}

static const char *where(const struct check *ck)
{
	return ck->container.inside ? " on the host" : "";
}

static enum verdict bad(const struct check *ck)
{
	return ck->container.inside ? V_SKIP : V_FAIL;
}

static void check_bpf(struct check *ck)
{
	static const char needs_bpf[] =
		"the kernel needs CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF and no lockdown";
	char mount[PATH_MAX], why[300];
	struct redirect *rd;
	struct cgroup cg;

	if (!cgroup_mount_point(mount)) {
		check_say(ck, bad(ck), "cgroup2",
			  advice(ck, "mount -t cgroup2 none /sys/fs/cgroup"), "not mounted");
		return;
	}
	if (cgroup_create(&cg, "check", why, sizeof(why))) {
		check_say(ck, bad(ck), "cgroup2",
			  advice(ck, "run it in a cgroup that root may change"), "%s", why);
		cg.fd = -1;
	} else {
		check_say(ck, V_OK, "cgroup2", NULL, "mounted on %s, cgroups can be made", mount);
	}
	rd = redirect_open(why, sizeof(why));
	if (!rd)
		check_say(ck, bad(ck), "BPF", advice(ck, needs_bpf), "%s", why);
	else if (cg.fd < 0)
		check_say(ck, V_SKIP, "BPF", NULL, "loads, but there is no cgroup to attach it to");
	else if (redirect_attach(rd, cg.fd, why, sizeof(why)))
		check_say(ck, bad(ck), "BPF", advice(ck, needs_bpf), "%s", why);
	else
		check_say(ck, V_OK, "BPF", NULL,
			  "the cgroup/setsockopt program can be loaded and attached");
	redirect_close(rd);
	cgroup_remove(&cg);
}

static void check_tracefs(struct check *ck)
{
	static const char needs_trace[] =
		"the kernel needs CONFIG_FTRACE; tlstrace and the module have to be of one version";
	struct trace *tr;
	char why[300];

	tr = trace_open("check", CHECK_BUFFER_KB, why, sizeof(why));
	if (tr && !trace_start(tr, EVENTS_NO_DATA, why, sizeof(why)))
		check_say(ck, V_OK, "tracefs", NULL,
			  "instances can be made, the events are those this tlstrace knows");
	else if (!ck->have_trace && trace_mounted() && trace_instances_work(why, sizeof(why)))
		check_say(ck, V_OK, "tracefs", NULL,
			  "instances can be made (no events without module " MODULE_NAME ")");
	else
		check_say(ck, bad(ck), "tracefs",
			  advice(ck, trace_mounted() ? needs_trace :
				 "mount -t tracefs none /sys/kernel/tracing"), "%s", why);
	trace_close(tr);
}

/**
 * check_tracing() - cgroup2, BPF, tracefs
 * @ck: the run
 */
void check_tracing(struct check *ck)
{
	char missing[128];

	if (ck->container.inside)
		check_container_tracing(ck);
	if (!trace_privileges(missing, sizeof(missing))) {
		check_say(ck, V_SKIP, "cgroup2", NULL, "making a cgroup needs root%s", where(ck));
		check_say(ck, V_SKIP, "BPF", NULL, "loading a program needs root%s", where(ck));
		check_say(ck, V_SKIP, "tracefs", NULL, "using it needs root%s", where(ck));
		return;
	}
	check_bpf(ck);
	check_tracefs(ck);
}
