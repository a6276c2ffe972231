/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel has in use, to see what many connections leave behind.
 */
#ifndef TT_MEMORY_H
#define TT_MEMORY_H

#include <stddef.h>

#define TT_MEMORY_CACHES	400

/**
 * struct tt_memory - what is in use
 * @name:	caches; those of kmalloc by their size, whatever else they are for
 * @active:	objects in each
 * @n:		how many caches
 * @pages:	pages that are neither free nor accounted for by the kernel
 */
struct tt_memory {
	char name[TT_MEMORY_CACHES][32];
	long long active[TT_MEMORY_CACHES];
	size_t n;
	long long pages;
};

/**
 * tt_memory_read() - count, when all that is to be freed by RCU is
 * @m: out
 * Return: 0 or -errno.
 */
int tt_memory_read(struct tt_memory *m);

/**
 * tt_memory_left() - compare before, between and after two like rounds
 * @m:		the three counts; the last is taken anew while it is too high, for what
 *		is freed late is no leak
 * @limit:	objects of a cache, or pages, that are too many in each round
 * Return: 0, -ENOMEM with what grew noted, or -errno.
 */
int tt_memory_left(struct tt_memory m[3], long long limit);

#endif
