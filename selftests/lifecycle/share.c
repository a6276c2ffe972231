// SPDX-License-Identifier: GPL-2.0
/* Sockets with several owners: processes, descriptors, messages in flight. */

static int fd_send(int sock, const int *fd, int n)
{
	char control[CMSG_SPACE(4 * sizeof(int))] = { };
	struct iovec iov = { "x", 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fd, n * sizeof(int));
	return sendmsg(sock, &m, 0) == 1 ? 0 : -errno;
}

static int fd_receive(int sock, int *fd, int n)
{
	char control[CMSG_SPACE(4 * sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;

	if (recvmsg(sock, &m, MSG_CMSG_CLOEXEC) != 1)
		return -errno;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_len != CMSG_LEN(n * sizeof(int)))
		return -EBADMSG;
	memcpy(fd, CMSG_DATA(c), n * sizeof(int));
	return 0;
}

/* The socket is the child's too: whoever closes first, the other one has it. */
TEST_F_TIMEOUT(life, fork_and_close, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(20), fd[2], go[2];
	char byte;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		bool child_first = i & 1;

		ASSERT_OK(tt_pair_open(fd, TT_KO));
		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = child_start();
		ASSERT_LE(0, pid);
		if (!pid) {
			close(go[1]);
			if (!child_first && read(go[0], &byte, 1))
				_exit(1);
			_exit(tt_pair_talk(fd) ? 2 : 0);
		}
		if (child_first) {
			ASSERT_EQ(0, child_wait(pid));
			ASSERT_EQ(4, tt_ko_refs(TT_KO));
			ASSERT_OK(tt_pair_talk(fd));
			tt_pair_close(fd);
			close(go[1]);
		} else {
			tt_pair_close(fd);
			ASSERT_EQ(4, tt_ko_refs(TT_KO));
			ASSERT_EQ(2, total("TlsTraceCurr"));
			ASSERT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
			/* End of file tells the child to go on. */
			close(go[1]);
			ASSERT_EQ(0, child_wait(pid));
		}
		close(go[0]);
		ASSERT_EQ(0, refs_become(0));
	}
	EXPECT_EQ(2 * rounds, total("TlsTraceClose"));
}

/* The ULP is the socket's, whichever descriptor and process attached it. */
TEST_F_TIMEOUT(life, child_attaches, LIFE_TIMEOUT)
{
	static const char * const ulps[] = { TT_KO, "tls" };
	int fd[2], other[2];
	pid_t pid;

	ASSERT_OK(tt_pair_open_as(other, ulps));
	ASSERT_OK(tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(tt_tcp_ulp(fd[0], TT_KO) ? 1 : 0);
	ASSERT_EQ(0, child_wait(pid));
	EXPECT_EQ(4, tt_ko_refs(TT_KO));
	EXPECT_EQ(-EEXIST, tt_tcp_ulp(fd[0], TT_KO));
	EXPECT_EQ(2, list_count(TRACE_LIST, 0, NULL));
	tt_pair_close(fd);
	EXPECT_EQ(2, refs_become(2));
	ASSERT_OK(tt_pair_talk(other));
	tt_pair_close(other);
}

/* Of a socket with many descriptors the last close is the end. */
TEST_F_TIMEOUT(life, dup_and_close, LIFE_TIMEOUT)
{
	int fd[2], copy[10], i;

	ASSERT_OK(tt_pair_open(fd, TT_KO));
	for (i = 0; i < 10; i++) {
		copy[i] = fcntl(fd[0], F_DUPFD_CLOEXEC, 0);
		ASSERT_LE(0, copy[i]);
	}
	EXPECT_EQ(4, tt_ko_refs(TT_KO));
	EXPECT_EQ(2, list_count(TRACE_LIST, 0, NULL));
	close(fd[0]);
	for (i = 0; i < 10; i++) {
		EXPECT_EQ(4, tt_ko_refs(TT_KO));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		EXPECT_OK(tt_pair_send(copy[i], fd[1], 1000));
		EXPECT_OK(tt_pair_send(fd[1], copy[i], 1000));
		EXPECT_EQ(0, close(copy[i]));
	}
	EXPECT_EQ(2, refs_become(2));
	close(fd[1]);
	EXPECT_EQ(0, refs_become(0));
}

/* A message in flight is the only owner; then it is received, or thrown away. */
TEST_F_TIMEOUT(life, descriptor_in_flight, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(20), fd[2], sv[2];

	for (i = 0; i < rounds; i++) {
		ASSERT_OK(tt_pair_open(fd, TT_KO));
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
					sv));
		ASSERT_EQ(0, fd_send(sv[0], fd, 2));
		tt_pair_close(fd);
		close(sv[0]);
		ASSERT_EQ(4, tt_ko_refs(TT_KO));
		ASSERT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		ASSERT_EQ(2, list_count(TRACE_LIST, 0, NULL));
		if (i & 1) {
			ASSERT_EQ(0, fd_receive(sv[1], fd, 2));
			ASSERT_OK(tt_pair_talk(fd));
			tt_pair_close(fd);
		}
		close(sv[1]);
		ASSERT_EQ(0, refs_become(0));
	}
}

/* In a circle of messages only the garbage collector of AF_UNIX can free it. */
TEST_F_TIMEOUT(life, descriptor_in_circle, LIFE_TIMEOUT)
{
	long long end;
	int fd[3], sv[2];

	ASSERT_OK(tt_pair_open(fd, TT_KO));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	fd[2] = sv[1];
	/* The receiving end waits in its own queue. */
	ASSERT_EQ(0, fd_send(sv[0], fd, 3));
	tt_pair_close(fd);
	close(sv[0]);
	close(sv[1]);
	/* Closing another one sets the collector to work. */
	end = tt_now_ms() + TT_WAIT_MS;
	while (tt_ko_refs(TT_KO) && tt_now_ms() < end) {
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
		ASSERT_EQ(0, fd_send(sv[0], sv, 1));
		close(sv[0]);
		close(sv[1]);
		poll(NULL, 0, 1);
	}
	EXPECT_EQ(0, tt_ko_refs(TT_KO));
}

/* Another process gets it, uses it, and is killed with it. */
TEST_F_TIMEOUT(life, descriptor_passed_and_killed, LIFE_TIMEOUT)
{
	int fd[2], got[2], sv[2];
	char byte;
	pid_t pid;

	ASSERT_OK(tt_pair_open(fd, TT_KO));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid) {
		/* From the message it has them as its own. */
		tt_pair_close(fd);
		if (fd_receive(sv[1], got, 2) || tt_pair_talk(got))
			_exit(1);
		if (write(sv[1], "k", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	ASSERT_EQ(0, fd_send(sv[0], fd, 2));
	tt_pair_close(fd);
	ASSERT_OK(tt_wait_fd(sv[0], POLLIN, "the child"));
	ASSERT_EQ(1, read(sv[0], &byte, 1));
	EXPECT_EQ(4, tt_ko_refs(TT_KO));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
	EXPECT_EQ(2, total("TlsTraceCurr"));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_wait(pid));
	close(sv[0]);
	close(sv[1]);
	EXPECT_EQ(0, refs_become(0));
}
