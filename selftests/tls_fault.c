// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations and copies that fail inside of calls on a TLS socket.
 *
 * The kernel counts what can fail in a task and makes the one with a given
 * number fail (/proc/self/fail-nth). So every call is made again and again, on a
 * new connection each time, with the first such point failing, the second and
 * so on, until the call has no more of them. With the ULP tls_trace there are
 * other points than with tls; how a call ends, and what the socket is good for
 * afterwards, must be the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "cipher.h"
#include "feature.h"
#include "keys.h"
#include "payload.h"
#include "slow.h"
#include "tcp.h"
#include "uapi.h"
#include "util.h"

/* More than any call has; one that never comes to its end fails the test. */
#define POINTS_MAX	3000
#define OUTCOMES_MAX	32
/*
 * Where a buffer lies decides on some allocations: with rare outcomes it takes
 * several rounds until both ULPs have shown them.
 */
#define ROUNDS		12

#define SMALL		100
/* Three records. */
#define LARGE		40000
/* How long to wait for data that a failure may have lost, with either ULP. */
#define LOST_SECONDS	2
/* What is sent after the call under test, to see what the socket is good for. */
#define PROBE		50

#define TRACING		"/sys/kernel/tracing/events/tls_trace/enable"
#define DATA_MAX	"/sys/module/tls_trace/parameters/data_max"

/* A connection: our end with the ULP under test, the far one with tls. */
struct link {
	const char *ulp;
	int fd;
	int far;
	int file;
	int pipe[2];
	size_t info_len;
	unsigned char tx[TLS_CRYPTO_INFO_MAX];
	unsigned char rx[TLS_CRYPTO_INFO_MAX];
	/* What goes over the link, and what comes out of it */
	unsigned char data[LARGE + PROBE];
	unsigned char got[LARGE + PROBE];
	/* Of the call under test: how much is asked for, and its result */
	size_t size;
	long result;
};

/* How far a link is when the call under test is made */
enum stage {
	PLAIN,
	ATTACHED,
	SENDING,	/* our TLS_TX and the far TLS_RX are set */
	RECEIVING,	/* the other way round, and data is there */
};

/**
 * struct call - a call to be tested
 * @stage:	how far the link is before
 * @size:	bytes of data that go over the link
 * @run:	the call: its result or -errno
 * @after:	what the socket is good for then: 0 or -errno
 */
struct call {
	enum stage stage;
	size_t size;
	long (*run)(struct link *l);
	long (*after)(struct link *l);
};

/* Calls that ended alike count once. */
struct outcome {
	long result;
	long after;
};

struct outcomes {
	struct outcome list[OUTCOMES_MAX];
	size_t count;
	/* Points that failed */
	int points;
};

static int fail_nth = -1;

/* The next call's point number n fails. */
static int arm(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	return pwrite(fail_nth, text, strlen(text), 0) < 0 ? -errno : 0;
}

/* Whether it was reached. */
static bool disarm(void)
{
	char text[16] = "";
	ssize_t n = pread(fail_nth, text, sizeof(text) - 1, 0);

	/* To read is a copy that may fail, too. */
	if (n < 0)
		return false;
	if (atoi(text)) {
		arm(0);
		return false;
	}
	return true;
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int set_key(int fd, int option, const struct link *l, bool tx)
{
	return setsockopt(fd, SOL_TLS, option, tx ? l->tx : l->rx,
			  l->info_len) ? -errno : 0;
}

/* Exactly what is expected. */
static long read_all(int fd, void *buf, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size) {
		n = recv(fd, (char *)buf + have, size - have, 0);
		if (n <= 0)
			return n ? -errno : -EPIPE;
		have += n;
	}
	return 0;
}

/* A pipe, and a file with the data. */
static int open_others(struct link *l, size_t size)
{
	l->file = memfd_create("data", MFD_CLOEXEC);
	if (l->file < 0 || pipe2(l->pipe, O_CLOEXEC))
		return -errno;
	return pwrite(l->file, l->data, size, 0) == size ? 0 : -EIO;
}

