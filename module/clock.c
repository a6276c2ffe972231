// SPDX-License-Identifier: GPL-2.0
/*
 * How long calls take.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "clock.h"

DEFINE_STATIC_KEY_FALSE(tlst_clock_cycles);
u32 tlst_clock_mult __ro_after_init;

/**
 * tlst_clock_long - a time that is negative, or 2^32 and more
 * @passed: difference between two of tlst_clock()
 *
 * Context: any.
 * Return: nanoseconds, 0 if the clock went back.
 */
noinline u64 tlst_clock_long(u64 passed)
{
	if ((s64)passed < 0)
		return 0;
	if (static_branch_likely(&tlst_clock_cycles))
		return mul_u64_u32_shr(passed, tlst_clock_mult,
				       TLST_CLOCK_SHIFT);
	return passed;
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
