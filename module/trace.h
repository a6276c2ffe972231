/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of tls_trace. Never in them: keys, IVs, salts, kernel addresses.
 * Plaintext is in the event data alone.
 *
 * Every event begins with the identity of the socket.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tls_trace

#if !defined(TLS_TRACE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TLS_TRACE_TRACE_H

#include <linux/tracepoint.h>

#include "piece.h"
#include "put.h"
#include "record.h"
#include "sock.h"
#include "sockopt.h"
#include "totals.h"

#define TLST_ID_FMT	"ino=%llu netns=%u [%pI6c]:%u -> [%pI6c]:%u "

#define TLST_IO_FMT TLST_ID_FMT \
	"type=%s path=%s flags=0x%x len=%u result=%d records=%u seq=%llu duration=%llu"

#define tlst_show_version(v)					\
	__print_symbolic(v, { 0x0303, "1.2" }, { 0x0304, "1.3" }, { 0, "-" })

#define tlst_show_cipher(c)					\
	__print_symbolic(c,					\
		{ 51, "AES-128-GCM" }, { 52, "AES-256-GCM" },	\
		{ 53, "AES-128-CCM" }, { 54, "CHACHA20-POLY1305" }, \
		{ 55, "SM4-GCM" }, { 56, "SM4-CCM" },		\
		{ 57, "ARIA-128-GCM" }, { 58, "ARIA-256-GCM" }, { 0, "-" })

#define tlst_show_conf(c)					\
	__print_symbolic(c, { 1, "base" }, { 2, "sw" }, { 3, "hw" })

#define tlst_show_option(o)					\
	__print_symbolic(o, { 1, "TLS_TX" }, { 2, "TLS_RX" },	\
		{ 3, "TLS_TX_ZEROCOPY_RO" }, { 4, "TLS_RX_EXPECT_NO_PAD" }, \
		{ 5, "TLS_TX_MAX_PAYLOAD_LEN" })

#define tlst_show_type(t)					\
	__print_symbolic(t, { 0, "-" }, { 20, "change_cipher_spec" }, \
		{ 21, "alert" }, { 22, "handshake" }, { 23, "data" }, \
		{ 24, "heartbeat" })

#define tlst_show_tx_path(p)					\
	__print_symbolic(p, { 0, "send" }, { 1, "sendfile" }, { 2, "splice" })

#define tlst_show_rx_path(p)					\
	__print_symbolic(p, { 0, "recv" }, { 1, "splice" }, { 2, "read_sock" })

/* Those that a socket with this ULP can be closed in. */
#define tlst_show_state(s)					\
	__print_symbolic(s, { 1, "established" }, { 4, "fin_wait1" }, \
		{ 5, "fin_wait2" }, { 6, "time_wait" }, { 7, "close" }, \
		{ 8, "close_wait" }, { 9, "last_ack" }, { 11, "closing" })

/* RFC 8446 section 6 and the IANA registry "TLS Alerts". */
#define tlst_show_alert(d)						\
	__print_symbolic(d, { 0, "close_notify" },			\
		{ 10, "unexpected_message" }, { 20, "bad_record_mac" },	\
		{ 21, "decryption_failed" }, { 22, "record_overflow" },	\
		{ 30, "decompression_failure" },			\
		{ 40, "handshake_failure" }, { 41, "no_certificate" },	\
		{ 42, "bad_certificate" },				\
		{ 43, "unsupported_certificate" },			\
		{ 44, "certificate_revoked" },				\
		{ 45, "certificate_expired" },				\
		{ 46, "certificate_unknown" },				\
		{ 47, "illegal_parameter" }, { 48, "unknown_ca" },	\
		{ 49, "access_denied" }, { 50, "decode_error" },	\
		{ 51, "decrypt_error" }, { 60, "export_restriction" },	\
		{ 70, "protocol_version" },				\
		{ 71, "insufficient_security" },			\
		{ 80, "internal_error" },				\
		{ 86, "inappropriate_fallback" },			\
		{ 90, "user_canceled" }, { 100, "no_renegotiation" },	\
		{ 109, "missing_extension" },				\
		{ 110, "unsupported_extension" },			\
		{ 111, "certificate_unobtainable" },			\
		{ 112, "unrecognized_name" },				\
		{ 113, "bad_certificate_status_response" },		\
		{ 114, "bad_certificate_hash_value" },			\
		{ 115, "unknown_psk_identity" },			\
		{ 116, "certificate_required" },			\
		{ 120, "no_application_protocol" })

