// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP connection over loopback with both ends here: TLS_TX on one, TLS_RX
 * with the same key on the other, and data through both. The keys are constants:
 * this proves that the kernel can, not that anything is secret.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ktls_probe.h"
#include "ktls_uapi.h"

#define PROBE_BYTES	20000	/* more than one record */
#define PROBE_TIMEOUT	5	/* s; only met when data is lost */

/* Sizes of the fields of struct tls12_crypto_info_*, in their order. */
static const struct layout {
	unsigned char iv, key, salt, seq;
} layouts[KTLS_CIPHER_COUNT] = {
	{ 8, 16, 4, 8 },	/* AES-128-GCM */
	{ 8, 32, 4, 8 },	/* AES-256-GCM */
	{ 8, 16, 4, 8 },	/* AES-128-CCM */
	{ 12, 32, 0, 8 },	/* CHACHA20-POLY1305 */
	{ 8, 16, 4, 8 },	/* SM4-GCM */
	{ 8, 16, 4, 8 },	/* SM4-CCM */
	{ 8, 16, 4, 8 },	/* ARIA-128-GCM */
	{ 8, 32, 4, 8 },	/* ARIA-256-GCM */
};

static int pair_of_family(int family, int fds[2])
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} addr;
	socklen_t len = family == AF_INET ? sizeof(addr.in) : sizeof(addr.in6);
	struct timeval tv = { .tv_sec = PROBE_TIMEOUT };
	int lfd, err = 0;

	fds[0] = -1;
	fds[1] = -1;
	memset(&addr, 0, sizeof(addr));
	addr.sa.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		addr.in6.sin6_addr = in6addr_loopback;
	lfd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (lfd < 0)
		return errno;
	if (bind(lfd, &addr.sa, len) || listen(lfd, 1) || getsockname(lfd, &addr.sa, &len))
		err = errno;
	if (!err) {
		fds[0] = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fds[0] < 0 || connect(fds[0], &addr.sa, len))
			err = errno;
	}
	if (!err) {
		fds[1] = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
		if (fds[1] < 0)
			err = errno;
	}
	close(lfd);
	for (int i = 0; i < 2 && !err; i++) {
		setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		setsockopt(fds[i], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	}
	if (err) {
		for (int i = 0; i < 2; i++)
			if (fds[i] >= 0)
				close(fds[i]);
	}
	return err;
}

/**
 * tcp_pair() - two ends of a TCP connection over loopback
 * @fds: result, close-on-exec, with a time limit on sending and receiving
 *
 * Return: 0 or errno.
 */
int tcp_pair(int fds[2])
{
	int err = pair_of_family(AF_INET, fds);

	return err && !pair_of_family(AF_INET6, fds) ? 0 : err;
}

static int set_ulp(int fd, const char *ulp)
{
	return setsockopt(fd, KTLS_SOL_TCP, KTLS_TCP_ULP, ulp, (socklen_t)strlen(ulp)) ? errno : 0;
}

/**
 * ktls_probe_ulp() - can a connected socket get this ULP?
 * @ulp: its name
 *
 * Return: 0, errno of TCP_ULP, or -errno if no TCP connection could be made.
 */
int ktls_probe_ulp(const char *ulp)
{
	int fds[2], err = tcp_pair(fds);

	if (err)
		return -err;
	err = set_ulp(fds[0], ulp);
	close(fds[0]);
	close(fds[1]);
	return err;
}

static int set_key(int fd, int dir, unsigned int version, unsigned int cipher)
{
	const struct layout *l = &layouts[cipher - KTLS_CIPHER_FIRST];
	unsigned char info[4 + 12 + 32 + 4 + 8];
	uint16_t head[2] = { (uint16_t)version, (uint16_t)cipher };
	size_t len = sizeof(head) + l->iv + l->key + l->salt + l->seq;

	memcpy(info, head, sizeof(head));
	for (size_t i = sizeof(head); i < len; i++)
		info[i] = (unsigned char)(i * 7 + 1);
	/* The sequence starts at 0. */
	memset(info + len - l->seq, 0, l->seq);
	return setsockopt(fd, KTLS_SOL_TLS, dir, info, (socklen_t)len) ? errno : 0;
}

