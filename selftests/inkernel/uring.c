// SPDX-License-Identifier: GPL-2.0
/*
 * io_uring: the calls are made by the kernel for the application, in its context
 * where they do not have to wait, else by a worker or again after a poll.
 */

static const size_t uring_size[] = { 1, 100, 4096, 16384, 16385, 50000 };

/* Sent data arrives. */
TT_TEST_F(uring, send)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SEND };
	struct tt_uring u;
	size_t i, sum = 0;
	struct tt_flow tx;

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	tx = tt_flow_begin(c, TT_OP_TX);
	sqe.fd = c->fd;
	sqe.addr = (unsigned long)out;
	for (i = 0; i < ARRAY_SIZE(uring_size); i++) {
		tt_fill(out, uring_size[i]);
		sqe.len = uring_size[i];
		ASSERT_EQ(uring_size[i], tt_uring_do(&u, &sqe));
		ASSERT_OK(tt_peer_expect_data(c, out, uring_size[i]));
		sum += uring_size[i];
	}
	tt_uring_close(&u);
	tt_flow_end(&tx, sum);
	EXPECT_OK(check_events(c, "tx", TT_PATH_CALL, sum));
}

/* A read that is submitted before there is anything to read. */
TT_TEST_F(uring, recv_waits)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_RECV };
	struct tt_uring u;
	size_t i, sum = 0;
	struct tt_flow rx;

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	rx = tt_flow_begin(c, TT_OP_RX);
	sqe.fd = c->fd;
	sqe.addr = (unsigned long)in;
	for (i = 0; i < 4; i++) {
		tt_fill(out, uring_size[i]);
		sqe.len = sizeof(in);
		ASSERT_OK(tt_uring_start(&u, &sqe));
		ASSERT_OK(tt_peer_write(c, out, uring_size[i]));
		ASSERT_EQ(uring_size[i], tt_uring_wait(&u, NULL));
		ASSERT_EQ(0, memcmp(in, out, uring_size[i]));
		sum += uring_size[i];
	}
	tt_uring_close(&u);
	tt_flow_end(&rx, sum);
	EXPECT_OK(check_events(c, "rx", TT_PATH_CALL, sum));
}

/* A control record through recvmsg, with its type; and EIO without the room. */
TT_TEST_F(uring, recvmsg_type)
{
	unsigned char alert[2] = { TLS_ALERT_WARNING, TLS_ALERT_USER_CANCELED };
	struct io_uring_sqe sqe = { .opcode = IORING_OP_RECVMSG };
	char control[CMSG_SPACE(1)] __attribute__((aligned(8)));
	struct iovec iov = { in, 100 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	struct tt_uring u;
	struct tt_flow rx;
	__u64 seq;

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
	rx = tt_flow_begin(c, TT_OP_RX);
	seq = rx.before;
	sqe.fd = c->fd;
	sqe.addr = (unsigned long)&m;
	sqe.len = 1;
	ASSERT_EQ(-EIO, tt_uring_do(&u, &sqe));
	tt_flow_end(&rx, -EIO);
	rx = tt_flow_begin(c, TT_OP_RX);
	m.msg_control = control;
	m.msg_controllen = sizeof(control);
	ASSERT_EQ(2, tt_uring_do(&u, &sqe));
	tt_flow_end(&rx, 2);
	tt_ledger_alert(&c->ledger, true, alert, seq);
	EXPECT_EQ(0, memcmp(in, alert, 2));
	cmsg = CMSG_FIRSTHDR(&m);
	ASSERT_NE(NULL, cmsg);
	EXPECT_EQ(SOL_TLS, cmsg->cmsg_level);
	EXPECT_EQ(TLS_GET_RECORD_TYPE, cmsg->cmsg_type);
	EXPECT_EQ(TLS_TYPE_ALERT, *CMSG_DATA(cmsg));
	tt_uring_close(&u);
}

/* A control record through sendmsg. */
TT_TEST_F(uring, sendmsg_type)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SENDMSG };
	char control[CMSG_SPACE(1)] __attribute__((aligned(8))) = "";
	struct iovec iov[] = { { out, 10 }, { out + 50, 20 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);
	struct tt_uring u;
	struct tt_flow tx;

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	tt_fill(out, 70);
	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(cmsg) = TLS_TYPE_HANDSHAKE;
	tx = tt_flow_begin(c, TT_OP_TX);
	sqe.fd = c->fd;
	sqe.addr = (unsigned long)&m;
	sqe.len = 1;
	ASSERT_EQ(30, tt_uring_do(&u, &sqe));
	tt_flow_end(&tx, 30);
	memmove(out + 10, out + 50, 20);
	EXPECT_OK(tt_peer_expect(c, 0, TLS_TYPE_HANDSHAKE, out, 30));
	tt_uring_close(&u);
}

/* From a pipe and into one. */
TT_TEST_F(uring, splice)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SPLICE };
	struct tt_flow tx, rx;
	struct tt_uring u;
	int p[2];

	TT_NEED("io_uring");
	ASSERT_OK(tt_uring_open(&u));
	ASSERT_EQ(0, pipe(p));
	tt_fill(out, 9000);
	ASSERT_EQ(5000, write(p[1], out, 5000));
	tx = tt_flow_begin(c, TT_OP_TX);
	rx = tt_flow_begin(c, TT_OP_RX);
	sqe.off = -1;
	sqe.splice_off_in = -1;
	sqe.fd = c->fd;
	sqe.splice_fd_in = p[0];
	sqe.len = 5000;
	ASSERT_EQ(5000, tt_uring_do(&u, &sqe));
	ASSERT_OK(tt_peer_expect_data(c, out, 5000));
	ASSERT_OK(tt_peer_write(c, out + 5000, 4000));
	sqe.fd = p[1];
	sqe.splice_fd_in = c->fd;
	ASSERT_EQ(4000, tt_uring_do(&u, &sqe));
	ASSERT_EQ(4000, read(p[0], in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, out + 5000, 4000));
	tt_uring_close(&u);
	tt_flow_end(&tx, 5000);
	tt_flow_end(&rx, 4000);
	EXPECT_OK(check_events(c, "tx", TT_TX_SPLICE, 5000));
	EXPECT_OK(check_events(c, "rx", TT_RX_SPLICE, 4000));
}
