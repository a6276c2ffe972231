// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on the wire: records changed, repeated, lost, out of order, cut, too
 * long and too short, and connections that end where they should not. What goes
 * to the kernel is made by the reference record layer; what goes to OpenSSL is
 * the kernel's own, and a proxy changes it.
 *
 * An authentication failure shows again with every call that meets the record,
 * and each is counted. A header that cannot be is told once, and nothing is
 * read from then on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include "fixture.h"

/* For what depends on the cipher: where nonce and tag are, and that they count. */
TT_FIXTURE(wire, TT_NO_CONN);
TT_VARIANTS(wire);

TT_FIXTURE(fault, TT_NO_CONN);
TT_VARIANTS_FEW(fault);

/* What has an explicit nonce. */
TT_FIXTURE(nonce, TT_NO_CONN);
TT_VARIANT(nonce, tls12_aes128gcm_tls, "tls", AES_GCM_128, TLS_1_2, false,
	   TT_IPV4);
TT_VARIANT(nonce, tls12_aes128ccm_tls, "tls", AES_CCM_128, TLS_1_2, true,
	   TT_IPV4);
TT_VARIANT(nonce, tls12_aes128gcm_trace, "tls_trace", AES_GCM_128, TLS_1_2,
	   false, TT_IPV4);
TT_VARIANT(nonce, tls12_aes128ccm_trace, "tls_trace", AES_CCM_128, TLS_1_2,
	   true, TT_IPV4);

/* What has padding. */
TT_FIXTURE(padding, TT_NO_CONN);
TT_VARIANTS_TLS13(padding);

/* ASSERT_OK() that tells where it was. */
#define OK_AT(EXPR, FMT, ...)						\
	ASSERT_EQ(0, (EXPR))						\
		TH_LOG("%s (" FMT ")", tt_why(), __VA_ARGS__)

#define BUF_SIZE	(8 * TLS_MAX_RECORD)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* Records on their way to the kernel, sent at once so that they come at once. */
static struct flight {
	unsigned char wire[BUF_SIZE];
	size_t len;
	size_t at[128];
	size_t n;
} flight;

static void flight_begin(void)
{
	flight.len = 0;
	flight.n = 0;
}

static int flight_add(struct tt_conn *c, unsigned char type, const void *data,
		      size_t len, size_t pad)
{
	int n;

	if (flight.n == ARRAY_SIZE(flight.at) ||
	    flight.len + TLS_MAX_RECORD > sizeof(flight.wire))
		return tt_fail(ENOBUFS, "too many records at once");
	n = tt_peer_seal(c, type, data, len, pad, flight.wire + flight.len);
	if (n < 0)
		return n;
	flight.at[flight.n++] = flight.len;
	flight.len += n;
	return 0;
}

/* Bytes that are no record of the reference layer's. */
static void flight_bytes(const void *p, size_t len)
{
	memcpy(flight.wire + flight.len, p, len);
	flight.at[flight.n++] = flight.len;
	flight.len += len;
}

static unsigned char *flight_record(size_t i, size_t *len)
{
	size_t end = i + 1 < flight.n ? flight.at[i + 1] : flight.len;

	if (len)
		*len = end - flight.at[i];
	return flight.wire + flight.at[i];
}

static int flight_send(struct tt_conn *c)
{
	return tt_peer_raw(c, flight.wire, flight.len) ?:
	       tt_tcp_arrived(c->fd, flight.len);
}

static int same(const char *what, long is, long should)
{
	return is == should ? 0 :
	       tt_fail(EBADMSG, "%s is %ld, not %ld", what, is, should);
}

/* One after a handshake with OpenSSL, with the proxy in between. */
static int open_proxied(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.proxied = true;
	return tt_test_conn(t, &o, c) ?: tt_conn_start(*c);
}

/* Exactly this data is next. */
static int reads(struct tt_conn *c, const void *data, size_t len)
{
	int err = same("recv", tt_recv(c, in, len, 0), len);

	if (!err && memcmp(in, data, len))
		err = tt_fail(EBADMSG, "other data of %zu bytes", len);
	return err;
}