static int link_open(struct link *l, const struct call *call)
{
	const struct tt_cipher *cipher = tt_cipher_find(TLS_CIPHER_AES_GCM_128);
	struct timeval limit = { .tv_sec = LOST_SECONDS };
	struct tt_keys keys;
	int err;

	tt_fill(l->data, call->size + PROBE);
	err = open_others(l, call->size);
	if (err)
		return err;
	tt_keys_random(cipher, &keys);
	l->info_len = tt_cipher_pack(cipher, TLS_1_3, &keys, l->tx);
	tt_keys_random(cipher, &keys);
	tt_cipher_pack(cipher, TLS_1_3, &keys, l->rx);
	err = tt_tcp_pair(TT_IPV4, &l->fd, &l->far);
	if (err)
		return err;
	setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(l->far, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (call->stage == PLAIN)
		return 0;
	err = tt_tcp_ulp(l->fd, l->ulp);
	if (!err)
		err = tt_tcp_ulp(l->far, "tls");
	if (err || call->stage == ATTACHED)
		return err;
	if (call->stage == SENDING)
		return set_key(l->fd, TLS_TX, l, true) ?:
		       set_key(l->far, TLS_RX, l, true);
	err = set_key(l->fd, TLS_RX, l, false) ?:
	      set_key(l->far, TLS_TX, l, false);
	return err ?: tt_write_all(l->far, l->data, call->size + PROBE);
}

static void link_close(struct link *l)
{
	int fd[] = { l->fd, l->far, l->file, l->pipe[0], l->pipe[1] };
	size_t i;

	for (i = 0; i < sizeof(fd) / sizeof(fd[0]); i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static void note(struct outcomes *all, long result, long after)
{
	size_t i;

	/* How much of it was done depends on where it stopped. */
	if (result > 0)
		result = 1;
	for (i = 0; i < all->count; i++)
		if (all->list[i].result == result &&
		    all->list[i].after == after)
			return;
	if (all->count < OUTCOMES_MAX)
		all->list[all->count++] = (struct outcome){ result, after };
}

/* A call with each of its points failing: its outcomes are added to those known. */
static int run_all(const struct call *call, const char *ulp,
		   struct outcomes *all)
{
	static struct link l;
	long result, after;
	bool failed = true;
	int n, err;

	for (n = 1; failed && n < POINTS_MAX; n++) {
		l.ulp = ulp;
		err = link_open(&l, call);
		if (!err)
			err = arm(n);
		if (err)
			return tt_fail(-err, "%s: no connection: %s", ulp,
				       strerror(-err));
		l.size = call->size;
		result = call->run(&l);
		failed = disarm();
		l.result = result;
		after = call->after(&l);
		link_close(&l);
		if (failed) {
			note(all, result, after);
			all->points++;
		} else if (result < 0 || after) {
			return tt_fail(EIO,
				       "%s: %ld, then %ld, though nothing failed",
				       ulp, result, after);
		}
	}
	if (failed)
		return tt_fail(ELOOP, "%s: no end of points that fail", ulp);
	if (!all->points)
		return tt_fail(ENODATA, "%s: nothing failed", ulp);
	return 0;
}

static void describe(const struct outcomes *all, char *text, size_t size)
{
	size_t i, len = 0;

	for (i = 0; i < all->count && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s/%s",
				i ? " " : "",
				all->list[i].result < 0 ?
				strerrorname_np(-all->list[i].result) : "done",
				all->list[i].after < 0 ?
				strerrorname_np(-all->list[i].after) : "good");
}

static bool within(const struct outcomes *a, const struct outcomes *b)
{
	size_t i, j;

	for (i = 0; i < a->count; i++) {
		for (j = 0; j < b->count; j++)
			if (a->list[i].result == b->list[j].result &&
			    a->list[i].after == b->list[j].after)
				break;
		if (j == b->count)
			return false;
	}
	return true;
}

/* The same with both ULPs, or -errno with the reason noted. */
static int compare(const char *name, const struct call *call)
{
	struct outcomes tls = { }, trace = { };
	char a[400], b[400];
	int round, err;

	for (round = 0; round < ROUNDS; round++) {
		err = run_all(call, "tls", &tls) ?:
		      run_all(call, "tls_trace", &trace);
		if (err)
			return err;
		if (within(&tls, &trace) && within(&trace, &tls))
			break;
	}
	describe(&tls, a, sizeof(a));
	describe(&trace, b, sizeof(b));
	fprintf(stderr, "# %s: tls %d points: %s; tls_trace %d points: %s\n",
		name, tls.points, a, trace.points, b);
	if (round < ROUNDS)
		return 0;
	return tt_fail(EPROTO, "tls: %s; tls_trace: %s", a, b);
}

/* References to the module of tls_trace, -1 if it is not loaded. */
static int module_refs(void)
{
	FILE *f = fopen("/sys/module/tls_trace/refcnt", "re");
	int refs = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &refs) != 1)
		refs = -1;
	fclose(f);
	return refs;
}

/* Why nothing can be made to fail here, NULL if it can. */
static const char *unfit(void)
{
	static const char no_debugfs[] =
		"debugfs cannot set how calls fail (CONFIG_FAULT_INJECTION_DEBUG_FS)";
	static const char * const attr[] = { "failslab", "fail_page_alloc",
					     "fail_usercopy" };
	static const char * const set[][2] = {
		/* Not a word of each failure in the kernel log. */
		{ "verbose", "0" },
		{ "ignore-gfp-wait", "0" },
		{ "min-order", "0" },
	};
	char path[100];
	size_t i, j;

	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		return "the kernel cannot make calls fail (CONFIG_FAULT_INJECTION)";
	for (i = 0; i < sizeof(attr) / sizeof(attr[0]); i++) {
		for (j = 0; j < sizeof(set) / sizeof(set[0]); j++) {
			snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s",
				 attr[i], set[j][0]);
			if (put(path, set[j][1]) && !j)
				return no_debugfs;
		}
	}
	return NULL;
}

