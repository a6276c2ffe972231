// SPDX-License-Identifier: GPL-2.0
/* tlstrace detach: end every "tlstrace attach". */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notes.h"
#include "options.h"
#include "tlstrace.h"

#define END_MS	10000	/* for one to end; it does so at once unless it is stopped */

static const struct option options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct detach {
	pid_t wanted;
	unsigned int ended;
	bool failed;
};

/* A descriptor rather than a number: the process may end meanwhile. */
static int end_one(pid_t pid, const char *cgroup, void *ctx)
{
	struct detach *d = ctx;
	struct pollfd p = { .events = POLLIN };

	if (!pid || (d->wanted && pid != d->wanted))
		return 0;
	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return 0;
	if (syscall(SYS_pidfd_send_signal, p.fd, SIGTERM, NULL, 0)) {
		msg_error("detach: cannot end process %d: %s", (int)pid, strerror(errno));
		d->failed = true;
	} else if (poll(&p, 1, END_MS) != 1) {
		msg_error("detach: process %d does not end; \"kill -9 %d\" detaches it too",
			  (int)pid, (int)pid);
		d->failed = true;
	} else {
		msg_note("detached from %s (process %d)", cgroup, (int)pid);
		d->ended++;
	}
	close(p.fd);
	return 0;
}

static int detach_run(const struct command *cmd, int argc, char **argv)
{
	struct detach d = { 0 };
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:p:h", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (option_pid(cmd, optarg, &d.wanted))
				return EXIT_USAGE;
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
	if (geteuid()) {
		msg_error("detach needs root");
		return EXIT_PROBLEM;
	}
	notes_clean("attach");
	notes_each("attach", end_one, &d);
	if (!d.ended && !d.failed)
		msg_note(d.wanted ? "process %d is no \"tlstrace attach\"" :
			 "nothing is attached", (int)d.wanted);
	return d.failed || (d.wanted && !d.ended) ? EXIT_PROBLEM : EXIT_OK;
}

const struct command cmd_detach = {
	.name = "detach",
	.brief = "End \"tlstrace attach\", wherever it runs.",
	.usage = "[OPTIONS]",
	.options =
	"  -p, --pid PID           only the one that is this process\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace detach\n"
	"Exit status: 0, also if nothing was attached; 1 if one could not be ended; 2 for\n"
	"a wrong command line.\n",
	.run = detach_run,
};
