/* SPDX-License-Identifier: GPL-2.0 */
/* What an installed OpenSSL does with kTLS, found out by using it. */
#ifndef OSSL_H
#define OSSL_H

#include <stdbool.h>

/**
 * struct ossl_try - a connection with one TLS version
 * @done: the handshake succeeded and data went both ways
 * @ulp_asked: OpenSSL asked for the ULP "tls"
 * @ulp_errno: what the kernel answered, 0 or errno
 * @tx_asked: OpenSSL gave TLS_TX a key
 * @tx_errno: what the kernel answered
 * @rx_asked: OpenSSL gave TLS_RX a key
 * @rx_errno: what the kernel answered
 * @send: OpenSSL says that it sends by kTLS, on both ends
 * @recv: OpenSSL says that it receives by kTLS, on both ends
 * @error: what went wrong if not @done
 */
struct ossl_try {
	bool done;
	bool ulp_asked, tx_asked, rx_asked;
	int ulp_errno, tx_errno, rx_errno;
	bool send, recv;
	char error[160];
};

/**
 * struct ossl_info - an OpenSSL
 * @found: the library could be loaded
 * @library: its name or path
 * @libcrypto: path of the libcrypto that it got
 * @conf_dir: directory of its openssl.cnf, "" if not known
 * @version: its version text, "" if not known
 * @number: OPENSSL_VERSION_NUMBER, for example 0x30000000 for 3.0.0; 0 if not known
 * @conf_on: openssl.cnf switches kTLS on for every program
 * @v12: connection with TLS 1.2 and kTLS switched on
 * @v13: the same with TLS 1.3
 * @error: why it could not be tried
 */
struct ossl_info {
	bool found;
	char library[256];
	char libcrypto[256];
	char conf_dir[128];
	char version[96];
	unsigned long number;
	bool conf_on;
	struct ossl_try v12, v13;
	char error[160];
};

/* First argument of the tlstrace that ossl_probe() starts. */
#define OSSL_HELPER "--try-openssl"

void ossl_probe(const char *library, const char *libcrypto, struct ossl_info *info);
int ossl_helper(int argc, char **argv);
bool ossl_built_with_ktls(const struct ossl_info *info);

/* ossl_try.c */
void ossl_try_in_process(const char *library, const char *libcrypto, struct ossl_info *info);

/* sockopt_spy.c */
struct sockopt_spy {
	unsigned int ulp, tx, rx;	/* calls */
	int ulp_errno, tx_errno, rx_errno;
};
extern struct sockopt_spy sockopt_spy;

#endif
