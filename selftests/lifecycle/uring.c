// SPDX-License-Identifier: GPL-2.0
/* Sockets that io_uring holds. */
#include "uring.h"

#define NEED_URING()							\
	do {								\
		if (tt_uring_missing())					\
			SKIP(return, "%s", tt_uring_missing());		\
	} while (0)

static struct io_uring_sqe request(int op, int fd, void *buf, unsigned int len)
{
	struct io_uring_sqe sqe = {
		.opcode = op, .fd = fd, .addr = (unsigned long)buf, .len = len,
	};

	return sqe;
}

/* Data both ways by io_uring. */
TEST_F_TIMEOUT(life, uring_traffic, LIFE_TIMEOUT)
{
	unsigned char out[1000], in[1000];
	struct io_uring_sqe sqe;
	struct tt_uring u;
	int fd[2], i;

	NEED_URING();
	ASSERT_OK(tt_uring_open(&u));
	ASSERT_OK(tt_pair_open(fd, TT_KO));
	for (i = 0; i < 10; i++) {
		tt_fill(out, sizeof(out));
		sqe = request(IORING_OP_SEND, fd[0], out, sizeof(out));
		ASSERT_EQ(sizeof(out), tt_uring_do(&u, &sqe));
		sqe = request(IORING_OP_POLL_ADD, fd[1], NULL, 0);
		sqe.poll32_events = POLLIN;
		ASSERT_LT(0, tt_uring_do(&u, &sqe) & POLLIN);
		sqe = request(IORING_OP_RECV, fd[1], in, sizeof(in));
		ASSERT_EQ(sizeof(in), tt_uring_do(&u, &sqe));
		ASSERT_EQ(0, memcmp(out, in, sizeof(in)));
	}
	EXPECT_EQ(10000, total("TlsTraceTxBytes"));
	EXPECT_EQ(10000, total("TlsTraceRxBytes"));
	tt_pair_close(fd);
	tt_uring_close(&u);
	EXPECT_EQ(0, refs_become(0));
}

/* A request that waits is an owner: it gets its data after the close. */
TEST_F_TIMEOUT(life, uring_request_is_last_owner, LIFE_TIMEOUT)
{
	static const char * const ulps[] = { TT_KO, "tls" };
	int i, rounds = tt_rounds(10), fd[2];
	struct io_uring_sqe sqe;
	struct tt_uring u;
	char in[10] = "";

	NEED_URING();
	ASSERT_OK(tt_uring_open(&u));
	for (i = 0; i < rounds; i++) {
		ASSERT_OK(tt_pair_open_as(fd, ulps));
		sqe = request(IORING_OP_RECV, fd[0], in, sizeof(in));
		ASSERT_OK(tt_uring_start(&u, &sqe));
		ASSERT_EQ(0, close(fd[0]));
		EXPECT_EQ(2, tt_ko_refs(TT_KO));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		EXPECT_EQ(1, list_count(TRACE_LIST, 0, NULL));
		if (i % 3 == 2) {
			reset(&fd[1]);
			EXPECT_EQ(-ECONNRESET, tt_uring_wait(&u, NULL));
		} else {
			ASSERT_EQ(5, send(fd[1], "hello", 5, 0));
			EXPECT_EQ(5, tt_uring_wait(&u, NULL));
			EXPECT_EQ(0, memcmp(in, "hello", 5));
			close(fd[1]);
		}
		ASSERT_EQ(0, refs_become(0));
	}
	tt_uring_close(&u);
}

/* The ring goes, or its process is killed, with a request that waits. */
TEST_F_TIMEOUT(life, uring_ends_with_request, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10), fd[2], ready[2];
	struct io_uring_sqe sqe;
	struct tt_uring u;
	char in[10], byte;
	pid_t pid;

	NEED_URING();
	for (i = 0; i < rounds; i++) {
		ASSERT_OK(tt_pair_open(fd, TT_KO));
		ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
		pid = child_start();
		ASSERT_LE(0, pid);
		if (!pid) {
			sqe = request(i % 3 ? IORING_OP_RECV :
				      IORING_OP_POLL_ADD, fd[0], i % 3 ? in :
				      NULL, i % 3 ? sizeof(in) : 0);
			if (i % 3 == 0)
				sqe.poll32_events = POLLIN;
			if (tt_uring_open(&u) || tt_uring_start(&u, &sqe))
				_exit(1);
			if (i & 1)
				tt_uring_close(&u);
			if (write(ready[1], "r", 1) != 1)
				_exit(1);
			pause();
			_exit(1);
		}
		tt_pair_close(fd);
		ASSERT_OK(tt_wait_fd(ready[0], POLLIN, "the child"));
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		EXPECT_EQ(4, tt_ko_refs(TT_KO));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		kill(pid, SIGKILL);
		ASSERT_EQ(128 + SIGKILL, child_wait(pid));
		close(ready[0]);
		close(ready[1]);
		ASSERT_EQ(0, refs_become(0));
	}
}
