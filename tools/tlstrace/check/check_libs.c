// SPDX-License-Identifier: GPL-2.0
/* Checks: the TLS libraries of a program. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "gnutls_conf.h"

#define SEE_EXEC "tlstrace exec -- PROGRAM shows whether it asks for kTLS"

static void say(struct check *ck, enum verdict v, enum lib_kind kind, const char *path,
		const char *advice, const char *detail)
{
	struct check_extra extra[] = { { "library", lib_kind_name(kind) }, { "path", path } };
	char text[1024];

	snprintf(text, sizeof(text), "%s (%.400s)%s%s", lib_kind_name(kind), path,
		 detail[0] ? ": " : "", detail);
	check_say_extra(ck, v, "TLS library", advice, text, extra, 2);
}

static void check_gnutls(struct check *ck, const char *path, enum verdict bad)
{
	const char *conf = gnutls_conf_path();
	char detail[512], advice[512];
	bool on = false;
	FILE *f;

	if (!gnutls_built_with_ktls(path)) {
		say(ck, bad, LIB_GNUTLS, path, "build GnuTLS 3.7.3 or later with --enable-ktls",
		    "built without kTLS");
		return;
	}
	f = fopen(conf, "re");
	if (f) {
		on = gnutls_conf_ktls(f);
		fclose(f);
	}
	snprintf(detail, sizeof(detail), "built with kTLS, %s in %.300s", on ? "switched on" :
		 "not switched on", conf);
	snprintf(advice, sizeof(advice), "set \"ktls = true\" in its section [global]");
	say(ck, on ? V_OK : V_WARN, LIB_GNUTLS, path, on ? NULL : advice, detail);
}

/* @bad: the verdict if it cannot do kTLS. */
static void check_lib(struct check *ck, const struct libs *libs, unsigned int i, enum verdict bad)
{
	enum lib_kind kind = libs->lib[i].kind;
	const char *path = libs->lib[i].path;

	switch (kind) {
	case LIB_OPENSSL:
		say(ck, V_OK, kind, path, NULL, "");
		check_openssl_library(ck, path, libs->libcrypto);
		break;
	case LIB_GNUTLS:
		check_gnutls(ck, path, bad);
		break;
	case LIB_S2N:
		say(ck, V_WARN, kind, path, SEE_EXEC,
		    "uses kTLS where the program calls s2n_connection_ktls_enable_send()");
		break;
	case LIB_CURL:
		say(ck, V_WARN, kind, path, "only what the program itself does with its TLS library "
		    "can use kTLS", "reads and writes its sockets itself, so that no TLS library can "
		    "use kTLS on them");
		break;
	case LIB_NSS:
	case LIB_MBEDTLS:
	case LIB_WOLFSSL:
		say(ck, bad, kind, path, "use a build of the program with OpenSSL 3.0 or later",
		    "does not use kTLS");
		break;
	}
}

static void say_none(struct check *ck, const char *library, const char *advice,
		     const char *detail)
{
	struct check_extra extra[] = { { "library", library }, { "path", "" } };

	check_say_extra(ck, V_WARN, "TLS library", advice, detail, extra, 2);
}

static void check_built_in(struct check *ck, const struct libs *libs)
{
	char detail[256];

	if (!strncmp(libs->static_openssl, "OpenSSL 0.", 10) ||
	    !strncmp(libs->static_openssl, "OpenSSL 1.", 10)) {
		snprintf(detail, sizeof(detail), "%s, linked into the program",
			 libs->static_openssl);
		say_none(ck, "OpenSSL", "kTLS needs OpenSSL 3.0 or later", detail);
		return;
	}
	snprintf(detail, sizeof(detail), "%s, linked into the program; %s", libs->static_openssl,
		 libs->static_ktls ? "with its code for kTLS" :
		 "built with kTLS or not cannot be told from outside (before 3.2)");
	say_none(ck, "OpenSSL", "switch kTLS on in the program (SSL_OP_ENABLE_KTLS); " SEE_EXEC,
		 detail);
}

/**
 * check_libs() - check the TLS libraries of a program
 * @ck: the run
 * @libs: what they are
 */
void check_libs(struct check *ck, const struct libs *libs)
{
	unsigned int real = libs->count - (libs_path(libs, LIB_CURL) != NULL);

	for (unsigned int i = 0; i < libs->count; i++)
		check_lib(ck, libs, i, real == 1 ? V_FAIL : V_WARN);
	if (libs->count)
		return;
	if (libs->is_go)
		say_none(ck, "Go", SEE_EXEC, "crypto/tls of Go does not use kTLS; a program may "
			 "bring code of its own");
	else if (libs->static_openssl[0])
		check_built_in(ck, libs);
	else if (libs->is_static)
		say_none(ck, "", SEE_EXEC, "not to be seen in a statically linked program");
	else
		say_none(ck, "", SEE_EXEC, "none is linked to it; what it loads while it runs "
			 "(plugins, modules of an interpreter) is not seen");
}
