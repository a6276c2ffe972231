// SPDX-License-Identifier: GPL-2.0
/*
 * IP (RFC 791, RFC 8200) and TCP (RFC 9293) headers, and the tags in front of a PDU
 * that Wireshark gives straight to one of its dissectors (its exported_pdu_tlvs.h).
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "frame.h"

#define TCP_HEADER	20
#define IPV4_HEADER	20
#define IPV6_HEADER	40
/* Nobody is seen to acknowledge, so there has to be room: RFC 7323 2.3. */
#define WINDOW		65535
#define WINDOW_SCALE	14
#define SCALE_OPTION	4
#define HOP_LIMIT	64

enum pdu_tag {
	PDU_END		= 0,
	PDU_DISSECTOR	= 12,
	PDU_IPV4_SRC	= 20,
	PDU_IPV4_DST	= 21,
	PDU_IPV6_SRC	= 22,
	PDU_IPV6_DST	= 23,
	PDU_PORT_TYPE	= 24,
	PDU_SRC_PORT	= 25,
	PDU_DST_PORT	= 26,
	PDU_PROTOCOL	= 33,
	PDU_INFO	= 36,
};

#define PDU_PORT_TCP	2

static void put16(uint8_t *p, unsigned int n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static void put32(uint8_t *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n & 0xffff);
}

static bool is_ipv4(const struct endpoints *ep)
{
	return endpoint_is_ipv4(ep->saddr) && endpoint_is_ipv4(ep->daddr);
}

/* RFC 1071, without the complement; parts of odd length come last. */
static uint64_t sum_of(uint64_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		sum += (uint64_t)(p[0] << 8 | p[1]);
	return len ? sum + (uint64_t)(p[0] << 8) : sum;
}

static unsigned int checksum(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/**
 * frame_tcp() - IP and TCP headers
 * @buf: result
 * @f: the packet
 *
 * The checksum of TCP is 0 where a part of the payload is not there.
 *
 * Return: bytes in @buf.
 */
size_t frame_tcp(uint8_t buf[FRAME_TCP_MAX], const struct frame *f)
{
	bool v4 = is_ipv4(&f->ep);
	size_t ip_len = v4 ? IPV4_HEADER : IPV6_HEADER, addr = v4 ? 4 : 16;
	size_t tcp_len = TCP_HEADER + (f->flags & TCP_SYN ? SCALE_OPTION : 0);
	size_t len = tcp_len + f->body_len + f->cut;
	const uint8_t *src = f->ep.saddr + 16 - addr, *dst = f->ep.daddr + 16 - addr;
	uint8_t *tcp = buf + ip_len;
	uint64_t sum;

	memset(buf, 0, FRAME_TCP_MAX);
	if (v4) {
		buf[0] = 0x45;
		put16(buf + 2, (unsigned int)(IPV4_HEADER + len));
		buf[8] = HOP_LIMIT;
		buf[9] = IPPROTO_TCP;
		memcpy(buf + 12, src, addr);
		memcpy(buf + 16, dst, addr);
		put16(buf + 10, checksum(sum_of(0, buf, IPV4_HEADER)));
	} else {
		buf[0] = 0x60;
		put16(buf + 4, (unsigned int)len);
		buf[6] = IPPROTO_TCP;
		buf[7] = HOP_LIMIT;
		memcpy(buf + 8, src, addr);
		memcpy(buf + 24, dst, addr);
	}
	put16(tcp, f->ep.sport);
	put16(tcp + 2, f->ep.dport);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->ack);
	tcp[12] = (uint8_t)(tcp_len / 4 << 4);
	tcp[13] = f->flags;
	put16(tcp + 14, WINDOW);
	if (f->flags & TCP_SYN) {
		tcp[20] = 3;
		tcp[21] = 3;
		tcp[22] = WINDOW_SCALE;
	}
	if (!f->cut) {
		sum = sum_of(sum_of(IPPROTO_TCP + len, src, addr), dst, addr);
		sum = sum_of(sum_of(sum, tcp, tcp_len), f->body, f->body_len);
		put16(tcp + 16, checksum(sum));
	}
	return ip_len + tcp_len;
}

static uint8_t *tag(uint8_t *p, enum pdu_tag code, const void *value, size_t len)
{
	size_t padded = (len + 3) & ~(size_t)3;

	put16(p, code);
	put16(p + 2, (unsigned int)padded);
	memset(p + 4, 0, padded);
	if (len)
		memcpy(p + 4, value, len);
	return p + 4 + padded;
}

static uint8_t *tag_number(uint8_t *p, enum pdu_tag code, uint32_t n)
{
	uint8_t value[4];

	put32(value, n);
	return tag(p, code, value, sizeof(value));
}

/**
 * frame_pdu() - the tags of an exported PDU
 * @buf: result
 * @dissector: Wireshark's name of it, up to 31 characters
 * @ep: the sender is saddr and sport
 * @protocol: its name in a list of packets, NULL: what the dissector says
 * @info: what such a list shows of it, NULL: what the dissector says
 *
 * Return: bytes in @buf.
 */
size_t frame_pdu(uint8_t buf[FRAME_PDU_MAX], const char *dissector, const struct endpoints *ep,
		 const char *protocol, const char *info)
{
	bool v4 = is_ipv4(ep);
	size_t addr = v4 ? 4 : 16;
	uint8_t *p = buf;

	p = tag(p, PDU_DISSECTOR, dissector, strnlen(dissector, 31));
	p = tag(p, v4 ? PDU_IPV4_SRC : PDU_IPV6_SRC, ep->saddr + 16 - addr, addr);
	p = tag(p, v4 ? PDU_IPV4_DST : PDU_IPV6_DST, ep->daddr + 16 - addr, addr);
	p = tag_number(p, PDU_PORT_TYPE, PDU_PORT_TCP);
	p = tag_number(p, PDU_SRC_PORT, ep->sport);
	p = tag_number(p, PDU_DST_PORT, ep->dport);
	if (protocol)
		p = tag(p, PDU_PROTOCOL, protocol, strnlen(protocol, 15));
	if (info)
		p = tag(p, PDU_INFO, info, strnlen(info, FRAME_INFO_MAX));
	p = tag(p, PDU_END, NULL, 0);
	return (size_t)(p - buf);
}