FIXTURE(fault)
{
	int refs;
};

FIXTURE_VARIANT(fault)
{
	/* Events are on, and what is sent and received is captured. */
	bool traced;
};

FIXTURE_VARIANT_ADD(fault, quiet) { .traced = false };
FIXTURE_VARIANT_ADD(fault, traced) { .traced = true };

FIXTURE_SETUP(fault)
{
	const char *why = unfit();

	if (why) {
		ASSERT_FALSE(tt_feature_required("fault-injection")) {
			TH_LOG("TLS_REQUIRE wants fault-injection, but %s", why);
		}
		SKIP(return, "%s", why);
	}
	/* Modules that are looked for would be loaded in the call under test. */
	ASSERT_EQ(0, system("modprobe -q -a tls tls_trace aesni_intel gcm"));
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, system("ip link set lo up"));
	self->refs = module_refs();
	if (variant->traced) {
		ASSERT_EQ(0, put(TRACING, "1"));
		ASSERT_EQ(0, put(DATA_MAX, "16384"));
	}
}

FIXTURE_TEARDOWN(fault)
{
	long long end = tt_now_ms() + TT_WAIT_MS;

	if (variant->traced) {
		EXPECT_EQ(0, put(TRACING, "0"));
		EXPECT_EQ(0, put(DATA_MAX, "0"));
	}
	/* A closed socket keeps the module until TCP is done with it. */
	while (module_refs() != self->refs && tt_now_ms() < end)
		poll(NULL, 0, 1);
	EXPECT_EQ(self->refs, module_refs());
}

#define FAULT_TEST(NAME, STAGE, SIZE, RUN, AFTER)			\
	TEST_F_TIMEOUT(fault, NAME, 300)				\
	{								\
		static const struct call call = { STAGE, SIZE, RUN,	\
						  AFTER };		\
									\
		EXPECT_OK(compare(_metadata->name, &call));		\
	}

/* Bytes both ways over a socket without keys. */
static long plain_talk(struct link *l)
{
	long err;

	if (send(l->fd, l->data, PROBE, 0) != PROBE ||
	    send(l->far, l->data, PROBE, 0) != PROBE)
		return -errno;
	err = read_all(l->far, l->got, PROBE);
	if (!err && memcmp(l->got, l->data, PROBE))
		err = -EBADMSG;
	if (!err)
		err = read_all(l->fd, l->got, PROBE);
	return !err && memcmp(l->got, l->data, PROBE) ? -EBADMSG : err;
}

static long attach(struct link *l)
{
	return tt_tcp_ulp(l->fd, l->ulp);
}

/* One that failed has left nothing behind: TCP goes on, and it can be done. */
static long after_attach(struct link *l)
{
	char name[16] = "";
	socklen_t len = sizeof(name);
	long err;

	if (getsockopt(l->fd, IPPROTO_TCP, TCP_ULP, name, &len))
		return -errno;
	if (!*name != !!l->result)
		return -ENOTUNIQ;
	err = plain_talk(l);
	if (!err && l->result)
		err = tt_tcp_ulp(l->fd, l->ulp);
	return err ?: plain_talk(l);
}

/* The far end gets what was accepted, and what is sent now. */
static long sending_goes_on(struct link *l, size_t accepted)
{
	ssize_t n = send(l->fd, l->data + accepted, PROBE, 0);
	long err;

	if (n < 0)
		return -errno;
	accepted += n;
	err = read_all(l->far, l->got, accepted);
	return !err && memcmp(l->got, l->data, accepted) ? -EBADMSG : err;
}

