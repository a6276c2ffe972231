// SPDX-License-Identifier: GPL-2.0
/* The cases. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cases.h"
#include "util.h"

#define KIB	1024
#define FILE_SIZE	(1024 * KIB)

#define CALLS(cipher, version, guard)				\
	{ BENCH_SEND, 1, cipher, version, guard },		\
	{ BENCH_SEND, 1 * KIB, cipher, version, 0 },		\
	{ BENCH_SEND, 16 * KIB, cipher, version, guard },	\
	{ BENCH_SEND, 64 * KIB, cipher, version, 0 },		\
	{ BENCH_RECV, 1, cipher, version, guard },		\
	{ BENCH_RECV, 1 * KIB, cipher, version, 0 },		\
	{ BENCH_RECV, 16 * KIB, cipher, version, 0 },		\
	{ BENCH_RECV, 64 * KIB, cipher, version, 0 },		\
	{ BENCH_RECVMSG, 1, cipher, version, guard },		\
	{ BENCH_RECVMSG, 16 * KIB, cipher, version, 0 },	\
	{ BENCH_SENDFILE, FILE_SIZE, cipher, version, 0 }

static const struct bench_case cases[] = {
	CALLS(TLS_CIPHER_AES_GCM_128, TLS_1_3, 1),
	CALLS(TLS_CIPHER_AES_GCM_128, TLS_1_2, 0),
	CALLS(TLS_CIPHER_CHACHA20_POLY1305, TLS_1_3, 0),
	CALLS(TLS_CIPHER_CHACHA20_POLY1305, TLS_1_2, 0),
};

const struct bench_case *bench_cases(size_t *count)
{
	*count = sizeof(cases) / sizeof(cases[0]);
	return cases;
}

const char *bench_op_name(enum bench_op op)
{
	static const char *const names[] = { "send", "recv", "recvmsg", "sendfile" };

	return names[op];
}

/* The file that is sent, in memory. */
static int the_file(void)
{
	static int fd = -1;

	if (fd >= 0)
		return fd;
	fd = memfd_create("bench", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, FILE_SIZE))
		return tt_fail(errno, "memfd: %s", strerror(errno));
	return fd;
}

int bench_receives(const struct bench_case *c)
{
	return c->op == BENCH_RECV || c->op == BENCH_RECVMSG;
}

/* One call: @took gets its instructions. */
static int call_once(struct line *l, const struct bench_case *c, char *buf, int file,
		     uint64_t *took)
{
	char control[CMSG_SPACE(1)];
	struct iovec iov = { buf, c->size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	uint64_t start;
	off_t off = 0;
	ssize_t n;
	int err;

	if (bench_receives(c)) {
		err = line_feed(l, buf, c->size);
		if (err)
			return err;
	}
	start = count_now();
	switch (c->op) {
	case BENCH_SEND:
		n = send(l->fd, buf, c->size, 0);
		break;
	case BENCH_RECV:
		n = recv(l->fd, buf, c->size, 0);
		break;
	case BENCH_RECVMSG:
		n = recvmsg(l->fd, &msg, 0);
		break;
	default:
		n = sendfile(l->fd, file, &off, c->size);
	}
	*took = count_now() - start;
	if (n < 0)
		return tt_fail(errno, "%s: %s", bench_op_name(c->op), strerror(errno));
	if (n != c->size)
		return tt_fail(EMSGSIZE, "%s moved %zd bytes of %zu", bench_op_name(c->op), n,
			       c->size);
	return bench_receives(c) ? 0 : line_drain(l, c->size);
}

int bench_repeat(struct line *l, const struct bench_case *c, size_t calls, pid_t tool,
		 struct bench_run *run)
{
	/* Settled since the last repetition; the first ones are not told. */
	uint64_t before = count_process(tool), events = count_events();
	static char buf[64 * KIB];
	int file = the_file();
	uint64_t *each;
	size_t i;
	int err = 0;

	if (file < 0)
		return file;
	each = calloc(calls, sizeof(*each));
	if (!each)
		return tt_fail(ENOMEM, "no memory");
	for (i = 0; i < calls && !err; i++)
		err = call_once(l, c, buf, file, &each[i]);
	if (!err) {
		run->calls = calls;
		run->events = (double)(count_events() - events) / calls;
		run->sum = count_sum(each, calls);
		run->tool = (double)(count_settled(tool) - before) / calls;
	}
	free(each);
	return err;
}
