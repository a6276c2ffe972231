// SPDX-License-Identifier: GPL-2.0
/* Control messages, flags, and calls of many messages. */

/* A message of 10 bytes of @p with the two control messages given. */
static long send_cmsgs(struct tt_conn *c, unsigned char *p, int level0, int type0,
		       int value0, int value1)
{
	union {
		char buf[2 * CMSG_SPACE(1)];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { p, 10 };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	cmsg->cmsg_level = level0;
	cmsg->cmsg_type = type0;
	cmsg->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(cmsg) = value0;
	if (value1 < 0)
		m.msg_controllen = CMSG_SPACE(1);
	else
		cmsg = CMSG_NXTHDR(&m, cmsg);
	if (value1 >= 0) {
		cmsg->cmsg_level = SOL_TLS;
		cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
		cmsg->cmsg_len = CMSG_LEN(1);
		*CMSG_DATA(cmsg) = value1;
	}
	return tt_sendmsg(c, &m, 0, value1 < 0 ? -1 : value1);
}

/* Control messages of other levels do not give a type and are no harm beside one
 * that does; of two types the last counts.
 */
TT_TEST_F(control, tx_cmsgs)
{
	tt_fill(out, 30);
	EXPECT_EQ(-EINVAL, send_cmsgs(c, out, SOL_RAW, 1, 77, -1));
	ASSERT_EQ(10, send_cmsgs(c, out, SOL_RAW, 1, 77, 88));
	ASSERT_EQ(10, send_cmsgs(c, out + 10, SOL_TLS, TLS_SET_RECORD_TYPE, 77,
				 99));
	ASSERT_EQ(10, tt_send(c, out + 20, 10, 0));
	ASSERT_OK(tt_peer_expect(c, 0, 88, out, 10));
	ASSERT_OK(tt_peer_expect(c, 1, 99, out + 10, 10));
	ASSERT_OK(tt_peer_expect(c, 2, TLS_TYPE_DATA, out + 20, 10));
}

/* An address given with the message is not looked at. */
TT_TEST_F(control, tx_name)
{
	struct sockaddr_storage name = { .ss_family = AF_UNIX };
	struct iovec iov = { out, 100 };
	struct msghdr m = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	tt_fill(out, 100);
	ASSERT_EQ(100, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 100));
}

/* MSG_EOR ends the record, where the kernel knows it; with MSG_MORE it is refused. */
TT_TEST_F(control, tx_eor)
{
	long n;

	tt_fill(out, 50);
	n = tt_send(c, out, 10, MSG_EOR);
	if (n == -EOPNOTSUPP) {
		/* Refused, but no harm done. */
		ASSERT_EQ(50, tt_send(c, out, 50, 0));
		ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 50));
		return;
	}
	ASSERT_EQ(10, n);
	EXPECT_EQ(-EINVAL, tt_send(c, out, 10, MSG_EOR | MSG_MORE));
	ASSERT_EQ(20, tt_send(c, out + 10, 20, MSG_MORE));
	ASSERT_EQ(20, tt_send(c, out + 30, 20, MSG_EOR));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 10));
	ASSERT_OK(tt_peer_expect(c, 1, TLS_TYPE_DATA, out + 10, 40));
}

/* Read a record of which @room bytes fit: MSG_EOR tells where it ends. */
static int flags_of_read(struct tt_conn *c, size_t room, size_t control_len)
{
	union {
		char buf[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { in, room };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = control_len,
	};
	int type;
	long n = tt_recvmsg(c, &m, 0, &type);

	return n < 0 ? n : m.msg_flags;
}

/* The end of a record shows as MSG_EOR, also of one read in parts; data is read in
 * spite of too little room for its type, which MSG_CTRUNC tells.
 */
TT_TEST_F(control, rx_flags)
{
	int flags;

	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	flags = flags_of_read(c, 200, CMSG_SPACE(1));
	ASSERT_LT(0, flags);
	EXPECT_EQ(MSG_EOR, flags & (MSG_EOR | MSG_CTRUNC | MSG_TRUNC));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	EXPECT_EQ(0, flags_of_read(c, 60, CMSG_SPACE(1)) & MSG_EOR);
	EXPECT_EQ(0, flags_of_read(c, 39, CMSG_SPACE(1)) & MSG_EOR);
	EXPECT_EQ(MSG_EOR, flags_of_read(c, 39, CMSG_SPACE(1)) & MSG_EOR);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 100, 0));
	flags = flags_of_read(c, 100, CMSG_LEN(0));
	ASSERT_LT(0, flags);
	EXPECT_EQ(MSG_CTRUNC, flags & MSG_CTRUNC);
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_peer_record(c, 99, out, 100, 0));
	EXPECT_EQ(0, flags_of_read(c, 60, CMSG_SPACE(1)) & MSG_EOR);
	EXPECT_EQ(MSG_EOR, flags_of_read(c, 60, CMSG_SPACE(1)) & MSG_EOR);
}