static long after_send(struct link *l)
{
	return sending_goes_on(l, l->result > 0 ? l->result : 0);
}

static long set_tx(struct link *l)
{
	return set_key(l->fd, TLS_TX, l, true);
}

static long after_tx(struct link *l)
{
	long err = l->result ? set_tx(l) : 0;

	if (!err)
		err = set_key(l->far, TLS_RX, l, true);
	return err ?: sending_goes_on(l, 0);
}

static long set_rx(struct link *l)
{
	return set_key(l->fd, TLS_RX, l, false);
}

/* All that the far end sent arrives, in whatever portions. */
static long rest_arrives(struct link *l, size_t size, size_t have)
{
	long err = read_all(l->fd, l->got + have, size - have);

	return !err && memcmp(l->got, l->data, size) ? -EBADMSG : err;
}

static long after_receive(struct link *l)
{
	return rest_arrives(l, l->size + PROBE, l->result > 0 ? l->result : 0);
}

static long after_rx(struct link *l)
{
	long err = l->result ? set_rx(l) : 0;

	if (!err)
		err = set_key(l->far, TLS_TX, l, false);
	if (!err)
		err = tt_write_all(l->far, l->data, PROBE);
	return err ?: rest_arrives(l, PROBE, 0);
}

static long read_option(struct link *l)
{
	socklen_t len = l->info_len;

	return getsockopt(l->fd, SOL_TLS, TLS_TX, l->got, &len) ? -errno : 0;
}

static long after_option(struct link *l)
{
	return sending_goes_on(l, 0);
}

static long send_bytes(struct link *l)
{
	ssize_t n = send(l->fd, l->data, l->size, 0);

	return n < 0 ? -errno : n;
}

/* A record stays open, to be closed by the next call. */
static long send_more(struct link *l)
{
	ssize_t n = send(l->fd, l->data, l->size, MSG_MORE);

	return n < 0 ? -errno : n;
}

static long send_file(struct link *l)
{
	ssize_t n = sendfile(l->fd, l->file, NULL, l->size);

	return n < 0 ? -errno : n;
}

static long receive(struct link *l)
{
	ssize_t n = recv(l->fd, l->got, l->size, 0);

	return n < 0 ? -errno : n;
}

static long receive_peek(struct link *l)
{
	ssize_t n = recv(l->fd, l->got, l->size, MSG_PEEK);

	return n < 0 ? -errno : n;
}

static long after_peek(struct link *l)
{
	return rest_arrives(l, l->size + PROBE, 0);
}

static long receive_splice(struct link *l)
{
	ssize_t n = splice(l->fd, NULL, l->pipe[1], NULL, l->size, 0);

	return n < 0 ? -errno : n;
}

static long after_splice(struct link *l)
{
	ssize_t n = 0;

	while (n < l->result) {
		ssize_t more = read(l->pipe[0], l->got + n, l->result - n);

		if (more <= 0)
			return -EPIPE;
		n += more;
	}
	return rest_arrives(l, l->size + PROBE, n);
}

static long close_it(struct link *l)
{
	int fd = l->fd;

	l->fd = -1;
	return close(fd) ? -errno : 0;
}

/* The far end reads to the end. */
static long after_close(struct link *l)
{
	ssize_t n = recv(l->far, l->got, sizeof(l->got), 0);

	return n < 0 ? -errno : n;
}

FAULT_TEST(attach, PLAIN, PROBE, attach, after_attach)
FAULT_TEST(set_tx, ATTACHED, PROBE, set_tx, after_tx)
FAULT_TEST(set_rx, ATTACHED, PROBE, set_rx, after_rx)
FAULT_TEST(get_tx, SENDING, PROBE, read_option, after_option)
FAULT_TEST(send_small, SENDING, SMALL, send_bytes, after_send)
FAULT_TEST(send_large, SENDING, LARGE, send_bytes, after_send)
FAULT_TEST(send_more, SENDING, SMALL, send_more, after_send)
FAULT_TEST(sendfile, SENDING, LARGE, send_file, after_send)
FAULT_TEST(recv_small, RECEIVING, SMALL, receive, after_receive)
FAULT_TEST(recv_large, RECEIVING, LARGE, receive, after_receive)
FAULT_TEST(recv_peek, RECEIVING, SMALL, receive_peek, after_peek)
FAULT_TEST(recv_splice, RECEIVING, SMALL, receive_splice, after_splice)
FAULT_TEST(close, SENDING, PROBE, close_it, after_close)

TT_SLOW_HARNESS_MAIN
