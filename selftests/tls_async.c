// SPDX-License-Identifier: GPL-2.0
/*
 * Ciphers that answer later, as hardware beside the processor does: several records
 * are in work at once, one call waits for those of others, and what is in work when
 * a connection ends must be waited for. The kernel's pcrypt makes such a cipher of
 * any; receiving, kernel TLS lets it work ahead with TLS 1.2 only.
 *
 * Whole programs run in this way with TLS_TEST_ASYNC=1.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include "fixture.h"
#include "call.h"
#include "check.h"
#include "exchange.h"
#include "ko.h"
#include "memory.h"
#include "pcrypt.h"

/* All variants have it. */
#define ALG	"gcm(aes)"

TT_FIXTURE(async, TT_STARTED);
TT_VARIANTS_FEW(async);

/* With made-up keys, so that the reference layer can write. */
TT_FIXTURE(async_raw, TT_NO_CONN);
TT_VARIANTS_FEW(async_raw);

#define BUF_SIZE	(40 * TLS_MAX_RECORD)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];
static unsigned char wire[BUF_SIZE];

static int same(const char *what, long is, long should)
{
	return is == should ? 0 :
	       tt_fail(EBADMSG, "%s is %ld, not %ld", what, is, should);
}

#include "async/send.c"
#include "async/receive.c"
#include "async/end.c"

static pid_t main_pid;

static void drop(void)
{
	if (getpid() == main_pid && tt_pcrypt_drop(ALG))
		fprintf(stderr, "# %s\n", tt_why());
}

static void __attribute__((constructor)) async_constructor(void)
{
	main_pid = getpid();
	atexit(drop);
	tt_suite_init(false);
	tt_feature_add("pcrypt", tt_pcrypt_use(ALG) ? tt_why() : NULL);
}

TT_SELECTED_HARNESS_MAIN
