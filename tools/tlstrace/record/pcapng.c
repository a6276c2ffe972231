// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of pcapng, in the byte order of this machine. A block has its length at both
 * ends, so it is put together before it goes out.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "pcapng.h"

#define SECTION_HEADER		0x0a0d0d0aU
#define BYTE_ORDER_MAGIC	0x1a2b3c4dU
#define INTERFACE		1
#define INTERFACE_STATISTICS	5
#define ENHANCED_PACKET		6

/* Options, each kind of block counts its own. */
enum { OPT_END, OPT_COMMENT };
enum { SHB_OS = 3, SHB_APPLICATION = 4 };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TIME_RESOLUTION = 9 };
enum { EPB_FLAGS = 2, EPB_DROPPED = 4 };
enum { ISB_RECEIVED = 4, ISB_DROPPED = 5 };

#define NANOSECONDS	9	/* 10^-9 */
#define INBOUND		1
#define OUTBOUND	2

static void put32(struct out *out, uint32_t n)
{
	out_bytes(out, &n, sizeof(n));
}

static void pad(struct out *out, size_t len)
{
	static const char zero[3];

	out_bytes(out, zero, -len & 3);
}

/* Where the block begins, for block_end(). */
static size_t block_begin(struct out *out, uint32_t type)
{
	size_t at = out->len;

	put32(out, type);
	put32(out, 0);
	return at;
}

static void block_end(struct out *out, size_t at)
{
	uint32_t len = (uint32_t)(out->len - at) + 4;

	put32(out, len);
	if (!out->error)
		memcpy(out->buf + at + 4, &len, sizeof(len));
	out_settle(out);
}

static void option(struct out *out, uint16_t code, const void *value, size_t len)
{
	uint16_t head[2] = { code, (uint16_t)len };

	out_bytes(out, head, sizeof(head));
	out_bytes(out, value, len);
	pad(out, len);
}

static void option_text(struct out *out, uint16_t code, const char *text)
{
	size_t len = strlen(text);

	option(out, code, text, len < UINT16_MAX ? len : UINT16_MAX);
}

static void option_u64(struct out *out, uint16_t code, uint64_t n)
{
	option(out, code, &n, sizeof(n));
}

/**
 * pcapng_section() - begin
 * @out: where to
 * @application: name and version of what writes this
 */
void pcapng_section(struct out *out, const char *application)
{
	static const uint16_t version[2] = { 1, 0 };
	size_t at = block_begin(out, SECTION_HEADER);
	static const int64_t unknown = -1;
	struct utsname u;
	char os[sizeof(u.sysname) + sizeof(u.release) + 1];

	put32(out, BYTE_ORDER_MAGIC);
	out_bytes(out, version, sizeof(version));
	out_bytes(out, &unknown, sizeof(unknown));
	if (!uname(&u)) {
		snprintf(os, sizeof(os), "%s %s", u.sysname, u.release);
		option_text(out, SHB_OS, os);
	}
	option_text(out, SHB_APPLICATION, application);
	option(out, OPT_END, NULL, 0);
	block_end(out, at);
}

/**
 * pcapng_interface() - the next interface
 * @out: where to
 * @link_type: PCAPNG_*
 * @name: short
 * @description: longer
 */
void pcapng_interface(struct out *out, unsigned int link_type, const char *name,
		      const char *description)
{
	static const uint8_t resolution = NANOSECONDS;
	uint16_t link[2] = { (uint16_t)link_type, 0 };
	size_t at = block_begin(out, INTERFACE);

	out_bytes(out, link, sizeof(link));
	put32(out, 0);		/* no limit */
	option_text(out, IF_NAME, name);
	option_text(out, IF_DESCRIPTION, description);
	option(out, IF_TIME_RESOLUTION, &resolution, sizeof(resolution));
	option(out, OPT_END, NULL, 0);
	block_end(out, at);
}

static void time_stamp(struct out *out, uint64_t ts)
{
	put32(out, (uint32_t)(ts >> 32));
	put32(out, (uint32_t)ts);
}

/**
 * pcapng_packet() - a packet
 * @out: where to
 * @p: the packet
 */
void pcapng_packet(struct out *out, const struct pcapng_packet *p)
{
	size_t len = p->head_len + p->body_len;
	uint32_t flags = p->outbound ? OUTBOUND : INBOUND;
	size_t at = block_begin(out, ENHANCED_PACKET);

	put32(out, p->interface);
	time_stamp(out, p->ts);
	put32(out, (uint32_t)len);
	put32(out, (uint32_t)(len + p->cut));
	out_bytes(out, p->head, p->head_len);
	out_bytes(out, p->body, p->body_len);
	pad(out, len);
	option(out, EPB_FLAGS, &flags, sizeof(flags));
	if (p->dropped)
		option_u64(out, EPB_DROPPED, p->dropped);
	option_text(out, OPT_COMMENT, p->comment);
	option(out, OPT_END, NULL, 0);
	block_end(out, at);
}

/**
 * pcapng_statistics() - what an interface amounted to
 * @out: where to
 * @interface: its number
 * @ts: now, ns since 1970
 * @received: packets
 * @dropped: what was lost
 */
void pcapng_statistics(struct out *out, unsigned int interface, uint64_t ts,
		       uint64_t received, uint64_t dropped)
{
	size_t at = block_begin(out, INTERFACE_STATISTICS);

	put32(out, interface);
	time_stamp(out, ts);
	option_u64(out, ISB_RECEIVED, received);
	option_u64(out, ISB_DROPPED, dropped);
	option(out, OPT_END, NULL, 0);
	block_end(out, at);
}
