/* SPDX-License-Identifier: GPL-2.0 */
/* What a program prints. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct question - a program to be asked, and its answer
 * @argv: program, by its path, and arguments, NULL at the end
 * @secure: run it as the kernel runs a set-user-ID program: LD_* mean nothing
 * @limit: seconds until it is killed
 * @text: room for what it prints on standard output and on standard error
 * @size: how much
 * @status: of waitpid()
 * @timeout: it was killed
 */
struct question {
	char *const *argv;
	bool secure;
	int limit;
	char *text;
	size_t size;
	int status;
	bool timeout;
};

int ask_program(struct question *q);

#endif
