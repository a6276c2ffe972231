// SPDX-License-Identifier: GPL-2.0
/* Checks: what exec needs beside the modules. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "check.h"
#include "redirect.h"
#include "tlstrace.h"
#include "trace.h"

#define CHECK_BUFFER_KB 64

static void check_bpf(struct check *ck)
{
	char mount[PATH_MAX], why[300];
	struct redirect *rd;
	struct cgroup cg;

	if (!cgroup_mount_point(mount)) {
		check_say(ck, V_FAIL, "cgroup2", "mount -t cgroup2 none /sys/fs/cgroup",
			  "not mounted");
		return;
	}
	if (geteuid()) {
		check_say(ck, V_SKIP, "cgroup2", NULL,
			  "mounted on %s; making a cgroup needs root", mount);
		check_say(ck, V_SKIP, "BPF", NULL, "loading a program needs root");
		return;
	}
	if (cgroup_create(&cg, "check", why, sizeof(why))) {
		check_say(ck, V_FAIL, "cgroup2", NULL, "%s", why);
		cg.fd = -1;
	} else {
		check_say(ck, V_OK, "cgroup2", NULL, "mounted on %s, cgroups can be made", mount);
	}
	rd = redirect_open(why, sizeof(why));
	if (!rd)
		check_say(ck, V_FAIL, "BPF", NULL, "%s", why);
	else if (cg.fd < 0)
		check_say(ck, V_SKIP, "BPF", NULL, "loads, but there is no cgroup to attach it to");
	else if (redirect_attach(rd, cg.fd, why, sizeof(why)))
		check_say(ck, V_FAIL, "BPF", NULL, "%s", why);
	else
		check_say(ck, V_OK, "BPF", NULL,
			  "the cgroup/setsockopt program can be loaded and attached");
	redirect_close(rd);
	cgroup_remove(&cg);
}

static void check_tracefs(struct check *ck)
{
	struct trace *tr;
	char why[300];

	if (geteuid()) {
		check_say(ck, V_SKIP, "tracefs", NULL, "using it needs root");
		return;
	}
	tr = trace_open("check", CHECK_BUFFER_KB, why, sizeof(why));
	if (tr && !trace_start(tr, why, sizeof(why)))
		check_say(ck, V_OK, "tracefs", NULL,
			  "instances can be made, the events are those this tlstrace knows");
	else if (!ck->have_trace && trace_mounted() && trace_instances_work(why, sizeof(why)))
		check_say(ck, V_OK, "tracefs", NULL,
			  "instances can be made (no events without module " MODULE_NAME ")");
	else
		check_say(ck, V_FAIL, "tracefs",
			  trace_mounted() ? NULL : "mount -t tracefs none /sys/kernel/tracing",
			  "%s", why);
	trace_close(tr);
}

/**
 * check_tracing() - cgroup2, BPF, tracefs
 * @ck: the run
 */
void check_tracing(struct check *ck)
{
	check_bpf(ck);
	check_tracefs(ck);
}
