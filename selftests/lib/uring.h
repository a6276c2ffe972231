/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bare io_uring for one request at a time.
 */
#ifndef TT_URING_H
#define TT_URING_H

#include <linux/io_uring.h>

/**
 * struct tt_uring - a ring
 * @fd:		descriptor
 * @sq:		submission queue
 * @cq:		completion queue
 * @sqe:	submission entries
 * @p:		what the kernel said of it
 */
struct tt_uring {
	int fd;
	unsigned char *sq;
	unsigned char *cq;
	struct io_uring_sqe *sqe;
	struct io_uring_params p;
};

/**
 * tt_uring_missing() - why there is no io_uring
 * Return: NULL if there is, else the reason.
 */
const char *tt_uring_missing(void);

/**
 * tt_uring_open() - make a ring
 * @u: ring
 * Return: 0 or -errno.
 */
int tt_uring_open(struct tt_uring *u);

/**
 * tt_uring_close() - release
 * @u: ring
 */
void tt_uring_close(struct tt_uring *u);

/**
 * tt_uring_start() - submit a request
 * @u:		ring
 * @sqe:	request, copied
 * Return: 0 or -errno.
 */
int tt_uring_start(struct tt_uring *u, const struct io_uring_sqe *sqe);

/**
 * tt_uring_wait() - wait for a completion
 * @u:		ring
 * @flags:	out: IORING_CQE_F_*; may be NULL
 * Return: the request's result.
 */
long tt_uring_wait(struct tt_uring *u, unsigned int *flags);

/**
 * tt_uring_do() - submit a request and wait for its completion
 * @u:		ring
 * @sqe:	request
 * Return: its result.
 */
long tt_uring_do(struct tt_uring *u, const struct io_uring_sqe *sqe);

#endif
