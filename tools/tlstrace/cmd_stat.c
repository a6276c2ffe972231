// SPDX-License-Identifier: GPL-2.0
/* tlstrace stat: totals, rates and histograms. */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "stat.h"
#include "tlstrace.h"

enum { OPT_COLOR = OPT_OWN, OPT_BY, OPT_LIMIT, OPT_DURATION };

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "by", required_argument, NULL, OPT_BY },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "histograms", no_argument, NULL, 'H' },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "pid", required_argument, NULL, 'p' },
	{ "comm", required_argument, NULL, OPT_COMM },
	{ "output", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, 'j' },
	{ "wait", no_argument, NULL, 'w' },
	{ "buffer-size", required_argument, NULL, 'b' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* What to count, and how to sum it up; EXIT_OK or EXIT_USAGE. */
static int take_option(const struct command *cmd, int c, struct stat_options *opt)
{
	switch (c) {
	case 'i':
		return option_seconds(cmd, "--interval", optarg, &opt->session.interval_ms);
	case OPT_DURATION:
		return option_seconds(cmd, "--duration", optarg, &opt->session.duration_ms);
	case OPT_BY:
		return option_by(cmd, optarg, true, &opt->by);
	case OPT_LIMIT:
		return option_limit(cmd, optarg, &opt->limit);
	case 'H':
		opt->histograms = true;
		break;
	case 'w':
		opt->session.wait = true;
		break;
	case 'b':
		return option_buffer_size(cmd, optarg, &opt->session.buffer_kb);
	default:
		return option_whose(cmd, c, optarg, &opt->filter);
	}
	return EXIT_OK;
}

static int run_stat(struct stat_options *opt, struct out *out, const char *file,
		    enum color_when color)
{
	int trouble = opt->session.argv ? EXIT_TROUBLE : EXIT_PROBLEM;

	/* The standard output of a program is its own. */
	out->fd = opt->session.argv ? STDERR_FILENO : STDOUT_FILENO;
	if (output_open(out, file))
		return trouble;
	out->color = !out->json && color_wanted(color, out->fd);
	return output_close(out, file, stat_show(opt, out), trouble);
}

static int stat_run(const struct command *cmd, int argc, char **argv)
{
	struct stat_options opt = {
		.filter = { .dir = -1, .type = -1 },
		.session.buffer_kb = 4096,
		.limit = 10,
	};
	enum color_when color = COLOR_AUTO;
	struct out out = { 0 };
	const char *file = NULL;
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:i:Hp:o:jwb:h", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			file = optarg;
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
		case ':':
		case '?':
			return option_other(cmd, c, argv);
		default:
			if (take_option(cmd, c, &opt))
				return EXIT_USAGE;
		}
	}
	if (optind < argc)
		opt.session.argv = argv + optind;
	if (opt.session.argv && opt.session.duration_ms)
		return command_usage_error(cmd, "--duration is for counting without a program");
	if (!opt.session.argv && opt.session.wait)
		return command_usage_error(cmd, "--wait is for counting with a program");
	return run_stat(&opt, &out, file, color);
}

const struct command cmd_stat = {
	.name = "stat",
	.brief = "Count what kTLS sockets do: totals, rates, histograms.",
	.usage = "[OPTIONS] [[--] PROGRAM [ARGUMENTS]]",
	.options =
	"  -i, --interval SECONDS  print also what came in each such time, from 0.1 on\n"
	"      --duration SECONDS  end after this time; without PROGRAM\n"
	"      --by WHAT           sums also by connection or by process; none: totals only\n"
	"      --limit N           print N connections or processes at most (10)\n"
	"  -H, --histograms        histograms everywhere, not only of the totals\n"
	"      --port PORT         only connections with this port at either end\n"
	"  -p, --pid PID           only this process\n"
	"      --comm NAME         only processes of this name\n"
	"  -o, --output FILE       write to FILE\n"
	"  -j, --json              one JSON object per line\n"
	"  -w, --wait              go on until all processes of PROGRAM have ended\n"
	"  -b, --buffer-size KIB   ring buffer per CPU (4096)\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace stat -i 1\n"
	"  tlstrace stat --duration 60 --by process\n"
	"  tlstrace stat -- curl -so /dev/null https://example.org/\n"
	"Exit status: with PROGRAM its own, 128 plus the signal that killed it, 127 if it\n"
	"is not found, 126 if it cannot be run, 125 if tlstrace fails. Without: 0, also\n"
	"when ended by Ctrl-C; 1 if nothing can be counted for a reason that is said. 2\n"
	"for a wrong command line.\n",
	.run = stat_run,
};
