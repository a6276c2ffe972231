/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel interface of kTLS as far as tlstrace uses it, defined here so
 * that building does not need headers newer than the ones installed. Values
 * are those of the kernel's include/uapi/linux/tls.h.
 */
#ifndef KTLS_UAPI_H
#define KTLS_UAPI_H

#include <stdint.h>

#define KTLS_SOL_TCP		6
#define KTLS_TCP_ULP		31
#define KTLS_SOL_TLS		282

enum {
	KTLS_TX			= 1,
	KTLS_RX			= 2,
	KTLS_TX_ZEROCOPY_RO	= 3,
	KTLS_RX_EXPECT_NO_PAD	= 4,
	KTLS_TX_MAX_PAYLOAD_LEN	= 5,
};

#define KTLS_VERSION_12		0x0303
#define KTLS_VERSION_13		0x0304

enum {
	KTLS_AES_128_GCM	= 51,
	KTLS_AES_256_GCM	= 52,
	KTLS_AES_128_CCM	= 53,
	KTLS_CHACHA20_POLY1305	= 54,
	KTLS_SM4_GCM		= 55,
	KTLS_SM4_CCM		= 56,
	KTLS_ARIA_128_GCM	= 57,
	KTLS_ARIA_256_GCM	= 58,
};
#define KTLS_CIPHER_FIRST	KTLS_AES_128_GCM
#define KTLS_CIPHER_COUNT	8

/* Record types: RFC 5246 A.1, RFC 8446 B.1. */
enum {
	TLS_TYPE_CCS		= 20,
	TLS_TYPE_ALERT		= 21,
	TLS_TYPE_HANDSHAKE	= 22,
	TLS_TYPE_DATA		= 23,
};

/* How a direction is handled. */
enum { CONF_NONE, CONF_BASE, CONF_SW, CONF_HW };

/* Attributes of a socket in sock_diag, INET_ULP_INFO_TLS. */
enum {
	KTLS_INFO_VERSION		= 1,
	KTLS_INFO_CIPHER		= 2,
	KTLS_INFO_TXCONF		= 3,
	KTLS_INFO_RXCONF		= 4,
	KTLS_INFO_ZC_RO_TX		= 5,
	KTLS_INFO_RX_NO_PAD		= 6,
	KTLS_INFO_TX_MAX_PAYLOAD_LEN	= 7,
};

/* Most plaintext in a record: RFC 8446 5.1, RFC 5246 6.2.1. */
#define KTLS_MAX_PAYLOAD	16384

#endif