static long splice_one(struct tt_conn *c, unsigned int flags)
{
	long result;
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	result = tt_splice_in(c, fd[1], 1000, flags);
	close(fd[0]);
	close(fd[1]);
	return result;
}

/* The ways to read. */
static const char * const way_name[] = {
	"recv", "peek", "recv of a byte", "recvmsg", "recv of all", "splice",
};

static long read_by(struct tt_conn *c, size_t way, int flags)
{
	int type;

	switch (way) {
	case 0:
		return tt_recv(c, in, 1000, flags);
	case 1:
		return tt_recv(c, in, 1000, flags | MSG_PEEK);
	case 2:
		return tt_recv(c, in, 1, flags);
	case 3:
		return tt_recv_type(c, &type, in, 1000, flags);
	case 4:
		return tt_recv(c, in, 1000, flags | MSG_WAITALL);
	default:
		return splice_one(c, flags ? SPLICE_F_NONBLOCK : 0);
	}
}

/* All of them end with the same error. */
static int reads_fail(struct tt_conn *c, long error, int flags)
{
	int err = 0;
	size_t way;

	for (way = 0; way < ARRAY_SIZE(way_name) && !err; way++)
		err = same(way_name[way], read_by(c, way, flags), error);
	return err;
}

static int socket_error(struct tt_conn *c)
{
	socklen_t len = sizeof(int);
	int err = -1;

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	return err;
}

static int polls(struct tt_conn *c)
{
	struct pollfd p = { .fd = c->fd,
			    .events = POLLIN | POLLOUT | POLLRDHUP };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

/* The next record is not authentic: so say all calls, each is counted, the
 * sequence stays, and the socket cannot be used for sending any more.
 */
static int stays_bad(struct tt_conn *c, bool counted)
{
	__u64 seq = tt_seq(c, TLS_RX);
	int err;

	err = reads_fail(c, -EBADMSG, 0) ?:
	      same("poll", polls(c) & (POLLIN | POLLERR), POLLIN | POLLERR) ?:
	      same("SO_ERROR", socket_error(c), EBADMSG) ?:
	      same("recv", tt_recv(c, in, 1000, 0), -EBADMSG) ?:
	      same("send", tt_send(c, out, 10, 0), -EBADMSG) ?:
	      same("send", tt_send(c, out, 10, 0), -EBADMSG) ?:
	      same("recv", tt_recv(c, in, 1000, 0), -EBADMSG) ?:
	      same("sequence", tt_seq(c, TLS_RX) - seq, 0);
	if (counted)
		tt_stat_expect("TlsDecryptError", ARRAY_SIZE(way_name) + 2);
	return err;
}

/* A header was refused: told once, then nothing comes, whatever is sent. */
static int stays_dead(struct tt_conn *c, int error)
{
	__u64 seq = tt_seq(c, TLS_RX);

	return same("poll", polls(c) & POLLERR, POLLERR) ?:
	       same("recv", tt_recv(c, in, 1000, 0), -error) ?:
	       reads_fail(c, -EAGAIN, MSG_DONTWAIT) ?:
	       tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0) ?:
	       reads_fail(c, -EAGAIN, MSG_DONTWAIT) ?:
	       same("sequence", tt_seq(c, TLS_RX) - seq, 0);
}

/* Three records of 100 bytes are on their way; the second is for the test. */
static int three(struct tt_conn *c)
{
	int i, err = 0;

	tt_fill(out, 300);
	flight_begin();
	for (i = 0; i < 3 && !err; i++)
		err = flight_add(c, TLS_TYPE_DATA, out + 100 * i, 100, 0);
	return err;
}

#include "wire/to_kernel.c"
#include "wire/to_openssl.c"
#include "wire/border.c"
#include "wire/empty.c"
#include "wire/pieces.c"
#include "wire/end.c"

TT_HARNESS_MAIN(false)
