// SPDX-License-Identifier: GPL-2.0
/* Options that several subcommands have, and the end of their output. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "options.h"

/**
 * option_color() - argument of --color
 * @cmd: the subcommand
 * @arg: argument
 * @when: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_color(const struct command *cmd, const char *arg, enum color_when *when)
{
	if (color_parse(arg, when))
		return EXIT_OK;
	return command_usage_error(cmd, "--color takes auto, always or never, not \"%s\"", arg);
}

/**
 * option_pid() - argument of --pid
 * @cmd: the subcommand
 * @arg: argument
 * @pid: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_pid(const struct command *cmd, const char *arg, pid_t *pid)
{
	uint64_t n;

	if (!parse_number(arg, 1, INT32_MAX, &n))
		return command_usage_error(cmd, "--pid takes the number of a process, not \"%s\"",
					   arg);
	*pid = (pid_t)n;
	return EXIT_OK;
}

/**
 * option_port() - argument of --port
 * @cmd: the subcommand
 * @arg: argument
 * @port: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_port(const struct command *cmd, const char *arg, unsigned int *port)
{
	uint64_t n;

	if (!parse_number(arg, 1, 65535, &n))
		return command_usage_error(cmd, "--port takes 1 to 65535, not \"%s\"", arg);
	*port = (unsigned int)n;
	return EXIT_OK;
}

/**
 * option_buffer_size() - argument of --buffer-size
 * @cmd: the subcommand
 * @arg: argument
 * @kb: result, KiB
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_buffer_size(const struct command *cmd, const char *arg, unsigned int *kb)
{
	uint64_t n;

	if (!parse_number(arg, 64, 1024 * 1024, &n))
		return command_usage_error(cmd, "--buffer-size takes 64 to 1048576 (KiB per CPU), "
					   "not \"%s\"", arg);
	*kb = (unsigned int)n;
	return EXIT_OK;
}

/**
 * option_other() - say what is wrong with an option that getopt_long() did not take
 * @cmd: the subcommand
 * @c: what it returned: ':' or '?'
 * @argv: as given to it
 *
 * Return: EXIT_USAGE.
 */
int option_other(const struct command *cmd, int c, char **argv)
{
	return command_usage_error(cmd, c == ':' ? "%s needs an argument" : "wrong option %s",
				   argv[optind - 1]);
}

/**
 * option_no_arguments() - refuse what is left behind the options
 * @cmd: the subcommand
 * @argc: as given to getopt_long()
 * @argv: as given to getopt_long()
 *
 * Return: EXIT_OK if there is nothing, or EXIT_USAGE.
 */
int option_no_arguments(const struct command *cmd, int argc, char **argv)
{
	if (optind >= argc)
		return EXIT_OK;
	return command_usage_error(cmd, "no arguments wanted, not \"%s\"", argv[optind]);
}

/**
 * output_end() - release standard output, and say if it could not be written to
 * @out: output
 * @status: exit status so far
 *
 * A reader that has gone away wanted no more; all else is a loss.
 *
 * Return: exit status.
 */
int output_end(struct out *out, int status)
{
	out_free(out);
	if (!out->error || out->error == EPIPE)
		return status;
	msg_error("cannot write to standard output: %s", strerror(out->error));
	return EXIT_PROBLEM;
}
