// SPDX-License-Identifier: GPL-2.0
/*
 * Users of a kernel TLS socket that are in the kernel themselves: they call the
 * operations of the socket with iterators and actors of their own, from workers
 * and softirqs. Bytes and errors are compared at the other end, and with
 * tls_trace all that flowed must be in its events and counters.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include "fixture.h"
#include "bpf.h"
#include "kcm.h"
#include "module.h"
#include "nbd.h"
#include "trace.h"
#include "uring.h"

#define BUF_SIZE	(1 << 20)

TT_FIXTURE(kcm, TT_STARTED);
TT_VARIANTS_FEW(kcm);

TT_FIXTURE(nbd, TT_STARTED);
TT_VARIANTS_FEW(nbd);

TT_FIXTURE(sockmap, TT_SHAKEN);
TT_VARIANTS_FEW(sockmap);

TT_FIXTURE(uring, TT_STARTED);
TT_VARIANTS_FEW(uring);

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* The bytes that tls_trace's events of a direction and way add up to. */
static int check_events(struct tt_conn *c, const char *name, int path,
			long long want)
{
	const struct tt_event *e;
	long long sum = 0;
	size_t i, n;
	int err;

	if (!c->ledger.attached)
		return 0;
	err = tt_trace_read();
	if (err)
		return err;
	e = tt_trace_events(&n);
	for (i = 0; i < n; i++)
		if ((unsigned long)e[i].ino == c->inode &&
		    !strcmp(e[i].name, name) && e[i].path == path &&
		    e[i].result > 0)
			sum += e[i].result;
	return sum == want ? 0 :
	       tt_fail(EBADMSG,
		       "tls_trace: events %s of path %d have %lld bytes, not %lld",
		       name, path, sum, want);
}

#include "inkernel/kcm.c"
#include "inkernel/nbd.c"
#include "inkernel/sockmap.c"
#include "inkernel/uring.c"

static void probe_users(void)
{
	int kcm = tt_load_module("kcm") ?: tt_kcm_probe();

	tt_feature_add("kcm", kcm < 0 ? tt_why() : NULL);
	tt_feature_add("read_sock", kcm < 0 ? tt_why() : kcm ? NULL :
		       "in-kernel readers get TCP's read_sock from this kernel's tls");
	tt_feature_add("nbd", tt_load_module("nbd") ? tt_why() : NULL);
	tt_feature_add("io_uring", tt_uring_missing());
}

static void __attribute__((constructor)) inkernel_constructor(void)
{
	tt_suite_init(false);
	probe_users();
}

TT_SELECTED_HARNESS_MAIN