static int round_trip(int tx, int rx)
{
	static unsigned char in[PROBE_BYTES], out[PROBE_BYTES];
	size_t sent = 0, got = 0;

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(i ^ i >> 8);
	memset(out, 0, sizeof(out));
	while (got < sizeof(out)) {
		ssize_t n;

		if (sent < sizeof(in)) {
			n = send(tx, in + sent, sizeof(in) - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n > 0)
				sent += (size_t)n;
			else if (errno != EAGAIN)
				return errno;
		}
		n = recv(rx, out + got, sizeof(out) - got, sent < sizeof(in) ? MSG_DONTWAIT : 0);
		if (n > 0)
			got += (size_t)n;
		else if (!n)
			return ECONNRESET;
		else if (errno != EAGAIN || sent == sizeof(in))
			return errno == EAGAIN ? ETIMEDOUT : errno;
	}
	return memcmp(in, out, sizeof(in)) ? PROBE_MISMATCH : 0;
}

/**
 * ktls_probe() - try one cipher with one version
 * @ulp: "tls" or "tls_trace"
 * @version: KTLS_VERSION_*
 * @cipher: KTLS_*
 * @res: result
 *
 * Return: 0, or errno if no TCP connection could be made (then @res is not set).
 */
int ktls_probe(const char *ulp, unsigned int version, unsigned int cipher,
	       struct ktls_result *res)
{
	int fds[2], err = tcp_pair(fds);

	if (err)
		return err;
	res->tx = PROBE_NOT_TRIED;
	res->rx = PROBE_NOT_TRIED;
	res->data = PROBE_NOT_TRIED;
	res->ulp = set_ulp(fds[0], ulp);
	if (!res->ulp)
		res->ulp = set_ulp(fds[1], ulp);
	if (!res->ulp) {
		res->tx = set_key(fds[0], KTLS_TX, version, cipher);
		/* A cipher that the crypto API lacks is lacking in both directions. */
		if (res->tx != ENOENT)
			res->rx = set_key(fds[1], KTLS_RX, version, cipher);
		if (!res->tx && !res->rx)
			res->data = round_trip(fds[0], fds[1]);
	}
	close(fds[0]);
	close(fds[1]);
	return 0;
}

static int get_option(int fd, int option, size_t size)
{
	unsigned char value[4];
	socklen_t len = (socklen_t)size;

	return getsockopt(fd, KTLS_SOL_TLS, option, value, &len) ? errno : 0;
}

/**
 * ktls_probe_features() - try what not every kernel has
 * @ulp: "tls" or "tls_trace"
 * @f: result
 *
 * Return: 0, or errno if there is no connection, ULP or first key to try it on
 * (then @f is not set).
 */
int ktls_probe_features(const char *ulp, struct ktls_features *f)
{
	int fds[2], err = tcp_pair(fds);

	if (err)
		return err;
	err = set_ulp(fds[0], ulp);
	if (!err)
		err = set_key(fds[0], KTLS_TX, KTLS_VERSION_13, KTLS_AES_128_GCM);
	if (!err)
		err = set_key(fds[0], KTLS_RX, KTLS_VERSION_13, KTLS_AES_128_GCM);
	if (!err) {
		f->rekey = set_key(fds[0], KTLS_TX, KTLS_VERSION_13, KTLS_AES_128_GCM);
		f->max_payload = get_option(fds[0], KTLS_TX_MAX_PAYLOAD_LEN, 2);
		f->zerocopy_ro = get_option(fds[0], KTLS_TX_ZEROCOPY_RO, 4);
		f->expect_no_pad = get_option(fds[0], KTLS_RX_EXPECT_NO_PAD, 4);
	}
	close(fds[0]);
	close(fds[1]);
	return err;
}
