// SPDX-License-Identifier: GPL-2.0
/* linux/unaligned.h: 6.12 (5f60d5f6bbc1), asm/unaligned.h before. */
#include <linux/unaligned.h>
