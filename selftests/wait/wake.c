// SPDX-License-Identifier: GPL-2.0
/* What wakes a reader that blocks, and what he then gets. */

/* A record of OpenSSL's wakes whoever waits, in whatever call. */
TT_TEST_F(wait, wake_data)
{
	struct reader r;
	int way;

	for (way = 0; way < NR_WAYS; way++) {
		ASSERT_OK(reader_start(&r, c, way, 500));
		tt_fill(out, 500);
		ASSERT_OK(tt_peer_write(c, out, 500));
		ASSERT_OK(reader_got(&r, out, 500));
	}
}

/* Half a record wakes nobody, the other half does. */
TT_TEST_F(wait, wake_halves)
{
	struct reader r;
	size_t half;
	int way;

	for (way = 0; way < NR_WAYS; way++) {
		ASSERT_OK(reader_start(&r, c, way, 500));
		tt_fill(out, 500);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 500));
		half = 1 + tt_random() % (wire_len - 1);
		ASSERT_OK(tt_peer_raw(c, wire, half));
		ASSERT_OK(arrived(c, half));
		ASSERT_OK(tt_call_sleeps(&r.call, way_call[way]));
		ASSERT_OK(tt_peer_raw(c, wire + half, wire_len - half));
		ASSERT_OK(reader_got(&r, out, 500));
		wire_len = 0;
	}
}

/* A record byte by byte, each in a segment of its own, wakes with its last one. */
TT_TEST_F(wait, wake_bytes)
{
	struct reader r;
	size_t i;
	int way;

	for (way = 0; way < NR_WAYS; way++) {
		ASSERT_OK(reader_start(&r, c, way, 20));
		tt_fill(out, 30);
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 20));
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out + 20, 10));
		for (i = 0; i < wire_len - 5; i++)
			ASSERT_OK(tt_peer_raw(c, wire + i, 1));
		ASSERT_OK(reader_got(&r, out, 20));
		ASSERT_OK(tt_peer_raw(c, wire + i, 5));
		ASSERT_OK(tt_recv_all(c, in, 10));
		ASSERT_EQ(0, memcmp(in, out + 20, 10));
		wire_len = 0;
	}
}

/* Several records at once: a reader takes what he has room for. */
TT_TEST_F(wait, wake_several)
{
	struct reader r;
	int i, way;

	for (way = 0; way < NR_WAYS; way++) {
		if (way == BY_SPLICE)
			continue;	/* takes one record */
		ASSERT_OK(reader_start(&r, c, way, 700));
		tt_fill(out, 1000);
		for (i = 0; i < 10; i++)
			ASSERT_OK(seal(c, TLS_TYPE_DATA, out + i * 100, 100));
		ASSERT_OK(send_wire(c));
		ASSERT_OK(reader_got(&r, out, 700));
		ASSERT_OK(tt_recv_all(c, in, 300));
		ASSERT_EQ(0, memcmp(in, out + 700, 300));
	}
}

/* A reader who waits for all of it sleeps on until the last record is there. */
TT_TEST_F(wait, wake_all)
{
	struct reader r;
	int i;

	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 1000);
	for (i = 0; i < 10; i++) {
		ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
		ASSERT_OK(tt_peer_write(c, out + i * 100, 100));
	}
	ASSERT_OK(reader_got(&r, out, 1000));
}

/* What ends the waiting for all: the count is short then, and what ended it is
 * there for the next read.
 */
static void ended_short(struct __test_metadata *_metadata, struct reader *r,
			size_t len)
{
	ASSERT_OK(reader_join(r));
	ASSERT_EQ(len, r->call.result);
	EXPECT_EQ(0, memcmp(in, out, len));
}

/* A control record ends the waiting for all. */
TT_TEST_F(wait, all_ended_by_type)
{
	static const unsigned char alert[2] = { TLS_ALERT_WARNING,
						TLS_ALERT_USER_CANCELED };
	struct reader r;
	int type;

	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 300, 0));
	ASSERT_OK(arrived(c, 0));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_ALERT, alert, 2, 0));
	ended_short(_metadata, &r, 300);
	EXPECT_EQ(-EIO, tt_recv(c, in, 10, 0));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 10, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	ASSERT_OK(tt_exchange(c));
}

