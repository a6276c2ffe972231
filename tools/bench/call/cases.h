/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cases: which calls are measured, and how.
 */
#ifndef CASES_H
#define CASES_H

#include <sys/types.h>
#include "count.h"
#include "line.h"

/* What is called. */
enum bench_op {
	BENCH_SEND,
	BENCH_RECV,
	BENCH_RECVMSG,	/* with room for the record type, as OpenSSL calls it */
	BENCH_SENDFILE,
};

/**
 * struct bench_case - a call
 * @op:		what is called
 * @size:	bytes
 * @cipher:	TLS_CIPHER_*
 * @version:	TLS_1_2 or TLS_1_3
 * @guard:	one of the few that stand for all
 */
struct bench_case {
	enum bench_op op;
	size_t size;
	int cipher;
	int version;
	int guard;
};

/**
 * bench_cases() - the list
 * @count:	out: how many
 * Return: the first of them.
 */
const struct bench_case *bench_cases(size_t *count);

/**
 * bench_op_name() - name of the call
 * @op: what is called
 * Return: "send", "recv", "recvmsg", "sendfile".
 */
const char *bench_op_name(enum bench_op op);

/**
 * bench_receives() - which direction the call needs
 * @c: case
 * Return: whether it receives.
 */
int bench_receives(const struct bench_case *c);

/**
 * struct bench_run - a repetition
 * @sum:	instructions per call, in the call
 * @tool:	instructions per call that the tool which watches had the processor for
 * @events:	events per call in the kernel's ring buffer
 * @calls:	how many calls
 */
struct bench_run {
	struct count_sum sum;
	double tool;
	double events;
	size_t calls;
};

/**
 * bench_repeat() - one repetition
 * @l:		connection
 * @c:		case
 * @calls:	how many
 * @tool:	process that watches, 0 for none
 * @run:	out
 * Return: 0 or -errno, tt_why() tells more.
 */
int bench_repeat(struct line *l, const struct bench_case *c, size_t calls, pid_t tool,
		 struct bench_run *run);

#endif
