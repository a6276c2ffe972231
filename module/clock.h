/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long calls take.
 *
 * Of what an event costs beyond being written, two readings of a clock are the
 * largest part. Where the processor has a counter that can be trusted, it is read
 * directly, and only the difference becomes nanoseconds.
 */
#ifndef TLS_TRACE_CLOCK_H
#define TLS_TRACE_CLOCK_H

#include <linux/jump_label.h>
#include <linux/trace_clock.h>
#ifdef CONFIG_X86
#include <asm/msr.h>
#include <asm/tsc.h>
#endif

#define TLST_CLOCK_SHIFT	24

/* Whether cycles are used; nanoseconds in one, shifted. */
DECLARE_STATIC_KEY_FALSE(tlst_clock_cycles);
extern u32 tlst_clock_mult;

u64 tlst_clock_long(u64 passed);

/**
 * tlst_clock - the time, for tlst_clock_since() alone
 *
 * Context: any.
 * Return: cycles, or nanoseconds.
 */
static __always_inline u64 tlst_clock(void)
{
#ifdef CONFIG_X86
	if (static_branch_likely(&tlst_clock_cycles))
		return rdtsc();
#endif
	return trace_clock_local();
}

/**
 * tlst_clock_since - time that has passed
 * @start: tlst_clock() then
 *
 * Clocks of different CPUs may differ a little: less than nothing is nothing.
 *
 * Context: any.
 * Return: nanoseconds.
 */
static __always_inline u64 tlst_clock_since(u64 start)
{
	u64 passed = tlst_clock() - start;

	/* Negative, or 2^32 and more. */
	if (unlikely(passed >> 32))
		return tlst_clock_long(passed);
	if (static_branch_likely(&tlst_clock_cycles))
		return passed * tlst_clock_mult >> TLST_CLOCK_SHIFT;
	return passed;
}

void tlst_clock_init(void);

#endif
