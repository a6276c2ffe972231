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
#include <linux/types.h>
#ifdef CONFIG_X86
#include <asm/msr.h>
#include <asm/tsc.h>
#endif

#define TLST_CLOCK_SHIFT	24

/* Whether cycles are used; nanoseconds in one, shifted. */
DECLARE_STATIC_KEY_FALSE(tlst_clock_cycles);
extern u32 tlst_clock_mult;

/**
 * tlst_clock_quick - whether tlst_cycles() is there to be used
 *
 * Asked once in a call, so that the way through it has one clock alone.
 *
 * Return: whether it is; the same from before the first socket on.
 */
static __always_inline bool tlst_clock_quick(void)
{
#ifdef CONFIG_X86
	return static_branch_likely(&tlst_clock_cycles);
#else
	return false;
#endif
}

/**
 * tlst_cycles - the time, for tlst_cycles_since() alone
 *
 * Context: any, if tlst_clock_quick().
 * Return: cycles.
 */
static __always_inline u64 tlst_cycles(void)
{
#ifdef CONFIG_X86
	return rdtsc();
#else
	return 0;
#endif
}

u64 tlst_cycles_long(u64 cycles);

/**
 * tlst_cycles_since - time that has passed
 * @start: tlst_cycles() then
 *
 * Clocks of different CPUs may differ a little: less than nothing is nothing.
 *
 * Context: any, if tlst_clock_quick().
 * Return: nanoseconds.
 */
static __always_inline u64 tlst_cycles_since(u64 start)
{
	u64 cycles = tlst_cycles() - start;

	/* Negative, or 2^32 and more. */
	if (unlikely(cycles >> 32))
		return tlst_cycles_long(cycles);
	return cycles * tlst_clock_mult >> TLST_CLOCK_SHIFT;
}

u64 tlst_clock(void);
u64 tlst_clock_since(u64 start);

void tlst_clock_init(void);

#endif
