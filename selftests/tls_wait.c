// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting: what poll, epoll and select say at every stage, what wakes a call that
 * blocks and what it then returns, time limits, signals, and sockets that do not
 * block and have hardly any room. One thread at a time uses the socket.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <netinet/in.h>
#include <linux/sockios.h>
#include "fixture.h"
#include "call.h"
#include "exchange.h"
#include "rekey.h"

TT_FIXTURE(wait, TT_STARTED);
TT_VARIANTS_FEW(wait);

/* Before the kernel has keys. */
TT_FIXTURE(wait_shaken, TT_SHAKEN);
TT_VARIANTS_FEW(wait_shaken);

/* Of calls, of buffers that fill up. */
#define BUF_SIZE	(1 << 20)

/* What poll says when there is nothing but room to send, and what data adds. */
#define ROOM	(POLLOUT | POLLWRNORM)
#define DATA	(POLLIN | POLLRDNORM)
#define ALL	(ROOM | DATA | POLLPRI | POLLRDBAND | POLLWRBAND | POLLRDHUP)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* Records that the reference layer sealed, to be sent in any pieces. */
static unsigned char wire[BUF_SIZE];
static size_t wire_len;

/* Add a record to those to be sent. */
static int seal(struct tt_conn *c, int type, const void *data, size_t len)
{
	int n;

	if (wire_len + TLS_MAX_RECORD > sizeof(wire))
		return tt_fail(ENOBUFS, "too many records");
	n = tt_peer_seal(c, type, data, len, 0, wire + wire_len);
	if (n < 0)
		return n;
	wire_len += n;
	return 0;
}

/* Send them at once. */
static int send_wire(struct tt_conn *c)
{
	size_t n = wire_len;

	wire_len = 0;
	return tt_peer_raw(c, wire, n);
}

/* Bytes that TCP has for kernel TLS. */
static int queued(const struct tt_conn *c)
{
	int n = -1;

	return ioctl(c->fd, SIOCINQ, &n) ? -errno : n;
}

/* Wait until there are so many. */
static int arrived(const struct tt_conn *c, int bytes)
{
	long long end = tt_now_ms() + TT_WAIT_MS;

	while (queued(c) != bytes) {
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT, "%d bytes in the queue, not %d",
				       queued(c), bytes);
		poll(NULL, 0, 1);
	}
	return 0;
}

static int set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK :
				       flags & ~O_NONBLOCK);
}

/* SO_RCVTIMEO or SO_SNDTIMEO; 0 is for ever. */
static int set_time(int fd, int option, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	return setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv));
}

static int set_size(int fd, int option, int bytes)
{
	return setsockopt(fd, SOL_SOCKET, option, &bytes, sizeof(bytes));
}

/* Whether the kernel's tls has a poll of its own, which knows of records. */
static bool records_polled(void)
{
	return !tt_feature_missing("tls_poll");
}

#include "wait/ready.c"
#include "wait/edge.c"
#include "wait/call.c"
#include "wait/wake.c"
#include "wait/time.c"
#include "wait/signal.c"
#include "wait/room.c"
#include "wait/nonblock.c"

/* Told by the symbol and not by what poll does: that is tested. */
static const char *tls_poll_missing(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	const char *missing =
		"tls of this kernel has no poll of its own: TCP's knows nothing of records";
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, " tls_sk_poll"))
			missing = NULL;
	if (f)
		fclose(f);
	return missing;
}

static void __attribute__((constructor)) wait_constructor(void)
{
	tt_suite_init(false);
	if (tt_tcp_mtu())
		fprintf(stderr, "# %s\n", tt_why());
	tt_feature_add("tls_poll", tls_poll_missing());
}

TT_SELECTED_HARNESS_MAIN
