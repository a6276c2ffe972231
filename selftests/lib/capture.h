/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plaintext capture by tls_trace: the event data, with the events tx and rx of the
 * calls that it belongs to, in a tracefs instance of its own.
 */
#ifndef TT_CAPTURE_H
#define TT_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>

/* Bytes that one event data holds at most. */
#define TT_PIECE_MAX	3840

/* Of each so many bytes of a call, data_max bytes are told. */
#define TT_STRETCH	16384

/* Directions as the event data numbers them */
enum tt_dir {
	TT_DIR_TX,
	TT_DIR_RX,
};

/**
 * struct tt_piece - an event: data, tx or rx
 * @call:	tx or rx, not data
 * @dir:	enum tt_dir
 * @type:	content type
 * @path:	enum tt_path
 * @flags:	call: message flags
 * @result:	call: what it returned
 * @ino:	socket
 * @seq:	record sequence of the call
 * @offset:	data: of this piece in the call's bytes
 * @len:	data: bytes of the call
 * @missing:	data: bytes at the end that were not there to be read
 * @size:	data: bytes
 * @data:	data
 */
struct tt_piece {
	bool call;
	enum tt_dir dir;
	int type;
	int path;
	int flags;
	long long result;
	unsigned long ino;
	__u64 seq;
	__u32 offset;
	__u32 len;
	__u32 missing;
	size_t size;
	unsigned char *data;
};

/**
 * tt_capture_open() - make the instance and enable its events
 * @all: all of tls_trace's, else data, tx and rx
 *
 * Takes the event data off the instance that the suite compares calls by.
 *
 * Return: 0, -ENOENT where the module has no event data, or -errno.
 */
int tt_capture_open(bool all);

/**
 * tt_capture_close() - remove the instance, and switch data_max off
 */
void tt_capture_close(void);

/**
 * tt_capture_max() - set the module's parameter data_max
 * @text: what to write
 * Return: 0 or -errno.
 */
int tt_capture_max(const char *text);

/**
 * tt_capture_enable() - switch the event data of the instance on or off
 * @on: on
 * Return: 0 or -errno.
 */
int tt_capture_enable(bool on);

/**
 * tt_capture_begin() - forget all events so far
 * Return: 0 or -errno.
 */
int tt_capture_begin(void);

/**
 * tt_capture_read() - read the events since tt_capture_begin()
 * Return: 0, -EOVERFLOW where the ring buffer lost some, or -errno.
 */
int tt_capture_read(void);

/**
 * tt_capture_pieces() - what tt_capture_read() read, in order
 * @n: out: how many
 * Return: events, owned by the library.
 */
const struct tt_piece *tt_capture_pieces(size_t *n);

/**
 * tt_capture_check() - compare what was captured of a socket with what flowed
 * @ino:	socket
 * @dir:	direction
 * @data:	all bytes that its successful calls moved
 * @len:	how many
 * @max:	data_max
 *
 * Each call must be followed by the pieces that cover the first @max bytes of
 * every stretch of it, and by no others; pieces of read_sock come before it. A
 * call that failed, moved nothing or only peeked has none.
 *
 * Return: 0 or -errno with the first difference noted.
 */
int tt_capture_check(unsigned long ino, enum tt_dir dir, const void *data,
		     size_t len, size_t max);

/**
 * tt_capture_address() - a field that has a kernel address
 *
 * Of the events, of all kinds, that tt_capture_read() has met.
 *
 * Return: its name, NULL if there was none.
 */
const char *tt_capture_address(void);

/**
 * tt_capture_file() - open a file of the instance
 * @path: below the instance's directory
 * Return: the stream, non-blocking, or NULL.
 */
FILE *tt_capture_file(const char *path);

#endif
