// SPDX-License-Identifier: GPL-2.0
/*
 * Setting up kernel TLS: what is accepted and works with a real OpenSSL peer,
 * what is refused and with which errno, and what can be read back.
 */
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include "exchange.h"
#include "fixture.h"
#include "rekey.h"

/* Keys of a real handshake, offered to the kernel in every way. */
TT_FIXTURE(keys, TT_NO_CONN);
TT_VARIANTS(keys);

/* A socket fresh from the handshake: what it refuses, what can be read back, what
 * may wait in it.
 */
TT_FIXTURE(fresh, TT_SHAKEN);
TT_VARIANTS(fresh);

/* What waits in a socket at the hand-over, by the reference layer. */
TT_FIXTURE(handoff, TT_NO_CONN);
TT_VARIANTS_FEW(handoff);
TT_VARIANT(handoff, tls12_chacha20_tls, "tls", CHACHA20_POLY1305, TLS_1_2, true,
	   TT_IPV6);
TT_VARIANT(handoff, tls12_chacha20_trace, "tls_trace", CHACHA20_POLY1305, TLS_1_2,
	   true, TT_IPV6);

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

/* A connection of the variant, in the given role. */
static int shaken(struct tt_test *t, bool server, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.server = server;
	return tt_test_conn(t, &o, c);
}

#include "setsockopt/keys.c"
#include "setsockopt/handoff.c"
#include "setsockopt/others.c"
#include "setsockopt/refused.c"
#include "setsockopt/readback.c"
#include "setsockopt/ulp.c"
#include "setsockopt/options.c"

TT_HARNESS_MAIN(true)
