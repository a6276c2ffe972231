/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel TLS socket interface, as the tests use it.
 *
 * Own definitions, so that a test of a new kernel feature compiles against any
 * kernel headers and an old kernel answers with an errno, not with a build
 * failure. Numbers are ABI (include/uapi/linux/tls.h). Never include
 * <linux/tls.h> beside this file.
 */
#ifndef TT_UAPI_H
#define TT_UAPI_H

#include <linux/types.h>

#ifndef SOL_TLS
#define SOL_TLS			282
#endif
#ifndef TCP_ULP
#define TCP_ULP			31
#endif

/* Socket options at level SOL_TLS */
#define TLS_TX			1
#define TLS_RX			2
#define TLS_TX_ZEROCOPY_RO	3
#define TLS_RX_EXPECT_NO_PAD	4
#define TLS_TX_MAX_PAYLOAD_LEN	5

/* Control message types at level SOL_TLS */
#define TLS_SET_RECORD_TYPE	1
#define TLS_GET_RECORD_TYPE	2

/* Versions, as struct tls_crypto_info has them */
#define TLS_1_2			0x0303
#define TLS_1_3			0x0304

/* Ciphers */
#define TLS_CIPHER_AES_GCM_128		51
#define TLS_CIPHER_AES_GCM_256		52
#define TLS_CIPHER_AES_CCM_128		53
#define TLS_CIPHER_CHACHA20_POLY1305	54
#define TLS_CIPHER_SM4_GCM		55
#define TLS_CIPHER_SM4_CCM		56
#define TLS_CIPHER_ARIA_GCM_128		57
#define TLS_CIPHER_ARIA_GCM_256		58

/* Content types (RFC 8446 B.1) */
#define TLS_TYPE_CCS		20
#define TLS_TYPE_ALERT		21
#define TLS_TYPE_HANDSHAKE	22
#define TLS_TYPE_DATA		23

/* KeyUpdate (RFC 8446 4.6.3): handshake type, length 1, whether it asks for one */
#define TLS_KEY_UPDATE		24
#define TLS_KEY_UPDATE_SIZE	5

/* Alerts (RFC 8446 B.2) */
#define TLS_ALERT_WARNING		1
#define TLS_ALERT_FATAL			2
#define TLS_ALERT_CLOSE_NOTIFY		0
#define TLS_ALERT_UNEXPECTED_MESSAGE	10
#define TLS_ALERT_BAD_RECORD_MAC	20
#define TLS_ALERT_USER_CANCELED		90

/* Sizes on the wire, in bytes */
#define TLS_HEADER_SIZE		5
#define TLS_TAG_SIZE		16
#define TLS_MAX_PAYLOAD		16384
#define TLS_SEQ_SIZE		8
/* Longest record on the wire: RFC 5246 6.2.3 allows 2048 bytes of expansion. */
#define TLS_MAX_RECORD		(TLS_HEADER_SIZE + TLS_MAX_PAYLOAD + 2048)

/*
 * Every per-cipher structure begins with these four bytes, then come iv, key,
 * salt and rec_seq without padding; struct tt_cipher has their sizes.
 */
struct tls_crypto_info {
	__u16 version;
	__u16 cipher_type;
};

/* Room for the longest: AES-GCM-256 (4 + 8 + 32 + 4 + 8), plus test slack. */
#define TLS_CRYPTO_INFO_MAX	64

#endif
