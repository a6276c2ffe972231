// SPDX-License-Identifier: GPL-2.0
/*
 * The differential test: whatever an application does on a tls socket must have
 * the same results on a tls_trace socket. Some hundred scripts of operations, and
 * as many made at random, run on both, with tracing off, on, and with capture of
 * data; results, errnos, messages, readiness, the bytes on the wire, tls_stat and
 * sock_diag must be equal.
 *
 * TLS_DIFFER_RANDOM is how many scripts are made at random (400). For kernels that
 * are slow, TLS_DIFFER_ONE_OF=N runs one of N of the other scripts. To look at one
 * script, as a failure prints it, with the seed that the run printed:
 *
 *   TLS_TEST_SEED=SEED TLS_DIFFER_SCRIPT='1.3 aes-gcm-128 ipv4: both; send 5' \
 *	tls_differ
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/sockios.h>

#include "fixture.h"
#include "cipher.h"
#include "diag.h"
#include "keys.h"
#include "payload.h"
#include "record.h"
#include "stat.h"
#include "trace.h"
#include "differ/differ.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	((int)(sizeof(a) / sizeof((a)[0])))
#endif

/* Of a test, in seconds: it runs some hundred scripts. */
#define DIFFER_TIMEOUT	240
/* Scripts made at random: by default, and in how many tests. */
#define RANDOM_SCRIPTS	400
#define RANDOM_TESTS	8

#include "differ/words.c"
#include "differ/world.c"
#include "differ/tx.c"
#include "differ/rx.c"
#include "differ/pages.c"
#include "differ/ready.c"
#include "differ/option.c"
#include "differ/diag.c"
#include "differ/life.c"
#include "differ/far.c"
#include "differ/script.c"
#include "differ/column.c"
#include "differ/compare.c"
#include "differ/random.c"
#include "differ/scripts_tx.c"
#include "differ/scripts_rx.c"
#include "differ/scripts_wire.c"
#include "differ/scripts_sock.c"

/* The ciphers that this kernel has, and the reference layer too. */
static const struct tt_cipher *ciphers[2][16];
static int cipher_count[2];

static void ciphers_find(void)
{
	struct tt_keys keys = { };
	struct tt_layer layer;
	size_t i;
	int v;

	for (v = 0; v < 2; v++)
		for (i = 0; i < tt_cipher_count; i++) {
			const struct tt_cipher *c = &tt_ciphers[i];
			int version = v ? TLS_1_3 : TLS_1_2;

			if (tt_feature_missing(tt_feature_cipher(c->number,
								 version)) ||
			    tt_layer_init(&layer, c, version, &keys))
				continue;
			tt_layer_free(&layer);
			ciphers[v][cipher_count[v]++] = c;
		}
}

/* What a script of a group is run with: all combinations come up in turn. */
static struct df_setup setup_make(const char *script, int version, int i)
{
	bool v6 = !tt_feature_missing("ipv6");
	int v = version == TLS_1_3;
	struct df_setup s = {
		.script = script,
		.version = version,
		.cipher = ciphers[v][(i + v) % cipher_count[v]],
		.family = v6 ? (i / 4 + i + v) % 3 : TT_IPV4,
	};

	return s;
}

static void run_scripts(struct __test_metadata *_metadata,
			const struct df_setup *s, int count)
{
	int differ, unstable, err;

	err = compare(s, count, &differ, &unstable);
	ASSERT_EQ(0, err) TH_LOG("%s", tt_why());
	EXPECT_EQ(0, differ)
		TH_LOG("%d of %d scripts differ, see above", differ, count);
	EXPECT_LE(unstable, MAY_VARY + count / MAY_VARY_PER)
		TH_LOG("%d of %d scripts have varying results", unstable,
		       count);
}

/* A number from 1 on. */
static int env_number(const char *name, int otherwise)
{
	const char *text = getenv(name);
	int n = text ? atoi(text) : 0;

	return n > 0 ? n : otherwise;
}

static void run_group(struct __test_metadata *_metadata,
		      const struct tt_variant *v,
		      const char * const *scripts, int count)
{
	struct df_setup *s = calloc(count, sizeof(*s));
	int one_of = env_number("TLS_DIFFER_ONE_OF", 1);
	int i, n = 0;

	ASSERT_NE(NULL, s);
	for (i = v->version % one_of; i < count; i += one_of)
		s[n++] = setup_make(scripts[i], v->version, i);
	run_scripts(_metadata, s, n);
	free(s);
}

static void run_random(struct __test_metadata *_metadata,
		       const struct tt_variant *v, const char *test)
{
	int total = env_number("TLS_DIFFER_RANDOM", RANDOM_SCRIPTS);
	int count = (total + 2 * RANDOM_TESTS - 1) / (2 * RANDOM_TESTS), i;
	struct df_setup *s = calloc(count + 1, sizeof(*s));
	char name[16];

	ASSERT_NE(NULL, s);
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%d", i);
		tt_seed_test(test, v->label, name);
		s[i] = setup_make(random_script(), v->version,
				  tt_random() % 1000);
	}
	run_scripts(_metadata, s, count);
	for (i = 0; i < count; i++)
		free((char *)s[i].script);
	free(s);
}

FIXTURE(differ) {
	struct tt_test t;
};

FIXTURE_VARIANT(differ) {
	struct tt_variant v;
};

FIXTURE_SETUP(differ)
{
	ASSERT_OK(tt_test_begin(&self->t, "differ", _metadata->name,
				&variant->v, TT_NO_CONN));
	/* Every script compares them itself. */
	self->t.unchecked = true;
}

FIXTURE_TEARDOWN(differ)
{
	EXPECT_OK(tt_test_end(&self->t));
}

