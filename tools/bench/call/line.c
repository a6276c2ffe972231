// SPDX-License-Identifier: GPL-2.0
/* A connection with kernel TLS on one end. */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "line.h"
#include "tcp.h"
#include "util.h"

/* Room for what a call sends, on the way and at the peer, so that none waits. */
#define ROOM	(8 << 20)

/* What bytes @len become on the wire. */
static size_t on_wire(const struct line *l, size_t len)
{
	size_t records = (len + TLS_MAX_PAYLOAD - 1) / TLS_MAX_PAYLOAD;

	return len + records * l->overhead;
}

void line_keys(struct tt_keys *keys)
{
	size_t i;

	memset(keys, 0, sizeof(*keys));
	for (i = 0; i < sizeof(keys->key); i++)
		keys->key[i] = 17 * i + 3;
	for (i = 0; i < sizeof(keys->nonce); i++)
		keys->nonce[i] = 29 * i + 5;
	keys->seq = 1;
}

int line_open(struct line *l, const char *ulp, const struct tt_cipher *c, int version,
	      int option)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	int room = ROOM;
	struct tt_keys keys;
	size_t size;
	int i, err;

	memset(l, 0, sizeof(*l));
	line_keys(&keys);
	err = tt_layer_init(&l->layer, c, version, &keys);
	if (err)
		return err;
	err = tt_tcp_pair(TT_IPV4, &l->fd, &l->peer);
	if (err)
		goto free_layer;
	l->overhead = tt_cipher_overhead(c, version);
	for (i = 0; i < 2; i++) {
		int fd = i ? l->peer : l->fd;

		setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	}
	err = tt_tcp_ulp(l->fd, ulp);
	if (err) {
		tt_fail(-err, "setsockopt TCP_ULP %s: %s", ulp, strerror(-err));
		goto close;
	}
	size = tt_cipher_pack(c, version, &keys, info);
	if (!setsockopt(l->fd, SOL_TLS, option, info, size))
		return 0;
	err = tt_fail(errno, "setsockopt %s with %s: %s",
		      option == TLS_TX ? "TLS_TX" : "TLS_RX", c->name, strerror(errno));
close:
	close(l->fd);
	close(l->peer);
free_layer:
	tt_layer_free(&l->layer);
	return err;
}

void line_close(struct line *l)
{
	close(l->fd);
	close(l->peer);
	tt_layer_free(&l->layer);
}

/* Mostly at once, but the kernel may leave it to a thread that has to have its turn. */
static int wait_arrived(const struct line *l)
{
	struct tcp_info info;
	socklen_t size;
	int i;

	for (i = 0; i < 1000; i++) {
		size = sizeof(info);
		if (getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, &info, &size))
			return tt_fail(errno, "TCP_INFO: %s", strerror(errno));
		if (info.tcpi_bytes_received >= l->fed)
			return 0;
		usleep(1000);
	}
	return tt_fail(ETIMEDOUT, "what the peer sent has not arrived");
}

int line_feed(struct line *l, const void *buf, size_t len)
{
	static unsigned char record[TLS_MAX_RECORD];
	const char *at = buf;
	size_t n;
	int size, err;

	for (; len; len -= n, at += n) {
		n = len < TLS_MAX_PAYLOAD ? len : TLS_MAX_PAYLOAD;
		size = tt_layer_seal(&l->layer, TLS_TYPE_DATA, at, n, 0, record);
		if (size < 0)
			return size;
		err = tt_write_all(l->peer, record, size);
		if (err)
			return err;
		l->fed += size;
	}
	return wait_arrived(l);
}

int line_drain(struct line *l, size_t len)
{
	static char buf[1 << 20];
	size_t left = on_wire(l, len);
	ssize_t n;

	while (left) {
		n = read(l->peer, buf, left < sizeof(buf) ? left : sizeof(buf));
		if (n <= 0)
			return tt_fail(n ? errno : EPIPE, "the peer reads: %s",
				       n ? strerror(errno) : "end of file");
		left -= n;
	}
	return 0;
}
