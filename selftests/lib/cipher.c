// SPDX-License-Identifier: GPL-2.0
/* The table of ciphers and the layout of the kernel's structures. */
#include <string.h>
#include "cipher.h"

const struct tt_cipher tt_ciphers[] = {
	{ "AES-128-GCM", "aes-gcm-128", TLS_CIPHER_AES_GCM_128, 16, 8, 4, true,
	  false, "AES-128-GCM", "ECDHE-ECDSA-AES128-GCM-SHA256",
	  "TLS_AES_128_GCM_SHA256" },
	{ "AES-256-GCM", "aes-gcm-256", TLS_CIPHER_AES_GCM_256, 32, 8, 4, true,
	  false, "AES-256-GCM", "ECDHE-ECDSA-AES256-GCM-SHA384",
	  "TLS_AES_256_GCM_SHA384" },
	{ "AES-128-CCM", "aes-ccm-128", TLS_CIPHER_AES_CCM_128, 16, 8, 4, true,
	  true, "AES-128-CCM", "ECDHE-ECDSA-AES128-CCM",
	  "TLS_AES_128_CCM_SHA256" },
	{ "CHACHA20-POLY1305", "chacha20-poly1305",
	  TLS_CIPHER_CHACHA20_POLY1305, 32, 12, 0, true,
	  false, "ChaCha20-Poly1305", "ECDHE-ECDSA-CHACHA20-POLY1305",
	  "TLS_CHACHA20_POLY1305_SHA256" },
	{ "SM4-GCM", "sm4-gcm", TLS_CIPHER_SM4_GCM, 16, 8, 4, true,
	  false, "SM4-GCM", NULL, NULL },
	{ "SM4-CCM", "sm4-ccm", TLS_CIPHER_SM4_CCM, 16, 8, 4, true,
	  true, "SM4-CCM", NULL, NULL },
	{ "ARIA-128-GCM", "aria-gcm-128", TLS_CIPHER_ARIA_GCM_128, 16, 8, 4,
	  false, false, "ARIA-128-GCM", "ECDHE-ECDSA-ARIA128-GCM-SHA256",
	  NULL },
	{ "ARIA-256-GCM", "aria-gcm-256", TLS_CIPHER_ARIA_GCM_256, 32, 8, 4,
	  false, false, "ARIA-256-GCM", "ECDHE-ECDSA-ARIA256-GCM-SHA384",
	  NULL },
};

const size_t tt_cipher_count = sizeof(tt_ciphers) / sizeof(tt_ciphers[0]);

const struct tt_cipher *tt_cipher_find(int number)
{
	size_t i;

	for (i = 0; i < tt_cipher_count; i++)
		if (tt_ciphers[i].number == number)
			return &tt_ciphers[i];
	return NULL;
}

size_t tt_cipher_explicit(const struct tt_cipher *c, int version)
{
	return version == TLS_1_2 && c->salt ? c->iv : 0;
}

size_t tt_cipher_overhead(const struct tt_cipher *c, int version)
{
	return TLS_HEADER_SIZE + tt_cipher_explicit(c, version) +
	       (version == TLS_1_3) + TLS_TAG_SIZE;
}

size_t tt_cipher_info_size(const struct tt_cipher *c)
{
	return sizeof(struct tls_crypto_info) + c->iv + c->key + c->salt +
	       TLS_SEQ_SIZE;
}

size_t tt_cipher_pack(const struct tt_cipher *c, int version,
		      const struct tt_keys *keys, void *info)
{
	struct tls_crypto_info head = { version, c->number };
	unsigned char *p = info;

	memset(info, 0, TLS_CRYPTO_INFO_MAX);
	memcpy(p, &head, sizeof(head));
	p += sizeof(head);
	memcpy(p, keys->nonce + c->salt, c->iv);
	p += c->iv;
	memcpy(p, keys->key, c->key);
	p += c->key;
	memcpy(p, keys->nonce, c->salt);
	p += c->salt;
	tt_put64(p, keys->seq);
	return tt_cipher_info_size(c);
}

void tt_cipher_unpack(const struct tt_cipher *c, const void *info,
		      struct tt_keys *keys)
{
	const unsigned char *p = info;

	memset(keys, 0, sizeof(*keys));
	p += sizeof(struct tls_crypto_info);
	memcpy(keys->nonce + c->salt, p, c->iv);
	p += c->iv;
	memcpy(keys->key, p, c->key);
	p += c->key;
	memcpy(keys->nonce, p, c->salt);
	p += c->salt;
	keys->seq = tt_get64(p);
}

void tt_keys_advance(const struct tt_cipher *c, int version,
		     struct tt_keys *keys, __u64 records)
{
	keys->seq += records;
	if (tt_cipher_explicit(c, version))
		tt_put64(keys->nonce + c->salt,
			 tt_get64(keys->nonce + c->salt) + records);
}

void tt_put64(unsigned char *p, __u64 v)
{
	int i;

	for (i = 7; i >= 0; i--, v >>= 8)
		p[i] = v;
}

__u64 tt_get64(const unsigned char *p)
{
	__u64 v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}