/* So does the end of the file. */
TT_TEST_F(wait, all_ended_by_fin)
{
	struct reader r;

	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_write(c, out, 300));
	ASSERT_OK(arrived(c, 0));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	shutdown(c->peer_fd, SHUT_WR);
	ended_short(_metadata, &r, 300);
	EXPECT_EQ(0, tt_recv(c, in, 10, 0));
	ASSERT_OK(tt_kernel_sends(c, 100));
}

/* So does a bad record, whose error comes next. */
TT_TEST_F(wait, all_ended_by_error)
{
	struct reader r;

	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out, 300, 0));
	ASSERT_OK(arrived(c, 0));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
	wire[wire_len - 1] ^= 0x80;
	tt_stat_expect("TlsDecryptError", 1);
	ASSERT_OK(send_wire(c));
	ended_short(_metadata, &r, 300);
	tt_stat_expect("TlsDecryptError", 1);
	EXPECT_EQ(-EBADMSG, tt_recv(c, in, 10, 0));
}

/* So does a reset, which is not to be mistaken for the end of the data. */
TT_TEST_F(wait, all_ended_by_reset)
{
	struct reader r;

	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_write(c, out, 300));
	ASSERT_OK(arrived(c, 0));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	tt_reset(&c->peer_fd);
	ended_short(_metadata, &r, 300);
	TT_KNOWN("short-read-takes-error");
	EXPECT_EQ(-ECONNRESET, tt_recv(c, in, 10, 0));
	EXPECT_EQ(0, tt_recv(c, in, 10, 0));
}

/* With nothing read, what ends the waiting is the result: FIN, within a record too. */
TT_TEST_F(wait, wake_fin)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct reader r;
	int way;

	o.no_handshake = true;
	for (way = 0; way < BY_POLL; way++) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		ASSERT_OK(reader_start(&r, c, way, 100));
		if (way & 1) {
			ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
			ASSERT_OK(tt_peer_raw(c, wire, 50));
			wire_len = 0;
		}
		shutdown(c->peer_fd, SHUT_WR);
		ASSERT_OK(reader_join(&r));
		ASSERT_EQ(0, r.call.result);
	}
}

/* A reset wakes whoever waits, with its error. */
TT_TEST_F(wait, wake_reset)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct reader r;
	int way;

	o.no_handshake = true;
	for (way = 0; way < NR_WAYS; way++) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		ASSERT_OK(reader_start(&r, c, way, 100));
		tt_reset(&c->peer_fd);
		ASSERT_OK(reader_join(&r));
		ASSERT_EQ(way == BY_POLL ? POLLIN | POLLHUP | POLLERR :
			  -ECONNRESET, r.call.result);
	}
}

/* shutdown of the own end for reading wakes with the end of the file. */
TT_TEST_F(wait, wake_shutdown)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct reader r;
	int way;

	o.no_handshake = true;
	for (way = 0; way < NR_WAYS; way++) {
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		ASSERT_OK(reader_start(&r, c, way, 100));
		ASSERT_EQ(0, shutdown(c->fd, SHUT_RD));
		ASSERT_OK(reader_join(&r));
		ASSERT_EQ(way == BY_POLL ? POLLIN : 0, r.call.result);
	}
}

