/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A network block device over the kernel's end of a connection: the kernel
 * writes requests to the socket and reads replies from it, with iterators over
 * its own memory. The server is here, in memory, behind the peer's OpenSSL.
 */
#ifndef TT_NBD_H
#define TT_NBD_H

#include "peer.h"
#include "util.h"

#define TT_NBD_BLOCK	512

/**
 * struct tt_nbd - a device and its server
 * @c:		connection; its peer and our end's reading and writing belong to
 *		the device until tt_nbd_stop()
 * @fd:		the block device
 * @size:	bytes of it
 * @disk:	what the server has
 * @bad:	reads of this block are answered with an error, -1 for none
 * @tamper:	the reply to the next request is sealed by the reference layer
 *		and has a bit turned; the device breaks down
 * @goodbye:	the reply to the next request is a close_notify; the device
 *		breaks down
 * @in:		bytes the server has read
 * @out:	bytes the server has written
 * @requests:	how many
 * @err:	0, or why the server ended before its time
 * @why:	reason of @err
 * @ended:	what the kernel's side ended with, 0 or -errno
 */
struct tt_nbd {
	struct tt_conn *c;
	int fd;
	size_t size;
	unsigned char *disk;
	long bad;
	bool tamper;
	bool goodbye;
	__u64 in;
	__u64 out;
	size_t requests;
	int err;
	char why[TT_WHY_SIZE];
	int ended;
	pthread_t server;
	pthread_t device;
	bool serving;
	bool attached;
};

/**
 * tt_nbd_start() - make a device of the connection and serve it
 * @n:		device
 * @c:		connection with both keys set
 * @size:	bytes, a multiple of TT_NBD_BLOCK
 * Return: 0 or -errno.
 */
int tt_nbd_start(struct tt_nbd *n, struct tt_conn *c, size_t size);

/**
 * tt_nbd_stop() - disconnect, unless the device broke down, and wait for both sides
 * @n: device
 * Return: 0, or -errno of the server with the reason noted.
 */
int tt_nbd_stop(struct tt_nbd *n);

#endif
