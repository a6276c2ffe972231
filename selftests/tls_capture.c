// SPDX-License-Identifier: GPL-2.0
/*
 * Plaintext capture: the event data of tls_trace must have exactly the bytes that
 * flowed, as much of them as data_max says and only while it is asked for; and no
 * event, file or log may ever have a key.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "fixture.h"
#include "bpf.h"
#include "capture.h"
#include "kcm.h"
#include "module.h"
#include "nbd.h"
#include "secret.h"

#define BUF_SIZE	(1 << 20)
#define PAGE		4096
#define RECORD		TLS_MAX_PAYLOAD
/* More than any record has. */
#define WHOLE		20000

#define CAPTURE_VARIANTS(F)						\
	TT_VARIANT(F, tls12_aes128gcm, "tls_trace", AES_GCM_128, TLS_1_2, \
		   false, TT_IPV4);					\
	TT_VARIANT(F, tls13_chacha20, "tls_trace", CHACHA20_POLY1305,	\
		   TLS_1_3, true, TT_IPV6)

/* What was sent, what was received, pages, limits, readers in the kernel. */
TT_FIXTURE(tx, TT_STARTED);
CAPTURE_VARIANTS(tx);

TT_FIXTURE(rx, TT_STARTED);
CAPTURE_VARIANTS(rx);

TT_FIXTURE(pages, TT_STARTED);
CAPTURE_VARIANTS(pages);

TT_FIXTURE(limit, TT_STARTED);
CAPTURE_VARIANTS(limit);

TT_FIXTURE(users, TT_STARTED);
CAPTURE_VARIANTS(users);

/* Keys, with all ciphers. */
TT_FIXTURE(secrets, TT_NO_CONN);
TT_VARIANTS_TLS12_ULP(secrets, trace, "tls_trace");
TT_VARIANTS_TLS13_ULP(secrets, trace, "tls_trace");
TT_VARIANTS_OTHER_ULP(secrets, trace, "tls_trace");

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE] __attribute__((aligned(PAGE)));
/* All that flowed in one direction. */
static unsigned char flowed[BUF_SIZE];
static size_t flow;

/* Note that bytes flowed. */
static void flows(const void *data, long len)
{
	if (len <= 0)
		return;
	memcpy(flowed + flow, data, len);
	flow += len;
}

static int set_max(size_t max)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", max);
	return tt_capture_max(text);
}

/* Capture from here on. */
static int begin(struct tt_test *t, size_t max)
{
	int err = tt_test_need(t, "capture");

	flow = 0;
	if (err || *t->skip)
		return err;
	return set_max(max) ?: tt_capture_begin();
}

#define BEGIN(MAX)							\
	do {								\
		ASSERT_OK(begin(t, MAX));				\
		if (*t->skip)						\
			SKIP(return, "%s", t->skip);			\
	} while (0)

/* Compare what was captured with what flowed since begin(). */
static int captured(struct tt_conn *c, enum tt_dir dir, size_t max)
{
	return tt_capture_read() ?:
	       tt_capture_check(c->inode, dir, flowed, flow, max);
}

/* How many events data there are of a connection. */
static size_t count_pieces(const struct tt_conn *c)
{
	const struct tt_piece *p;
	size_t i, n, sum = 0;

	p = tt_capture_pieces(&n);
	for (i = 0; i < n; i++)
		sum += !p[i].call && p[i].ino == c->inode;
	return sum;
}

/* A thread reads all that is sent, whatever it is. */
static int drain(struct tt_test *t, struct tt_conn *c, size_t bytes)
{
	return tt_drain_start(&t->drain, c, bytes);
}

#include "capture/tx.c"
#include "capture/rx.c"
#include "capture/pages.c"
#include "capture/limit.c"
#include "capture/users.c"
#include "capture/secrets.c"

static pid_t main_pid;

static void stop_capture(void)
{
	/* Not in the tests' processes. */
	if (getpid() == main_pid)
		tt_capture_close();
}

static void __attribute__((constructor)) capture_constructor(void)
{
	const char *missing;
	int kcm;

	main_pid = getpid();
	tt_suite_init(true);
	missing = tt_feature_missing("trace");
	if (!missing && tt_capture_open(true))
		missing = tt_why();
	tt_feature_add("capture", missing);
	kcm = tt_load_module("kcm") ?: tt_kcm_probe();
	tt_feature_add("read_sock", kcm < 0 ? tt_why() : kcm ? NULL :
		       "in-kernel readers get TCP's read_sock from this kernel's tls");
	tt_feature_add("nbd", tt_load_module("nbd") ? tt_why() : NULL);
	atexit(stop_capture);
}

TT_SLOW_HARNESS_MAIN
