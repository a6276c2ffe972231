/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A certificate made at run time.
 */
#ifndef TT_CERT_H
#define TT_CERT_H

#include <openssl/ssl.h>

/**
 * tt_cert_init() - make a P-256 key and a self-signed certificate
 *
 * Once per program, before the tests fork: they all use the same.
 *
 * Return: 0 or -errno.
 */
int tt_cert_init(void);

/**
 * tt_cert_use() - give a server's context the certificate
 * @ctx: context
 * Return: 0 or -errno.
 */
int tt_cert_use(SSL_CTX *ctx);

/**
 * tt_cert_use_ssl() - use certificate and key for one connection
 * @ssl: connection
 * Return: 0 or -errno.
 */
int tt_cert_use_ssl(SSL *ssl);

#endif
