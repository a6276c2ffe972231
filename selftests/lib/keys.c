// SPDX-License-Identifier: GPL-2.0
/* Traffic keys from a handshake. */
#include <errno.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include "keys.h"
#include "payload.h"
#include "util.h"

#define MASTER_SIZE	48
#define RANDOM_SIZE	32

static size_t unhex(const char *s, unsigned char *out, size_t max)
{
	unsigned int v;
	size_t n = 0;

	while (n < max && sscanf(s, "%2x", &v) == 1) {
		out[n++] = v;
		s += 2;
	}
	return n;
}

void tt_secrets_line(struct tt_secrets *s, const char *line)
{
	const char *value = strrchr(line, ' ');

	if (!value)
		return;
	if (!strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24))
		s->len = unhex(value + 1, s->client, TT_SECRET_MAX);
	else if (!strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24))
		s->len = unhex(value + 1, s->server, TT_SECRET_MAX);
}

static int derive(const char *kdf_name, OSSL_PARAM *params, unsigned char *out,
		  size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, kdf_name, NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	int ok = ctx && EVP_KDF_derive(ctx, out, len, params) > 0;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : tt_fail_ssl("%s", kdf_name);
}

int tt_expand_label(const char *md, const unsigned char *secret, size_t slen,
		    const char *label, unsigned char *out, size_t len)
{
	static const char prefix[] = "tls13 ";
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	unsigned char info[64];
	OSSL_PARAM params[5];
	size_t n = 0;

	/* struct HkdfLabel: length, label, empty context */
	info[n++] = len >> 8;
	info[n++] = len;
	info[n++] = strlen(prefix) + strlen(label);
	n += snprintf((char *)info + n, sizeof(info) - n, "%s%s", prefix,
		      label);
	info[n++] = 0;

	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						     (char *)md, 0);
	params[1] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
						      (void *)secret, slen);
	params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
						      info, n);
	params[4] = OSSL_PARAM_construct_end();
	return derive("HKDF", params, out, len);
}

int tt_keys_tls13(const struct tt_cipher *c, const char *md,
		  const unsigned char *secret, size_t slen,
		  struct tt_keys *keys)
{
	int err;

	memset(keys, 0, sizeof(*keys));
	err = tt_expand_label(md, secret, slen, "key", keys->key, c->key);
	if (err)
		return err;
	return tt_expand_label(md, secret, slen, "iv", keys->nonce,
			       TT_NONCE_SIZE);
}

int tt_traffic_next(struct tt_traffic *t, int option, const struct tt_cipher *c,
		    struct tt_keys *keys)
{
	unsigned char *secret = option == TLS_TX ? t->tx : t->rx;
	unsigned char next[TT_SECRET_MAX];
	int err;

	if (!t->len)
		return tt_fail(ENOKEY, "no secret to go on from");
	err = tt_expand_label(t->md, secret, t->len, "traffic upd", next,
			      t->len);
	if (err)
		return err;
	memcpy(secret, next, t->len);
	return tt_keys_tls13(c, t->md, secret, t->len, keys);
}

int tt_keys_tls12(const struct tt_cipher *c, const char *md,
		  const unsigned char *master, const unsigned char *crandom,
		  const unsigned char *srandom, struct tt_keys *client,
		  struct tt_keys *server)
{
	static const char label[] = "key expansion";
	unsigned char block[2 * (TT_KEY_MAX + TT_NONCE_SIZE)];
	unsigned char seed[sizeof(label) - 1 + 2 * RANDOM_SIZE];
	size_t iv = c->salt ? c->salt : c->iv;
	OSSL_PARAM params[4];
	int err;

	/* The key block's seed has the server's random first. */
	memcpy(seed, label, sizeof(label) - 1);
	memcpy(seed + sizeof(label) - 1, srandom, RANDOM_SIZE);
	memcpy(seed + sizeof(label) - 1 + RANDOM_SIZE, crandom, RANDOM_SIZE);

	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						     (char *)md, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET,
						      (void *)master,
						      MASTER_SIZE);
	params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED,
						      seed, sizeof(seed));
	params[3] = OSSL_PARAM_construct_end();
	err = derive("TLS1-PRF", params, block, 2 * (c->key + iv));
	if (err)
		return err;

	/* AEAD suites have no MAC keys: keys, then fixed nonce parts. */
	memset(client, 0, sizeof(*client));
	memset(server, 0, sizeof(*server));
	memcpy(client->key, block, c->key);
	memcpy(server->key, block + c->key, c->key);
	memcpy(client->nonce, block + 2 * c->key, iv);
	memcpy(server->nonce, block + 2 * c->key + iv, iv);
	client->seq = 1;
	server->seq = 1;
	return 0;
}

int tt_keys_export(SSL *ssl, const struct tt_cipher *c,
		   const struct tt_secrets *secrets, struct tt_keys *client,
		   struct tt_keys *server)
{
	const SSL_CIPHER *suite = SSL_get_current_cipher(ssl);
	const EVP_MD *hash = SSL_CIPHER_get_handshake_digest(suite);
	unsigned char master[MASTER_SIZE], cr[RANDOM_SIZE], sr[RANDOM_SIZE];
	const char *md;
	int err;

	if (!hash)
		return tt_fail_ssl("no hash for suite %s",
				   SSL_CIPHER_get_name(suite));
	md = EVP_MD_get0_name(hash);

	if (SSL_version(ssl) == TLS1_3_VERSION) {
		if (!secrets->len)
			return tt_fail(ENOKEY, "key log gave no secrets");
		err = tt_keys_tls13(c, md, secrets->client, secrets->len,
				    client);
		if (err)
			return err;
		return tt_keys_tls13(c, md, secrets->server, secrets->len,
				     server);
	}

	if (SSL_SESSION_get_master_key(SSL_get_session(ssl), master,
				       sizeof(master)) != MASTER_SIZE)
		return tt_fail_ssl("no master secret");
	SSL_get_client_random(ssl, cr, sizeof(cr));
	SSL_get_server_random(ssl, sr, sizeof(sr));
	return tt_keys_tls12(c, md, master, cr, sr, client, server);
}

void tt_keys_random(const struct tt_cipher *c, struct tt_keys *keys)
{
	memset(keys, 0, sizeof(*keys));
	tt_fill(keys->key, c->key);
	tt_fill(keys->nonce, TT_NONCE_SIZE);
	keys->seq = tt_random() >> 8;
}
