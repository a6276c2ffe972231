/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one table of ciphers, and the key material that goes with a direction.
 */
#ifndef TT_CIPHER_H
#define TT_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include "uapi.h"

#define TT_KEY_MAX	32
#define TT_NONCE_SIZE	12

/**
 * struct tt_cipher - one AEAD of kernel TLS
 * @name:	for people, as in "AES-128-GCM"
 * @feature:	name for TLS_REQUIRE and skip reasons
 * @number:	TLS_CIPHER_* of the kernel
 * @key:	key size in bytes
 * @iv:		size of the iv field of the kernel's structure
 * @salt:	size of the salt field; @salt + @iv is always %TT_NONCE_SIZE
 * @tls13:	whether the kernel takes it with TLS 1.3
 * @ccm:	CCM mode: OpenSSL wants lengths and tag in another order
 * @evp:	OpenSSL cipher name, for the reference record layer
 * @suite12:	OpenSSL's name of the TLS 1.2 suite, NULL if it has none
 * @suite13:	OpenSSL's name of the TLS 1.3 suite, NULL if it has none
 */
struct tt_cipher {
	const char *name;
	const char *feature;
	__u16 number;
	unsigned char key;
	unsigned char iv;
	unsigned char salt;
	bool tls13;
	bool ccm;
	const char *evp;
	const char *suite12;
	const char *suite13;
};

extern const struct tt_cipher tt_ciphers[];
extern const size_t tt_cipher_count;

/**
 * struct tt_keys - what protects one direction from one record on
 * @key:	traffic key, cipher->key bytes of it
 * @nonce:	kernel order, salt then iv. TLS 1.3 and ChaCha20: the static iv of
 *		RFC 8446 5.3. TLS 1.2 with GCM/CCM: fixed part and the first
 *		explicit nonce (RFC 5288 3).
 * @seq:	sequence number of the next record
 */
struct tt_keys {
	unsigned char key[TT_KEY_MAX];
	unsigned char nonce[TT_NONCE_SIZE];
	__u64 seq;
};

/**
 * tt_cipher_find() - look up by kernel number
 * @number: TLS_CIPHER_*
 * Return: the table's row or NULL.
 */
const struct tt_cipher *tt_cipher_find(int number);

/**
 * tt_cipher_explicit() - explicit nonce bytes in front of each record's body
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * Return: 8 for GCM and CCM in TLS 1.2 (RFC 5288, RFC 6655), else 0.
 */
size_t tt_cipher_explicit(const struct tt_cipher *c, int version);

/**
 * tt_cipher_overhead() - bytes a record has on the wire beyond its plaintext
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * Return: header, explicit nonce, inner type and tag, in bytes; no padding.
 */
size_t tt_cipher_overhead(const struct tt_cipher *c, int version);

/**
 * tt_cipher_info_size() - size of the kernel's structure for this cipher
 * @c: cipher
 * Return: bytes, the only optlen the kernel accepts.
 */
size_t tt_cipher_info_size(const struct tt_cipher *c);

/**
 * tt_cipher_pack() - fill the structure for setsockopt
 * @c:		cipher
 * @version:	version to write into it
 * @keys:	key, nonce and sequence
 * @info:	out, TLS_CRYPTO_INFO_MAX bytes
 * Return: bytes used.
 */
size_t tt_cipher_pack(const struct tt_cipher *c, int version,
		      const struct tt_keys *keys, void *info);

/**
 * tt_cipher_unpack() - read the structure that getsockopt filled
 * @c:		cipher
 * @info:	as from getsockopt
 * @keys:	out
 */
void tt_cipher_unpack(const struct tt_cipher *c, const void *info,
		      struct tt_keys *keys);

/**
 * tt_keys_advance() - where the kernel's state stands after some records
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @keys:	changed in place: sequence, and the explicit nonce of TLS 1.2,
 *		which the kernel counts up with each record
 * @records:	how many records passed
 */
void tt_keys_advance(const struct tt_cipher *c, int version,
		     struct tt_keys *keys, __u64 records);

/**
 * tt_put64() - store a sequence number in network order
 * @p: 8 bytes
 * @v: value
 */
void tt_put64(unsigned char *p, __u64 v);

/**
 * tt_get64() - load a big-endian 64 bit number
 * @p: 8 bytes
 * Return: the value.
 */
__u64 tt_get64(const unsigned char *p);

#endif
