/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fixtures with variants, on kselftest_harness.h.
 *
 * One .c file per program includes this header; a program's further parts are
 * included by it, since the harness keeps its lists per object file.
 */
#ifndef TT_FIXTURE_H
#define TT_FIXTURE_H

#include "kselftest_harness.h"
#include <poll.h>
#include <netinet/tcp.h>
#include "feature.h"
#include "op.h"
#include "peer.h"
#include "stat.h"
#include "suite.h"
#include "util.h"

/* Seconds for one test, under emulation on a busy machine. */
#define TT_TEST_TIMEOUT	60

/* The result of a test with TT_KNOWN(): an expected failure, or none. */
static void __attribute__((unused)) tt_known_end(struct __test_metadata *m,
						 const struct tt_test *t)
{
	bool failed = m->exit_code == KSFT_FAIL;

	if (!t->known || m->exit_code == KSFT_SKIP)
		return;
	/* Without a probe a pass may be that of a kernel that has no bug. */
	if (!failed && !t->known->affected)
		return;
	snprintf(m->results->reason, sizeof(m->results->reason),
		 "known kernel bug: %s", t->known->id);
	m->aborted = false;
	_exit(failed ? KSFT_XFAIL : KSFT_XPASS);
}

/**
 * TT_FIXTURE() - a fixture whose tests get a connection
 * @F:		name
 * @START:	enum tt_start
 */
#define TT_FIXTURE(F, START)						\
	FIXTURE(F) {							\
		struct tt_test t;					\
	};								\
	FIXTURE_VARIANT(F) {						\
		struct tt_variant v;					\
	};								\
	FIXTURE_SETUP(F) {						\
		ASSERT_OK(tt_test_begin(&self->t, #F, _metadata->name,	\
					&variant->v, START));		\
	}								\
	FIXTURE_TEARDOWN(F) {						\
		EXPECT_OK(tt_test_end(&self->t));			\
		tt_known_end(_metadata, &self->t);			\
	}								\
	struct tt_fixture_##F

/**
 * TT_TEST_F() - a test with a fixture's connection
 * @F:		fixture
 * @NAME:	test
 *
 * Its body has _metadata (for ASSERT_*), t (struct tt_test), c (the
 * connection, NULL with TT_NO_CONN) and v (the variant).
 */
#define TT_TEST_F(F, NAME)						\
	static void F##_##NAME##_body(struct __test_metadata *_metadata, \
				      struct tt_test *t,		\
				      struct tt_conn *c,		\
				      const struct tt_variant *v);	\
	TEST_F_TIMEOUT(F, NAME, TT_TEST_TIMEOUT) {			\
		if (*self->t.skip)					\
			SKIP(return, "%s", self->t.skip);		\
		F##_##NAME##_body(_metadata, &self->t, self->t.conn[0],	\
				  &variant->v);				\
	}								\
	static void F##_##NAME##_body(					\
		struct __test_metadata *_metadata			\
			__attribute__((unused)),			\
		struct tt_test *t __attribute__((unused)),		\
		struct tt_conn *c __attribute__((unused)),		\
		const struct tt_variant *v __attribute__((unused)))

/**
 * TT_NEED() - go on only if the kernel has a feature
 * @FEATURE: name
 *
 * In the body of a TT_TEST_F(), before anything is done.
 */
#define TT_NEED(FEATURE)						\
	do {								\
		ASSERT_OK(tt_test_need(t, FEATURE));			\
		if (*t->skip)						\
			SKIP(return, "%s", t->skip);			\
	} while (0)

/**
 * TT_KNOWN() - from here on the test may fail because of a bug of this kernel
 * @ID: name of the bug in known.c
 *
 * Where the kernel has the bug. Put it right before the first thing that fails: what
 * fails before is a failure.
 */
#define TT_KNOWN(ID)							\
	do {								\
		const struct tt_known *known = tt_known_find(ID);	\
									\
		ASSERT_NE(NULL, known) TH_LOG("%s is not in known.c", ID); \
		if (!known->affected || known->affected())		\
			t->known = known;				\
	} while (0)

#define TT_VARIANT(F, LABEL, ULP, CIPHER, VERSION, SERVER, FAMILY)	\
	FIXTURE_VARIANT_ADD(F, LABEL) {					\
		.v = { #LABEL, ULP, TLS_CIPHER_##CIPHER, VERSION,	\
		       SERVER, FAMILY },				\
	}

/*
 * The four ciphers that OpenSSL has in kTLS x version x ULP. Roles and address
 * families are spread over them, the same way for both ULPs.
 */
#define TT_VARIANTS_TLS12_ULP(F, S, ULP)				\
	TT_VARIANT(F, tls12_aes128gcm_##S, ULP, AES_GCM_128, TLS_1_2,	\
		   false, TT_IPV4);					\
	TT_VARIANT(F, tls12_aes256gcm_##S, ULP, AES_GCM_256, TLS_1_2,	\
		   true, TT_IPV6);					\
	TT_VARIANT(F, tls12_aes128ccm_##S, ULP, AES_CCM_128, TLS_1_2,	\
		   false, TT_IPV6);					\
	TT_VARIANT(F, tls12_chacha20_##S, ULP, CHACHA20_POLY1305,	\
		   TLS_1_2, true, TT_IPV4)

