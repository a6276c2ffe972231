// SPDX-License-Identifier: GPL-2.0
/* Options that several subcommands have, and the end of their output. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

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
 * option_whose() - argument of --port, --pid or --comm
 * @cmd: the subcommand
 * @c: OPT_PORT, 'p' or OPT_COMM
 * @arg: argument
 * @f: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_whose(const struct command *cmd, int c, const char *arg, struct event_filter *f)
{
	if (c == OPT_PORT)
		return option_port(cmd, arg, &f->port);
	if (c == 'p')
		return option_pid(cmd, arg, &f->pid);
	f->comm = arg;
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
 * option_seconds() - a time, such as 2 or 0.5
 * @cmd: the subcommand
 * @name: the option
 * @arg: argument
 * @ms: result, milliseconds
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_seconds(const struct command *cmd, const char *name, const char *arg,
		   unsigned int *ms)
{
	size_t whole = strspn(arg, "0123456789"), rest = 0;
	unsigned int n = 0;

	if (arg[whole] == '.')
		rest = strspn(arg + whole + 1, "0123456789");
	/* Of what is finer than milliseconds nothing is taken. */
	if (whole && whole <= 6 && rest <= 9 && !arg[whole + (rest ? rest + 1 : 0)]) {
		for (size_t i = 0; i < whole; i++)
			n = n * 10 + (unsigned int)(arg[i] - '0');
		for (size_t i = 1; i <= 3; i++)
			n = n * 10 + (i <= rest ? (unsigned int)(arg[whole + i] - '0') : 0);
	}
	if (n < 100)
		return command_usage_error(cmd, "%s takes seconds from 0.1 on, such as 2 or 0.5, "
					   "not \"%s\"", name, arg);
	*ms = n;
	return EXIT_OK;
}

/**
 * option_by() - argument of --by
 * @cmd: the subcommand
 * @arg: argument
 * @none: "none" is one
 * @by: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_by(const struct command *cmd, const char *arg, bool none, enum stats_by *by)
{
	if (!strcmp(arg, "connection"))
		*by = STATS_BY_CONNECTION;
	else if (!strcmp(arg, "process"))
		*by = STATS_BY_PROCESS;
	else if (none && !strcmp(arg, "none"))
		*by = STATS_BY_NONE;
	else
		return command_usage_error(cmd, "--by takes %s, not \"%s\"", none ?
					   "connection, process or none" : "connection or process",
					   arg);
	return EXIT_OK;
}

/**
 * option_limit() - argument of --limit
 * @cmd: the subcommand
 * @arg: argument
 * @limit: result
 *
 * Return: EXIT_OK or EXIT_USAGE.
 */
int option_limit(const struct command *cmd, const char *arg, unsigned int *limit)
{
	uint64_t n;

	if (!parse_number(arg, 1, 1000000, &n))
		return command_usage_error(cmd, "--limit takes 1 to 1000000, not \"%s\"", arg);
	*limit = (unsigned int)n;
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
	const char *wrong = argv[optind - 1];
	char letter[] = "-?";

	/* Of several letters in a word getopt_long() is not through with the word. */
	if (optopt > ' ' && optopt < 0x7f && strncmp(wrong, "--", 2)) {
		letter[1] = (char)optopt;
		wrong = letter;
	}
	return command_usage_error(cmd, c == ':' ? "%s needs an argument" : "wrong option %s",
				   wrong);
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
 * output_open() - have a file as the output
 * @out: output
 * @file: its name, NULL: leave it as it is
 *
 * Return: 0, or -1 when it has been said why not.
 */
int output_open(struct out *out, const char *file)
{
	if (!file)
		return 0;
	out->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
	if (out->fd >= 0)
		return 0;
	msg_error("cannot write to %s: %s", file, strerror(errno));
	return -1;
}

/**
 * output_close() - release the output, and say if it could not be written to
 * @out: output
 * @file: its file, NULL for standard output or standard error
 * @status: exit status so far
 * @trouble: exit status instead of 0 if something was not written
 *
 * A reader that has gone away wanted no more; all else is a loss.
 *
 * Return: exit status.
 */
int output_close(struct out *out, const char *file, int status, int trouble)
{
	int err;

	out_free(out);
	err = out->error == EPIPE ? 0 : out->error;
	if (file && close(out->fd) && !err)
		err = errno;
	if (!err)
		return status;
	msg_error("the output is not complete, writing to %s failed: %s",
		  file ? file : out->fd == STDERR_FILENO ? "standard error" : "standard output",
		  strerror(err));
	return status ? status : trouble;
}

/**
 * output_end() - release standard output, and say if it could not be written to
 * @out: output
 * @status: exit status so far
 *
 * Return: exit status.
 */
int output_end(struct out *out, int status)
{
	return output_close(out, NULL, status, EXIT_PROBLEM);
}
