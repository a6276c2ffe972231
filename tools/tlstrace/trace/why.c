// SPDX-License-Identifier: GPL-2.0
/* Why a program did not use kTLS, or not in both directions. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "names.h"
#include "why.h"

static void __attribute__((format(printf, 2, 3)))
reason(struct summary *sum, const char *fmt, ...)
{
	char raw[1024], clean[2048];
	va_list ap;

	if (sum->nreasons == SUMMARY_REASONS)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	/* Paths and versions in it come from elsewhere. */
	escape_text(clean, sizeof(clean), raw, strlen(raw));
	sum->reasons[sum->nreasons] = strdup(clean);
	if (sum->reasons[sum->nreasons])
		sum->nreasons++;
}

static void how_to_switch_on(struct summary *sum, const struct evidence *ev)
{
	if (ev->ossl_conf_on)
		reason(sum, "openssl.cnf switches kTLS on: then there was no complete handshake, the "
		       "cipher agreed on is not one for kTLS (AES-GCM, AES-CCM, "
		       "ChaCha20-Poly1305), or the program does not give OpenSSL the socket");
	else
		reason(sum, "the system's openssl.cnf does not switch kTLS on: set \"Options = KTLS\" "
		       "there, or SSL_OP_ENABLE_KTLS in the program (nginx: \"ssl_conf_command "
		       "Options KTLS;\")");
}

static void about_openssl(struct summary *sum, const struct evidence *ev)
{
	const char *path = libs_path(ev->libs, LIB_OPENSSL);

	if (ev->ossl_version && ev->ossl_version < 0x30000000UL)
		reason(sum, "it uses %s (%s): kTLS needs OpenSSL 3.0 or later", path,
		       ev->ossl_text);
	else if (ev->ossl_ktls == 0)
		reason(sum, "it uses %s (%s), which was built without kTLS", path, ev->ossl_text);
	else
		reason(sum, "it uses %s%s%s%s%s", path, ev->ossl_text ? " (" : "",
		       ev->ossl_text ? ev->ossl_text : "", ev->ossl_text ? ")" : "",
		       ev->ossl_ktls == 1 ? ", built with kTLS" : "");
	if (ev->ossl_ktls != 0 && (!ev->ossl_version || ev->ossl_version >= 0x30000000UL))
		how_to_switch_on(sum, ev);
	if (libs_path(ev->libs, LIB_CURL))
		reason(sum, "libcurl reads and writes the socket itself, on behalf of OpenSSL: kTLS "
		       "is not possible then");
}

static void about_libraries(struct summary *sum, const struct evidence *ev)
{
	const struct libs *libs = ev->libs;

	if (libs_path(libs, LIB_OPENSSL))
		about_openssl(sum, ev);
	if (libs_path(libs, LIB_GNUTLS))
		reason(sum, "it uses %s: GnuTLS needs to be built with kTLS, which Debian's is not, "
		       "and \"ktls = true\" in its configuration", libs_path(libs, LIB_GNUTLS));
	for (unsigned int i = 0; i < libs->count; i++)
		if (libs->lib[i].kind == LIB_NSS || libs->lib[i].kind == LIB_MBEDTLS ||
		    libs->lib[i].kind == LIB_WOLFSSL)
			reason(sum, "it uses %s: %s does not use kTLS", libs->lib[i].path,
			       lib_kind_name(libs->lib[i].kind));
		else if (libs->lib[i].kind == LIB_S2N)
			reason(sum, "it uses %s: s2n-tls uses kTLS where the program calls "
			       "s2n_connection_ktls_enable_*()", libs->lib[i].path);
	if (libs->is_go)
		reason(sum, "it is a Go program: crypto/tls does not use kTLS");
	else if (libs->static_openssl[0] && !libs->count)
		reason(sum, "%s is linked into it: built with kTLS or not cannot be told from outside",
		       libs->static_openssl);
	else if (libs->is_static)
		reason(sum, "it is statically linked: its TLS library cannot be told from outside");
	else if (!libs->count && !libs->is_script)
		reason(sum, "no TLS library was seen in it");
}

