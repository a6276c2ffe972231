// SPDX-License-Identifier: GPL-2.0
/*
 * How long calls take.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/trace_clock.h>

#include "clock.h"

DEFINE_STATIC_KEY_FALSE(tlst_clock_cycles);
u32 tlst_clock_mult __ro_after_init;

/**
 * tlst_cycles_long - a time that is negative, or 2^32 cycles and more
 * @cycles: difference between two of tlst_cycles()
 *
 * Context: any, if tlst_clock_quick().
 * Return: nanoseconds, 0 if the clock went back.
 */
noinline u64 tlst_cycles_long(u64 cycles)
{
	if ((s64)cycles < 0)
		return 0;
	return mul_u64_u32_shr(cycles, tlst_clock_mult, TLST_CLOCK_SHIFT);
}

/**
 * tlst_clock - the time by whichever clock there is, for tlst_clock_since() alone
 *
 * Context: any.
 * Return: cycles, or nanoseconds.
 */
u64 tlst_clock(void)
{
	return tlst_clock_quick() ? tlst_cycles() : trace_clock_local();
}

/**
 * tlst_clock_since - time that has passed
 * @start: tlst_clock() then
 *
 * Context: any.
 * Return: nanoseconds, 0 if the clock went back.
 */
u64 tlst_clock_since(u64 start)
{
	s64 passed;

	if (tlst_clock_quick())
		return tlst_cycles_since(start);
	passed = trace_clock_local() - start;
	return max_t(s64, passed, 0);
}

/**
 * tlst_clock_init - choose the clock
 *
 * On a machine the time stamp counter, unless the kernel has found fault with it: then
 * its own time comes from there too. In a guest only one that is the same on every
 * host and never stops, because a guest may be moved. Others have trace_clock_local().
 *
 * Context: before the first socket.
 */
void __init tlst_clock_init(void)
{
#ifdef CONFIG_X86
	u64 mult;

	if (!tsc_khz || check_tsc_unstable())
		return;
	if (boot_cpu_has(X86_FEATURE_HYPERVISOR) &&
	    !boot_cpu_has(X86_FEATURE_NONSTOP_TSC))
		return;
	mult = div_u64((u64)NSEC_PER_MSEC << TLST_CLOCK_SHIFT, tsc_khz);
	if (mult > U32_MAX)
		return;
	tlst_clock_mult = mult;
	static_branch_enable(&tlst_clock_cycles);
#endif
}
