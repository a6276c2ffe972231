// SPDX-License-Identifier: GPL-2.0
/* What every program of the suite does around its tests. */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "cert.h"
#include "check.h"
#include "feature.h"
#include "payload.h"
#include "pcrypt.h"
#include "stat.h"
#include "suite.h"
#include "trace.h"
#include "util.h"

#define STATUS_SKIP	4

extern char **environ;

static pid_t suite_pid;

static void cannot_run(const char *why)
{
	const char *require = getenv("TLS_REQUIRE");

	if (require && *require) {
		fprintf(stderr, "%s: %s; TLS_REQUIRE forbids to skip that\n",
			program_invocation_short_name, why);
		exit(1);
	}
	printf("TAP version 13\n1..0 # SKIP %s\n", why);
	exit(STATUS_SKIP);
}

/* A namespace of our own: exact counters, ports of our own. */
static int own_network(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd, err;

	if (unshare(CLONE_NEWNET))
		return tt_fail(errno, "no network namespace: %s",
			       strerror(errno));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return tt_fail(errno, "socket: %s", strerror(errno));
	ifr.ifr_flags = IFF_UP;
	err = ioctl(fd, SIOCSIFFLAGS, &ifr) ?
	      tt_fail(errno, "lo cannot be set up: %s", strerror(errno)) : 0;
	close(fd);
	return err;
}

/*
 * The implementations that production kernels use, which are often asynchronous
 * where the generic ones are not. udev loads them, but test machines may be
 * without; and without them it is a slow run.
 */
static void load_crypto(void)
{
	char *argv[] = { "modprobe", "-q", "-a", "aesni_intel",
			 "ghash_clmulni_intel", "chacha20_x86_64",
			 "poly1305_x86_64", "aes_ce_blk", "ghash_ce", "ccm",
			 "gcm", "chacha20poly1305", NULL };
	int status;
	pid_t pid;

	if (!posix_spawnp(&pid, "modprobe", NULL, NULL, argv, environ))
		waitpid(pid, &status, 0);
}

/* All ciphers answer later, if TLS_TEST_ASYNC says so. */
static const char * const async_algs[] = { "gcm(aes)", "ccm(aes)",
					   "rfc7539(chacha20,poly1305)" };

static bool async;

static void begin_async(void)
{
	const char *want = getenv("TLS_TEST_ASYNC");
	size_t i;

	if (!want || !*want)
		return;
	async = true;
	for (i = 0; i < sizeof(async_algs) / sizeof(async_algs[0]); i++)
		if (tt_pcrypt_use(async_algs[i]))
			cannot_run(tt_why());
}

static void end_async(void)
{
	size_t i;

	for (i = 0; async && i < sizeof(async_algs) / sizeof(async_algs[0]);
	     i++)
		if (tt_pcrypt_drop(async_algs[i]))
			fprintf(stderr, "# %s\n", tt_why());
}

static void suite_end(void)
{
	/* Not in the tests' processes. */
	if (getpid() != suite_pid)
		return;
	tt_trace_close();
	end_async();
}

void tt_suite_init(bool others)
{
	const char *missing;
	struct utsname un;

	suite_pid = getpid();
	signal(SIGPIPE, SIG_IGN);
	if (geteuid())
		cannot_run("the tests must run as root");
	if (own_network() || tt_cert_init())
		cannot_run(tt_why());
	uname(&un);
	fprintf(stderr, "# Linux %s, %s, seed %llu (TLS_TEST_SEED repeats it)\n",
		un.release, OpenSSL_version(OPENSSL_VERSION),
		(unsigned long long)tt_seed_init());

	load_crypto();
	atexit(suite_end);
	begin_async();
	tt_feature_probe(others);
	missing = tt_feature_missing("tls_trace");
	if (!missing && tt_trace_open())
		missing = tt_why();
	tt_feature_add("trace", missing);
	if (tt_feature_check_require()) {
		fprintf(stderr, "%s: %s\n", program_invocation_short_name,
			tt_why());
		exit(1);
	}
	tt_feature_print();
}

bool tt_test_selected(const char *name)
{
	const char *only = getenv("TLS_TEST_ONLY");
	char *list, *item, *save;
	bool hit = false;

	if (!only || !*only)
		return true;
	list = strdup(only);
	for (item = strtok_r(list, ",", &save); item;
	     item = strtok_r(NULL, ",", &save))
		hit |= !fnmatch(item, name, 0);
	free(list);
	return hit;
}

