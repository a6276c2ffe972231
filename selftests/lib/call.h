/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call that may block, in a thread of its own, so that the test can see it sleep
 * and then do what must wake it.
 */
#ifndef TT_CALL_H
#define TT_CALL_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct tt_call - a call
 * @fn:		what to do
 * @arg:	for @fn
 * @result:	what it returned
 * @took:	how long it was in it, milliseconds
 * @tid:	its thread, for the kernel; 0 before it runs
 * @done:	it has returned
 * @thread:	thread
 */
struct tt_call {
	long (*fn)(void *arg);
	void *arg;
	long result;
	long long took;
	pid_t tid;
	bool done;
	pthread_t thread;
};

/**
 * tt_call_start() - begin a call
 * @c:		call
 * @fn:		what to do
 * @arg:	for @fn
 * Return: 0 or -errno.
 */
int tt_call_start(struct tt_call *c, long (*fn)(void *arg), void *arg);

/**
 * tt_call_done() - whether it has returned
 * @c: call
 * Return: true if so.
 */
bool tt_call_done(const struct tt_call *c);

/**
 * tt_call_sleeps() - wait until it sleeps in a system call
 * @c:	call
 * @nr:	the system call, SYS_*
 * Return: 0, -EALREADY if it has returned instead, or -ETIMEDOUT.
 */
int tt_call_sleeps(const struct tt_call *c, int nr);

/**
 * tt_call_blocks() - begin a call, and wait until it sleeps
 * @c:		call
 * @fn:		what to do
 * @arg:	for @fn
 * @nr:		the system call
 * Return: as tt_call_sleeps().
 */
int tt_call_blocks(struct tt_call *c, long (*fn)(void *arg), void *arg, int nr);

/**
 * tt_call_join() - wait for its end, at most TT_WAIT_MS
 * @c: call
 * Return: 0, or -ETIMEDOUT if it does not return: then the thread is there still.
 */
int tt_call_join(struct tt_call *c);

/**
 * tt_call_signal() - send a signal to its thread
 * @c:		call, begun
 * @signal:	signal
 * Return: 0 or -errno.
 */
int tt_call_signal(const struct tt_call *c, int signal);

#endif
