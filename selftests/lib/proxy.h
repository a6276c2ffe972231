/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A proxy between the two ends of a connection that knows where records begin
 * and end: it holds them, changes them, and passes on what the test says, when
 * the test says so.
 */
#ifndef TT_PROXY_H
#define TT_PROXY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include "cipher.h"
#include "tcp.h"

/* Records of one direction that are held at a time. */
#define TT_HELD_MAX	16

/* Where to */
enum tt_way {
	TT_TO_KERNEL,
	TT_TO_PEER,
	TT_WAYS,
};

/* Parts of a record, by one byte of each */
enum tt_region {
	TT_AT_TYPE,
	TT_AT_VERSION_HIGH,
	TT_AT_VERSION_LOW,
	TT_AT_NONCE_FIRST,	/* explicit nonce: TLS 1.2 with GCM or CCM */
	TT_AT_NONCE_LAST,
	TT_AT_BODY_FIRST,	/* encrypted content */
	TT_AT_BODY_MIDDLE,
	TT_AT_BODY_LAST,
	TT_AT_INNER_TYPE,	/* TLS 1.3, in a record without padding */
	TT_AT_TAG_FIRST,
	TT_AT_TAG_LAST,
	TT_REGIONS,
};

/**
 * struct tt_held - a whole record
 * @wire:	its bytes
 * @len:	how many
 */
struct tt_held {
	unsigned char *wire;
	size_t len;
};

/**
 * struct tt_proxy - a proxy
 * @fd:		by enum tt_way: the socket that the end of that name is connected
 *		to, -1 if closed
 * @have:	bytes read of a record still incomplete
 * @buf:	those
 * @held:	whole records read and not forgotten, in order
 * @n:		how many
 * @stop:	pipe that stops the relay
 * @relay:	its thread
 * @relays:	it runs
 */
struct tt_proxy {
	int fd[TT_WAYS];
	size_t have[TT_WAYS];
	unsigned char *buf[TT_WAYS];
	struct tt_held held[TT_WAYS][TT_HELD_MAX];
	size_t n[TT_WAYS];
	int stop[2];
	pthread_t relay;
	bool relays;
};

/**
 * tt_proxy_open() - make two connections with a proxy in between
 * @p:		proxy
 * @family:	enum tt_family
 * @fd:		out: the kernel's end
 * @peer:	out: the peer's end
 * Return: 0 or -errno.
 */
int tt_proxy_open(struct tt_proxy *p, enum tt_family family, int *fd, int *peer);

/**
 * tt_proxy_close() - stop and release
 * @p: proxy
 */
void tt_proxy_close(struct tt_proxy *p);

/**
 * tt_proxy_relay() - pass everything on, both ways, by a thread
 * @p: proxy
 * Return: 0 or -errno.
 */
int tt_proxy_relay(struct tt_proxy *p);

/**
 * tt_proxy_stop() - end tt_proxy_relay(): from here on the test decides
 * @p: proxy
 */
void tt_proxy_stop(struct tt_proxy *p);

/**
 * tt_proxy_hold() - have so many whole records, waiting if need be
 * @p:		proxy
 * @way:	where they want to go
 * @n:		how many, those held already included
 * Return: 0 or -errno.
 */
int tt_proxy_hold(struct tt_proxy *p, enum tt_way way, size_t n);

/**
 * tt_proxy_pass() - send a held record on; it stays held
 * @p:		proxy
 * @way:	where to
 * @i:		which
 * Return: 0 or -errno.
 */
int tt_proxy_pass(struct tt_proxy *p, enum tt_way way, size_t i);

/**
 * tt_proxy_send() - send any bytes
 * @p:		proxy
 * @way:	where to
 * @buf:	bytes
 * @len:	how many
 * Return: 0 or -errno.
 */
int tt_proxy_send(struct tt_proxy *p, enum tt_way way, const void *buf,
		  size_t len);

/**
 * tt_proxy_forget() - forget the held records of a direction
 * @p:		proxy
 * @way:	where they wanted to go
 */
void tt_proxy_forget(struct tt_proxy *p, enum tt_way way);

/**
 * tt_proxy_end() - end a connection
 * @p:		proxy
 * @way:	with whom
 * @rst:	by a reset, else by a FIN
 */
void tt_proxy_end(struct tt_proxy *p, enum tt_way way, bool rst);

/**
 * tt_reset() - close a socket with a reset
 * @fd: socket, -1 afterwards
 */
void tt_reset(int *fd);

/**
 * tt_region_at() - where a part of a record is
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @region:	part
 * @len:	length of the record, header included
 * Return: offset of its byte, -1 if such a record has no such part.
 */
long tt_region_at(const struct tt_cipher *c, int version, enum tt_region region,
		  size_t len);

/**
 * tt_region_name() - a part's name, for messages
 * @region: part
 * Return: text.
 */
const char *tt_region_name(enum tt_region region);

/**
 * tt_record_stretch() - change the length that a record's header tells
 * @wire:	record
 * @by:		bytes, may be negative
 */
void tt_record_stretch(unsigned char *wire, int by);

#endif
