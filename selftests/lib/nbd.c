// SPDX-License-Identifier: GPL-2.0
/* A network block device and its server. */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/nbd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nbd.h"
#include "util.h"

#define DEVICES		16
/* What the kernel asks for at once, at most. */
#define REQUEST_MAX	(4 << 20)

/* The protocol's simple replies; its numbers are in network order. */
struct request {
	__u32 magic;
	__u32 type;
	__u8 cookie[8];
	__u64 from;
	__u32 len;
} __attribute__((packed));

struct reply {
	__u32 magic;
	__u32 error;
	__u8 cookie[8];
} __attribute__((packed));

static int answer(struct tt_nbd *n, const struct request *r, int error,
		  const void *data, size_t len)
{
	static unsigned char buf[sizeof(struct reply) + REQUEST_MAX];
	struct reply *reply = (struct reply *)buf;
	unsigned char wire[TLS_MAX_RECORD];
	int err;

	reply->magic = htobe32(NBD_REPLY_MAGIC);
	reply->error = htobe32(error);
	memcpy(reply->cookie, r->cookie, sizeof(reply->cookie));
	memcpy(buf + sizeof(*reply), data, len);
	len += sizeof(*reply);
	if (n->tamper) {
		err = tt_peer_seal(n->c, TLS_TYPE_DATA, buf, sizeof(*reply), 0,
				   wire);
		if (err < 0)
			return err;
		wire[err - 1] ^= 0x20;
		return tt_peer_raw(n->c, wire, err) ?: 1;
	}
	if (n->goodbye)
		return tt_peer_close_notify(n->c) ?: 1;
	err = tt_peer_write(n->c, buf, len);
	n->out += err ? 0 : len;
	return err;
}

/* Return: 0, 1 at the end, or -errno. */
static int serve_one(struct tt_nbd *n)
{
	struct request r;
	size_t from, len;
	int type, err;

	err = tt_peer_read(n->c, &r, sizeof(r));
	if (err)
		return err;
	n->in += sizeof(r);
	n->requests++;
	type = be32toh(r.type) & 0xffff;
	from = be64toh(r.from);
	len = be32toh(r.len);
	if (be32toh(r.magic) != NBD_REQUEST_MAGIC)
		return tt_fail(EBADMSG, "NBD request with magic %08x",
			       be32toh(r.magic));
	if (type == NBD_CMD_DISC)
		return 1;
	if (len > REQUEST_MAX || from + len > n->size)
		return tt_fail(EBADMSG, "NBD request for %zu bytes at %zu", len,
			       from);
	switch (type) {
	case NBD_CMD_WRITE:
		err = tt_peer_read(n->c, n->disk + from, len);
		if (err)
			return err;
		n->in += len;
		return answer(n, &r, 0, NULL, 0);
	case NBD_CMD_READ:
		if (n->bad >= (long)(from / TT_NBD_BLOCK) &&
		    n->bad < (long)((from + len) / TT_NBD_BLOCK))
			return answer(n, &r, EIO, NULL, 0);
		return answer(n, &r, 0, n->disk + from, len);
	default:
		return answer(n, &r, 0, NULL, 0);
	}
}

static void *serve(void *arg)
{
	struct tt_nbd *n = arg;
	int err;

	do {
		err = serve_one(n);
	} while (!err);
	/* The kernel's reader waits for that. */
	shutdown(n->c->peer_fd, SHUT_WR);
	if (err < 0) {
		n->err = err;
		snprintf(n->why, sizeof(n->why), "NBD server: %s", tt_why());
	}
	return NULL;
}

/* The kernel keeps the caller until the device is disconnected. */
static void *run_device(void *arg)
{
	struct tt_nbd *n = arg;

	n->ended = ioctl(n->fd, NBD_DO_IT) ? -errno : 0;
	ioctl(n->fd, NBD_CLEAR_QUE);
	ioctl(n->fd, NBD_CLEAR_SOCK);
	return NULL;
}

static int find_device(struct tt_nbd *n)
{
	char path[32];
	int i;

	for (i = 0; i < DEVICES; i++) {
		snprintf(path, sizeof(path), "/dev/nbd%d", i);
		n->fd = open(path, O_RDWR | O_CLOEXEC);
		if (n->fd < 0)
			continue;
		if (!ioctl(n->fd, NBD_SET_SOCK, (unsigned long)n->c->fd))
			return 0;
		if (errno != EBUSY)
			return tt_fail(errno, "NBD_SET_SOCK: %s",
				       strerror(errno));
		close(n->fd);
		n->fd = -1;
	}
	return tt_fail(ENODEV, "no free device /dev/nbd*");
}

static int wait_for_device(struct tt_nbd *n)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	unsigned long blocks = 0;

	/* The size shows when the kernel has begun. */
	do {
		if (!ioctl(n->fd, BLKGETSIZE, &blocks) &&
		    blocks == n->size / TT_NBD_BLOCK)
			return 0;
		sched_yield();
	} while (tt_now_ms() < end);
	return tt_fail(ETIMEDOUT, "the block device has %lu blocks", blocks);
}

int tt_nbd_start(struct tt_nbd *n, struct tt_conn *c, size_t size)
{
	int err;

	memset(n, 0, sizeof(*n));
	n->c = c;
	n->fd = -1;
	n->bad = -1;
	n->size = size;
	/* Megabytes that OpenSSL checks need not be opened twice. */
	c->headers_only = true;
	n->disk = calloc(1, size);
	if (!n->disk)
		return tt_fail(ENOMEM, "disk of %zu bytes", size);
	err = find_device(n);
	if (err)
		return err;
	n->attached = true;
	if (ioctl(n->fd, NBD_SET_BLKSIZE, (unsigned long)TT_NBD_BLOCK) ||
	    ioctl(n->fd, NBD_SET_SIZE_BLOCKS, size / TT_NBD_BLOCK) ||
	    ioctl(n->fd, NBD_SET_TIMEOUT, TT_WAIT_MS / 1000UL) ||
	    ioctl(n->fd, NBD_SET_FLAGS, (unsigned long)(NBD_FLAG_HAS_FLAGS |
							NBD_FLAG_SEND_FLUSH)))
		return tt_fail(errno, "set-up of the block device: %s",
			       strerror(errno));
	if (pthread_create(&n->server, NULL, serve, n))
		return tt_fail(EAGAIN, "no thread");
	n->serving = true;
	if (pthread_create(&n->device, NULL, run_device, n)) {
		n->attached = false;
		return tt_fail(EAGAIN, "no thread");
	}
	return wait_for_device(n);
}

int tt_nbd_stop(struct tt_nbd *n)
{
	if (n->fd >= 0 && !n->tamper && !n->goodbye)
		ioctl(n->fd, NBD_DISCONNECT);
	if (n->attached)
		pthread_join(n->device, NULL);
	if (n->serving)
		pthread_join(n->server, NULL);
	if (n->fd >= 0)
		close(n->fd);
	free(n->disk);
	n->disk = NULL;
	return n->err ? tt_fail(-n->err, "%s", n->why) : 0;
}