TT_VARIANT(differ, tls12, "tls_trace", AES_GCM_128, TLS_1_2, false, TT_IPV4);
TT_VARIANT(differ, tls13, "tls_trace", AES_GCM_128, TLS_1_3, false, TT_IPV4);

#define GROUP(NAME)							\
	TEST_F_TIMEOUT(differ, NAME, DIFFER_TIMEOUT) {			\
		if (*self->t.skip)					\
			SKIP(return, "%s", self->t.skip);		\
		run_group(_metadata, &variant->v, NAME##_scripts,	\
			  ARRAY_SIZE(NAME##_scripts));			\
	}

#define RANDOM(N)							\
	TEST_F_TIMEOUT(differ, random_##N, DIFFER_TIMEOUT) {		\
		if (*self->t.skip)					\
			SKIP(return, "%s", self->t.skip);		\
		run_random(_metadata, &variant->v, "random_" #N);	\
	}

/* That a column is what it is called, or all comparisons would be in vain. */
TEST_F_TIMEOUT(differ, columns, DIFFER_TIMEOUT)
{
	struct df_setup s;
	struct df_note log;
	int c;

	if (*self->t.skip)
		SKIP(return, "%s", self->t.skip);
	s = setup_make("both; send 100; in 23 100; recv 100; close",
		       variant->v.version, 0);
	ASSERT_OK(world_prepare());
	for (c = 0; c < COLUMNS; c++) {
		if (!column_there[c])
			continue;
		ASSERT_OK(column_enter(c));
		column_count("tx");
		ASSERT_OK(tt_stat_begin());
		ASSERT_OK(script_run(&s, column_ulp(c), DF_PAUSE_NEVER,
				     &log));
		free(log.text);
		EXPECT_EQ(c == COLUMN_TLS ? 0 : 1,
			  tt_stat_delta("TlsTraceAttach"));
		EXPECT_EQ(c < COLUMN_EVENTS ? 0 : 1, column_count("tx"));
	}
	ASSERT_OK(column_enter(COLUMN_TLS));
}

/* Of capture too, where the module has it. */
TEST_F_TIMEOUT(differ, capture, DIFFER_TIMEOUT)
{
	struct df_setup s;
	struct df_note log;

	if (*self->t.skip)
		SKIP(return, "%s", self->t.skip);
	if (!column_there[COLUMN_DATA])
		SKIP(return, "the module has no parameter data_max");
	s = setup_make("both; send 100; in 23 100; recv 100; close",
		       variant->v.version, 0);
	ASSERT_OK(world_prepare());
	ASSERT_OK(column_enter(COLUMN_DATA));
	column_count("data");
	ASSERT_OK(script_run(&s, "tls_trace", DF_PAUSE_NEVER, &log));
	free(log.text);
	EXPECT_EQ(2, column_count("data"));
	ASSERT_OK(column_enter(COLUMN_TLS));
}

GROUP(send)
GROUP(more)
GROUP(type)
GROUP(sendfile)
GROUP(splice)
GROUP(full)
GROUP(recv)
GROUP(peek)
GROUP(control)
GROUP(splicein)
GROUP(pad)
GROUP(tamper)
GROUP(end)
GROUP(rekey)
GROUP(option)
GROUP(ready)
GROUP(life)

RANDOM(1)
RANDOM(2)
RANDOM(3)
RANDOM(4)
RANDOM(5)
RANDOM(6)
RANDOM(7)
RANDOM(8)

/* One script, as a failure prints it: every column's log, or where it differs. */
static int run_given(char *text)
{
	char *steps = strchr(text, ':'), cipher[64], family[16];
	struct df_note tls = { }, other;
	struct df_setup s = { };
	int minor, c, ret = 0;
	size_t i;

	if (!steps || sscanf(text, "1.%d %63[^ ] %15[^:]", &minor, cipher,
			     family) != 3)
		goto wrong;
	s.script = steps + 1 + strspn(steps + 1, " ");
	s.version = minor == 3 ? TLS_1_3 : TLS_1_2;
	s.family = !strcmp(family, "ipv6") ? TT_IPV6 :
		   !strcmp(family, "mapped") ? TT_MAPPED : TT_IPV4;
	for (i = 0; i < tt_cipher_count; i++)
		if (!strcmp(tt_ciphers[i].feature, cipher))
			s.cipher = &tt_ciphers[i];
	if (!s.cipher)
		goto wrong;
	if (world_prepare())
		goto fail;
	for (c = 0; c < COLUMNS; c++) {
		if (!column_there[c])
			continue;
		if (column_enter(c) ||
		    script_run(&s, column_ulp(c), DF_PAUSE_NEVER, &other))
			goto fail;
		if (c && !strcmp(tls.text, other.text)) {
			printf("== %s: the same\n", column_names[c]);
		} else {
			printf("== %s\n%s", column_names[c], other.text);
			ret |= c;
		}
		if (c)
			free(other.text);
		else
			tls = other;
	}
	free(tls.text);
	return !!ret;
wrong:
	fprintf(stderr, "%s: TLS_DIFFER_SCRIPT is not like '1.3 aes-gcm-128 ipv4: both; send 5'; copy one that a failure printed\n",
		program_invocation_short_name);
	return 2;
fail:
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, tt_why());
	return 1;
}

static void __attribute__((constructor)) differ_constructor(void)
{
	char *given = getenv("TLS_DIFFER_SCRIPT");

	tt_suite_init(false);
	/* Its events are on all the time; here they must be off at times. */
	tt_trace_close();
	quiet_tcp();
	ciphers_find();
	columns_start();
	if (given && *given)
		exit(run_given(given));
}

TEST_HARNESS_MAIN
