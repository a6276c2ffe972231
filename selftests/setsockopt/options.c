// SPDX-License-Identifier: GPL-2.0
/* Options other than keys. */

static int get_u32(struct tt_conn *c, int option, socklen_t len)
{
	unsigned int value[2] = { 0xdead, 0xdead };
	int err = tt_get(c, option, value, &len);

	return err ?: (int)value[0];
}

static int set_u32(struct tt_conn *c, int option, unsigned int first,
		   unsigned int second, socklen_t len)
{
	unsigned int value[2] = { first, second };

	return tt_set(c, option, value, len);
}

/* Options that do not exist are ENOPROTOOPT, before keys and after. */
static void unknown_options(struct __test_metadata *_metadata,
			    struct tt_conn *c)
{
	static const int options[] = { 0, 6, 99, -1 };
	unsigned char buf[4] = {};
	socklen_t len;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		len = sizeof(buf);
		EXPECT_EQ(-ENOPROTOOPT, tt_get(c, options[i], buf, &len));
		/* The event has a byte for the option. */
		if (options[i] >= 0)
			EXPECT_EQ(-ENOPROTOOPT, tt_set(c, options[i], buf,
						       len));
	}
}

/* Unknown options, TLS 1.2. */
TT_TEST_F(options12, unknown)
{
	ASSERT_OK(tt_conn_attach(c));
	unknown_options(_metadata, c);
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	unknown_options(_metadata, c);
	ASSERT_OK(tt_exchange(c));
}

/* Unknown options, TLS 1.3. */
TT_TEST_F(options13, unknown)
{
	ASSERT_OK(tt_conn_attach(c));
	unknown_options(_metadata, c);
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	unknown_options(_metadata, c);
	ASSERT_OK(tt_exchange(c));
}

/* TLS_TX_ZEROCOPY_RO: 0 or 1, exactly four bytes, read back as set. */
static void zerocopy_ro(struct __test_metadata *_metadata, struct tt_conn *c)
{
	const int o = TLS_TX_ZEROCOPY_RO;

	EXPECT_EQ(0, get_u32(c, o, 4));
	EXPECT_EQ(0, set_u32(c, o, 1, 0, 4));
	EXPECT_EQ(1, get_u32(c, o, 4));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 2, 0, 4));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 0, 0, 3));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 0, 0, 8));
	EXPECT_EQ(-EINVAL, tt_set(c, o, NULL, 4));
	EXPECT_EQ(-EINVAL, get_u32(c, o, 3));
	EXPECT_EQ(-EINVAL, get_u32(c, o, 8));
	EXPECT_EQ(1, get_u32(c, o, 4));
	EXPECT_EQ(0, set_u32(c, o, 0, 0, 4));
	EXPECT_EQ(0, get_u32(c, o, 4));
}

/* TLS_TX_ZEROCOPY_RO, TLS 1.2. */
TT_TEST_F(options12, zerocopy_ro)
{
	ASSERT_OK(tt_conn_start(c));
	zerocopy_ro(_metadata, c);
	ASSERT_OK(tt_exchange(c));
}

/* TLS_TX_ZEROCOPY_RO, TLS 1.3. */
TT_TEST_F(options13, zerocopy_ro)
{
	ASSERT_OK(tt_conn_start(c));
	zerocopy_ro(_metadata, c);
	ASSERT_OK(tt_exchange(c));
}

/* TLS 1.2 has no padding, so it may not be promised that there is none. */
TT_TEST_F(options12, expect_no_pad)
{
	ASSERT_OK(tt_conn_start(c));
	EXPECT_EQ(-EINVAL, set_u32(c, TLS_RX_EXPECT_NO_PAD, 1, 0, 4));
	EXPECT_EQ(-EINVAL, set_u32(c, TLS_RX_EXPECT_NO_PAD, 0, 0, 4));
	EXPECT_EQ(-EINVAL, get_u32(c, TLS_RX_EXPECT_NO_PAD, 4));
	ASSERT_OK(tt_exchange(c));
}

