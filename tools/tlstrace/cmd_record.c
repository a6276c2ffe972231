// SPDX-License-Identifier: GPL-2.0
/* tlstrace record: the plaintext of kTLS sockets, for Wireshark or for the eye. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktls_uapi.h"
#include "options.h"
#include "record.h"
#include "tlstrace.h"

#define MIB	(1024 * 1024ULL)

enum {
	OPT_COLOR = OPT_OWN, OPT_DECODE, OPT_ENCAP, OPT_PORT_MAP, OPT_METADATA,
	OPT_MAX_SIZE,
};

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'f' },
	{ "decode", no_argument, NULL, OPT_DECODE },
	{ "json", no_argument, NULL, 'j' },
	{ "snaplen", required_argument, NULL, 's' },
	{ "metadata-only", no_argument, NULL, OPT_METADATA },
	{ "encap", required_argument, NULL, OPT_ENCAP },
	{ "port-map", required_argument, NULL, OPT_PORT_MAP },
	{ "max-size", required_argument, NULL, OPT_MAX_SIZE },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "pid", required_argument, NULL, 'p' },
	{ "comm", required_argument, NULL, OPT_COMM },
	{ "wait", no_argument, NULL, 'w' },
	{ "buffer-size", required_argument, NULL, 'b' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int take_encap(const struct command *cmd, struct capture_options *cap)
{
	cap->tcp = !strcmp(optarg, "raw") || !strcmp(optarg, "both");
	cap->pdu = !strcmp(optarg, "upper-pdu") || !strcmp(optarg, "both");
	if (cap->tcp || cap->pdu)
		return EXIT_OK;
	return command_usage_error(cmd, "--encap takes raw, upper-pdu or both, not \"%s\"", optarg);
}

/* FROM:TO */
static int take_port_map(const struct command *cmd, struct capture_options *cap)
{
	const char *colon = strchr(optarg, ':');
	char from[8] = "";
	uint64_t a, b;

	if (colon && colon - optarg < (ptrdiff_t)sizeof(from))
		memcpy(from, optarg, (size_t)(colon - optarg));
	if (!colon || !parse_number(from, 1, 65535, &a) || !parse_number(colon + 1, 1, 65535, &b))
		return command_usage_error(cmd, "--port-map takes two ports as 443:80, not \"%s\"",
					   optarg);
	if (cap->nports == CAPTURE_PORTS)
		return command_usage_error(cmd, "--port-map can be given %d times", CAPTURE_PORTS);
	cap->ports[cap->nports].from = (uint16_t)a;
	cap->ports[cap->nports++].to = (uint16_t)b;
	return EXIT_OK;
}

static int take_number(const struct command *cmd, int c, struct capture_options *cap)
{
	uint64_t n;

	if (c == 's') {
		if (!parse_number(optarg, 1, KTLS_MAX_PAYLOAD, &n))
			return command_usage_error(cmd, "--snaplen takes 1 to %d (bytes of a "
						   "record), not \"%s\"", KTLS_MAX_PAYLOAD, optarg);
		cap->snaplen = (unsigned int)n;
	} else {
		if (!parse_number(optarg, 1, 1024 * 1024, &n))
			return command_usage_error(cmd, "--max-size takes 1 to 1048576 (MiB), not "
						   "\"%s\"", optarg);
		cap->max_size = n * MIB;
	}
	return EXIT_OK;
}

static int check_choice(const struct command *cmd, const struct record_options *opt,
			const struct out *out, bool program)
{
	if (!opt->capture.file && !opt->decode)
		return command_usage_error(cmd, "-o FILE or --decode is wanted");
	if (opt->capture.file && !*opt->capture.file)
		return command_usage_error(cmd, "-o needs a name");
	if (opt->decode && opt->capture.file && !strcmp(opt->capture.file, "-"))
		return command_usage_error(cmd, "-o - and --decode both want standard output");
	if (program && opt->capture.file && !strcmp(opt->capture.file, "-"))
		return command_usage_error(cmd, "-o - and a program both want standard output; "
					   "give -o a file, or a pipe made by mkfifo -m 600");
	if (out->json && !opt->decode)
		return command_usage_error(cmd, "--json is for --decode");
	if (opt->session.wait && !program)
		return command_usage_error(cmd, "--wait is for a program");
	return EXIT_OK;
}

