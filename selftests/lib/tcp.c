// SPDX-License-Identifier: GPL-2.0
/* Real TCP connections over loopback. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include "tcp.h"
#include "uapi.h"
#include "util.h"

static int make_socket(enum tt_family family)
{
	int off = 0;
	int fd;

	fd = socket(family == TT_IPV4 ? AF_INET : AF_INET6,
		    SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && family == TT_MAPPED)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	return fd;
}

static socklen_t loopback(enum tt_family family, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (family == TT_IPV4) {
		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	if (family == TT_MAPPED)
		inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6->sin6_addr);
	else
		in6->sin6_addr = in6addr_loopback;
	return sizeof(*in6);
}

static void set_limits(int fd)
{
	struct timeval tv = { .tv_sec = TT_WAIT_MS / 1000 };
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

int tt_tcp_listener(enum tt_family family)
{
	struct sockaddr_storage ss;
	socklen_t len = loopback(family, &ss);
	int fd = make_socket(family);
	int err;

	if (fd < 0)
		return tt_fail(errno, "socket: %s", strerror(errno));
	if (bind(fd, (struct sockaddr *)&ss, len) || listen(fd, 1)) {
		err = tt_fail(errno, "bind or listen on loopback: %s",
			      strerror(errno));
		close(fd);
		return err;
	}
	set_limits(fd);
	return fd;
}

/* Work for io_uring can interrupt it; the connection is made nevertheless. */
static int connect_whole(int fd, const struct sockaddr_storage *ss, socklen_t len)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int err;

	if (!connect(fd, (const struct sockaddr *)ss, len))
		return 0;
	if (errno != EINTR)
		return -1;
	while (poll(&pollfd, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size))
		return -1;
	errno = err;
	return err ? -1 : 0;
}

int tt_tcp_pair(enum tt_family family, int *fd, int *peer)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int err, l;

	*fd = -1;
	*peer = -1;
	l = tt_tcp_listener(family);
	if (l < 0)
		return l;
	*fd = make_socket(family);
	if (*fd < 0)
		goto fail;
	set_limits(*fd);
	if (getsockname(l, (struct sockaddr *)&ss, &len) ||
	    connect_whole(*fd, &ss, len))
		goto fail;
	do {
		*peer = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	} while (*peer < 0 && errno == EINTR);
	if (*peer < 0)
		goto fail;
	set_limits(*peer);
	close(l);
	return 0;
fail:
	err = tt_fail(errno, "loopback connection: %s", strerror(errno));
	close(l);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return err;
}

unsigned long tt_tcp_inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

int tt_tcp_mtu(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_mtu = 1500 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0 || ioctl(fd, SIOCSIFMTU, &ifr))
		err = tt_fail(errno, "MTU of lo: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

void tt_tcp_narrow(int from, int to, int size)
{
	int offered = 65536;

	setsockopt(from, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(to, SOL_SOCKET, SO_RCVBUF, &offered, sizeof(offered));
}

int tt_tcp_ulp(int fd, const char *name)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, strlen(name)))
		return tt_fail(errno, "TCP_ULP %s: %s", name, strerror(errno));
	return 0;
}

int tt_tcp_arrived(int fd, int bytes)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int n = -1;

	do {
		if (ioctl(fd, FIONREAD, &n))
			return tt_fail(errno, "FIONREAD: %s", strerror(errno));
		if (n >= bytes)
			return 0;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return tt_fail(ETIMEDOUT, "%d of %d bytes came", n, bytes);
}