int tt_test_need(struct tt_test *t, const char *feature)
{
	const char *missing = tt_feature_missing(feature);

	if (!missing)
		return 0;
	if (tt_feature_required(feature))
		return tt_fail(ENOSYS, "TLS_REQUIRE wants %s, but %s", feature,
			       missing);
	if (!*t->skip)
		snprintf(t->skip, sizeof(t->skip), "%s", missing);
	return 0;
}

struct tt_conn_opts tt_test_opts(const struct tt_test *t)
{
	struct tt_conn_opts o = {
		.cipher = tt_cipher_find(t->v->cipher),
		.version = t->v->version,
		.server = t->v->server,
		.family = t->v->family,
		.ulp = t->v->ulp,
	};

	return o;
}

int tt_test_conn(struct tt_test *t, const struct tt_conn_opts *o,
		 struct tt_conn **c)
{
	if (t->conns == TT_CONNS_MAX)
		return tt_fail(ENFILE, "too many connections in a test");
	*c = calloc(1, sizeof(**c));
	if (!*c)
		return tt_fail(ENOMEM, "connection");
	t->conn[t->conns++] = *c;
	return tt_conn_open(*c, o);
}

int tt_test_raw(struct tt_test *t, struct tt_conn **c)
{
	struct tt_conn_opts o = tt_test_opts(t);

	o.no_handshake = true;
	return tt_test_conn(t, &o, c) ?: tt_conn_start(*c);
}

int tt_test_begin(struct tt_test *t, const char *fixture, const char *test,
		  const struct tt_variant *v, enum tt_start start)
{
	struct tt_conn_opts o;
	struct tt_conn *c;
	char name[200];
	int err;

	/* The harness ends a test by killing its process; nothing that the test
	 * started may live on and hold the socket, and with it the module.
	 */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memset(t, 0, sizeof(*t));
	t->v = v;
	snprintf(name, sizeof(name), "%s.%s.%s", fixture, v->label, test);
	if (!tt_test_selected(name)) {
		snprintf(t->skip, sizeof(t->skip), "not selected");
		return 0;
	}
	tt_seed_test(fixture, v->label, test);

	err = tt_test_need(t, v->ulp);
	if (!err && !strcmp(v->ulp, "tls_trace"))
		err = tt_test_need(t, "trace");
	if (!err && !*t->skip)
		err = tt_test_need(t, tt_feature_cipher(v->cipher, v->version));
	if (!err && v->family != TT_IPV4)
		err = tt_test_need(t, "ipv6");
	if (err || *t->skip)
		return err;

	err = tt_stat_begin();
	if (!err && !strcmp(v->ulp, "tls_trace"))
		err = tt_trace_begin();
	if (err || start == TT_NO_CONN)
		return err;
	o = tt_test_opts(t);
	err = tt_test_conn(t, &o, &c);
	if (!err && start == TT_STARTED)
		err = tt_conn_start(c);
	return err;
}

static void stop_drain(struct tt_test *t)
{
	if (!t->drain.running)
		return;
	shutdown(t->drain.c->peer_fd, SHUT_RDWR);
	tt_drain_join(&t->drain);
}

static int first_error(int err, int next, char *why)
{
	if (!err && next)
		snprintf(why, TT_WHY_SIZE, "%s", tt_why());
	return err ?: next;
}

int tt_test_end(struct tt_test *t)
{
	bool attached = false;
	char why[TT_WHY_SIZE] = "";
	struct tt_conn *c;
	int err = 0;
	size_t i;

	if (*t->skip)
		return 0;
	stop_drain(t);
	for (i = 0; i < t->conns; i++) {
		c = t->conn[i];
		err = first_error(err, tt_check_live(c), why);
		tt_conn_close(c);
		tt_check_expect(&c->ledger);
		attached |= c->ledger.attached;
	}
	tt_stat_expect("TlsTraceAttachError", t->refused_attach);
	if (!t->unchecked)
		err = first_error(err, tt_stat_check(), why);
	if (attached && !err)
		err = first_error(err, tt_trace_read(), why);
	for (i = 0; i < t->conns; i++) {
		c = t->conn[i];
		if (attached && !err)
			err = first_error(err, tt_check_events(&c->ledger,
							       c->o.cipher,
							       c->o.version),
					  why);
		tt_ledger_free(&c->ledger);
		free(c);
	}
	t->conns = 0;
	return err ? tt_fail(-err, "%s", why) : 0;
}
