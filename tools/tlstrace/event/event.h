/* SPDX-License-Identifier: GPL-2.0 */
/* One event of the tls_trace module, decoded from its binary record. */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum event_kind {
	EV_ATTACH,
	EV_SETSOCKOPT,
	EV_TX,
	EV_RX,
	EV_ALERT,
	EV_REKEY,
	EV_CLOSE,
	EV_DATA,
	EV_KINDS
};

/* A bit for each event that holds no plaintext. */
#define EVENTS_NO_DATA	((1U << EV_KINDS) - 1 - (1U << EV_DATA))

/* Steps of a change of keys, numbered as in the event rekey. */
enum rekey_stage {
	REKEY_KEY_UPDATE,
	REKEY_EXPIRED,
	REKEY_NEW_KEY,
};

/**
 * struct endpoints - addresses of a connection
 * @family: AF_INET or AF_INET6
 * @sport: local port, host byte order
 * @dport: remote port
 * @saddr: local address, IPv4 as ::ffff:a.b.c.d
 * @daddr: remote address
 */
struct endpoints {
	uint16_t family;
	uint16_t sport;
	uint16_t dport;
	uint8_t saddr[16];
	uint8_t daddr[16];
};

/**
 * struct dir_total - totals of one direction in the close event
 */
struct dir_total {
	uint64_t bytes;
	uint64_t records;
	uint32_t errors;
	uint32_t rekeys;
	uint8_t conf;
};

/**
 * struct event - all fields of all events; which ones count depends on @kind
 *
 * The names are those of the trace events. @tx and @rx belong to close.
 */
struct event {
	enum event_kind kind;
	uint64_t ts;		/* ns, CLOCK_MONOTONIC */
	int pid;		/* thread that made the call */
	uint64_t ino;
	uint32_t netns;
	struct endpoints ep;

	int32_t result;
	uint8_t option;
	uint16_t version;
	uint16_t cipher;
	uint8_t conf;
	uint32_t rekey;
	uint64_t seq;
	uint32_t value;

	uint8_t type;
	uint8_t path;
	uint32_t flags;
	uint32_t len;
	uint32_t records;
	uint64_t duration;	/* ns */

	uint8_t dir;		/* alert, rekey, data: 0 sent, 1 received */
	uint8_t level;
	uint8_t desc;

	uint8_t stage;		/* enum rekey_stage */
	uint8_t request;	/* the KeyUpdate asks the other side for one */
	uint32_t rekeys;	/* keys of the direction replaced so far */

	uint32_t offset;	/* data: of the bytes in those of the call */
	uint32_t missing;	/* bytes at the end that could not be read */
	const uint8_t *data;	/* valid as long as the callback that got the event */
	uint32_t size;		/* bytes at @data */

	struct dir_total tx, rx;
	uint64_t lifetime;	/* ns */
	uint8_t state;		/* TCP_* when it was closed */
	uint32_t unacked;	/* bytes that the peer has not acknowledged */
};

uint32_t event_readable(const struct event *ev);
bool endpoint_is_ipv4(const uint8_t addr[16]);
bool event_failed(int32_t result);
bool event_is_peek(const struct event *ev);
enum event_kind event_kind_by_name(const char *name);
const char *event_name(enum event_kind kind);
void endpoint_print(char buf[64], const uint8_t addr[16], uint16_t port);

#endif