TRACE_EVENT(attach,
	    TP_PROTO(const struct tlst_id *id, int result),
	    TP_ARGS(id, result),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(s32, result)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->result = result;),
	    TP_printk(TLST_ID_FMT "result=%d",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      __entry->result)
);

TRACE_EVENT(setsockopt,
	    TP_PROTO(const struct tlst_id *id, const struct tlst_option *opt),
	    TP_ARGS(id, opt),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(u8, conf)
			     __field(u32, option)
			     __field(u16, version)
			     __field(u16, cipher)
			     __field(u32, rekey)
			     __field(u64, seq)
			     __field(u32, value)
			     __field(s32, result)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->option = opt->option;
			   __entry->conf = opt->conf;
			   __entry->version = opt->version;
			   __entry->cipher = opt->cipher;
			   __entry->rekey = opt->rekey;
			   __entry->seq = opt->seq;
			   __entry->value = opt->value;
			   __entry->result = opt->result;),
	    TP_printk(TLST_ID_FMT
		      "option=%s version=%s cipher=%s conf=%s rekey=%u seq=%llu value=%u result=%d",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      tlst_show_option(__entry->option),
		      tlst_show_version(__entry->version),
		      tlst_show_cipher(__entry->cipher),
		      tlst_show_conf(__entry->conf), __entry->rekey, __entry->seq,
		      __entry->value, __entry->result)
);

DECLARE_EVENT_CLASS(tlst_io,
		    TP_PROTO(const struct tlst_id *id, const struct tlst_io *io),
		    TP_ARGS(id, io),
		    TP_STRUCT__entry(__field(u64, ino)
				     __field(u32, netns)
				     __field(u16, family)
				     __field(u16, sport)
				     __field(u16, dport)
				     __array(u8, saddr, 16)
				     __array(u8, daddr, 16)
				     __field(u8, type)
				     __field(u8, path)
				     __field(u64, seq)
				     __field(u64, duration)
				     __field(u32, flags)
				     __field(u32, len)
				     __field(s32, result)
				     __field(u32, records)),
		    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
				   tlst_io_put(&__entry->type, &__entry->seq, io);),
		    TP_printk(TLST_IO_FMT,
			      __entry->ino, __entry->netns,
			      __entry->saddr, __entry->sport,
			      __entry->daddr, __entry->dport,
			      tlst_show_type(__entry->type),
			      tlst_show_tx_path(__entry->path),
			      __entry->flags, __entry->len, __entry->result,
			      __entry->records, __entry->seq, __entry->duration)
);

DEFINE_EVENT(tlst_io, tx,
	     TP_PROTO(const struct tlst_id *id, const struct tlst_io *io),
	     TP_ARGS(id, io)
);

DEFINE_EVENT_PRINT(tlst_io, rx,
		   TP_PROTO(const struct tlst_id *id, const struct tlst_io *io),
		   TP_ARGS(id, io),
		   TP_printk(TLST_IO_FMT,
			     __entry->ino, __entry->netns,
			     __entry->saddr, __entry->sport,
			     __entry->daddr, __entry->dport,
			     tlst_show_type(__entry->type),
			     tlst_show_rx_path(__entry->path),
			     __entry->flags, __entry->len, __entry->result,
			     __entry->records, __entry->seq, __entry->duration)
);

TRACE_EVENT(alert,
	    TP_PROTO(const struct tlst_id *id, bool rx, const struct tlst_alert *alert, u64 seq),
	    TP_ARGS(id, rx, alert, seq),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(u8, dir)
			     __field(u8, level)
			     __field(u8, desc)
			     __field(u64, seq)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->dir = rx;
			   __entry->level = alert->level;
			   __entry->desc = alert->desc;
			   __entry->seq = seq;),
	    TP_printk(TLST_ID_FMT "dir=%s level=%s desc=%s(%u) seq=%llu",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      __entry->dir ? "rx" : "tx",
		      __print_symbolic(__entry->level, { 1, "warning" }, { 2, "fatal" }),
		      tlst_show_alert(__entry->desc), __entry->desc, __entry->seq)
);

TRACE_EVENT(rekey,
	    TP_PROTO(const struct tlst_id *id, const struct tlst_rekey *rekey),
	    TP_ARGS(id, rekey),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(u8, dir)
			     __field(u8, stage)
			     __field(u8, request)
			     __field(u64, seq)
			     __field(u32, rekeys)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->dir = rekey->rx;
			   __entry->stage = rekey->stage;
			   __entry->request = rekey->request;
			   __entry->seq = rekey->seq;
			   __entry->rekeys = rekey->rekeys;),
	    TP_printk(TLST_ID_FMT "dir=%s stage=%s request=%u seq=%llu rekeys=%u",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      __entry->dir ? "rx" : "tx",
		      __print_symbolic(__entry->stage, { 0, "key_update" },
				       { 1, "expired" }, { 2, "new_key" }),
		      __entry->request, __entry->seq, __entry->rekeys)
);

