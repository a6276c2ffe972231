// SPDX-License-Identifier: GPL-2.0
/* A proxy that knows records. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "proxy.h"
#include "record.h"
#include "util.h"

#define RELAY_CHUNK	65536

int tt_proxy_open(struct tt_proxy *p, enum tt_family family, int *fd, int *peer)
{
	int i, err;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < TT_WAYS; i++) {
		p->fd[i] = -1;
		p->stop[i] = -1;
	}
	*fd = -1;
	*peer = -1;
	err = tt_tcp_pair(family, fd, &p->fd[TT_TO_KERNEL]) ?:
	      tt_tcp_pair(family, &p->fd[TT_TO_PEER], peer);
	if (err)
		return err;
	if (pipe2(p->stop, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	for (i = 0; i < TT_WAYS; i++) {
		p->buf[i] = malloc(TLS_MAX_RECORD);
		if (!p->buf[i])
			return tt_fail(ENOMEM, "proxy");
	}
	return 0;
}

void tt_proxy_close(struct tt_proxy *p)
{
	int i;

	tt_proxy_stop(p);
	for (i = 0; i < TT_WAYS; i++) {
		tt_proxy_forget(p, i);
		free(p->buf[i]);
		p->buf[i] = NULL;
		if (p->fd[i] >= 0)
			close(p->fd[i]);
		if (p->stop[i] >= 0)
			close(p->stop[i]);
		p->fd[i] = -1;
		p->stop[i] = -1;
	}
}

/* What comes from one side goes to the other; false at the end of it. */
static bool relay_once(int from, int to)
{
	static __thread char buf[RELAY_CHUNK];
	ssize_t n = recv(from, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	return n && !tt_write_all(to, buf, n);
}

static void *relay(void *arg)
{
	struct tt_proxy *p = arg;
	struct pollfd fd[] = {
		{ .fd = p->fd[TT_TO_KERNEL], .events = POLLIN },
		{ .fd = p->fd[TT_TO_PEER], .events = POLLIN },
		{ .fd = p->stop[0], .events = POLLIN },
	};
	int i;

	while (!fd[2].revents) {
		if (poll(fd, 3, -1) < 0 && errno != EINTR)
			break;
		for (i = 0; i < TT_WAYS; i++)
			if (fd[i].revents &&
			    !relay_once(p->fd[i], p->fd[!i]))
				fd[i].fd = -1;
	}
	return NULL;
}

int tt_proxy_relay(struct tt_proxy *p)
{
	int err = pthread_create(&p->relay, NULL, relay, p);

	if (err)
		return tt_fail(err, "thread of the proxy: %s", strerror(err));
	p->relays = true;
	return 0;
}

void tt_proxy_stop(struct tt_proxy *p)
{
	char byte;

	if (!p->relays)
		return;
	if (write(p->stop[1], "", 1) != 1)
		abort();
	pthread_join(p->relay, NULL);
	if (read(p->stop[0], &byte, 1) != 1)
		abort();
	p->relays = false;
}

/* Read what is missing of a record, and no byte more. */
static int read_record(struct tt_proxy *p, enum tt_way way)
{
	int from = p->fd[!way];
	struct tt_record head;
	size_t want;
	ssize_t n;
	int err;

	for (;;) {
		want = tt_record_parse(p->buf[way], p->have[way], &head);
		if (want > TLS_MAX_RECORD)
			return tt_fail(EMSGSIZE, "proxy: record of %zu bytes",
				       want);
		if (want && want == p->have[way])
			return 0;
		want = want ?: TLS_HEADER_SIZE;
		err = tt_wait_fd(from, POLLIN, "a record at the proxy");
		if (err)
			return err;
		n = recv(from, p->buf[way] + p->have[way],
			 want - p->have[way], MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return tt_fail(n ? errno : EPIPE,
				       "proxy: connection lost");
		p->have[way] += n;
	}
}

int tt_proxy_hold(struct tt_proxy *p, enum tt_way way, size_t n)
{
	struct tt_held *h;
	int err;

	if (n > TT_HELD_MAX)
		return tt_fail(ENOBUFS, "proxy: too many records to hold");
	while (p->n[way] < n) {
		err = read_record(p, way);
		if (err)
			return err;
		h = &p->held[way][p->n[way]];
		h->len = p->have[way];
		h->wire = malloc(h->len);
		if (!h->wire)
			return tt_fail(ENOMEM, "proxy");
		memcpy(h->wire, p->buf[way], h->len);
		p->have[way] = 0;
		p->n[way]++;
	}
	return 0;
}

int tt_proxy_send(struct tt_proxy *p, enum tt_way way, const void *buf,
		  size_t len)
{
	return tt_write_all(p->fd[way], buf, len);
}

int tt_proxy_pass(struct tt_proxy *p, enum tt_way way, size_t i)
{
	return tt_proxy_send(p, way, p->held[way][i].wire, p->held[way][i].len);
}

void tt_proxy_forget(struct tt_proxy *p, enum tt_way way)
{
	while (p->n[way])
		free(p->held[way][--p->n[way]].wire);
}

void tt_reset(int *fd)
{
	struct linger l = { .l_onoff = 1 };

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(*fd);
	*fd = -1;
}

void tt_proxy_end(struct tt_proxy *p, enum tt_way way, bool rst)
{
	if (rst)
		tt_reset(&p->fd[way]);
	else
		shutdown(p->fd[way], SHUT_WR);
}

long tt_region_at(const struct tt_cipher *c, int version, enum tt_region region,
		  size_t len)
{
	long explicit = tt_cipher_explicit(c, version);
	long body = TLS_HEADER_SIZE + explicit;
	long tag = (long)len - TLS_TAG_SIZE;
	long type = version == TLS_1_3 ? tag - 1 : -1;
	long end = version == TLS_1_3 ? type : tag;

	switch (region) {
	case TT_AT_TYPE:
		return 0;
	case TT_AT_VERSION_HIGH:
		return 1;
	case TT_AT_VERSION_LOW:
		return 2;
	case TT_AT_NONCE_FIRST:
		return explicit ? TLS_HEADER_SIZE : -1;
	case TT_AT_NONCE_LAST:
		return explicit ? body - 1 : -1;
	case TT_AT_BODY_FIRST:
		return body < end ? body : -1;
	case TT_AT_BODY_MIDDLE:
		return body + 1 < end - 1 ? (body + end) / 2 : -1;
	case TT_AT_BODY_LAST:
		return body < end ? end - 1 : -1;
	case TT_AT_INNER_TYPE:
		return type;
	case TT_AT_TAG_FIRST:
		return tag;
	case TT_AT_TAG_LAST:
		return len - 1;
	default:
		return -1;
	}
}

const char *tt_region_name(enum tt_region region)
{
	static const char * const name[] = {
		[TT_AT_TYPE] = "type",
		[TT_AT_VERSION_HIGH] = "version, first byte",
		[TT_AT_VERSION_LOW] = "version, second byte",
		[TT_AT_NONCE_FIRST] = "explicit nonce, first byte",
		[TT_AT_NONCE_LAST] = "explicit nonce, last byte",
		[TT_AT_BODY_FIRST] = "content, first byte",
		[TT_AT_BODY_MIDDLE] = "content, middle",
		[TT_AT_BODY_LAST] = "content, last byte",
		[TT_AT_INNER_TYPE] = "inner type",
		[TT_AT_TAG_FIRST] = "tag, first byte",
		[TT_AT_TAG_LAST] = "tag, last byte",
	};

	return region < TT_REGIONS ? name[region] : "?";
}

void tt_record_stretch(unsigned char *wire, int by)
{
	int len = (wire[3] << 8 | wire[4]) + by;

	wire[3] = len >> 8;
	wire[4] = len;
}
