// SPDX-License-Identifier: GPL-2.0
/* Content types on the way from OpenSSL, or the reference layer, to the kernel. */

/* OpenSSL's data arrives, its type is told, and the kernel's state moved on. */
TT_TEST_F(record, rx_data)
{
	__u64 seq = tt_seq(c, TLS_RX);
	int type;

	tt_fill(out, 1000);
	ASSERT_OK(tt_peer_write(c, out, 1000));
	ASSERT_EQ(1000, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	EXPECT_EQ(0, memcmp(in, out, 1000));
	EXPECT_EQ(seq + 1, tt_seq(c, TLS_RX));
	EXPECT_EQ(c->rx.seq + 1, tt_seq(c, TLS_RX));
}

/* OpenSSL's close_notify is an alert for the reader, then comes end of file. */
TT_TEST_F(record, rx_close_notify)
{
	int type;

	tt_fill(out, 50);
	ASSERT_OK(tt_peer_write(c, out, 50));
	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_EQ(50, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 50));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_WARNING, in[0]);
	EXPECT_EQ(TLS_ALERT_CLOSE_NOTIFY, in[1]);
	shutdown(c->peer_fd, SHUT_WR);
	EXPECT_EQ(0, tt_recv(c, in, sizeof(in), 0));
}

/* OpenSSL's handshake messages are told as such: ticket, KeyUpdate, HelloRequest
 * or a ClientHello, by version and role.
 */
TT_TEST_F(record, rx_handshake)
{
	int type, first;

	if (c->o.version == TLS_1_3 && !c->o.server) {
		ASSERT_OK(tt_peer_ticket(c));
		first = SSL3_MT_NEWSESSION_TICKET;
	} else if (c->o.version == TLS_1_3) {
		ASSERT_OK(tt_peer_key_update(c, false));
		first = SSL3_MT_KEY_UPDATE;
		tt_stat_expect("TlsRxRekeyReceived", 1);
	} else {
		ASSERT_OK(tt_peer_renegotiate(c));
		first = c->o.server ? SSL3_MT_CLIENT_HELLO :
				      SSL3_MT_HELLO_REQUEST;
	}
	ASSERT_LT(0, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(first, in[0]);
}

/* Every type but 0, known or not, is told as it was sent. */
TT_TEST_F(record, rx_all_types)
{
	int type, want, n;

	for (want = 1; want < 256; want++) {
		n = 2 + tt_random() % 64;
		fill_message(out, n);
		ASSERT_OK(tt_peer_record(c, want, out, n, 0));
		ASSERT_EQ(n, tt_recv_type(c, &type, in, sizeof(in), 0));
		ASSERT_EQ(want, type);
		ASSERT_EQ(0, memcmp(in, out, n));
	}
}

/* A read never goes over a change of type, whatever room it has. */
TT_TEST_F(record, rx_no_merge)
{
	static const unsigned char types[] = {
		TLS_TYPE_DATA, TLS_TYPE_ALERT, TLS_TYPE_DATA,
		TLS_TYPE_HANDSHAKE, TLS_TYPE_HANDSHAKE, 99, TLS_TYPE_DATA,
	};
	size_t i;
	int type;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		fill_message(out + 100 * i, 100);
		ASSERT_OK(tt_peer_record(c, types[i], out + 100 * i, 100, 0));
	}
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		ASSERT_EQ(100, tt_recv_type(c, &type, in, sizeof(in), 0));
		EXPECT_EQ(types[i], type);
		EXPECT_EQ(0, memcmp(in, out + 100 * i, 100));
	}
}

/* Records of control types are read one by one, even if they are alike. */
TT_TEST_F(record, rx_control_one_by_one)
{
	size_t i;
	int type;

	tt_fill(out, 40);
	for (i = 0; i < 4; i++)
		ASSERT_OK(tt_peer_record(c, 99, out + 10 * i, 10, 0));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in),
					   MSG_WAITALL));
		EXPECT_EQ(99, type);
		EXPECT_EQ(0, memcmp(in, out + 10 * i, 10));
	}
}

/* Without room for the type a control record is EIO, again and again, and stays;
 * with room it is read, and what follows it too.
 */
TT_TEST_F(record, rx_eio_keeps_record)
{
	int type;

	fill_message(out, 30);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 10, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 10, 20, 0));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out, 10));
	ASSERT_EQ(20, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out + 10, 20));
}

/* Data in front of a control record is read without room for the type. */
TT_TEST_F(record, rx_eio_after_data)
{
	int type;

	tt_fill(out, 20);
	fill_message(out + 20, 10);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 20, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out + 20, 10, 0));
	ASSERT_EQ(20, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 20));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out + 20, 10));
}

/* Room for the header of a control message alone is no room for the type. */
TT_TEST_F(record, rx_eio_short_cmsg)
{
	union {
		char buf[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { in, sizeof(in) };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(0),
	};
	int type;

	fill_message(out, 10);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 10, 0));
	EXPECT_EQ(-EIO, tt_recvmsg(c, &m, 0, &type));
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out, 10));
}

/* A peek sees one type, twice the same, and takes nothing away. */
TT_TEST_F(record, rx_peek_type)
{
	int type, i;

	tt_fill(out, 12);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 10, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, out + 10, 2, 0));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in),
					   MSG_PEEK));
		EXPECT_EQ(TLS_TYPE_DATA, type);
		EXPECT_EQ(0, memcmp(in, out, 10));
	}
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), MSG_PEEK));
		EXPECT_EQ(TLS_TYPE_ALERT, type);
		EXPECT_EQ(0, memcmp(in, out + 10, 2));
	}
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
}

/* A control record read in pieces tells its type with every piece. */
TT_TEST_F(record, rx_control_partial)
{
	int type, i;

	fill_message(out, 30);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 20, 0));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + 20, 10, 0));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(5, tt_recv_type(c, &type, in, 5, 0));
		EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
		EXPECT_EQ(0, memcmp(in, out + 5 * i, 5));
	}
	ASSERT_EQ(10, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	EXPECT_EQ(0, memcmp(in, out + 20, 10));
}
