// SPDX-License-Identifier: GPL-2.0
/*
 * Control records and data among each other: all types and alerts, how calls with
 * little room, odd flags or bad memory treat them, and what an end leaves behind.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include "fixture.h"
#include "rekey.h"
#include "trace.h"

TT_FIXTURE(control, TT_STARTED);
TT_VARIANTS_FEW(control);

/* What only TLS 1.3 has, our end the client. */
TT_FIXTURE(control13, TT_STARTED);
TT_VARIANT(control13, tls13_aes256gcm_tls, "tls", AES_GCM_256, TLS_1_3, false,
	   TT_IPV6);
TT_VARIANT(control13, tls13_aes256gcm_trace, "tls_trace", AES_GCM_256, TLS_1_3,
	   false, TT_IPV6);

/* What tls_trace tells of them. */
TT_FIXTURE(quiet, TT_STARTED);
TT_VARIANT(quiet, tls12_aes256gcm_trace, "tls_trace", AES_GCM_256, TLS_1_2, false,
	   TT_IPV4);
TT_VARIANT(quiet, tls13_aes128gcm_trace, "tls_trace", AES_GCM_128, TLS_1_3, true,
	   TT_IPV6);

TT_FIXTURE(quiet13, TT_STARTED);
TT_VARIANT(quiet13, tls13_chacha20_trace, "tls_trace", CHACHA20_POLY1305, TLS_1_3,
	   false, TT_IPV4);

#define BUF_SIZE	(4 * TLS_MAX_PAYLOAD)
#define PAGE		4096

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* Two pages, the second of which is not to be read or written: returns its border. */
static unsigned char *border(void)
{
	unsigned char *p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + 7 * PAGE, PAGE, PROT_NONE))
		return NULL;
	return p + 7 * PAGE;
}

/* What OpenSSL's protocol message of a type began with, since @from. */
static const struct tt_msg *openssl_read(const struct tt_conn *c, size_t from,
					 int type)
{
	size_t i;

	for (i = from; i < c->peer.msgs; i++)
		if (!c->peer.msg[i].out && c->peer.msg[i].what == type)
			return &c->peer.msg[i];
	return NULL;
}

#include "control/types.c"
#include "control/alerts.c"
#include "control/messages.c"
#include "control/peek.c"
#include "control/calls.c"
#include "control/memory.c"
#include "control/end.c"
#include "control/quiet.c"

TT_HARNESS_MAIN(false)