/* Plaintext: see capture.c for when there is any. */
TRACE_EVENT(data,
	    TP_PROTO(const struct tlst_id *id, const struct tlst_piece *piece),
	    TP_ARGS(id, piece),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(u8, dir)
			     __field(u8, type)
			     __field(u8, path)
			     __field(u8, shown)
			     __field(u64, seq)
			     __field(u32, offset)
			     __field(u32, len)
			     __field(u32, missing)
			     __dynamic_array(u8, data, piece->size)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->dir = piece->rx;
			   __entry->type = piece->type;
			   __entry->path = piece->path;
			   __entry->shown = min_t(u32, piece->size,
						  TLST_PIECE_SHOWN);
			   __entry->seq = piece->seq;
			   __entry->offset = piece->offset;
			   __entry->len = piece->len;
			   __entry->missing =
				tlst_piece_copy(__get_dynamic_array(data),
						piece);),
	    TP_printk(TLST_ID_FMT
		      "dir=%s type=%s path=%s seq=%llu offset=%u len=%u missing=%u bytes=%u data=%s",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      __entry->dir ? "rx" : "tx",
		      tlst_show_type(__entry->type),
		      __entry->dir ? tlst_show_rx_path(__entry->path) :
				     tlst_show_tx_path(__entry->path),
		      __entry->seq, __entry->offset, __entry->len,
		      __entry->missing, __get_dynamic_array_len(data),
		      __print_hex_str(__get_dynamic_array(data),
				      __entry->shown))
);

TRACE_EVENT(close,
	    TP_PROTO(const struct tlst_id *id, const struct tlst_sums *sums,
		     const struct tlst_end *end),
	    TP_ARGS(id, sums, end),
	    TP_STRUCT__entry(__field(u64, ino)
			     __field(u32, netns)
			     __field(u16, family)
			     __field(u16, sport)
			     __field(u16, dport)
			     __array(u8, saddr, 16)
			     __array(u8, daddr, 16)
			     __field(u16, version)
			     __field(u16, cipher)
			     __field(u8, tx_conf)
			     __field(u8, rx_conf)
			     __field(u8, state)
			     __field(u32, unacked)
			     __field(u64, tx_bytes)
			     __field(u64, rx_bytes)
			     __field(u64, tx_records)
			     __field(u64, rx_records)
			     __field(u32, tx_errors)
			     __field(u32, rx_errors)
			     __field(u32, tx_rekeys)
			     __field(u32, rx_rekeys)
			     __field(u64, lifetime)),
	    TP_fast_assign(tlst_id_put(&__entry->ino, &__entry->netns, __entry->saddr, id);
			   __entry->version = sums->version;
			   __entry->cipher = sums->cipher;
			   __entry->tx_conf = sums->tx.conf;
			   __entry->rx_conf = sums->rx.conf;
			   __entry->tx_bytes = sums->tx.bytes;
			   __entry->rx_bytes = sums->rx.bytes;
			   __entry->tx_records = sums->tx.records;
			   __entry->rx_records = sums->rx.records;
			   __entry->tx_errors = sums->tx.errors;
			   __entry->rx_errors = sums->rx.errors;
			   __entry->tx_rekeys = sums->tx.rekeys;
			   __entry->rx_rekeys = sums->rx.rekeys;
			   __entry->lifetime = sums->age;
			   __entry->state = end->state;
			   __entry->unacked = end->unacked;),
	    TP_printk(TLST_ID_FMT
		      "version=%s cipher=%s tx=%s rx=%s tx_bytes=%llu rx_bytes=%llu tx_records=%llu rx_records=%llu tx_errors=%u rx_errors=%u tx_rekeys=%u rx_rekeys=%u lifetime=%llu state=%s unacked=%u",
		      __entry->ino, __entry->netns,
		      __entry->saddr, __entry->sport,
		      __entry->daddr, __entry->dport,
		      tlst_show_version(__entry->version),
		      tlst_show_cipher(__entry->cipher),
		      tlst_show_conf(__entry->tx_conf),
		      tlst_show_conf(__entry->rx_conf), __entry->tx_bytes,
		      __entry->rx_bytes, __entry->tx_records, __entry->rx_records,
		      __entry->tx_errors, __entry->rx_errors, __entry->tx_rekeys,
		      __entry->rx_rekeys, __entry->lifetime,
		      tlst_show_state(__entry->state), __entry->unacked)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
