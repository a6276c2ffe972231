/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes and limits on machines that are much slower than a stock kernel's: a
 * kernel with KASAN and lock debugging takes some ten times as long.
 */
#ifndef TT_SLOW_H
#define TT_SLOW_H

/**
 * tt_slow() - how many times slower this machine is said to be
 *
 * From the environment: TLS_TEST_SLOW=FACTOR.
 *
 * Return: the factor, 1 unless told otherwise.
 */
int tt_slow(void);

/**
 * tt_rounds() - how often to do what is done many times
 * @n: on a stock kernel
 * Return: @n divided by tt_slow(), at least 1.
 */
int tt_rounds(int n);

/**
 * tt_limit() - how long to wait for what should happen soon
 * @ms: on a stock kernel, milliseconds
 * Return: @ms times tt_slow().
 */
int tt_limit(int ms);

/*
 * Stretches the time limits of the tests before it.
 */
#define TT_SLOW_TESTS							\
	static void __attribute__((constructor)) tt_stretch(void)	\
	{								\
		struct __fixture_metadata *f;				\
		struct __test_metadata *t;				\
									\
		for (f = __fixture_list; f; f = f->next)		\
			for (t = f->tests; t; t = t->next)		\
				t->timeout *= tt_slow();		\
	}

/* Takes the place of TEST_HARNESS_MAIN. */
#define TT_SLOW_HARNESS_MAIN						\
	TT_SLOW_TESTS							\
	TEST_HARNESS_MAIN

#endif
