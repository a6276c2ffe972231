// SPDX-License-Identifier: GPL-2.0
/* Names of ciphers, versions, record types, alerts and flags. */
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "ktls_uapi.h"
#include "names.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * name_cipher() - name of a kTLS cipher
 * @cipher: TLS_CIPHER_* of the uAPI
 *
 * Return: the name that /proc/net/tls_trace uses too, "-" for 0, "unknown"
 * for what this program does not know.
 */
const char *name_cipher(unsigned int cipher)
{
	static const char * const names[KTLS_CIPHER_COUNT] = {
		"AES-128-GCM", "AES-256-GCM", "AES-128-CCM", "CHACHA20-POLY1305",
		"SM4-GCM", "SM4-CCM", "ARIA-128-GCM", "ARIA-256-GCM",
	};

	if (!cipher)
		return "-";
	if (cipher < KTLS_CIPHER_FIRST || cipher - KTLS_CIPHER_FIRST >= ARRAY_SIZE(names))
		return "unknown";
	return names[cipher - KTLS_CIPHER_FIRST];
}

/**
 * name_version() - protocol version, without "TLS "
 * @version: as on the wire, 0 if not known
 *
 * Return: "1.2", "1.3", "-" for 0, or "unknown".
 */
const char *name_version(unsigned int version)
{
	switch (version) {
	case 0:			return "-";
	case KTLS_VERSION_12:	return "1.2";
	case KTLS_VERSION_13:	return "1.3";
	default:		return "unknown";
	}
}

/**
 * name_type() - TLS record type
 * @type: content type; 0 stands for plain TCP, before a key was set
 *
 * Return: a name without spaces.
 */
const char *name_type(unsigned int type)
{
	switch (type) {
	case 0:			return "plain";
	case TLS_TYPE_CCS:	return "change_cipher_spec";
	case TLS_TYPE_ALERT:	return "alert";
	case TLS_TYPE_HANDSHAKE: return "handshake";
	case TLS_TYPE_DATA:	return "data";
	case 24:		return "heartbeat";	/* RFC 6520 */
	default:		return "unknown";
	}
}

/**
 * name_conf() - who does the work of one direction
 * @conf: conf of the setsockopt and close events
 *
 * Return: "none", "base", "sw", "hw" or "unknown".
 */
const char *name_conf(unsigned int conf)
{
	static const char * const names[] = { "none", "base", "sw", "hw" };

	return conf < ARRAY_SIZE(names) ? names[conf] : "unknown";
}

/**
 * name_option() - name of a SOL_TLS socket option
 * @option: number
 * @buf: used where there is no name
 *
 * Return: the uAPI's name, or "option N".
 */
const char *name_option(unsigned int option, char buf[NAME_SIZE])
{
	static const char * const names[] = {
		[KTLS_TX] = "TLS_TX",
		[KTLS_RX] = "TLS_RX",
		[KTLS_TX_ZEROCOPY_RO] = "TLS_TX_ZEROCOPY_RO",
		[KTLS_RX_EXPECT_NO_PAD] = "TLS_RX_EXPECT_NO_PAD",
		[KTLS_TX_MAX_PAYLOAD_LEN] = "TLS_TX_MAX_PAYLOAD_LEN",
	};

	if (option < ARRAY_SIZE(names) && names[option])
		return names[option];
	snprintf(buf, NAME_SIZE, "option %u", option);
	return buf;
}

/**
 * name_path() - how data came in or went out
 * @tx: not 0 for the sending direction
 * @path: path of the tx and rx events
 *
 * Return: a name without spaces.
 */
const char *name_path(int tx, unsigned int path)
{
	static const char * const tx_names[] = { "send", "sendfile", "splice" };
	static const char * const rx_names[] = { "recv", "splice", "read_sock" };

	if (path >= 3)
		return "unknown";
	return tx ? tx_names[path] : rx_names[path];
}

