/* SPDX-License-Identifier: GPL-2.0 */
/* How much plaintext the module shows: its parameter data_max. */
#ifndef DATA_LIMIT_H
#define DATA_LIMIT_H

#include <stddef.h>

int data_limit_raise(unsigned int bytes, char *why, size_t size);
void data_limit_restore(void);
void data_limit_clean_stale(void);

#endif
