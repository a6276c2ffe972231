// SPDX-License-Identifier: GPL-2.0
/* Checks: nginx and HAProxy, where they are, by what they say of themselves. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "ask.h"
#include "check.h"
#include "server.h"

#define SERVER_TIME_LIMIT 10	/* s */

static const struct {
	const char *prefix;	/* of the file name */
	const char *name;
	const char *option;
} servers[] = {
	[SERVER_NGINX] = { "nginx", "nginx", "-V" },
	[SERVER_HAPROXY] = { "haproxy", "HAProxy", "-vv" },
};

static void say(struct check *ck, enum verdict v, enum server_kind kind, const char *path,
		const struct server *srv, const char *advice, const char *detail)
{
	static const char * const ktls[] = { "unknown", "off", "on" };
	struct check_extra extra[] = {
		{ "path", path }, { "version", srv->version }, { "library", server_library(srv) },
		{ "build_ktls", ktls[srv->ktls] },
	};
	char text[1024];

	snprintf(text, sizeof(text), "%s (%.300s)%s%s: %s", srv->version, path,
		 srv->built[0] ? ", " : "", server_library(srv), detail);
	check_say_extra(ck, v, servers[kind].name, advice, text, extra, 4);
}

static void judge_nginx(struct check *ck, const char *path, const struct server *srv,
			enum verdict bad)
{
	unsigned int major = 0, minor = 0;
	bool openssl = openssl_text_version(server_library(srv), &major, &minor);

	if (server_older(srv, 1, 21, 4))
		say(ck, bad, SERVER_NGINX, path, srv, "use nginx 1.21.4 or later",
		    "too old for kTLS");
	else if (!srv->built[0])
		say(ck, bad, SERVER_NGINX, path, srv, "build it with --with-http_ssl_module",
		    "built without TLS");
	else if (!openssl)
		say(ck, bad, SERVER_NGINX, path, srv, "build it with OpenSSL 3.0 or later",
		    "this TLS library has no kTLS for nginx");
	else if (major < 3)
		say(ck, bad, SERVER_NGINX, path, srv, "kTLS needs OpenSSL 3.0 or later",
		    "its OpenSSL is too old for kTLS");
	else if (srv->ktls == FLAG_OFF)
		say(ck, bad, SERVER_NGINX, path, srv,
		    "build it with --with-openssl-opt=enable-ktls",
		    "its OpenSSL was built along with it, without enable-ktls");
	else
		say(ck, V_OK, SERVER_NGINX, path, srv, "have \"ssl_conf_command Options KTLS;\" in "
		    "its configuration (or Options = KTLS in openssl.cnf) and \"sendfile on;\"; nginx "
		    "-T shows it", ck->program ? "can use kTLS with an OpenSSL that can" :
		    "can use kTLS with an OpenSSL that can (tlstrace check --program nginx tries it)");
}

static void judge_haproxy(struct check *ck, const char *path, const struct server *srv,
			  enum verdict bad)
{
	unsigned int major = 3, minor = 0;

	openssl_text_version(server_library(srv), &major, &minor);
	if (!srv->built[0])
		say(ck, bad, SERVER_HAPROXY, path, srv, "build it with USE_OPENSSL=1 USE_KTLS=1",
		    "built without TLS");
	else if (srv->ktls == FLAG_UNKNOWN && server_older(srv, 3, 3, 0))
		say(ck, bad, SERVER_HAPROXY, path, srv, "use HAProxy 3.3 or later",
		    "too old for kTLS, whatever OpenSSL can do");
	else if (srv->ktls != FLAG_ON)
		say(ck, bad, SERVER_HAPROXY, path, srv, "build it with USE_KTLS=1",
		    "built without kTLS");
	else if (major < 3)
		say(ck, bad, SERVER_HAPROXY, path, srv, "kTLS needs OpenSSL 3.0 or later",
		    "its OpenSSL is too old for kTLS");
	else
		say(ck, V_OK, SERVER_HAPROXY, path, srv, "have \"expose-experimental-directives\" in "
		    "its section global and \"ktls on\" on its bind and server lines",
		    "built with kTLS");
}

static void ask_server(struct check *ck, enum server_kind kind, const char *path)
{
	char text[32768], *argv[] = { strdupa(path), strdupa(servers[kind].option), NULL };
	struct question q = {
		.argv = argv, .limit = SERVER_TIME_LIMIT, .text = text, .size = sizeof(text),
	};
	const char *name = servers[kind].name;
	char advice[64];
	struct server srv;
	int err;

	snprintf(advice, sizeof(advice), "see what \"%s %s\" says", servers[kind].prefix,
		 servers[kind].option);
	if (!program_trusted(path)) {
		check_say(ck, V_SKIP, name, "run the check as the user whom it belongs to",
			  "%s is not run: root runs only what belongs to root and others cannot "
			  "write", path);
		return;
	}
	err = ask_program(&q);
	if (err)
		check_say(ck, V_WARN, name, advice, "%s cannot be run: %s", path, strerror(err));
	else if (q.timeout)
		check_say(ck, V_WARN, name, advice, "%s %s does not end", path,
			  servers[kind].option);
	else if (!server_parse(kind, text, &srv))
		check_say(ck, V_WARN, name, advice, "%s %s does not tell its version: %.*s", path,
			  servers[kind].option, (int)strcspn(text, "\n"), text);
	else if (kind == SERVER_NGINX)
		judge_nginx(ck, path, &srv, ck->program ? V_FAIL : V_WARN);
	else
		judge_haproxy(ck, path, &srv, ck->program ? V_FAIL : V_WARN);
}

/**
 * check_servers() - nginx and HAProxy: version, build flags, what is to be configured
 * @ck: the run; without a program in it, those that are installed
 */
void check_servers(struct check *ck)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		const char *base = ck->program ? strrchr(ck->program, '/') : NULL;

		base = base ? base + 1 : ck->program;
		if (base && !strncmp(base, servers[i].prefix, strlen(servers[i].prefix)))
			ask_server(ck, (enum server_kind)i, ck->program);
		else if (!base && check_has_program(servers[i].prefix, path))
			ask_server(ck, (enum server_kind)i, path);
	}
}
