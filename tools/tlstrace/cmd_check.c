// SPDX-License-Identifier: GPL-2.0
/* tlstrace check: can this machine do kTLS, and can it be traced? */
#include <getopt.h>
#include <limits.h>
#include <unistd.h>

#include "check.h"
#include "options.h"
#include "tlstrace.h"

enum { OPT_COLOR = 256, OPT_NO_LOAD, OPT_PROGRAM };

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "program", required_argument, NULL, OPT_PROGRAM },
	{ "no-load", no_argument, NULL, OPT_NO_LOAD },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int check_run(const struct command *cmd, int argc, char **argv)
{
	struct out out = { .fd = STDOUT_FILENO };
	struct check ck = { .out = &out, .may_load = true };
	enum color_when color = COLOR_AUTO;
	const char *program = NULL;
	char path[PATH_MAX];
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:jh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			out.json = true;
			break;
		case OPT_PROGRAM:
			program = optarg;
			break;
		case OPT_NO_LOAD:
			ck.may_load = false;
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
	if (program && !check_find_program(program, path))
		return EXIT_USAGE;
	ck.program = program ? path : NULL;
	out.color = !out.json && color_wanted(color, out.fd);

	check_system(&ck);
	check_modules(&ck);
	check_ktls(&ck);
	if (ck.program)
		check_program(&ck);
	else
		check_openssl(&ck);
	check_servers(&ck);
	check_tracing(&ck);
	check_unload(&ck);
	check_end(&ck);
	return output_end(&out, ck.counts[V_FAIL] ? EXIT_PROBLEM : EXIT_OK);
}

const struct command cmd_check = {
	.name = "check",
	.brief = "Say whether this machine can do kTLS, and trace it.",
	.usage = "[OPTIONS]",
	.options =
	"      --program PATH      check the TLS library that this program uses; a name\n"
	"                          without a slash is looked up in PATH\n"
	"  -j, --json              one JSON object per line\n"
	"      --no-load           load no module to try it\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace check\n"
	"  tlstrace check --program nginx\n"
	"  tlstrace check --json | jq 'select(.verdict == \"fail\")'\n"
	"Exit status: 0 if nothing failed, 1 if something does not work, 2 for a wrong\n"
	"command line.\n",
	.run = check_run,
};
