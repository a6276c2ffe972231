// SPDX-License-Identifier: GPL-2.0
/* Checks: the OpenSSL that programs get here. */
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

static void check_try(struct check *ck, const struct ossl_info *info, const char *version,
		      const struct ossl_try *res, bool want_recv)
{
	char what[32], send[80], recv[80];
	enum verdict v = V_OK;
	const char *advice = NULL;

	snprintf(what, sizeof(what), "OpenSSL TLS %s", version);
	if (!res->done) {
		check_say(ck, V_WARN, what, NULL, "the test connection failed: %s", res->error);
		return;
	}
	if (!ck->have_tls) {
		check_say(ck, V_SKIP, what, NULL, "the kernel's ULP tls does not work (see above)");
		return;
	}
	say_direction(send, sizeof(send), "sends", res->send, res->tx_asked, res->tx_errno);
	say_direction(recv, sizeof(recv), "receives", res->recv, res->rx_asked, res->rx_errno);
	if (!res->send || (want_recv && !res->recv))
		v = V_WARN;
	if (!want_recv && !res->recv)
		advice = "OpenSSL 3.2 and later receive by kTLS with TLS 1.3";
	check_say(ck, v, what, advice, "%s, %s%s", send, recv,
		  info->number < 0x30000000UL ? " (needs OpenSSL 3.0)" : "");
}

/**
 * check_openssl() - version, built with kTLS, switched on, and does it work?
 * @ck: the run
 */
void check_openssl(struct check *ck)
{
	struct ossl_info info;

	ossl_probe(NULL, &info);
	if (!info.found) {
		check_say(ck, V_SKIP, "OpenSSL", NULL, "%s", info.error);
		return;
	}
	if (info.number < 0x30000000UL) {
		check_say(ck, V_WARN, "OpenSSL", "kTLS needs OpenSSL 3.0 or later", "%s (%s)",
			  info.version, info.library);
		return;
	}
	if (!info.v12.done && !info.v13.done) {
		check_say(ck, V_WARN, "OpenSSL", NULL, "%s (%s): no test connection: %s",
			  info.version, info.library, info.v12.error);
		return;
	}
	if (!ossl_built_with_ktls(&info)) {
		check_say(ck, V_WARN, "OpenSSL", "build OpenSSL with enable-ktls",
			  "%s (%s), built without kTLS", info.version, info.library);
		return;
	}
	check_say(ck, V_OK, "OpenSSL", NULL, "%s (%s), built with kTLS", info.version,
		  info.library);
	if (info.conf_on)
		check_say(ck, V_OK, "openssl.cnf", NULL, "switches kTLS on for every program");
	else
		check_say(ck, V_WARN, "openssl.cnf",
			  "set \"Options = KTLS\" in its system default section, or "
			  "SSL_OP_ENABLE_KTLS in the program",
			  "does not switch kTLS on: programs have to do it");
	check_try(ck, &info, "1.2", &info.v12, true);
	check_try(ck, &info, "1.3", &info.v13, info.number >= 0x30200000UL);
}
