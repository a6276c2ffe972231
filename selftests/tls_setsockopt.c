// SPDX-License-Identifier: GPL-2.0
/*
 * Setting up kernel TLS: what is accepted and works with a real OpenSSL peer,
 * what is refused and with which errno, and what can be read back.
 */
#include <netinet/in.h>
#include "fixture.h"

/* Keys of a real handshake, offered to the kernel in every way. */
TT_FIXTURE(keys, TT_NO_CONN);
TT_VARIANTS(keys);

/* A socket fresh from the handshake: what it refuses, what can be read back, what
 * may wait in it.
 */
TT_FIXTURE(fresh, TT_SHAKEN);
TT_VARIANTS(fresh);

/* The ULP itself; the cipher does not matter. */
TT_FIXTURE(ulp, TT_SHAKEN);
TT_VARIANTS_FEW(ulp);

/* Options other than keys, of one version each. */
TT_FIXTURE(options12, TT_SHAKEN);
TT_VARIANTS_TLS12(options12);
TT_FIXTURE(options13, TT_SHAKEN);
TT_VARIANTS_TLS13(options13);

/* Ciphers without a kTLS path in OpenSSL. */
TT_FIXTURE(other_ciphers, TT_NO_CONN);
TT_VARIANTS_OTHER(other_ciphers);

static unsigned char out[4096];
static unsigned char in[4096];

/* Data from the kernel to OpenSSL, through the kernel's TLS. */
static int kernel_sends(struct tt_conn *c, size_t len)
{
	__u64 seq = tt_seq(c, TLS_TX);
	size_t n = c->recs;
	long sent;

	tt_fill(out, len);
	sent = tt_send(c, out, len, 0);
	if (sent != (long)len)
		return sent < 0 ? sent : tt_fail(EIO, "sent %ld", sent);
	if (tt_seq(c, TLS_TX) != seq + 1)
		return tt_fail(EBADMSG, "the kernel did not count the record");
	return tt_peer_expect(c, n, TLS_TYPE_DATA, out, len) ?:
	       c->peer.ssl ? tt_peer_expect_data(c, out, len) : 0;
}

/* Data from OpenSSL, or the reference layer, to the kernel. */
static int kernel_receives(struct tt_conn *c, size_t len)
{
	__u64 seq = tt_seq(c, TLS_RX);
	int err;

	tt_fill(out, len);
	err = c->peer.ssl ? tt_peer_write(c, out, len) :
			    tt_peer_record(c, TLS_TYPE_DATA, out, len, 0);
	err = err ?: tt_recv_all(c, in, len);
	if (err)
		return err;
	if (memcmp(in, out, len))
		return tt_fail(EBADMSG, "the kernel decrypted other data");
	if (tt_seq(c, TLS_RX) != seq + 1)
		return tt_fail(EBADMSG, "the kernel did not count the record");
	return 0;
}

/* Both ways, a few times: the connection is in order. */
static int exchange(struct tt_conn *c)
{
	int i, err = 0;

	for (i = 0; !err && i < 3; i++)
		err = kernel_sends(c, 1 + tt_random() % sizeof(out)) ?:
		      kernel_receives(c, 1 + tt_random() % sizeof(in));
	return err;
}

/* A connection of the variant, in the given role. */
static int shaken(struct tt_test *t, bool server, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.server = server;
	return tt_test_conn(t, &o, c);
}

#include "setsockopt/keys.c"
#include "setsockopt/handoff.c"
#include "setsockopt/refused.c"
#include "setsockopt/readback.c"
#include "setsockopt/ulp.c"
#include "setsockopt/options.c"

TT_HARNESS_MAIN(true)
