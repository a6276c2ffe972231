// SPDX-License-Identifier: GPL-2.0
/* tlstrace list: the live kTLS sockets, traced or not. */
#include <errno.h>
#include <getopt.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"
#include "socklist.h"
#include "tlstrace.h"

enum { OPT_COLOR = 256, OPT_PORT };

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
	int c, status;
	uint64_t n;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:p:jh", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			if (!parse_number(optarg, 1, INT32_MAX, &n))
				return command_usage_error(cmd, "--pid takes the number of a "
							   "process, not \"%s\"", optarg);
			filter.pid = (pid_t)n;
			break;
		case OPT_PORT:
			if (!parse_number(optarg, 1, 65535, &n))
				return command_usage_error(cmd, "--port takes 1 to 65535, not "
							   "\"%s\"", optarg);
			filter.port = (unsigned int)n;
			break;
		case 'j':
			out.json = true;
			break;
		case OPT_COLOR:
			if (!color_parse(optarg, &color))
				return command_usage_error(cmd, "--color takes auto, always or "
							   "never, not \"%s\"", optarg);
			break;
		case 'h':
			command_help(cmd, stdout);
			return EXIT_OK;
		case ':':
			return command_usage_error(cmd, "%s needs an argument", argv[optind - 1]);
		default:
			return command_usage_error(cmd, "wrong option %s", argv[optind - 1]);
		}
	}
	if (optind < argc)
		return command_usage_error(cmd, "no arguments wanted, not \"%s\"", argv[optind]);
	out.color = !out.json && color_wanted(color, out.fd);
	status = show(&out, &filter);
	out_free(&out);
	if (out.error && out.error != EPIPE) {
		msg_error("cannot write to standard output: %s", strerror(out.error));
		status = EXIT_PROBLEM;
	}
	return status;
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
