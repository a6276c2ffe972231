// SPDX-License-Identifier: GPL-2.0
/* Processes that share a socket: by fork, dup and SCM_RIGHTS. */

static pid_t child_start(void)
{
	pid_t pid = fork();

	/* The harness kills the test's process only. */
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* 0, or what it ended with. */
static int child_end(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static int fd_send(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { };
	struct iovec iov = { "x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &m, 0) == 1 ? 0 : -errno;
}

static int fd_receive(int sock)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(sock, &m, MSG_CMSG_CLOEXEC) != 1)
		return -errno;
	cmsg = CMSG_FIRSTHDR(&m);
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

/* Processes that send at once, through descriptors of their own. */
TT_TEST_F(share, fork_writers)
{
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct writer w[4];
	long sum = 0;
	pid_t pid[4];
	size_t k;
	int i;

	small_buffers(c);
	for (i = 0; i < 4; i++) {
		writer_init(&w[i], c, i, 25, TLS_MAX_PAYLOAD, 0);
		w[i].type = i & 1 ? 100 + i : TLS_TYPE_DATA;
		pid[i] = child_start();
		ASSERT_LE(0, pid[i]);
		if (!pid[i]) {
			w[i].fd = dup(c->fd);
			close(c->fd);
			_exit(writer_writes(&w[i]) ? 1 : 0);
		}
	}
	ASSERT_OK(tt_peer_records(c, 100));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, child_end(pid[i]));
	EXPECT_OK(check_records(c, 0, w, 4));
	for (k = 0; k < c->recs; k++)
		sum += c->rec[k].len;
	tt_flow_end(&tx, sum);
	EXPECT_EQ(c->tx.seq + 100, tt_seq(c, TLS_TX));
	ASSERT_OK(tt_kernel_receives(c, 500));
}

/* Processes that receive at once: each record comes to one. */
TT_TEST_F(share, fork_readers)
{
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct catch *catch = catch_new();
	struct rx_reader r;
	pid_t pid[READERS];
	int i;

	ASSERT_NE(NULL, catch);
	set_time(c->fd, SO_RCVTIMEO, 0);
	for (i = 0; i < READERS; i++) {
		pid[i] = child_start();
		ASSERT_LE(0, pid[i]);
		if (!pid[i]) {
			close(c->peer_fd);
			_exit(reader_init(&r, c, i % NR_READ_WAYS, catch) ||
			      reader_reads(&r) ? 1 : 0);
		}
	}
	for (i = 0; i < RECORDS; i++)
		ASSERT_OK(send_record(c, i));
	shutdown(c->peer_fd, SHUT_WR);
	for (i = 0; i < READERS; i++)
		ASSERT_EQ(0, child_end(pid[i]));
	EXPECT_OK(catch_check(catch));
	tt_flow_end(&rx, RECORDS * RECORD_LEN);
}

/* What a child left of a record its parent reads, and what a child began with
 * MSG_MORE its parent ends: the state is the socket's.
 */
TT_TEST_F(share, fork_goes_on)
{
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	unsigned char out[1000], in[1000];
	pid_t pid;

	tt_fill(out, sizeof(out));
	ASSERT_OK(tt_peer_write(c, out, 1000));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(recv(c->fd, in, 300, 0) != 300 ||
		      memcmp(in, out, 300) ||
		      send(c->fd, out, 400, MSG_MORE) != 400);
	ASSERT_EQ(0, child_end(pid));
	ASSERT_EQ(700, recv(c->fd, in, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out + 300, 700));
	ASSERT_EQ(600, send(c->fd, out + 400, 600, 0));
	tt_flow_end(&rx, 1000);
	tt_flow_end(&tx, 1000);
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 1000));
	EXPECT_OK(tt_peer_expect_data(c, out, 1000));
}

/* What the other process does with it. */
static int stranger(int sock, const unsigned char *data)
{
	unsigned char in[1000];
	int fd = fd_receive(sock);
	char byte;

	if (fd < 0 || send(fd, data, 500, MSG_NOSIGNAL) != 500 ||
	    recv(fd, in, 1000, 0) != 500 || memcmp(in, data, 500) ||
	    write(sock, "d", 1) != 1 || read(sock, &byte, 1) != 1)
		return 1;
	/* Nobody else has it any more. */
	if (recv(fd, in, 1000, 0) != 300 || memcmp(in, data + 500, 300))
		return 2;
	return 0;
}

/* Another process gets the socket in a message, uses it, and is its last owner. */
TT_TEST_F(share, passed)
{
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	struct tt_flow rx = tt_flow_begin(c, TT_OP_RX);
	struct tt_op last = { .kind = TT_OP_RX, .result = 300, .type = -1,
			      .keyed = true };
	unsigned char out[1000];
	int sv[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
	tt_fill(out, sizeof(out));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(c->fd);
		close(c->peer_fd);
		_exit(stranger(sv[1], out));
	}
	ASSERT_EQ(0, fd_send(sv[0], c->fd));
	ASSERT_OK(tt_peer_write(c, out, 500));
	ASSERT_OK(tt_peer_expect_data(c, out, 500));
	ASSERT_EQ(1, read(sv[0], &byte, 1));
	tt_flow_end(&tx, 500);
	tt_flow_end(&rx, 500);
	ASSERT_OK(tt_kernel_sends(c, 100));
	ASSERT_OK(tt_kernel_receives(c, 100));
	last.before = tt_seq(c, TLS_RX);
	last.after = last.before + 1;
	tt_conn_shut_fd(c);
	ASSERT_EQ(1, write(sv[0], "g", 1));
	ASSERT_EQ(0, poll(&(struct pollfd){ c->peer_fd, POLLRDHUP, 0 }, 1, 0));
	ASSERT_OK(tt_peer_write(c, out + 500, 300));
	EXPECT_EQ(0, child_end(pid));
	tt_ledger_add(&c->ledger, &last);
	EXPECT_OK(tt_peer_eof(c));
	close(sv[0]);
	close(sv[1]);
}
