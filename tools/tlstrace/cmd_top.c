// SPDX-License-Identifier: GPL-2.0
/* tlstrace top: the busiest connections or processes. */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "tlstrace.h"
#include "top.h"

enum { OPT_COLOR = OPT_OWN, OPT_BY, OPT_LIMIT };

static const struct option options[] = {
	{ "delay", required_argument, NULL, 'd' },
	{ "count", required_argument, NULL, 'n' },
	{ "sort", required_argument, NULL, 's' },
	{ "by", required_argument, NULL, OPT_BY },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "batch", no_argument, NULL, 'B' },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "pid", required_argument, NULL, 'p' },
	{ "comm", required_argument, NULL, OPT_COMM },
	{ "buffer-size", required_argument, NULL, 'b' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int take_option(const struct command *cmd, int c, struct top_options *opt)
{
	switch (c) {
	case 'd':
		return option_seconds(cmd, "--delay", optarg, &opt->session.interval_ms);
	case 'n':
		if (!parse_number(optarg, 1, INT64_MAX, &opt->count))
			return command_usage_error(cmd, "--count takes a number from 1 on, not "
						   "\"%s\"", optarg);
		break;
	case 's':
		if (!top_sort_parse(optarg, &opt->sort))
			return command_usage_error(cmd, "--sort takes bytes, records, calls, "
						   "errors, latency or name, not \"%s\"", optarg);
		break;
	case OPT_BY:
		return option_by(cmd, optarg, false, &opt->by);
	case OPT_LIMIT:
		return option_limit(cmd, optarg, &opt->limit);
	case 'B':
		opt->batch = true;
		break;
	case 'b':
		return option_buffer_size(cmd, optarg, &opt->session.buffer_kb);
	default:
		return option_whose(cmd, c, optarg, &opt->filter);
	}
	return EXIT_OK;
}

static int top_run(const struct command *cmd, int argc, char **argv)
{
	struct top_options opt = {
		.filter = { .dir = -1, .type = -1 },
		.session.buffer_kb = 4096,
		.session.interval_ms = 2000,
		.by = STATS_BY_CONNECTION,
	};
	struct out out = { .fd = STDOUT_FILENO };
	enum color_when color = COLOR_AUTO;
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:d:n:s:Bp:b:h", options, NULL)) != -1) {
		switch (c) {
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
			if (take_option(cmd, c, &opt))
				return EXIT_USAGE;
		}
	}
	if (option_no_arguments(cmd, argc, argv))
		return EXIT_USAGE;
	out.color = color_wanted(color, out.fd);
	return output_end(&out, top_show(&opt, &out));
}

const struct command cmd_top = {
	.name = "top",
	.brief = "Show the busiest kTLS connections or processes, refreshed.",
	.usage = "[OPTIONS]",
	.options =
	"  -d, --delay SECONDS     refresh after this time, from 0.1 on (2)\n"
	"  -n, --count N           end after N frames\n"
	"  -s, --sort WHAT         bytes, records, calls, errors, latency or name\n"
	"      --by WHAT           a row per connection or per process (connection)\n"
	"      --limit N           N rows at most (as many as fit; in batch mode 20)\n"
	"  -B, --batch             frames one after the other, no full screen; also where\n"
	"                          the output is no terminal or TERM is dumb\n"
	"      --port PORT         only connections with this port at either end\n"
	"  -p, --pid PID           only this process\n"
	"      --comm NAME         only processes of this name\n"
	"  -b, --buffer-size KIB   ring buffer per CPU (4096)\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n"
	"Keys: b, r, c, e, l, n sort by bytes, records, calls, errors, latency, name; q ends.\n",
	.examples =
	"  tlstrace top\n"
	"  tlstrace top --by process --sort latency\n"
	"  tlstrace top --batch -n 5 -d 1\n"
	"Exit status: 0, also when ended by Ctrl-C; 1 if there is nothing to be seen for a\n"
	"reason that is said; 2 for a wrong command line.\n",
	.run = top_run,
};
