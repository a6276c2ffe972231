/* SPDX-License-Identifier: GPL-2.0 */
/* From evidence to reasons. */
#ifndef WHY_H
#define WHY_H

#include "format.h"
#include "libs.h"
#include "redirect_shared.h"

/**
 * struct evidence - what is known about a program that was traced
 * @counts: of the BPF program; @counts[COUNT_TCP] is UINT64_MAX if not known
 * @counts_known: @counts were read
 * @libs: TLS libraries
 * @ossl_version: of the OpenSSL in @libs, OPENSSL_VERSION_NUMBER, 0: not known
 * @ossl_text: its version in words
 * @ossl_ktls: 1 built with kTLS, 0 not, -1 not known
 * @ossl_conf_on: openssl.cnf switches kTLS on
 */
struct evidence {
	uint64_t counts[COUNT_MAX];
	bool counts_known;
	const struct libs *libs;
	unsigned long ossl_version;
	const char *ossl_text;
	int ossl_ktls;
	bool ossl_conf_on;
};

void why_no_ktls(struct summary *sum, const struct evidence *ev);
void why_partly(struct summary *sum, const struct evidence *ev);
void summary_free(struct summary *sum);

#endif
