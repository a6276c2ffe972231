// SPDX-License-Identifier: GPL-2.0
/* tlstrace exec: run a program with its kTLS sockets traced. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec.h"
#include "options.h"
#include "tlstrace.h"

enum { OPT_COLOR = OPT_OWN, OPT_KEEP };

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "output", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "wait", no_argument, NULL, 'w' },
	{ "buffer-size", required_argument, NULL, 'b' },
	{ "keep", required_argument, NULL, OPT_KEEP },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int exec_run(const struct command *cmd, int argc, char **argv)
{
	struct exec_options opt = {
		.session.buffer_kb = 4096,
		.keep = 200,
	};
	enum color_when color = COLOR_AUTO;
	struct out out = { .fd = STDERR_FILENO };
	const char *file = NULL;
	uint64_t n;
	int c, status;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:ao:jqwb:h", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			file = optarg;
			break;
		case 'j':
			out.json = true;
			break;
		case 'a':
			opt.all = true;
			break;
		case 'q':
			opt.quiet = true;
			break;
		case 'w':
			opt.session.wait = true;
			break;
		case 'b':
			if (option_buffer_size(cmd, optarg, &opt.session.buffer_kb))
				return EXIT_USAGE;
			break;
		case OPT_KEEP:
			if (!parse_number(optarg, 0, 1000000, &n))
				return command_usage_error(cmd, "--keep takes 0 to 1000000, not "
							   "\"%s\"", optarg);
			opt.keep = (unsigned int)n;
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
	if (optind >= argc)
		return command_usage_error(cmd, "no program given");
	if (output_open(&out, file))
		return EXIT_TROUBLE;
	out.color = !out.json && color_wanted(color, out.fd);
	opt.session.argv = argv + optind;
	status = exec_show(&opt, &out);
	return output_close(&out, file, status, EXIT_TROUBLE);
}

const struct command cmd_exec = {
	.name = "exec",
	.brief = "Run a program and show what its kTLS sockets do.",
	.usage = "[OPTIONS] [--] PROGRAM [ARGUMENTS]",
	.options =
	"  -a, --all               a line for every call, also for each page of a sendfile\n"
	"                          (without: one line per record)\n"
	"  -o, --output FILE       write the trace to FILE, not to standard error\n"
	"  -j, --json              one JSON object per line\n"
	"  -q, --quiet             no events, only the summary\n"
	"  -w, --wait              go on until all processes of PROGRAM have ended,\n"
	"                          those in the background too\n"
	"  -b, --buffer-size KIB   ring buffer per CPU (4096)\n"
	"      --keep N            summarise up to N connections at the end, further\n"
	"                          ones when they are closed (200)\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace exec -- openssl s_server -WWW -sendfile -port 4433\n"
	"  tlstrace exec -q -- nginx -g 'daemon off;'\n"
	"  tlstrace exec --json -o trace.json -- ./client example.org\n"
	"Exit status: that of PROGRAM; 128 plus the signal that killed it; 127 if\n"
	"PROGRAM is not found, 126 if it cannot be run, 125 if tlstrace fails, 2 for a\n"
	"wrong command line.\n",
	.run = exec_run,
};
