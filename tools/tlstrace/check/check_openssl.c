// SPDX-License-Identifier: GPL-2.0
/* Checks: the OpenSSL that programs get here, or the one that a program has. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "names.h"
#include "ossl.h"

static void say_direction(char *buf, size_t size, const char *name, bool used, bool asked, int err)
{
	char errbuf[NAME_SIZE];

	if (used)
		snprintf(buf, size, "%s by kTLS", name);
	else if (!asked)
		snprintf(buf, size, "%s not by kTLS (OpenSSL does not ask)", name);
	else
		snprintf(buf, size, "%s not by kTLS (the kernel says %s)", name,
			 err ? name_errno(err, errbuf) : "yes, OpenSSL no");
}

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void check_try(struct check *ck, const struct ossl_info *info, const char *version,
		      const struct ossl_try *res, bool want_recv)
{
	char what[32], send[80], recv[80], detail[256];
	struct check_extra extra[] = {
		{ "version", version }, { "send", yes_no(res->send) },
		{ "recv", yes_no(res->recv) },
	};
	enum verdict v = V_OK;
	const char *advice = NULL;

	snprintf(what, sizeof(what), "OpenSSL TLS %s", version);
	if (!res->done) {
		check_say(ck, V_WARN, what, strstr(res->error, "loopback") ?
			  "bring loopback up: ip link set lo up" :
			  "see whether openssl.cnf forbids this version, or PSK",
			  "the test connection failed: %s", res->error);
		return;
	}
	if (!ck->have_tls) {
		check_say(ck, V_SKIP, what, NULL, "the kernel's ULP tls does not work (see above)");
		return;
	}
	say_direction(send, sizeof(send), "sends", res->send, res->tx_asked, res->tx_errno);
	say_direction(recv, sizeof(recv), "receives", res->recv, res->rx_asked, res->rx_errno);
	if (!res->send || (want_recv && !res->recv)) {
		v = V_WARN;
		advice = "see the checks of the ULP and of its ciphers";
	}
	if (!want_recv && !res->recv)
		advice = "OpenSSL 3.2 and later receive by kTLS with TLS 1.3";
	snprintf(detail, sizeof(detail), "%s, %s%s", send, recv,
		 info->number < 0x30000000UL ? " (needs OpenSSL 3.0)" : "");
	check_say_extra(ck, v, what, advice, detail, extra, 3);
}

static void check_conf(struct check *ck, const struct ossl_info *info)
{
	struct check_extra extra[] = {
		{ "ktls", info->conf_on ? "on" : "off" }, { "directory", info->conf_dir },
	};
	char detail[256];

	if (info->conf_on) {
		check_say_extra(ck, V_OK, "openssl.cnf", NULL,
				"switches kTLS on for every program", extra, 2);
		return;
	}
	snprintf(detail, sizeof(detail), "does not switch kTLS on%s%s%s: programs have to do it",
		 info->conf_dir[0] ? " (" : "", info->conf_dir, info->conf_dir[0] ? ")" : "");
	check_say_extra(ck, V_WARN, "openssl.cnf",
			"set \"Options = KTLS\" in its system default section, or "
			"SSL_OP_ENABLE_KTLS in the program", detail, extra, 2);
}

/* Returns true if there is more to be tried. */
static bool check_library(struct check *ck, const struct ossl_info *info, enum verdict bad)
{
	struct check_extra extra[] = {
		{ "library", info->library }, { "libcrypto", info->libcrypto },
		{ "version", info->version }, { "ktls", "unknown" },
	};
	const char *advice = NULL;
	char detail[700];
	enum verdict v = bad;
	int len;

	len = snprintf(detail, sizeof(detail), info->version[0] ? "%s (%s)" : "%s%s",
		       info->version, info->library);
	if (info->number && info->number < 0x30000000UL) {
		advice = "kTLS needs OpenSSL 3.0 or later";
		extra[3].value = "no";
	} else if (!info->found) {
		v = V_WARN;
		advice = "see with tlstrace exec what a program really does";
		snprintf(detail + len, sizeof(detail) - (size_t)len, ": cannot be tried: %s",
			 info->error);
	} else if (!info->v12.done && !info->v13.done) {
		v = V_WARN;
		advice = strstr(info->v12.error, "loopback") ?
			"bring loopback up: ip link set lo up" :
			"see with tlstrace exec what a program really does";
		snprintf(detail + len, sizeof(detail) - (size_t)len, ": no test connection: %s",
			 info->v12.error);
	} else if (!ossl_built_with_ktls(info)) {
		advice = "build OpenSSL with enable-ktls";
		extra[3].value = "no";
		snprintf(detail + len, sizeof(detail) - (size_t)len, ", built without kTLS");
	} else {
		v = V_OK;
		extra[3].value = "yes";
		snprintf(detail + len, sizeof(detail) - (size_t)len, ", built with kTLS");
	}
	check_say_extra(ck, v, "OpenSSL", advice, detail, extra, 4);
	return v == V_OK;
}

/**
 * check_openssl_library() - version, built with kTLS, switched on, and does it work?
 * @ck: the run
 * @library: path of the libssl that a program has; NULL: the one that programs get here
 * @libcrypto: path of the libcrypto that goes with it, "" if not known
 */
void check_openssl_library(struct check *ck, const char *library, const char *libcrypto)
{
	struct ossl_info info;

	ossl_probe(library, libcrypto, &info);
	if (!library && !info.library[0]) {
		check_say(ck, V_SKIP, "OpenSSL", NULL, "%s", info.error);
		return;
	}
	if (library && !info.library[0])
		snprintf(info.library, sizeof(info.library), "%s", library);
	if (!check_library(ck, &info, library ? V_FAIL : V_WARN))
		return;
	check_conf(ck, &info);
	check_try(ck, &info, "1.2", &info.v12, true);
	check_try(ck, &info, "1.3", &info.v13, info.number >= 0x30200000UL);
}

/**
 * check_openssl() - the OpenSSL that programs get here
 * @ck: the run
 */
void check_openssl(struct check *ck)
{
	check_openssl_library(ck, NULL, "");
}