#define TT_VARIANTS_TLS13_ULP(F, S, ULP)				\
	TT_VARIANT(F, tls13_aes128gcm_##S, ULP, AES_GCM_128, TLS_1_3,	\
		   true, TT_IPV4);					\
	TT_VARIANT(F, tls13_aes256gcm_##S, ULP, AES_GCM_256, TLS_1_3,	\
		   false, TT_IPV6);					\
	TT_VARIANT(F, tls13_aes128ccm_##S, ULP, AES_CCM_128, TLS_1_3,	\
		   true, TT_MAPPED);					\
	TT_VARIANT(F, tls13_chacha20_##S, ULP, CHACHA20_POLY1305,	\
		   TLS_1_3, false, TT_IPV4)

#define TT_VARIANTS_TLS12(F)						\
	TT_VARIANTS_TLS12_ULP(F, tls, "tls");				\
	TT_VARIANTS_TLS12_ULP(F, trace, "tls_trace")

#define TT_VARIANTS_TLS13(F)						\
	TT_VARIANTS_TLS13_ULP(F, tls, "tls");				\
	TT_VARIANTS_TLS13_ULP(F, trace, "tls_trace")

#define TT_VARIANTS(F)							\
	TT_VARIANTS_TLS12(F);						\
	TT_VARIANTS_TLS13(F)

/* The ciphers that OpenSSL has no kTLS path for. */
#define TT_VARIANTS_OTHER_ULP(F, S, ULP)				\
	TT_VARIANT(F, tls12_sm4gcm_##S, ULP, SM4_GCM, TLS_1_2, false,	\
		   TT_IPV4);						\
	TT_VARIANT(F, tls13_sm4gcm_##S, ULP, SM4_GCM, TLS_1_3, true,	\
		   TT_IPV6);						\
	TT_VARIANT(F, tls12_sm4ccm_##S, ULP, SM4_CCM, TLS_1_2, true,	\
		   TT_IPV6);						\
	TT_VARIANT(F, tls13_sm4ccm_##S, ULP, SM4_CCM, TLS_1_3, false,	\
		   TT_IPV4);						\
	TT_VARIANT(F, tls12_aria128gcm_##S, ULP, ARIA_GCM_128, TLS_1_2,	\
		   false, TT_IPV4);					\
	TT_VARIANT(F, tls12_aria256gcm_##S, ULP, ARIA_GCM_256, TLS_1_2,	\
		   true, TT_IPV6)

#define TT_VARIANTS_OTHER(F)						\
	TT_VARIANTS_OTHER_ULP(F, tls, "tls");				\
	TT_VARIANTS_OTHER_ULP(F, trace, "tls_trace")

/* For what does not depend on the cipher: one per version and ULP. */
#define TT_VARIANTS_FEW(F)						\
	TT_VARIANT(F, tls12_aes128gcm_tls, "tls", AES_GCM_128, TLS_1_2,	\
		   false, TT_IPV4);					\
	TT_VARIANT(F, tls13_aes256gcm_tls, "tls", AES_GCM_256, TLS_1_3,	\
		   true, TT_IPV6);					\
	TT_VARIANT(F, tls12_aes128gcm_trace, "tls_trace", AES_GCM_128,	\
		   TLS_1_2, false, TT_IPV4);				\
	TT_VARIANT(F, tls13_aes256gcm_trace, "tls_trace", AES_GCM_256,	\
		   TLS_1_3, true, TT_IPV6)

/*
 * Run the tests that were asked for. The harness is told their names, so that it
 * makes no process for each of the others.
 */
static int __attribute__((unused)) tt_run_selected(int argc, char **argv)
{
	struct __fixture_variant_metadata none = { .name = "" }, *v;
	struct __fixture_metadata *f;
	struct __test_metadata *t;
	char **args = argv;
	char name[200];
	int n = 1;

	if (argc > 1 || !getenv("TLS_TEST_ONLY"))
		return test_harness_run(argc, argv);
	args = calloc(1, sizeof(*args));
	args[0] = argv[0];
	for (f = __fixture_list; f; f = f->next)
		for (v = f->variant ?: &none; v; v = v->next)
			for (t = f->tests; t; t = t->next) {
				snprintf(name, sizeof(name), "%s%s%s.%s",
					 f->name, *v->name ? "." : "", v->name,
					 t->name);
				if (!tt_test_selected(name))
					continue;
				args = realloc(args, (n + 3) * sizeof(*args));
				args[n++] = "-r";
				args[n++] = strdup(name);
				args[n] = NULL;
			}
	if (n > 1)
		return test_harness_run(n, args);
	printf("TAP version 13\n1..0 # SKIP not selected\n");
	return KSFT_SKIP;
}

/* Takes the place of TEST_HARNESS_MAIN, after a call of tt_suite_init(). */
#define TT_SELECTED_HARNESS_MAIN					\
	TT_SLOW_TESTS							\
	int main(int argc, char **argv)					\
	{								\
		return tt_run_selected(argc, argv);			\
	}

/* The same, with that call. OTHERS: see tt_suite_init(). */
#define TT_HARNESS_MAIN(OTHERS)						\
	static void __attribute__((constructor)) tt_constructor(void)	\
	{								\
		tt_suite_init(OTHERS);					\
	}								\
	TT_SELECTED_HARNESS_MAIN

#endif