/* A bad tag wakes with its error, and so does a header that no record has. */
TT_TEST_F(wait, wake_error)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct reader r;
	int i, way, want;

	o.no_handshake = true;
	for (i = 0; i < 6; i++) {
		way = i / 2 == 0 ? BY_RECV : i / 2 == 1 ? BY_RECVMSG : BY_POLL;
		ASSERT_OK(tt_test_conn(t, &o, &c));
		ASSERT_OK(tt_conn_start(c));
		ASSERT_OK(reader_start(&r, c, way, 100));
		ASSERT_OK(seal(c, TLS_TYPE_DATA, out, 100));
		wire[i & 1 ? 2 : wire_len - 1] ^= 0x10;
		if (!(i & 1) && way != BY_POLL)
			tt_stat_expect("TlsDecryptError", 1);
		ASSERT_OK(send_wire(c));
		ASSERT_OK(reader_join(&r));
		want = i & 1 ? -EINVAL : -EBADMSG;
		if (way == BY_POLL)
			want = i & 1 ? POLLERR | (part_mask() & POLLIN) :
				       POLLIN;
		ASSERT_EQ(want, r.call.result);
	}
}

/* An alert and a handshake message: EIO without room for the type, and the record
 * stays; with room it comes.
 */
TT_TEST_F(wait, wake_control)
{
	struct reader r;
	int type;

	tt_fill(out, 100);
	out[0] = SSL3_MT_FINISHED;
	ASSERT_OK(reader_start(&r, c, BY_RECV, 200));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 100, 0));
	ASSERT_OK(reader_join(&r));
	ASSERT_EQ(-EIO, r.call.result);
	ASSERT_EQ(100, tt_recv_type(c, &type, in, 200, 0));
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, type);
	EXPECT_EQ(0, memcmp(in, out, 100));

	ASSERT_OK(reader_start(&r, c, BY_SPLICE, 200));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 100, 0));
	ASSERT_OK(reader_join(&r));
	ASSERT_EQ(-EINVAL, r.call.result);
	ASSERT_EQ(100, tt_recv_type(c, &type, in, 200, 0));

	ASSERT_OK(reader_start(&r, c, BY_RECVMSG, 200));
	ASSERT_OK(tt_peer_record(c, TLS_TYPE_HANDSHAKE, out, 100, 0));
	ASSERT_OK(reader_join(&r));
	ASSERT_EQ(100, r.call.result);
	EXPECT_EQ(TLS_TYPE_HANDSHAKE, r.type);
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_exchange(c));
}

/* A KeyUpdate ends a read; then EKEYEXPIRED, at once, until there is a key. */
TT_TEST_F(wait, wake_key_update)
{
	struct reader r;

	if (v->version != TLS_1_3)
		SKIP(return, "TLS 1.2 has no KeyUpdate");
	TT_NEED("rekey");
	ASSERT_OK(reader_start(&r, c, BY_WAITALL, 1000));
	tt_fill(out, 200);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(arrived(c, 0));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	tt_stat_expect("TlsRxRekeyReceived", 1);
	ASSERT_OK(tt_peer_key_update(c, false));
	ended_short(_metadata, &r, 100);
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_OK(tt_peer_write(c, out + 100, 100));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, 0));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_recv_all(c, in, 100));
	EXPECT_EQ(0, memcmp(in, out + 100, 100));
	ASSERT_OK(tt_exchange(c));
}

/* A descriptor that another thread closes: the call has the socket still, and gets
 * its data. Then the peer sees the end.
 */
TT_TEST_F(wait, wake_after_close)
{
	struct reader r;
	int fd;

	tt_fill(out, 300);
	ASSERT_OK(reader_start(&r, c, BY_RECV, 300));
	fd = dup(c->fd);
	ASSERT_EQ(0, close(fd));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	/* Its thread asks for the sequence after the call, with this number. */
	c->ledger.unordered = true;
	fd = c->fd;
	ASSERT_EQ(0, close(fd));
	ASSERT_OK(tt_call_sleeps(&r.call, SYS_recvfrom));
	ASSERT_OK(tt_peer_write(c, out, 300));
	ASSERT_OK(reader_join(&r));
	EXPECT_EQ(300, r.call.result);
	EXPECT_EQ(0, memcmp(in, out, 300));
	/* There is no socket to ask for the sequence any more. */
	c->ledger.op[c->ledger.ops - 1].after++;
	c->fd = -1;
	c->ledger.closed = true;
	EXPECT_OK(tt_peer_eof(c));
}
