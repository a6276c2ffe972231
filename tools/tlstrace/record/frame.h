/* SPDX-License-Identifier: GPL-2.0 */
/* The headers that plaintext gets in a capture, as if it had come over TCP. */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* IPv6 and TCP with an option. */
#define FRAME_TCP_MAX	64
#define FRAME_INFO_MAX	300
/* Dissector, addresses, ports, what a list shows, and the end of them. */
#define FRAME_PDU_MAX	(160 + FRAME_INFO_MAX)

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_PSH = 8, TCP_ACK = 16 };

/**
 * struct frame - what a packet says of itself
 * @ep: the sender is saddr and sport, whoever that is
 * @seq: TCP sequence number
 * @ack: what the sender has got so far
 * @flags: TCP_*
 * @body: payload as far as it is there
 * @body_len: bytes
 * @cut: bytes of the payload that are not there
 */
struct frame {
	struct endpoints ep;
	uint32_t seq, ack;
	uint8_t flags;
	const uint8_t *body;
	size_t body_len;
	size_t cut;
};

size_t frame_tcp(uint8_t buf[FRAME_TCP_MAX], const struct frame *f);
size_t frame_pdu(uint8_t buf[FRAME_PDU_MAX], const char *dissector, const struct endpoints *ep,
		 const char *protocol, const char *info);

#endif
