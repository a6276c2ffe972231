/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options that several subcommands have. The functions return EXIT_OK, or EXIT_USAGE
 * when they have said what is wrong.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <sys/types.h>

#include "filter.h"
#include "out.h"
#include "stats.h"
#include "tlstrace.h"

/* Values of long options without a letter; a command's own begin at OPT_OWN. */
enum { OPT_PORT = 256, OPT_COMM, OPT_OWN };

int option_color(const struct command *cmd, const char *arg, enum color_when *when);
int option_pid(const struct command *cmd, const char *arg, pid_t *pid);
int option_port(const struct command *cmd, const char *arg, unsigned int *port);
int option_whose(const struct command *cmd, int c, const char *arg, struct event_filter *f);
int option_buffer_size(const struct command *cmd, const char *arg, unsigned int *kb);
int option_seconds(const struct command *cmd, const char *name, const char *arg,
		   unsigned int *ms);
int option_by(const struct command *cmd, const char *arg, bool none, enum stats_by *by);
int option_limit(const struct command *cmd, const char *arg, unsigned int *limit);
int option_other(const struct command *cmd, int c, char **argv);
int option_no_arguments(const struct command *cmd, int argc, char **argv);
int output_open(struct out *out, const char *file);
int output_close(struct out *out, const char *file, int status, int trouble);
int output_end(struct out *out, int status);

#endif
