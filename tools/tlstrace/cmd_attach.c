// SPDX-License-Identifier: GPL-2.0
/* tlstrace attach: send the new kTLS sockets of running programs through tls_trace. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "child.h"
#include "notes.h"
#include "options.h"
#include "ready.h"
#include "redirect.h"
#include "tlstrace.h"

enum { OPT_CGROUP = 256 };

static const struct option options[] = {
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "pid", required_argument, NULL, 'p' },
	{ "all", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* What is attached to: exactly one of them. */
struct target {
	const char *cgroup;
	pid_t pid;
	bool all;
};

static int find_directory(const struct target *t, char dir[PATH_MAX], char *why, size_t size)
{
	char mount[PATH_MAX];

	if (!cgroup_mount_point(mount)) {
		snprintf(why, size, "no cgroup2 file system is mounted; "
			 "\"mount -t cgroup2 none /sys/fs/cgroup\" does it");
		return -1;
	}
	if (t->all) {
		strcpy(dir, mount);
		return 0;
	}
	if (t->pid) {
		if (cgroup_of_process(t->pid, dir))
			return 0;
		snprintf(why, size, "process %d: %s", (int)t->pid,
			 errno == ENOENT ? "there is none" :
			 "its cgroup is not to be seen from here");
		return -1;
	}
	/* /system.slice/nginx.service is meant below the mount, as systemctl prints it. */
	if (realpath(t->cgroup, dir) && cgroup_is(dir))
		return 0;
	if (snprintf(dir, PATH_MAX, "%s/%s", mount, t->cgroup) < PATH_MAX && cgroup_is(dir))
		return 0;
	snprintf(why, size, "%s is no directory of cgroup2, nor is there one of that name below "
		 "%s", t->cgroup, mount);
	return -1;
}

static void wait_for_signal(struct child *signals)
{
	struct pollfd p = { .fd = signals->sigfd, .events = POLLIN };
	struct signalfd_siginfo si;
	bool stop = false;

	while (!stop) {
		poll(&p, 1, -1);
		while (read(signals->sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si))
			stop |= child_signal(signals, &si) != WISH_NONE;
	}
}

static void say_counts(const struct redirect *rd)
{
	uint64_t n[COUNT_MAX];

	if (!redirect_counts(rd, n))
		return;
	msg_note("detached; %" PRIu64 " socket%s went through %s", n[COUNT_SOCKETS],
		 n[COUNT_SOCKETS] == 1 ? "" : "s", ULP_NAME);
}

static int attach(const struct target *t)
{
	struct redirect *rd = NULL;
	struct child signals;
	char dir[PATH_MAX], why[PATH_MAX + 300];
	int fd = -1, err;
	int status = EXIT_PROBLEM;

	err = child_signals(&signals);
	if (err) {
		msg_error("cannot take over signals: %s", strerror(err));
		return status;
	}
	if (ready_to_trace("attach"))
		goto out;
	if (find_directory(t, dir, why, sizeof(why)))
		goto fail;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, sizeof(why), "cannot open %s: %s", dir, strerror(errno));
		goto fail;
	}
	rd = redirect_open(why, sizeof(why));
	if (!rd || notes_write("attach", dir, why, sizeof(why)) ||
	    redirect_attach(rd, fd, why, sizeof(why)))
		goto fail;
	msg_note("attached to %s: sockets that its programs make from now on go through %s, until "
		 "Ctrl-C or \"tlstrace detach\"", dir, ULP_NAME);
	wait_for_signal(&signals);
	say_counts(rd);
	status = EXIT_OK;
	goto out;
fail:
	msg_error("%s", why);
out:
	redirect_close(rd);
	notes_remove("attach");
	if (fd >= 0)
		close(fd);
	child_end(&signals);
	return status;
}

static int attach_run(const struct command *cmd, int argc, char **argv)
{
	struct target t = { 0 };
	unsigned int targets = 0;
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:p:ah", options, NULL)) != -1) {
		switch (c) {
		case OPT_CGROUP:
			t.cgroup = optarg;
			targets++;
			break;
		case 'p':
			if (option_pid(cmd, optarg, &t.pid))
				return EXIT_USAGE;
			targets++;
			break;
		case 'a':
			t.all = true;
			targets++;
			break;
		case 'h':
			command_help(cmd, stdout);
			return EXIT_OK;
		default:
			return option_other(cmd, c, argv);
		}
	}
	if (option_no_arguments(cmd, argc, argv))
		return EXIT_USAGE;
	if (targets != 1)
		return command_usage_error(cmd, "one of --cgroup, --pid and --all is wanted");
	return attach(&t);
}

const struct command cmd_attach = {
	.name = "attach",
	.brief = "Have running programs use tls_trace for their new kTLS sockets.",
	.usage = "(--cgroup PATH | --pid PID | --all)",
	.options =
	"      --cgroup PATH       programs in this cgroup and below it: a directory, or a\n"
	"                          name as systemctl prints it\n"
	"  -p, --pid PID           programs in the cgroup of this process and below it\n"
	"  -a, --all               all programs\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace attach --cgroup /system.slice/nginx.service\n"
	"  tlstrace attach --all & tlstrace live\n"
	"Exit status: 0 when ended by a signal or by \"tlstrace detach\", 1 if it cannot\n"
	"attach, 2 for a wrong command line.\n",
	.run = attach_run,
};
