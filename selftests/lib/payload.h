/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudo-random test data that can be had again, and its hash.
 *
 * Every byte that a test sends, and every key it makes up, comes from one
 * stream, seeded by the printed seed and the name of the test. So no two
 * pieces are alike, and a shift, swap or repetition of data shows.
 */
#ifndef TT_PAYLOAD_H
#define TT_PAYLOAD_H

#include <stddef.h>
#include <linux/types.h>

#define TT_SHA256_SIZE	32

/**
 * tt_seed_init() - take the seed from TLS_TEST_SEED or the clock
 * Return: the seed, to be printed.
 */
__u64 tt_seed_init(void);

/**
 * tt_seed_test() - start the stream of one test
 * @fixture:	test names, any may be NULL
 * @variant:	variant's name
 * @test:	test's name
 */
void tt_seed_test(const char *fixture, const char *variant, const char *test);

/**
 * tt_random() - next 64 bits of the stream
 * Return: the bits.
 */
__u64 tt_random(void);

/**
 * tt_fill() - fill memory from the stream
 * @buf: where
 * @len: how many bytes
 */
void tt_fill(void *buf, size_t len);

/**
 * tt_sha256() - hash memory
 * @buf: bytes
 * @len: how many
 * @out: TT_SHA256_SIZE bytes
 */
void tt_sha256(const void *buf, size_t len, unsigned char *out);

/**
 * tt_file() - an unlinked file on tmpfs with pseudo-random content
 * @size: bytes, any
 * @out:  SHA-256 of the content, or NULL
 * Return: descriptor at offset 0, open for reading and writing, or -errno.
 */
int tt_file(size_t size, unsigned char *out);

/**
 * tt_file_sha256() - hash a part of a file
 * @fd:		file
 * @off:	first byte
 * @len:	bytes; must be there
 * @out:	TT_SHA256_SIZE bytes
 * Return: 0 or -errno.
 */
int tt_file_sha256(int fd, __u64 off, __u64 len, unsigned char *out);

#endif
