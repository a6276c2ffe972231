/* SPDX-License-Identifier: GPL-2.0 */
/* Histograms with a bucket for each power of two, as long as what they hold is wide. */
#ifndef HIST_H
#define HIST_H

#include <stdint.h>

#define HIST_BUCKETS	65	/* zero, and each bit of 64 */

/**
 * struct hist - a histogram; zero but for @unit is an empty one
 * @unit: what a value is divided by for its bucket; 0 stands for 1
 * @first: bucket that @bucket[0] stands for
 * @size: buckets there are
 * @count: values
 * @sum: of the values
 * @min: smallest value
 * @max: largest value
 * @bucket: values in each
 */
struct hist {
	uint16_t unit;
	uint8_t first, size;
	uint64_t count, sum, min, max;
	uint64_t *bucket;
};

void hist_add(struct hist *h, uint64_t value, uint64_t times);
void hist_merge(struct hist *to, struct hist *from);
void hist_free(struct hist *h);
uint64_t hist_low(const struct hist *h, unsigned int bucket);
uint64_t hist_high(const struct hist *h, unsigned int bucket);
uint64_t hist_in(const struct hist *h, unsigned int bucket);
uint64_t hist_percentile(const struct hist *h, unsigned int percent);
double hist_mean(const struct hist *h);

#endif
