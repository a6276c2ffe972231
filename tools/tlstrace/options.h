/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options that several subcommands have. The functions return EXIT_OK, or EXIT_USAGE
 * when they have said what is wrong.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <sys/types.h>

#include "out.h"
#include "tlstrace.h"

int option_color(const struct command *cmd, const char *arg, enum color_when *when);
int option_pid(const struct command *cmd, const char *arg, pid_t *pid);
int option_port(const struct command *cmd, const char *arg, unsigned int *port);
int option_buffer_size(const struct command *cmd, const char *arg, unsigned int *kb);
int option_other(const struct command *cmd, int c, char **argv);
int option_no_arguments(const struct command *cmd, int argc, char **argv);
int output_end(struct out *out, int status);

#endif
