// SPDX-License-Identifier: GPL-2.0
/* tlstrace list: the live kTLS sockets, traced or not. */
#include <errno.h>
#include <getopt.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "privilege.h"
#include "socklist.h"
#include "tlstrace.h"

enum { OPT_COLOR = OPT_OWN };

static const struct option options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "json", no_argument, NULL, 'j' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int show(struct out *out, const struct sock_filter *filter)
{
	struct sock_list list;
	int err;

	if (!have_capability(CAP_NET_ADMIN)) {
		msg_error("list needs CAP_NET_ADMIN (root has it): without it the kernel does not "
			  "tell which sockets have kTLS");
		return EXIT_PROBLEM;
	}
	err = sock_list_read(&list, filter);
	if (err) {
		msg_error("cannot list sockets: %s%s", strerror(-err),
			  err == -ENOENT ? "; the kernel needs CONFIG_INET_DIAG" : "");
		sock_list_free(&list);
		return EXIT_PROBLEM;
	}
	if (out->json)
		json_sock_list(out, &list);
	else
		text_sock_list(out, &list);
	sock_list_free(&list);
	out_flush(out);
	return EXIT_OK;
}

static int list_run(const struct command *cmd, int argc, char **argv)
{
	struct out out = { .fd = STDOUT_FILENO };
	enum color_when color = COLOR_AUTO;
	struct sock_filter filter = { 0 };
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:p:jh", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (option_pid(cmd, optarg, &filter.pid))
				return EXIT_USAGE;
			break;
		case OPT_PORT:
			if (option_port(cmd, optarg, &filter.port))
				return EXIT_USAGE;
			break;
		case 'j':
			out.json = true;
			break;
		case OPT_COLOR:
			if (option_color(cmd, optarg, &color))
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
	out.color = !out.json && color_wanted(color, out.fd);
	return output_end(&out, show(&out, &filter));
}

const struct command cmd_list = {
	.name = "list",
	.brief = "List the live kTLS sockets, traced or not.",
	.usage = "[OPTIONS]",
	.options =
	"  -p, --pid PID           only sockets that this process has open\n"
	"      --port PORT         only sockets with this port at either end\n"
	"  -j, --json              one JSON object per line\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace list\n"
	"  tlstrace list --port 443\n"
	"  tlstrace list --json | jq 'select(.tx.ktls and (.rx.ktls | not))'\n"
	"Exit status: 0, also if there is no such socket; 1 if they cannot be listed; 2\n"
	"for a wrong command line.\n",
	.run = list_run,
};
