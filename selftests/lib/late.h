/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory whose first touch waits until the test fills it: so a system call can be
 * stopped within the kernel, where it reads or writes what it was given.
 */
#ifndef TT_LATE_H
#define TT_LATE_H

#include <stddef.h>

#define TT_LATE_SIZE	4096

/**
 * struct tt_late - such memory
 * @page:	TT_LATE_SIZE bytes
 * @uffd:	userfaultfd
 */
struct tt_late {
	void *page;
	int uffd;
};

/**
 * tt_late_open() - get memory
 * @l: memory
 * Return: 0 or -errno, as where the kernel has no userfaultfd.
 */
int tt_late_open(struct tt_late *l);

/**
 * tt_late_touched() - wait until somebody waits for it
 * @l: memory
 * Return: 0 or -ETIMEDOUT.
 */
int tt_late_touched(const struct tt_late *l);

/**
 * tt_late_fill() - let who waits for it go on; others do not wait from then on
 * @l:		memory
 * @data:	what it holds
 * @len:	bytes, TT_LATE_SIZE at most; zeroes follow
 * Return: 0 or -errno.
 */
int tt_late_fill(const struct tt_late *l, const void *data, size_t len);

/**
 * tt_late_close() - give it back
 * @l: memory, that nobody waits for
 */
void tt_late_close(struct tt_late *l);

#endif
