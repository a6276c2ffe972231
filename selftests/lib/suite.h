/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every program of the suite does around its tests.
 */
#ifndef TT_SUITE_H
#define TT_SUITE_H

#include "conn.h"
#include "known.h"
#include "peer.h"

#define TT_CONNS_MAX	64

/**
 * struct tt_variant - what a fixture's tests are run with
 * @label:	the variant's name
 * @ulp:	"tls" or "tls_trace"
 * @cipher:	TLS_CIPHER_*
 * @version:	TLS_1_2 or TLS_1_3
 * @server:	our end is the server
 * @family:	address family
 */
struct tt_variant {
	const char *label;
	const char *ulp;
	int cipher;
	int version;
	bool server;
	enum tt_family family;
};

/* How far a fixture's connection is when the test begins */
enum tt_start {
	TT_NO_CONN,	/* there is none */
	TT_SHAKEN,	/* the handshake is done, no ULP set */
	TT_STARTED,	/* TLS_TX and TLS_RX are set */
};

/**
 * struct tt_test - a running test
 * @v:		its variant
 * @skip:	why it is to be skipped, empty if it is not
 * @conn:	its connections, in order of opening
 * @conns:	how many
 * @drain:	a drain to be stopped at the end
 * @refused_attach: how often tls_trace refused to attach
 * @known:	kernel bug that may fail it, see TT_KNOWN()
 * @unchecked:	do not compare counters (a test of several processes)
 */
struct tt_test {
	const struct tt_variant *v;
	char skip[256];
	struct tt_conn *conn[TT_CONNS_MAX];
	size_t conns;
	struct tt_drain drain;
	int refused_attach;
	const struct tt_known *known;
	bool unchecked;
};

/**
 * tt_suite_init() - once per program, before any test
 * @others: the program tests ciphers without a kTLS path in OpenSSL too
 *
 * Own network namespace, modules, certificate, features, tracing, seed. Ends
 * the program with status 4 and a plan of no tests where it cannot run, with
 * status 1 where TLS_REQUIRE forbids that.
 */
void tt_suite_init(bool others);

/**
 * tt_test_selected() - whether a test is among those that were asked for
 * @name: fixture.variant.test
 *
 * TLS_TEST_ONLY is a list of patterns, with commas between.
 *
 * Return: true if so, or if there is no list.
 */
bool tt_test_selected(const char *name);

/**
 * tt_test_begin() - before a test
 * @t:		test
 * @fixture:	name
 * @test:	name
 * @v:		variant
 * @start:	what connection to make
 * Return: 0 (also where t->skip says that it is to be skipped) or -errno.
 */
int tt_test_begin(struct tt_test *t, const char *fixture, const char *test,
		  const struct tt_variant *v, enum tt_start start);

/**
 * tt_test_conn() - open one more connection, closed and checked at the end
 * @t: test
 * @o: options; cipher, version, family and ulp may be left 0 for the variant's
 * @c: out
 * Return: 0 or -errno.
 */
int tt_test_conn(struct tt_test *t, const struct tt_conn_opts *o,
		 struct tt_conn **c);

/**
 * tt_test_raw() - the same with made-up keys, both of them set
 * @t: test
 * @c: out
 *
 * The peer is the reference record layer.
 *
 * Return: 0 or -errno.
 */
int tt_test_raw(struct tt_test *t, struct tt_conn **c);

/**
 * tt_test_opts() - options of the variant, to be changed
 * @t: test
 * Return: options.
 */
struct tt_conn_opts tt_test_opts(const struct tt_test *t);

/**
 * tt_test_need() - skip the test, or fail it, if a feature is missing
 * @t:		test
 * @feature:	name
 * Return: 0 if it is there or t->skip was set, -ENOSYS where TLS_REQUIRE asks
 * for it.
 */
int tt_test_need(struct tt_test *t, const char *feature);

/**
 * tt_test_end() - after a test: close, and compare counters and events
 * @t: test
 * Return: 0 or -errno with the first difference noted.
 */
int tt_test_end(struct tt_test *t);

#endif
