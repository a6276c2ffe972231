// SPDX-License-Identifier: GPL-2.0
/* Many connections at once. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cipher.h"
#include "held.h"
#include "line.h"
#include "tcp.h"
#include "util.h"

/* Files that the process has open besides. */
#define FILES_MORE	200

int held_init(struct held *h, const char *ulp, size_t most)
{
	rlim_t files = 2 * most + FILES_MORE;
	struct rlimit limit = { files, files };

	memset(h, 0, sizeof(*h));
	h->ulp = ulp;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return tt_fail(errno, "setrlimit RLIMIT_NOFILE %zu: %s", (size_t)files,
			       strerror(errno));
	h->fds = calloc(2 * most, sizeof(*h->fds));
	if (!h->fds)
		return tt_fail(ENOMEM, "no memory");
	h->listener = tt_tcp_listener(TT_IPV4);
	return h->listener < 0 ? h->listener : 0;
}

int held_pair(const struct held *h, int *fd, int *peer)
{
	struct sockaddr_in to;
	socklen_t len = sizeof(to);
	int err;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return tt_fail(errno, "socket: %s", strerror(errno));
	if (getsockname(h->listener, (struct sockaddr *)&to, &len) ||
	    connect(*fd, (struct sockaddr *)&to, len)) {
		err = tt_fail(errno, "connect: %s", strerror(errno));
		goto close;
	}
	*peer = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC);
	if (*peer >= 0)
		return 0;
	err = tt_fail(errno, "accept: %s", strerror(errno));
close:
	close(*fd);
	return err;
}

int held_key(int fd)
{
	const struct tt_cipher *c = tt_cipher_find(TLS_CIPHER_AES_GCM_128);
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t size;

	line_keys(&keys);
	size = tt_cipher_pack(c, TLS_1_3, &keys, info);
	if (setsockopt(fd, SOL_TLS, TLS_TX, info, size))
		return tt_fail(errno, "setsockopt TLS_TX: %s", strerror(errno));
	if (setsockopt(fd, SOL_TLS, TLS_RX, info, size))
		return tt_fail(errno, "setsockopt TLS_RX: %s", strerror(errno));
	return 0;
}

int held_grow(struct held *h, size_t count)
{
	int *fds, err;

	for (; h->count < count; h->count++) {
		fds = h->fds + 2 * h->count;
		err = held_pair(h, &fds[0], &fds[1]);
		if (err)
			return err;
		err = tt_tcp_ulp(fds[0], h->ulp);
		if (err)
			tt_fail(-err, "setsockopt TCP_ULP %s: %s", h->ulp, strerror(-err));
		else
			err = held_key(fds[0]);
		if (err) {
			close(fds[0]);
			close(fds[1]);
			return err;
		}
	}
	return 0;
}

int held_use(const struct held *h)
{
	char record[64];
	size_t i;

	for (i = 0; i < h->count; i++) {
		if (send(h->fds[2 * i], "1", 1, 0) != 1)
			return tt_fail(errno, "send: %s", strerror(errno));
		if (recv(h->fds[2 * i + 1], record, sizeof(record), 0) <= 0)
			return tt_fail(errno, "the peer reads: %s", strerror(errno));
	}
	return 0;
}

void held_close(struct held *h)
{
	struct linger at_once = { .l_onoff = 1 };
	size_t i;

	for (i = 0; i < 2 * h->count; i++) {
		setsockopt(h->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(h->fds[i]);
	}
	close(h->listener);
	free(h->fds);
	memset(h, 0, sizeof(*h));
}
