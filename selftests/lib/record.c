// SPDX-License-Identifier: GPL-2.0
/* The reference record layer (RFC 5246 6.2, RFC 8446 5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "record.h"
#include "util.h"

#define AAD_MAX	13

int tt_layer_init(struct tt_layer *l, const struct tt_cipher *c, int version,
		  const struct tt_keys *keys)
{
	memset(l, 0, sizeof(*l));
	l->cipher = c;
	l->version = version;
	l->keys = *keys;
	l->evp = EVP_CIPHER_fetch(NULL, c->evp, NULL);
	if (!l->evp)
		return tt_fail(ENOSYS, "OpenSSL has no cipher %s", c->evp);
	return 0;
}

void tt_layer_rekey(struct tt_layer *l, const struct tt_keys *keys)
{
	l->keys = *keys;
}

void tt_layer_free(struct tt_layer *l)
{
	EVP_CIPHER_free(l->evp);
	l->evp = NULL;
}

size_t tt_record_parse(const unsigned char *wire, size_t len,
		       struct tt_record *r)
{
	if (len < TLS_HEADER_SIZE)
		return 0;
	memset(r, 0, sizeof(*r));
	r->outer = wire[0];
	r->wire_version = wire[1] << 8 | wire[2];
	r->wire_len = wire[3] << 8 | wire[4];
	return TLS_HEADER_SIZE + r->wire_len;
}

/* The nonce of a record: explicit in TLS 1.2 GCM and CCM, else the static iv
 * with the sequence number xored into its end.
 */
static void make_nonce(const struct tt_layer *l, const unsigned char *explicit,
		       unsigned char *nonce)
{
	unsigned char seq[TLS_SEQ_SIZE];
	int i;

	memcpy(nonce, l->keys.nonce, TT_NONCE_SIZE);
	if (tt_cipher_explicit(l->cipher, l->version)) {
		memcpy(nonce + l->cipher->salt, explicit, l->cipher->iv);
		return;
	}
	tt_put64(seq, l->keys.seq);
	for (i = 0; i < TLS_SEQ_SIZE; i++)
		nonce[TT_NONCE_SIZE - TLS_SEQ_SIZE + i] ^= seq[i];
}

/* Additional data: TLS 1.3 has the header as it is on the wire, but for the
 * type, which is always 23; TLS 1.2 has sequence, type, version and the
 * plaintext's length.
 */
static size_t make_aad(const struct tt_layer *l, unsigned char type,
		       size_t plain, size_t wire_len, unsigned char *aad)
{
	size_t n = 0;

	if (l->version == TLS_1_2) {
		tt_put64(aad, l->keys.seq);
		n = TLS_SEQ_SIZE;
		aad[n++] = type;
		wire_len = plain;
	} else {
		aad[n++] = TLS_TYPE_DATA;
	}
	aad[n++] = 3;
	aad[n++] = 3;
	aad[n++] = wire_len >> 8;
	aad[n++] = wire_len;
	return n;
}

static int aead(const struct tt_layer *l, int encrypt,
		const unsigned char *nonce, const unsigned char *aad,
		size_t aad_len, const unsigned char *in, size_t len,
		unsigned char *out, unsigned char *tag)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ccm = l->cipher->ccm;
	int n, ok;

	ok = ctx && EVP_CipherInit_ex(ctx, l->evp, NULL, NULL, NULL, encrypt) &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, TT_NONCE_SIZE,
				 NULL) > 0;
	if (ok && (!encrypt || ccm))
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
					 TLS_TAG_SIZE,
					 encrypt ? NULL : tag) > 0;
	ok = ok && EVP_CipherInit_ex(ctx, NULL, NULL, l->keys.key, nonce,
				     encrypt);
	/* CCM must know the length before anything else, and ends with it. */
	if (ok && ccm)
		ok = EVP_CipherUpdate(ctx, NULL, &n, NULL, len);
	ok = ok && EVP_CipherUpdate(ctx, NULL, &n, aad, aad_len);
	if (ok && (len || ccm))
		ok = EVP_CipherUpdate(ctx, out, &n, in, len) > 0;
	if (ok && !ccm)
		ok = EVP_CipherFinal_ex(ctx, out + len, &n) > 0;
	if (ok && encrypt)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG,
					 TLS_TAG_SIZE, tag) > 0;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