/* A thousand pieces of memory of a byte each are one record, and take one. */
TT_TEST_F(control, many_pieces)
{
	static struct iovec iov[1024];
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };
	size_t i, n = ARRAY_SIZE(iov);
	int type;

	tt_fill(out, n);
	for (i = 0; i < n; i++)
		iov[i] = (struct iovec){ out + i, 1 };
	ASSERT_EQ(n, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, n));
	ASSERT_OK(tt_peer_write(c, out, n));
	/* from the last to the first */
	for (i = 0; i < n; i++)
		iov[i].iov_base = in + n - 1 - i;
	ASSERT_EQ(n, tt_recvmsg(c, &m, 0, &type));
	for (i = 0; i < n; i++)
		ASSERT_EQ(out[i], in[n - 1 - i]);
}

#define MANY	4

static const unsigned char many_types[MANY] = { 23, 99, 23, 100 };

/* Note message @i of a call, the record after @seq. */
static void note_message(struct tt_conn *c, enum tt_op_kind kind, __u64 seq,
			 int i, long result)
{
	struct tt_op op = {
		.kind = kind,
		.keyed = true,
		.result = result,
		.type = many_types[i],
		.len = kind == TT_OP_TX ? 100 : 200,
		.before = seq,
		.after = seq + (result > 0),
	};

	tt_ledger_add(&c->ledger, &op);
}

/* sendmmsg refuses several messages at once, for the flag MSG_BATCH that it adds; by
 * itself each is sent. recvmmsg takes several, each with its type.
 */
TT_TEST_F(control, many_messages)
{
	union {
		char buf[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control[MANY] = {};
	struct mmsghdr m[MANY] = {};
	struct iovec iov[MANY];
	struct cmsghdr *cmsg;
	__u64 seq = tt_seq(c, TLS_TX);
	int i;

	tt_fill(out, 100 * MANY);
	for (i = 0; i < MANY; i++) {
		iov[i] = (struct iovec){ out + 100 * i, 100 };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_control = &control[i];
		m[i].msg_hdr.msg_controllen = sizeof(control[i]);
		cmsg = CMSG_FIRSTHDR(&m[i].msg_hdr);
		cmsg->cmsg_level = SOL_TLS;
		cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
		cmsg->cmsg_len = CMSG_LEN(1);
		*CMSG_DATA(cmsg) = many_types[i];
	}
	EXPECT_EQ(-1, sendmmsg(c->fd, m, MANY, 0));
	EXPECT_EQ(EOPNOTSUPP, errno);
	note_message(c, TT_OP_TX, seq, 0, -EOPNOTSUPP);
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(1, sendmmsg(c->fd, m + i, 1, 0));
		note_message(c, TT_OP_TX, seq + i, i, m[i].msg_len);
		EXPECT_EQ(100, m[i].msg_len);
		ASSERT_OK(tt_peer_expect(c, i, many_types[i], out + 100 * i,
					 100));
		ASSERT_OK(tt_peer_record(c, many_types[i], out + 100 * i, 100,
					 0));
		iov[i] = (struct iovec){ in + 200 * i, 200 };
	}
	seq = tt_seq(c, TLS_RX);
	/* A message may open the next one's record, to see its type. */
	c->ledger.unordered = true;
	ASSERT_EQ(MANY, recvmmsg(c->fd, m, MANY, 0, NULL));
	for (i = 0; i < MANY; i++) {
		note_message(c, TT_OP_RX, seq + i, i, m[i].msg_len);
		ASSERT_EQ(100, m[i].msg_len);
		EXPECT_EQ(0, memcmp(in + 200 * i, out + 100 * i, 100));
		cmsg = CMSG_FIRSTHDR(&m[i].msg_hdr);
		ASSERT_NE(NULL, cmsg);
		EXPECT_EQ(many_types[i], *CMSG_DATA(cmsg));
	}
}
