// SPDX-License-Identifier: GPL-2.0
/* tlstrace: find the subcommand and run it. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ossl.h"
#include "tlstrace.h"

/* Every entry has a file cmd_NAME.c and a manual page tlstrace-NAME(1). */
static const struct command * const commands[] = {
	&cmd_check,
	&cmd_exec,
	&cmd_attach,
	&cmd_detach,
	&cmd_list,
	&cmd_live,
	&cmd_record,
	&cmd_stat,
	&cmd_top,
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void help(FILE *out)
{
	fputs("usage: tlstrace COMMAND [OPTIONS]\n"
	      "       tlstrace help COMMAND | --help | --version\n\n"
	      "See what kernel TLS (kTLS) does for unmodified programs.\n\n"
	      "COMMANDS\n", out);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->brief);
	fputs("\nEXAMPLES\n"
	      "  tlstrace check\n"
	      "  tlstrace exec -- openssl s_client -connect example.org:443\n\n"
	      "More: tlstrace(1), and tlstrace-COMMAND(1) for each command.\n", out);
}

/**
 * command_help() - print the help text of one subcommand
 * @cmd: the subcommand
 * @out: where to
 */
void command_help(const struct command *cmd, FILE *out)
{
	fprintf(out, "usage: tlstrace %s %s\n\n%s\n\nOPTIONS\n%s\nEXAMPLES\n%s",
		cmd->name, cmd->usage, cmd->brief, cmd->options, cmd->examples);
}

/**
 * command_usage_error() - say what is wrong with the command line
 * @cmd: the subcommand
 * @fmt: printf format: what is wrong
 *
 * Return: EXIT_USAGE.
 */
int command_usage_error(const struct command *cmd, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	msg_error("%s: %s; see \"tlstrace help %s\"", cmd->name, what, cmd->name);
	return EXIT_USAGE;
}

/* What was printed must have arrived: a full disk is an error, a closed pipe is not. */
static int flush_stdout(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	if (errno == EPIPE)
		return status;
	msg_error("cannot write to standard output: %s", strerror(errno));
	return status ? status : EXIT_TROUBLE;
}

static int main_help(int argc, char **argv)
{
	const struct command *cmd;

	if (argc < 3) {
		help(stdout);
		return EXIT_OK;
	}
	cmd = command_find(argv[2]);
	if (!cmd) {
		msg_error("no command \"%s\"; \"tlstrace --help\" lists them", argv[2]);
		return EXIT_USAGE;
	}
	command_help(cmd, stdout);
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	const struct command *cmd;

	/* A reader that went away shows as EPIPE where we write; no need to die. */
	signal(SIGPIPE, SIG_IGN);

	if (argc < 2) {
		msg_error("no command given; \"tlstrace --help\" lists them");
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return flush_stdout(main_help(argc, argv));
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("tlstrace " TLSTRACE_VERSION);
		return flush_stdout(EXIT_OK);
	}
	if (!strcmp(argv[1], OSSL_HELPER))
		return ossl_helper(argc, argv);
	cmd = command_find(argv[1]);
	if (!cmd) {
		msg_error("no command \"%s\"; \"tlstrace --help\" lists them", argv[1]);
		return EXIT_USAGE;
	}
	return flush_stdout(cmd->run(cmd, argc - 1, argv + 1));
}
