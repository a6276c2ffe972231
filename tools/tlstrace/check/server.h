/* SPDX-License-Identifier: GPL-2.0 */
/* What nginx and HAProxy say about how they were built. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

enum server_kind { SERVER_NGINX, SERVER_HAPROXY };
enum server_flag { FLAG_UNKNOWN, FLAG_OFF, FLAG_ON };

/**
 * struct server - a server program
 * @version: its version in words
 * @major: first number of the version
 * @minor: second
 * @patch: third
 * @built: TLS library that it was built with, "" if none
 * @running: TLS library that it runs with, "" if the same
 * @own_openssl: nginx: OpenSSL was built along with it (--with-openssl)
 * @ktls: nginx with @own_openssl: enable-ktls was given; HAProxy: feature KTLS
 */
struct server {
	char version[48];
	unsigned int major, minor, patch;
	char built[96];
	char running[96];
	bool own_openssl;
	enum server_flag ktls;
};

bool server_parse(enum server_kind kind, const char *text, struct server *srv);
bool server_older(const struct server *srv, unsigned int major, unsigned int minor,
		  unsigned int patch);
const char *server_library(const struct server *srv);
bool openssl_text_version(const char *text, unsigned int *major, unsigned int *minor);

#endif