/* TLS_RX_EXPECT_NO_PAD needs TLS_RX; 0 or 1; longer only with a tail of zeroes. */
TT_TEST_F(options13, expect_no_pad)
{
	const int o = TLS_RX_EXPECT_NO_PAD;
	unsigned int value[2];
	socklen_t len = sizeof(value);

	ASSERT_OK(tt_conn_attach(c));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 1, 0, 4));
	EXPECT_EQ(-EINVAL, get_u32(c, o, 4));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 1, 0, 4));
	EXPECT_EQ(-EINVAL, get_u32(c, o, 4));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(0, get_u32(c, o, 4));
	EXPECT_EQ(0, set_u32(c, o, 1, 0, 4));
	EXPECT_EQ(1, get_u32(c, o, 4));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 2, 0, 4));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 0, 0, 3));
	EXPECT_EQ(-EINVAL, set_u32(c, o, 0, 1, 8));
	EXPECT_EQ(-EINVAL, tt_set(c, o, NULL, 4));
	EXPECT_EQ(-EINVAL, get_u32(c, o, 3));
	EXPECT_EQ(1, get_u32(c, o, 4));
	EXPECT_EQ(0, tt_get(c, o, value, &len));
	EXPECT_EQ(sizeof(*value), len);
	EXPECT_EQ(0, set_u32(c, o, 0, 0, 8));
	EXPECT_EQ(0, get_u32(c, o, 4));
	ASSERT_OK(tt_exchange(c));
}

/* A promise of no padding that is broken costs a second decryption, no data. */
TT_TEST_F(options13, expect_no_pad_broken)
{
	int type;

	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(0, set_u32(c, TLS_RX_EXPECT_NO_PAD, 1, 0, 4));
	tt_fill(out, 400);
	/* kept */
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 400, 0));
	ASSERT_EQ(400, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 400));
	EXPECT_EQ(0, tt_stat_delta("TlsDecryptRetry"));
	/* broken by padding */
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 400, 32));
	ASSERT_EQ(400, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out, 400));
	tt_stat_expect("TlsRxNoPadViolation", 1);
	tt_stat_expect("TlsDecryptRetry", 1);
	/* a record of another type is no violation, but decrypted twice too */
	out[0] = SSL3_MT_FINISHED;
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 400, 0));
	ASSERT_EQ(400, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out, 400));
	tt_stat_expect("TlsDecryptRetry", 1);
}

static int set_payload(struct tt_conn *c, __u16 value, socklen_t len)
{
	__u16 values[2] = { value, 0 };

	return tt_set(c, TLS_TX_MAX_PAYLOAD_LEN, values, len);
}

static int get_payload(struct tt_conn *c, socklen_t len)
{
	__u16 values[2] = { 0xdead, 0xdead };
	int err = tt_get(c, TLS_TX_MAX_PAYLOAD_LEN, values, &len);

	if (err)
		return err;
	return len == sizeof(__u16) && values[1] == 0xdead ? values[0] : -EPROTO;
}

/* The next records, from @n on, have @len bytes of @out in pieces of @limit. */
static int expect_pieces(struct tt_conn *c, size_t n, size_t len, size_t limit)
{
	size_t at, part;
	int err = 0;

	for (at = 0; !err && at < len; at += part) {
		part = len - at < limit ? len - at : limit;
		err = tt_peer_expect(c, n++, TLS_TYPE_DATA, out + at, part);
	}
	return err ?: tt_peer_expect_data(c, out, len);
}

