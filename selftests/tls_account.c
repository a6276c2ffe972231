// SPDX-License-Identifier: GPL-2.0
/*
 * Accounting: the counters of tls_stat, what sock_diag tells of a socket, the
 * memory that TCP charges for it, and what is left when it is gone: nothing.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <linux/sockios.h>
#include "fixture.h"
#include "check.h"
#include "diag.h"
#include "ko.h"
#include "memory.h"
#include "trace.h"

/* What sock_diag tells has a cipher and a version. */
TT_FIXTURE(diag, TT_NO_CONN);
TT_VARIANTS(diag);

TT_FIXTURE(account, TT_NO_CONN);
TT_VARIANTS_FEW(account);

/* Many connections, which take turns with versions, ciphers and families: the
 * variant's are for where the kernel has no other.
 */
TT_FIXTURE(left, TT_NO_CONN);
TT_VARIANT(left, tls13_aes256gcm_tls, "tls", AES_GCM_256, TLS_1_3, false,
	   TT_IPV4);
TT_VARIANT(left, tls13_aes256gcm_trace, "tls_trace", AES_GCM_256, TLS_1_3,
	   false, TT_IPV4);

static unsigned char out[8 * TLS_MAX_PAYLOAD];
static unsigned char in[8 * TLS_MAX_PAYLOAD];

static int same(const char *what, long is, long should)
{
	return is == should ? 0 :
	       tt_fail(EBADMSG, "%s is %ld, not %ld", what, is, should);
}

/* A connection with made-up keys; no ULP yet. */
static int open_raw(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	return tt_test_conn(t, &o, c);
}

#include "account/count.c"
#include "account/diag.c"
#include "account/charge.c"
#include "account/states.c"
#include "account/left.c"

TT_HARNESS_MAIN(false)
