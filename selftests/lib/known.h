/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bugs of stock kernels that the suite finds: failures that are expected.
 * Documentation/known-bugs.rst has the same list; check/known_check compares.
 */
#ifndef TT_KNOWN_H
#define TT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct tt_known - a bug of stock kernels
 * @id:		name
 * @kernels:	where it was seen, for people
 * @what:	what is wrong
 * @fix:	the commit that fixes it, NULL as long as there is none
 * @affected:	find out whether this kernel has it, by other means than the test's;
 *		NULL where there are none. With it a test that passes on a kernel that
 *		has the bug is a failure, and so is one that fails on another kernel.
 */
struct tt_known {
	const char *id;
	const char *kernels;
	const char *what;
	const char *fix;
	bool (*affected)(void);
};

extern const struct tt_known tt_known[];
extern const size_t tt_known_count;

/**
 * tt_known_find() - look up a bug
 * @id: name
 * Return: the bug, NULL if it is not in the list.
 */
const struct tt_known *tt_known_find(const char *id);

#endif
