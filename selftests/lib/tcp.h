/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real TCP connections over loopback.
 */
#ifndef TT_TCP_H
#define TT_TCP_H

/* Address families of a connection */
enum tt_family {
	TT_IPV4,
	TT_IPV6,
	/* An AF_INET6 socket on both ends, carrying IPv4 (::ffff:127.0.0.1). */
	TT_MAPPED,
};

/**
 * tt_tcp_pair() - make a connection
 * @family:	enum tt_family
 * @fd:		out: the connecting end
 * @peer:	out: the accepted end
 *
 * Both ends have send and receive timeouts of TT_WAIT_MS, so that no blocking
 * call hangs, and TCP_NODELAY, so that a record is on its way when the call
 * that made it returns.
 *
 * Return: 0 or -errno.
 */
int tt_tcp_pair(enum tt_family family, int *fd, int *peer);

/**
 * tt_tcp_listener() - a listening socket, for what must be refused on one
 * @family: enum tt_family
 * Return: descriptor or -errno.
 */
int tt_tcp_listener(enum tt_family family);

/**
 * tt_tcp_inode() - the number that `ss -e` and tls_trace call the socket by
 * @fd: socket
 * Return: inode number, 0 on error.
 */
unsigned long tt_tcp_inode(int fd);

/**
 * tt_tcp_mtu() - have segments of an Ethernet's size, for connections made later
 *
 * A loopback segment is larger than a small send buffer: TCP then waits for more of
 * a record that cannot come, and sends what it has when a timer says so.
 *
 * Return: 0 or -errno.
 */
int tt_tcp_mtu(void);

/**
 * tt_tcp_narrow() - have little room on the way from one end to the other
 * @from:	end that will send: its buffer gets this size
 * @to:		end that will receive: its buffer will not grow any more, but keeps
 *		the room that it has offered, or what comes would be dropped
 * @size:	for SO_SNDBUF; the kernel has a lower limit
 */
void tt_tcp_narrow(int from, int to, int size);

/**
 * tt_tcp_ulp() - set the upper layer protocol
 * @fd:   socket
 * @name: "tls" or "tls_trace"
 * Return: 0 or -errno.
 */
int tt_tcp_ulp(int fd, const char *name);

/**
 * tt_tcp_arrived() - wait until bytes have come and are still unread
 * @fd:		TCP socket
 * @bytes:	how many, as they are on the wire
 *
 * A test that then reads, or attaches the socket to something, finds them all at once.
 *
 * Return: 0, or -ETIMEDOUT after TT_WAIT_MS.
 */
int tt_tcp_arrived(int fd, int bytes);

#endif
