// SPDX-License-Identifier: GPL-2.0
/* tlstrace live: events as they happen. */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "live.h"
#include "options.h"
#include "tlstrace.h"

enum { OPT_COLOR = OPT_OWN, OPT_TYPE };

static const struct option options[] = {
	{ "direction", required_argument, NULL, 'd' },
	{ "event", required_argument, NULL, 'e' },
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "pid", required_argument, NULL, 'p' },
	{ "comm", required_argument, NULL, OPT_COMM },
	{ "errors", no_argument, NULL, 'E' },
	{ "min-latency", required_argument, NULL, 'l' },
	{ "count", required_argument, NULL, 'n' },
	{ "all", no_argument, NULL, 'a' },
	{ "json", no_argument, NULL, 'j' },
	{ "buffer-size", required_argument, NULL, 'b' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* A filter's option; EXIT_OK, or what command_usage_error() returns. */
static int take_filter(const struct command *cmd, int c, struct event_filter *f)
{
	uint64_t n;

	switch (c) {
	case 'd':
		if (strcmp(optarg, "tx") && strcmp(optarg, "rx"))
			return command_usage_error(cmd, "--direction takes tx or rx, not \"%s\"",
						   optarg);
		f->dir = !strcmp(optarg, "rx");
		break;
	case 'e':
		if (!filter_parse_kinds(optarg, &f->kinds))
			return command_usage_error(cmd, "--event takes attach, setsockopt, tx, rx, "
						   "alert, rekey, close, with commas between, not "
						   "\"%s\"", optarg);
		break;
	case OPT_TYPE:
		if (!filter_parse_type(optarg, &f->type))
			return command_usage_error(cmd, "--type takes data, handshake, alert, "
						   "change_cipher_spec or 0 to 255, not \"%s\"",
						   optarg);
		break;
	case OPT_PORT:
	case OPT_COMM:
	case 'p':
		return option_whose(cmd, c, optarg, f);
	case 'E':
		f->errors = true;
		break;
	default:
		if (!parse_number(optarg, 1, 1000000000, &n))
			return command_usage_error(cmd, "--min-latency takes 1 to 1000000000 "
						   "(microseconds), not \"%s\"", optarg);
		f->min_ns = n * 1000;
	}
	return EXIT_OK;
}

static int live_run(const struct command *cmd, int argc, char **argv)
{
	struct live_options opt = {
		.filter = { .dir = -1, .type = -1 },
		.session.buffer_kb = 4096,
	};
	struct out out = { .fd = STDOUT_FILENO };
	enum color_when color = COLOR_AUTO;
	int c, status;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:d:e:p:El:n:ajb:h", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			if (!parse_number(optarg, 1, INT64_MAX, &opt.count))
				return command_usage_error(cmd, "--count takes a number from 1 on, "
							   "not \"%s\"", optarg);
			break;
		case 'a':
			opt.all = true;
			break;
		case 'j':
			out.json = true;
			break;
		case 'b':
			if (option_buffer_size(cmd, optarg, &opt.session.buffer_kb))
				return EXIT_USAGE;
			break;
		case OPT_COLOR:
			if (option_color(cmd, optarg, &color))
				return EXIT_USAGE;
			break;
		case 'h':
			command_help(cmd, stdout);
			return EXIT_OK;
		case ':':
		case '?':
			return option_other(cmd, c, argv);
		default:
			status = take_filter(cmd, c, &opt.filter);
			if (status)
				return status;
		}
	}
	if (option_no_arguments(cmd, argc, argv))
		return EXIT_USAGE;
	out.color = !out.json && color_wanted(color, out.fd);
	return output_end(&out, live_show(&opt, &out));
}

const struct command cmd_live = {
	.name = "live",
	.brief = "Show what kTLS sockets do, as it happens.",
	.usage = "[OPTIONS]",
	.options =
	"  -d, --direction DIR     only tx or only rx\n"
	"  -e, --event LIST        only these: attach,setsockopt,tx,rx,alert,rekey,close\n"
	"      --type TYPE         only calls with records of this type: data, handshake,\n"
	"                          alert, change_cipher_spec or a number\n"
	"      --port PORT         only connections with this port at either end\n"
	"  -p, --pid PID           only this process\n"
	"      --comm NAME         only processes of this name\n"
	"  -E, --errors            only what failed, and fatal alerts\n"
	"  -l, --min-latency US    only calls that took so many microseconds or more\n"
	"  -n, --count N           end after N events\n"
	"  -a, --all               a line for every call, also for each page of a sendfile\n"
	"                          (without: one line per record)\n"
	"  -j, --json              one JSON object per line\n"
	"  -b, --buffer-size KIB   ring buffer per CPU (4096)\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace live\n"
	"  tlstrace live --errors\n"
	"  tlstrace live --port 443 --event tx --min-latency 1000\n"
	"Exit status: 0, also when ended by Ctrl-C; 1 if there is nothing to be seen for a\n"
	"reason that is said; 2 for a wrong command line.\n",
	.run = live_run,
};
