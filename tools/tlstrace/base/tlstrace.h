/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every part of tlstrace shares: the table of subcommands, exit codes,
 * messages and privileges.
 */
#ifndef TLSTRACE_H
#define TLSTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef TLSTRACE_VERSION
#define TLSTRACE_VERSION "unknown"
#endif

#define TRACE_SYSTEM_NAME	"tls_trace"	/* group of the events */
#define MODULE_NAME		"tls_trace"
#define ULP_NAME		"tls_trace"

/* Exit codes; the manual pages list the same ones. */
enum {
	EXIT_OK		= 0,
	EXIT_PROBLEM	= 1,	/* check: something does not work */
	EXIT_USAGE	= 2,	/* wrong command line */
	EXIT_TROUBLE	= 125,	/* exec: tlstrace itself failed */
	EXIT_CANNOT_RUN	= 126,	/* exec: CMD found but not runnable */
	EXIT_NOT_FOUND	= 127,	/* exec: CMD not found */
	EXIT_SIGNAL	= 128,	/* exec: plus the signal that killed CMD */
};

/**
 * struct command - one subcommand; lives in the file cmd_NAME.c
 * @name: what the user types
 * @brief: one line for the list of subcommands
 * @usage: the arguments, as in "tlstrace NAME USAGE"
 * @options: the options, one per line, ready to print
 * @examples: the examples, ready to print
 * @run: entry; argv[0] is the subcommand's name; returns the exit status
 */
struct command {
	const char *name;
	const char *brief;
	const char *usage;
	const char *options;
	const char *examples;
	int (*run)(const struct command *cmd, int argc, char **argv);
};

extern const struct command cmd_attach;
extern const struct command cmd_check;
extern const struct command cmd_detach;
extern const struct command cmd_exec;
extern const struct command cmd_list;
extern const struct command cmd_live;
extern const struct command cmd_record;
extern const struct command cmd_stat;
extern const struct command cmd_top;

void command_help(const struct command *cmd, FILE *out);
int command_usage_error(const struct command *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* msg.c */
void msg_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *value);

/**
 * enum color_when - argument of --color
 * @COLOR_AUTO: on a terminal, unless NO_COLOR is set or TERM is "dumb"
 * @COLOR_ALWAYS: always
 * @COLOR_NEVER: never
 */
enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

bool color_parse(const char *s, enum color_when *when);
bool color_wanted(enum color_when when, int fd);

#endif
