// SPDX-License-Identifier: GPL-2.0
/* Sizes and limits on slow machines. */
#include <stdlib.h>
#include "slow.h"

int tt_slow(void)
{
	const char *text = getenv("TLS_TEST_SLOW");
	int factor = text ? atoi(text) : 1;

	if (factor < 1)
		return 1;
	return factor < 100 ? factor : 100;
}

int tt_rounds(int n)
{
	return n / tt_slow() ?: 1;
}

int tt_limit(int ms)
{
	return ms * tt_slow();
}
