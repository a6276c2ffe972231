// SPDX-License-Identifier: GPL-2.0
/*
 * OpenSSL's own kTLS, unmodified, on either side or both: that it is in use where
 * OpenSSL's version and the kernel allow it, and nowhere else; by the kernel's own
 * word as well as by OpenSSL's; and that what applications do with it works.
 *
 * For tls_trace, a BPF program changes the ULP that OpenSSL asks for.
 */
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include "bpf.h"
#include "cert.h"
#include "cgroup.h"
#include "diag.h"
#include "fixture.h"

/* What depends on the cipher. */
TT_FIXTURE(offload, TT_NO_CONN);
TT_VARIANTS(offload);

/* What does not. */
TT_FIXTURE(app, TT_NO_CONN);
TT_VARIANTS_FEW(app);

/* What only one version has. */
#define VARIANTS_ONE(F, VERSION, LABEL)					\
	TT_VARIANT(F, LABEL##_tls, "tls", AES_GCM_256, VERSION, true,	\
		   TT_IPV4);						\
	TT_VARIANT(F, LABEL##_trace, "tls_trace", AES_GCM_256, VERSION,	\
		   true, TT_IPV4)
TT_FIXTURE(app12, TT_NO_CONN);
VARIANTS_ONE(app12, TLS_1_2, tls12_aes256gcm);
TT_FIXTURE(app13, TT_NO_CONN);
VARIANTS_ONE(app13, TLS_1_3, tls13_aes256gcm);

#define BUF_SIZE	(1 << 20)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

#include "openssl/duo.c"
#include "openssl/kernel.c"
#include "openssl/move.c"
#include "openssl/sides.c"
#include "openssl/fallback.c"
#include "openssl/write.c"
#include "openssl/read.c"
#include "openssl/sendfile.c"
#include "openssl/close.c"
#include "openssl/session.c"
#include "openssl/change.c"

TT_HARNESS_MAIN(false)
