// SPDX-License-Identifier: GPL-2.0
/* A certificate made at run time. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include "cert.h"
#include "util.h"

#define DAY	(24L * 3600)

static EVP_PKEY *pkey;
static X509 *cert;

int tt_cert_init(void)
{
	X509_NAME *name;

	if (cert)
		return 0;
	pkey = EVP_EC_gen("P-256");
	cert = X509_new();
	if (!pkey || !cert)
		return tt_fail_ssl("key for the test certificate");
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	/* Test machines' clocks are often wrong, but not by the hour here. */
	X509_gmtime_adj(X509_getm_notBefore(cert), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), DAY);
	X509_set_pubkey(cert, pkey);
	name = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)"localhost", -1, -1,
				   0);
	X509_set_issuer_name(cert, name);
	if (!X509_sign(cert, pkey, EVP_sha256()))
		return tt_fail_ssl("test certificate");
	return 0;
}

int tt_cert_use(SSL_CTX *ctx)
{
	int err = tt_cert_init();

	if (err)
		return err;
	if (SSL_CTX_use_certificate(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, pkey) != 1)
		return tt_fail_ssl("use of the test certificate");
	return 0;
}

int tt_cert_use_ssl(SSL *ssl)
{
	int err = tt_cert_init();

	if (err)
		return err;
	if (SSL_use_certificate(ssl, cert) != 1 ||
	    SSL_use_PrivateKey(ssl, pkey) != 1)
		return tt_fail_ssl("use of the test certificate");
	return 0;
}
