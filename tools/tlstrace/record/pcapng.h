/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing pcapng (IETF draft-ietf-opsawg-pcapng): a section, its interfaces, packets,
 * and at the end a count for each interface.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

/* Link types, from the registry at tcpdump.org. */
#define PCAPNG_RAW_IP		101
#define PCAPNG_UPPER_PDU	252

/**
 * struct pcapng_packet - a packet
 * @interface: number of its interface, counted from 0
 * @ts: ns since 1970
 * @head: its beginning
 * @head_len: bytes
 * @body: what comes next, may be NULL
 * @body_len: bytes
 * @cut: bytes of the packet that come after that and are not there
 * @outbound: sent, not received
 * @dropped: packets that were lost before it
 * @comment: a line, UTF-8
 */
struct pcapng_packet {
	unsigned int interface;
	uint64_t ts;
	const void *head;
	size_t head_len;
	const void *body;
	size_t body_len;
	size_t cut;
	bool outbound;
	uint64_t dropped;
	const char *comment;
};

void pcapng_section(struct out *out, const char *application);
void pcapng_interface(struct out *out, unsigned int link_type, const char *name,
		      const char *description);
void pcapng_packet(struct out *out, const struct pcapng_packet *p);
void pcapng_statistics(struct out *out, unsigned int interface, uint64_t ts,
		       uint64_t received, uint64_t dropped);

#endif
