/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting instructions.
 *
 * In a guest that counts them (tools/vm/vm run --icount) the processor's time stamp
 * is the number of instructions that have been executed, of everything in the guest.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * count_now() - instructions so far
 * Return: their number.
 */
static inline uint64_t count_now(void)
{
	return __builtin_ia32_rdtsc();
}

/**
 * count_works() - whether this machine counts instructions
 *
 * Runs a loop of known length.
 *
 * Return: 0, or -ENODEV with a line on standard error.
 */
int count_works(void);

/**
 * struct count_sum - what some calls took
 * @mean:	instructions per call
 * @median:	the same, of the call in the middle
 */
struct count_sum {
	double mean;
	double median;
};

/**
 * count_sum() - sum calls up
 * @each:	instructions of each call; comes back sorted
 * @calls:	how many, more than none
 * Return: the sum.
 */
struct count_sum count_sum(uint64_t *each, size_t calls);

/**
 * count_process() - instructions that a process has had the processor for
 * @pid:	process; 0 counts as one that used none
 *
 * Of all its threads, in the kernel and outside, by the scheduler's clock.
 *
 * Return: their number, 0 if there is no such process.
 */
uint64_t count_process(pid_t pid);

/**
 * count_events() - events that were ever written to the kernel's ring buffer
 * Return: their number; those of tools with a buffer of their own are not in it.
 */
uint64_t count_events(void);

/**
 * count_settled() - wait until a process has nothing to do any more
 * @pid:	process; 0: at once
 * Return: count_process() then.
 */
uint64_t count_settled(pid_t pid);

#endif