/**
 * name_alert_level() - level of an alert
 * @level: AlertLevel, RFC 5246 7.2
 *
 * Return: "warning", "fatal" or "unknown".
 */
const char *name_alert_level(unsigned int level)
{
	switch (level) {
	case 1:  return "warning";
	case 2:  return "fatal";
	default: return "unknown";
	}
}

/* AlertDescription: RFC 5246 7.2, RFC 8446 6, RFC 6066, 4279, 7301, 7507. */
static const struct {
	unsigned char desc;
	const char *name;
} alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 21, "decryption_failed" },
	{ 22, "record_overflow" },
	{ 30, "decompression_failure" },
	{ 40, "handshake_failure" },
	{ 41, "no_certificate" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 60, "export_restriction" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 111, "certificate_unobtainable" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 114, "bad_certificate_hash_value" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
};

/**
 * name_alert() - description of an alert
 * @desc: AlertDescription
 * @buf: used where there is no name
 *
 * Return: the RFC's name, or "alert N".
 */
const char *name_alert(unsigned int desc, char buf[NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(alerts); i++)
		if (alerts[i].desc == desc)
			return alerts[i].name;
	snprintf(buf, NAME_SIZE, "alert %u", desc);
	return buf;
}

/**
 * name_msg_flags() - flags of sendmsg and recvmsg
 * @flags: MSG_*
 * @buf: result, "" without flags
 * @size: room at @buf
 *
 * Return: length of the result.
 */
size_t name_msg_flags(unsigned int flags, char *buf, size_t size)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = {
		{ MSG_OOB, "OOB" }, { MSG_PEEK, "PEEK" }, { MSG_DONTROUTE, "DONTROUTE" },
		{ MSG_TRUNC, "TRUNC" }, { MSG_DONTWAIT, "DONTWAIT" }, { MSG_EOR, "EOR" },
		{ MSG_WAITALL, "WAITALL" }, { MSG_NOSIGNAL, "NOSIGNAL" }, { MSG_MORE, "MORE" },
		{ MSG_ERRQUEUE, "ERRQUEUE" }, { MSG_CMSG_CLOEXEC, "CMSG_CLOEXEC" },
		/* In-kernel ones, include/linux/socket.h of the kernel. */
		{ 0x20000, "SENDPAGE_NOTLAST" }, { 0x8000000, "SPLICE_PAGES" },
	};
	size_t len = 0;

	if (!size)
		return 0;
	buf[0] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names) && flags; i++) {
		int n;

		if (!(flags & names[i].flag))
			continue;
		n = snprintf(buf + len, size - len, "%s%s", len ? "|" : "", names[i].name);
		if ((size_t)n >= size - len)
			return size - 1;
		len += (size_t)n;
		flags &= ~names[i].flag;
	}
	if (flags) {
		int n = snprintf(buf + len, size - len, "%s0x%x", len ? "|" : "", flags);

		if ((size_t)n >= size - len)
			return size - 1;
		len += (size_t)n;
	}
	return len;
}

/**
 * name_state() - name of a TCP state
 * @state: number
 *
 * Return: the name that ss uses.
 */
const char *name_state(uint8_t state)
{
	static const char * const names[] = {
		[TCP_ESTABLISHED] = "established", [TCP_SYN_SENT] = "syn-sent",
		[TCP_SYN_RECV] = "syn-recv", [TCP_FIN_WAIT1] = "fin-wait-1",
		[TCP_FIN_WAIT2] = "fin-wait-2", [TCP_TIME_WAIT] = "time-wait",
		[TCP_CLOSE] = "closed", [TCP_CLOSE_WAIT] = "close-wait",
		[TCP_LAST_ACK] = "last-ack", [TCP_LISTEN] = "listening",
		[TCP_CLOSING] = "closing",
	};

	return state < sizeof(names) / sizeof(names[0]) && names[state] ? names[state] :
									  "unknown";
}
