/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this kernel (and OpenSSL) can do. A test that needs what is missing is a
 * SKIP with the reason; TLS_REQUIRE turns it into a failure.
 *
 * TLS_REQUIRE is "all" or a list of feature names, separated by commas. Names:
 * tls, tls_trace (ULPs), tls1.2-CIPHER and tls1.3-CIPHER or CIPHER alone for
 * both (aes-gcm-128, ... as in cipher.c), ipv6, trace, rekey, tx-max-payload.
 */
#ifndef TT_FEATURE_H
#define TT_FEATURE_H

#include <stdbool.h>

/**
 * tt_feature_probe() - find out, by trying on real sockets
 *
 * @others: also the ciphers without a kTLS path in OpenSSL, which takes a second
 *	each where the kernel searches for modules in vain
 *
 * Loads the ULPs' modules where the kernel does not do so itself. Once per
 * program, before the tests fork.
 */
void tt_feature_probe(bool others);

/**
 * tt_feature_add() - tell about a feature found out elsewhere
 * @name:	feature
 * @missing:	why it is missing, NULL if it is there
 */
void tt_feature_add(const char *name, const char *missing);

/**
 * tt_feature_check_require() - complain about unknown names in TLS_REQUIRE
 * Return: 0 or -EINVAL with the reason noted.
 */
int tt_feature_check_require(void);

/**
 * tt_feature_missing() - why a test cannot run
 * @name: feature
 * Return: NULL if it is there, else the reason.
 */
const char *tt_feature_missing(const char *name);

/**
 * tt_feature_required() - whether TLS_REQUIRE asks for it
 * @name: feature
 * Return: true if a test that lacks it must fail.
 */
bool tt_feature_required(const char *name);

/**
 * tt_feature_cipher() - name of the feature of a cipher with a version
 * @cipher:	TLS_CIPHER_*
 * @version:	TLS_1_2 or TLS_1_3
 * Return: name, valid until the next call.
 */
const char *tt_feature_cipher(int cipher, int version);

/**
 * tt_feature_print() - one line on stderr for each missing feature
 */
void tt_feature_print(void);

#endif