int tt_layer_seal(struct tt_layer *l, unsigned char type, const void *data,
		  size_t len, size_t pad, unsigned char *out)
{
	size_t explicit = tt_cipher_explicit(l->cipher, l->version);
	unsigned char nonce[TT_NONCE_SIZE], aad[AAD_MAX], tag[TLS_TAG_SIZE];
	unsigned char *body = out + TLS_HEADER_SIZE + explicit;
	size_t inner = len, wire_len, n;
	unsigned char *plain;
	int ok;

	if (l->version == TLS_1_3)
		inner += 1 + pad;
	wire_len = explicit + inner + TLS_TAG_SIZE;
	if (TLS_HEADER_SIZE + wire_len > TLS_MAX_RECORD)
		return tt_fail(EMSGSIZE, "record of %zu bytes", len);

	plain = calloc(1, inner + 1);
	memcpy(plain, data, len);
	if (l->version == TLS_1_3)
		plain[len] = type;

	out[0] = l->version == TLS_1_3 ? TLS_TYPE_DATA : type;
	out[1] = 3;
	out[2] = 3;
	out[3] = wire_len >> 8;
	out[4] = wire_len;
	memcpy(out + TLS_HEADER_SIZE, l->keys.nonce + l->cipher->salt,
	       explicit);
	make_nonce(l, out + TLS_HEADER_SIZE, nonce);
	n = make_aad(l, type, len, wire_len, aad);
	ok = aead(l, 1, nonce, aad, n, plain, inner, body, tag);
	memcpy(body + inner, tag, TLS_TAG_SIZE);
	free(plain);
	if (!ok)
		return tt_fail_ssl("seal with %s", l->cipher->name);
	tt_keys_advance(l->cipher, l->version, &l->keys, 1);
	return TLS_HEADER_SIZE + wire_len;
}

int tt_layer_open(struct tt_layer *l, const unsigned char *wire, size_t len,
		  struct tt_record *r)
{
	size_t explicit = tt_cipher_explicit(l->cipher, l->version);
	unsigned char nonce[TT_NONCE_SIZE], aad[AAD_MAX], tag[TLS_TAG_SIZE];
	size_t inner, n;

	if (tt_record_parse(wire, len, r) != len)
		return tt_fail(EINVAL, "not one whole record");
	r->seq = l->keys.seq;
	if (r->wire_len < explicit + TLS_TAG_SIZE + (l->version == TLS_1_3))
		return 0;

	inner = r->wire_len - explicit - TLS_TAG_SIZE;
	wire += TLS_HEADER_SIZE;
	memcpy(r->nonce, wire, explicit);
	memcpy(r->expected, l->keys.nonce + l->cipher->salt, explicit);
	make_nonce(l, r->nonce, nonce);
	n = make_aad(l, r->outer, inner, r->wire_len, aad);
	memcpy(tag, wire + explicit + inner, TLS_TAG_SIZE);
	r->data = malloc(inner + TLS_TAG_SIZE);
	if (!r->data)
		return tt_fail(ENOMEM, "record of %zu bytes", inner);
	r->authentic = aead(l, 0, nonce, aad, n, wire + explicit, inner,
			    r->data, tag);
	tt_keys_advance(l->cipher, l->version, &l->keys, 1);
	if (!r->authentic) {
		free(r->data);
		r->data = NULL;
		return 0;
	}

	r->type = r->outer;
	r->len = inner;
	if (l->version == TLS_1_3) {
		while (r->len && !r->data[r->len - 1])
			r->len--;
		r->pad = inner - r->len;
		/* Nothing but zeroes: a record without a type. */
		r->type = r->len ? r->data[--r->len] : 0;
	}
	return 0;
}