/* TLS_TX_MAX_PAYLOAD_LEN has a least and a greatest value, and cuts records. */
static void max_payload(struct __test_metadata *_metadata, struct tt_conn *c,
			__u16 least)
{
	const __u16 limit[] = { least, 1000, 4095, TLS_MAX_PAYLOAD };
	size_t i;

	ASSERT_OK(tt_conn_start(c));
	EXPECT_EQ(TLS_MAX_PAYLOAD, get_payload(c, 2));
	EXPECT_EQ(-EINVAL, set_payload(c, 0, 2));
	EXPECT_EQ(-EINVAL, set_payload(c, least - 1, 2));
	EXPECT_EQ(-EINVAL, set_payload(c, TLS_MAX_PAYLOAD + 1, 2));
	EXPECT_EQ(-EINVAL, set_payload(c, 1000, 1));
	EXPECT_EQ(-EINVAL, set_payload(c, 1000, 4));
	EXPECT_EQ(-EINVAL, tt_set(c, TLS_TX_MAX_PAYLOAD_LEN, NULL, 2));
	EXPECT_EQ(-EINVAL, get_payload(c, 1));
	EXPECT_EQ(TLS_MAX_PAYLOAD, get_payload(c, 4));
	for (i = 0; i < ARRAY_SIZE(limit); i++) {
		size_t n = c->recs;

		ASSERT_EQ(0, set_payload(c, limit[i], 2));
		EXPECT_EQ(limit[i], get_payload(c, 2));
		tt_fill(out, sizeof(out));
		ASSERT_EQ(sizeof(out), tt_send(c, out, sizeof(out), 0));
		ASSERT_OK(expect_pieces(c, n, sizeof(out), limit[i]));
	}
	/* not while a record is open, which would have to be cut */
	ASSERT_EQ(10, tt_send(c, out, 10, MSG_MORE));
	EXPECT_EQ(-EBUSY, set_payload(c, 1000, 2));
	ASSERT_EQ(90, tt_send(c, out + 10, 90, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 100));
	EXPECT_EQ(0, set_payload(c, 1000, 2));
	ASSERT_OK(tt_kernel_receives(c, 2000));
}

/* Every way to send keeps to the limit: pieces of memory, MSG_MORE, a type, a file, a
 * pipe.
 */
static void payload_calls(struct __test_metadata *_metadata, struct tt_conn *c)
{
	struct iovec iov[3] = { { out, 700 }, { out + 700, 700 },
				{ out + 1400, 1100 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 3 };
	int p[2], file = tt_file(2500, NULL);
	off_t off = 0;
	size_t n;

	ASSERT_LE(0, file);
	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(0, set_payload(c, 1000, 2));
	tt_fill(out, 2500);
	ASSERT_EQ(2500, tt_sendmsg(c, &m, 0, TLS_TYPE_DATA));
	ASSERT_OK(expect_pieces(c, 0, 2500, 1000));

	tt_fill(out, 2500);
	ASSERT_EQ(1200, tt_send(c, out, 1200, MSG_MORE));
	ASSERT_EQ(1300, tt_send(c, out + 1200, 1300, 0));
	ASSERT_OK(expect_pieces(c, 3, 2500, 1000));

	tt_fill(out, 2500);
	ASSERT_EQ(2500, pwrite(file, out, 2500, 0));
	n = c->recs;
	ASSERT_EQ(2500, tt_sendfile(c, file, &off, 2500));
	ASSERT_OK(expect_pieces(c, n, 2500, 1000));
	close(file);

	ASSERT_EQ(0, pipe(p));
	tt_fill(out, 2500);
	ASSERT_EQ(2500, write(p[1], out, 2500));
	n = c->recs;
	ASSERT_EQ(2500, tt_splice_out(c, p[0], 2500, 0));
	ASSERT_OK(expect_pieces(c, n, 2500, 1000));
	close(p[0]);
	close(p[1]);

	tt_fill(out, 1500);
	n = c->recs;
	ASSERT_EQ(1500, tt_send_type(c, 99, out, 1500, 0));
	ASSERT_OK(tt_peer_expect(c, n, 99, out, 1000));
	ASSERT_OK(tt_peer_expect(c, n + 1, 99, out + 1000, 500));
}

/* The limit and every way to send, TLS 1.2. */
TT_TEST_F(options12, max_payload_calls)
{
	TT_NEED("tx-max-payload");
	payload_calls(_metadata, c);
}

/* The limit and every way to send, TLS 1.3. */
TT_TEST_F(options13, max_payload_calls)
{
	TT_NEED("tx-max-payload");
	payload_calls(_metadata, c);
}

/* The least is 64 bytes of TLSPlaintext (RFC 8449). */
TT_TEST_F(options12, max_payload)
{
	TT_NEED("tx-max-payload");
	max_payload(_metadata, c, 64);
}

/* In TLS 1.3 the content type counts as one of them. */
TT_TEST_F(options13, max_payload)
{
	TT_NEED("tx-max-payload");
	max_payload(_metadata, c, 63);
}
