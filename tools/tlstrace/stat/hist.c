// SPDX-License-Identifier: GPL-2.0
/*
 * Bucket 0 is for zero, bucket N for values of N bits. A connection's values fall into
 * a few neighbouring buckets: only these have memory, so that many histograms are small
 * and the counters can have 64 bits.
 */
#include <stdlib.h>
#include <string.h>

#include "hist.h"

static uint64_t unit_of(const struct hist *h)
{
	return h->unit ? h->unit : 1;
}

static unsigned int bucket_of(const struct hist *h, uint64_t value)
{
	value /= unit_of(h);
	return value ? 64 - (unsigned int)__builtin_clzll(value) : 0;
}

/* Have memory for the buckets @low to @high; -1 without. */
static int cover(struct hist *h, unsigned int low, unsigned int high)
{
	unsigned int first = h->size && h->first < low ? h->first : low;
	unsigned int end = h->size && h->first + h->size > high + 1 ?
			   (unsigned int)h->first + h->size : high + 1;
	uint64_t *grown;

	if (h->size && first == h->first && end == (unsigned int)h->first + h->size)
		return 0;
	grown = calloc(end - first, sizeof(*grown));
	if (!grown)
		return -1;
	if (h->size)
		memcpy(grown + (h->first - first), h->bucket, h->size * sizeof(*grown));
	free(h->bucket);
	h->bucket = grown;
	h->first = (uint8_t)first;
	h->size = (uint8_t)(end - first);
	return 0;
}

/* A sum that is too large stays at the end rather than to begin anew. */
static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static void add_bounds(struct hist *h, uint64_t min, uint64_t max)
{
	if (!h->count || min < h->min)
		h->min = min;
	if (max > h->max)
		h->max = max;
}

/**
 * hist_add() - count a value
 * @h: the histogram
 * @value: the value
 * @times: how often it came
 *
 * Without memory it is not counted at all.
 */
void hist_add(struct hist *h, uint64_t value, uint64_t times)
{
	unsigned int b = bucket_of(h, value);
	uint64_t product;

	if (!times || cover(h, b, b))
		return;
	add_bounds(h, value, value);
	if (__builtin_mul_overflow(value, times, &product))
		product = UINT64_MAX;
	h->bucket[b - h->first] += times;
	h->count += times;
	h->sum = add(h->sum, product);
}

/**
 * hist_merge() - add one histogram to another of the same unit
 * @to: gets bigger
 * @from: is emptied
 */
void hist_merge(struct hist *to, struct hist *from)
{
	if (!from->count)
		return;
	to->unit = from->unit;
	if (!cover(to, from->first, from->first + from->size - 1U)) {
		add_bounds(to, from->min, from->max);
		for (unsigned int i = 0; i < from->size; i++)
			to->bucket[from->first + i - to->first] += from->bucket[i];
		to->count += from->count;
		to->sum = add(to->sum, from->sum);
	}
	hist_free(from);
}

/**
 * hist_free() - empty it
 * @h: the histogram
 */
void hist_free(struct hist *h)
{
	free(h->bucket);
	*h = (struct hist){ .unit = h->unit };
}

/**
 * hist_low() - smallest value of a bucket
 * @h: the histogram
 * @bucket: 0 to HIST_BUCKETS - 1
 *
 * Return: the value.
 */
uint64_t hist_low(const struct hist *h, unsigned int bucket)
{
	uint64_t low;

	if (!bucket)
		return 0;
	return __builtin_mul_overflow(1ULL << (bucket - 1), unit_of(h), &low) ? UINT64_MAX : low;
}

/**
 * hist_high() - largest value of a bucket
 * @h: the histogram
 * @bucket: 0 to HIST_BUCKETS - 1
 *
 * Return: the value.
 */
uint64_t hist_high(const struct hist *h, unsigned int bucket)
{
	uint64_t end;

	if (bucket >= HIST_BUCKETS - 1 ||
	    __builtin_mul_overflow(1ULL << bucket, unit_of(h), &end))
		return UINT64_MAX;
	return end - 1;
}

/**
 * hist_in() - number of values in a bucket
 * @h: the histogram
 * @bucket: 0 to HIST_BUCKETS - 1
 *
 * Return: how many.
 */
uint64_t hist_in(const struct hist *h, unsigned int bucket)
{
	if (bucket < h->first || bucket >= (unsigned int)h->first + h->size)
		return 0;
	return h->bucket[bucket - h->first];
}

/* The place of @rank, from 1, in a bucket whose values are taken as evenly spread. */
static uint64_t within(const struct hist *h, unsigned int bucket, uint64_t rank)
{
	double low = (double)hist_low(h, bucket);
	double high = (double)hist_high(h, bucket) + 1;
	double value = low + (high - low) * ((double)rank - 0.5) / (double)hist_in(h, bucket);

	if (value >= (double)h->max)
		return h->max;
	return value <= (double)h->min ? h->min : (uint64_t)value;
}

/**
 * hist_percentile() - a value that so many percent of the values do not exceed
 * @h: the histogram
 * @percent: 1 to 100
 *
 * It is right to within the bucket, and never outside of what there was.
 *
 * Return: the value, 0 if there are none.
 */
uint64_t hist_percentile(const struct hist *h, unsigned int percent)
{
	uint64_t rank, seen = 0;

	if (!h->count)
		return 0;
	if (percent >= 100)
		return h->max;
	/* count * percent / 100, rounded up, where the product may be too large. */
	rank = h->count / 100 * percent + (h->count % 100 * percent + 99) / 100;
	if (!rank)
		rank = 1;
	for (unsigned int i = 0; i < h->size; i++) {
		if (seen + h->bucket[i] >= rank)
			return within(h, h->first + i, rank - seen);
		seen += h->bucket[i];
	}
	return h->max;
}

/**
 * hist_mean() - the mean of the values
 * @h: the histogram
 *
 * Return: the mean, 0 if there are none.
 */
double hist_mean(const struct hist *h)
{
	return h->count ? (double)h->sum / (double)h->count : 0;
}