static int record_run(const struct command *cmd, int argc, char **argv)
{
	struct record_options opt = {
		.session.buffer_kb = 16384,
		.filter = { .dir = -1, .type = -1 },
		.capture = { .tcp = true, .pdu = true, .snaplen = KTLS_MAX_PAYLOAD },
	};
	struct out out = { .fd = STDOUT_FILENO };
	enum color_when color = COLOR_AUTO;
	int c, status = EXIT_OK;

	optind = 1;
	opterr = 0;
	while (!status && (c = getopt_long(argc, argv, "+:o:fjs:p:wb:h", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			opt.capture.file = optarg;
			break;
		case 'f':
			opt.capture.force = true;
			break;
		case OPT_DECODE:
			opt.decode = true;
			break;
		case 'j':
			out.json = true;
			break;
		case 's':
		case OPT_MAX_SIZE:
			status = take_number(cmd, c, &opt.capture);
			break;
		case OPT_METADATA:
			opt.capture.metadata_only = true;
			break;
		case OPT_ENCAP:
			status = take_encap(cmd, &opt.capture);
			break;
		case OPT_PORT_MAP:
			status = take_port_map(cmd, &opt.capture);
			break;
		case OPT_PORT:
		case OPT_COMM:
		case 'p':
			status = option_whose(cmd, c, optarg, &opt.filter);
			break;
		case 'w':
			opt.session.wait = true;
			break;
		case 'b':
			status = option_buffer_size(cmd, optarg, &opt.session.buffer_kb);
			break;
		case OPT_COLOR:
			status = option_color(cmd, optarg, &color);
			break;
		case 'h':
			command_help(cmd, stdout);
			return EXIT_OK;
		default:
			return option_other(cmd, c, argv);
		}
	}
	if (!status)
		status = check_choice(cmd, &opt, &out, optind < argc);
	if (status)
		return status;
	if (optind < argc) {
		opt.session.argv = argv + optind;
		/* Standard output is the program's. */
		out.fd = STDERR_FILENO;
	}
	/* Nothing is printed: who reads there does not matter. */
	if (!opt.decode && strcmp(opt.capture.file, "-"))
		out.fd = -1;
	out.color = !out.json && color_wanted(color, out.fd);
	return output_end(&out, record_run_session(&opt, &out));
}

const struct command cmd_record = {
	.name = "record",
	.brief = "Record the plaintext of kTLS sockets, as pcapng or text.",
	.usage = "(-o FILE | --decode) [OPTIONS] [[--] PROGRAM [ARGUMENTS]]",
	.options =
	"  -o, --output FILE       write pcapng to FILE, which only its owner may read; - is\n"
	"                          standard output\n"
	"  -f, --force             replace FILE if it exists\n"
	"      --decode            print events and plaintext\n"
	"  -j, --json              with --decode: one JSON object per line\n"
	"  -s, --snaplen BYTES     plaintext bytes of a record, at most (16384)\n"
	"      --metadata-only     no plaintext: sizes, times, alerts, keys, errors\n"
	"      --encap HOW         raw (TCP streams), upper-pdu (for Wireshark's dissectors), or\n"
	"                          both: data as raw, control records as upper-pdu (both)\n"
	"      --port-map FROM:TO  show port FROM as TO; may be given several times\n"
	"      --max-size MIB      end when FILE has this size\n"
	"      --port PORT         only connections with this port at either end\n"
	"  -p, --pid PID           only this process\n"
	"      --comm NAME         only processes of this name\n"
	"  -w, --wait              go on until all processes of PROGRAM have ended,\n"
	"                          those in the background too\n"
	"  -b, --buffer-size KIB   ring buffer per CPU (16384)\n"
	"      --color WHEN        auto, always or never\n"
	"  -h, --help              this text\n",
	.examples =
	"  tlstrace record -o web.pcapng -- nginx -g 'daemon off;'\n"
	"  tlstrace attach --all & tlstrace record -o all.pcapng --port 443 --port-map 443:80\n"
	"  tlstrace record -o - | wireshark -k -i -\n"
	"  tlstrace record --decode -- openssl s_client -connect example.org:443\n"
	"Without PROGRAM: of all sockets with the ULP tls_trace, until Ctrl-C.\n"
	"Exit status: that of PROGRAM; without, 0, also when ended by Ctrl-C; 1 (with PROGRAM\n"
	"125) if it cannot record; 2 for a wrong command line.\n",
	.run = record_run,
};
