/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference record layer: builds and opens TLS records in userspace with
 * EVP ciphers, for any content type and any padding. It sees what OpenSSL
 * rejects, sends what OpenSSL does not, and serves ciphers that OpenSSL has no
 * suite for.
 */
#ifndef TT_RECORD_H
#define TT_RECORD_H

#include <openssl/evp.h>
#include "cipher.h"

/**
 * struct tt_record - one record, as it was on the wire and opened
 * @outer:	content type of the header
 * @type:	content type; TLS 1.3: the inner one
 * @authentic:	whether the tag was right; @type to @data are valid only then
 * @wire_version: version of the header, should always be 0x0303
 * @wire_len:	length field of the header
 * @seq:	sequence number it was opened with
 * @nonce:	explicit nonce (TLS 1.2 GCM and CCM)
 * @expected:	explicit nonce that counting up from the first one gives
 * @pad:	zero bytes after the inner type (TLS 1.3)
 * @len:	plaintext bytes
 * @data:	plaintext, NULL unless kept
 */
struct tt_record {
	unsigned char outer;
	unsigned char type;
	bool authentic;
	__u16 wire_version;
	__u16 wire_len;
	__u64 seq;
	unsigned char nonce[8];
	unsigned char expected[8];
	size_t pad;
	size_t len;
	unsigned char *data;
};

/**
 * struct tt_layer - one direction of the reference record layer
 * @cipher:	cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @keys:	current keys; the sequence counts up with each record
 * @evp:	OpenSSL's cipher
 */
struct tt_layer {
	const struct tt_cipher *cipher;
	int version;
	struct tt_keys keys;
	EVP_CIPHER *evp;
};

/**
 * tt_layer_init() - prepare a direction
 * @l:		layer
 * @c:		cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @keys:	keys and first sequence
 * Return: 0, or -ENOSYS where OpenSSL lacks the cipher.
 */
int tt_layer_init(struct tt_layer *l, const struct tt_cipher *c, int version,
		  const struct tt_keys *keys);

/**
 * tt_layer_rekey() - go on with other keys
 * @l:		layer
 * @keys:	keys and first sequence
 */
void tt_layer_rekey(struct tt_layer *l, const struct tt_keys *keys);

/**
 * tt_layer_free() - release
 * @l: layer
 */
void tt_layer_free(struct tt_layer *l);

/**
 * tt_layer_seal() - build one record and count the sequence up
 * @l:		layer
 * @type:	content type
 * @data:	plaintext
 * @len:	its bytes
 * @pad:	TLS 1.3: zero bytes to add
 * @out:	TLS_MAX_RECORD bytes
 * Return: bytes on the wire, or -errno.
 */
int tt_layer_seal(struct tt_layer *l, unsigned char type, const void *data,
		  size_t len, size_t pad, unsigned char *out);

/**
 * tt_layer_open() - open one record and count the sequence up
 * @l:		layer
 * @wire:	the record, header included
 * @len:	its bytes
 * @r:		out; r->data is allocated, NULL if not authentic
 *
 * A record that is not authentic is no error here: r->authentic says so.
 *
 * Return: 0 or -errno.
 */
int tt_layer_open(struct tt_layer *l, const unsigned char *wire, size_t len,
		  struct tt_record *r);

/**
 * tt_record_parse() - read a record header
 * @wire:	bytes
 * @len:	how many there are
 * @r:		out: outer, wire_version, wire_len
 * Return: whole length of the record in bytes, 0 if the header is incomplete.
 */
size_t tt_record_parse(const unsigned char *wire, size_t len,
		       struct tt_record *r);

#endif