static void list_failures(struct summary *sum, enum errno_where where, const char *what)
{
	const struct error_count *list = sum->totals->failures;
	char buf[NAME_SIZE];

	for (unsigned int i = 0; i < 16 && list[i].err; i++) {
		const char *meaning = errno_meaning(where, list[i].err);

		if (list[i].where != where)
			continue;
		reason(sum, "%s failed %u time%s with %s%s%s", what, list[i].count,
		       list[i].count == 1 ? "" : "s", name_errno(list[i].err, buf),
		       meaning ? ": " : "", meaning ? meaning : "");
	}
}

/**
 * why_no_ktls() - add the likely reasons for "no kTLS seen"
 * @sum: the run; @totals, @lost are set
 * @ev: evidence
 */
void why_no_ktls(struct summary *sum, const struct evidence *ev)
{
	uint64_t asked = ev->counts[COUNT_ULP_TLS] + ev->counts[COUNT_ULP_TRACE];
	uint64_t keys = ev->counts[COUNT_TLS_TX] + ev->counts[COUNT_TLS_RX];
	const struct conn_totals *t = sum->totals;

	if (sum->lost)
		reason(sum, "%" PRIu64 " events were lost: there may have been some", sum->lost);
	if (!ev->counts_known) {
		about_libraries(sum, ev);
		return;
	}
	if (!ev->counts[COUNT_TCP] && !asked) {
		reason(sum, "the program made no TCP connection (sockets that it inherited, and work "
		       "that it asked a daemon to do, are not seen)");
		return;
	}
	if (!asked) {
		if (ev->counts[COUNT_TCP] == UINT64_MAX)
			reason(sum, "the program never asked for kTLS");
		else
			reason(sum, "the program made %" PRIu64 " TCP connection%s and never asked "
			       "for kTLS", ev->counts[COUNT_TCP],
			       ev->counts[COUNT_TCP] == 1 ? "" : "s");
		about_libraries(sum, ev);
		return;
	}
	list_failures(sum, WHERE_ATTACH, "setting the ULP");
	/*
	 * More requests than sockets are normal (OpenSSL asks for each direction,
	 * and ignores EEXIST); requests without any socket are not.
	 */
	if (!t->connections && !t->attach_failed && !sum->lost)
		reason(sum, "%" PRIu64 " request%s for kTLS never reached tls_trace: not a TCP "
		       "socket, or one that had a ULP already", asked, asked == 1 ? "" : "s");
	if (keys) {
		list_failures(sum, WHERE_KEY, "giving the kernel a key");
	} else if (t->connections) {
		reason(sum, "%" PRIu64 " socket%s got the ULP, but no key: some libraries set the "
		       "ULP whether kTLS is switched on or not", t->connections,
		       t->connections == 1 ? "" : "s");
		about_libraries(sum, ev);
	}
}

/**
 * why_partly() - add notes where kTLS was used, but not everywhere
 * @sum: the run; @totals, @lost are set
 * @ev: evidence
 */
void why_partly(struct summary *sum, const struct evidence *ev)
{
	const struct conn_totals *t = sum->totals;

	list_failures(sum, WHERE_KEY, "giving the kernel a key");
	if (t->key_due && ev->ossl_version >= 0x30000000UL && ev->ossl_version < 0x30200000UL)
		reason(sum, "KeyUpdate ended %" PRIu64 " connection%s: %s does not tell the kernel of "
		       "the new key; 3.2 and later do, on Linux 6.14 and later", t->key_due,
		       t->key_due == 1 ? "" : "s", ev->ossl_text);
	else if (t->key_due)
		reason(sum, "KeyUpdate ended %" PRIu64 " connection%s: the kernel was not given the "
		       "new key, which it takes from Linux 6.14 on", t->key_due,
		       t->key_due == 1 ? "" : "s");
	if (t->with_rx < t->with_any && ev->ossl_version >= 0x30000000UL &&
	    ev->ossl_version < 0x30200000UL)
		reason(sum, "%s does not receive by kTLS with TLS 1.3; 3.2 and later do",
		       ev->ossl_text);
}

/**
 * summary_free() - free what why_*() added
 * @sum: the run
 */
void summary_free(struct summary *sum)
{
	for (unsigned int i = 0; i < sum->nreasons; i++)
		free(sum->reasons[i]);
	sum->nreasons = 0;
}
