// SPDX-License-Identifier: GPL-2.0
/* What can be said of an event without knowing where it came from. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "event.h"

static const char * const names[EV_KINDS] = {
	[EV_ATTACH] = "attach",
	[EV_SETSOCKOPT] = "setsockopt",
	[EV_TX] = "tx",
	[EV_RX] = "rx",
	[EV_ALERT] = "alert",
	[EV_REKEY] = "rekey",
	[EV_CLOSE] = "close",
	[EV_DATA] = "data",
};

/**
 * event_name() - name of the trace event
 * @kind: which
 *
 * Return: the name under events/tls_trace/.
 */
const char *event_name(enum event_kind kind)
{
	return names[kind];
}

/**
 * event_kind_by_name() - find an event by its name
 * @name: name under events/tls_trace/
 *
 * Return: the kind, EV_KINDS if there is none.
 */
enum event_kind event_kind_by_name(const char *name)
{
	int kind;

	for (kind = 0; kind < EV_KINDS; kind++)
		if (!strcmp(names[kind], name))
			break;
	return (enum event_kind)kind;
}

/**
 * event_failed() - is this result of a call an error?
 * @result: bytes or -errno
 *
 * Nothing to read yet (EAGAIN), a signal (EINTR and the kernel's restart
 * codes 512 to 516), an asynchronous call under way (529) and a key to be
 * replaced first (EKEYEXPIRED) are not.
 *
 * Return: true for an error.
 */
bool event_failed(int32_t result)
{
	if (result >= 0)
		return false;
	switch (-result) {
	case EAGAIN:
	case EINTR:
	case EKEYEXPIRED:
	case 512 ... 516:
	case 529:
		return false;
	default:
		return true;
	}
}

/**
 * event_is_peek() - was this a call that only looked?
 * @ev: the event
 *
 * A peek takes nothing: the same bytes come again. A splice has flags of its own, of which
 * SPLICE_F_NONBLOCK has the value of MSG_PEEK.
 *
 * Return: true if so.
 */
bool event_is_peek(const struct event *ev)
{
	return ev->kind == EV_RX && ev->path == 0 && ev->flags & MSG_PEEK;
}

/**
 * event_readable() - how many bytes of an event data are plaintext
 * @ev: the event
 *
 * Return: its bytes without those at the end that could not be read.
 */
uint32_t event_readable(const struct event *ev)
{
	return ev->size - (ev->missing < ev->size ? ev->missing : ev->size);
}

/**
 * endpoint_is_ipv4() - is this ::ffff:a.b.c.d?
 * @addr: address
 *
 * Return: true if so.
 */
bool endpoint_is_ipv4(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(addr, mapped, sizeof(mapped));
}

/**
 * endpoint_print() - address and port as text
 * @buf: result
 * @addr: address, IPv4 as ::ffff:a.b.c.d
 * @port: host byte order
 *
 * The form is that of /proc/net/tls_trace: 127.0.0.1:443, [::1]:443.
 */
void endpoint_print(char buf[64], const uint8_t addr[16], uint16_t port)
{
	char text[INET6_ADDRSTRLEN];

	if (endpoint_is_ipv4(addr)) {
		inet_ntop(AF_INET, addr + 12, text, sizeof(text));
		snprintf(buf, 64, "%s:%u", text, port);
	} else {
		inet_ntop(AF_INET6, addr, text, sizeof(text));
		snprintf(buf, 64, "[%s]:%u", text, port);
	}
}
