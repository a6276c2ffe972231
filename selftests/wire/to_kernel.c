// SPDX-License-Identifier: GPL-2.0
/* Records changed, repeated, lost and swapped on their way to the kernel. */

/* What becomes of a record with one bit of a part changed */
static int after_flip(struct tt_conn *c, enum tt_region region)
{
	switch (region) {
	case TT_AT_VERSION_HIGH:
	case TT_AT_VERSION_LOW:
		return stays_dead(c, EINVAL);
	case TT_AT_TYPE:
		/* The outer type of TLS 1.3 means nothing to the kernel. */
		if (c->o.version == TLS_1_3)
			return reads(c, out + 100, 100) ?:
			       reads(c, out + 200, 100);
		return stays_bad(c, true);
	default:
		return stays_bad(c, true);
	}
}

/* Any bit of any part of a record counts, what came in front of it is whole. */
TT_TEST_F(wire, flip_to_kernel)
{
	enum tt_region region;
	unsigned char *p;
	size_t len;
	long at;

	for (region = 0; region < TT_REGIONS; region++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(three(c));
		p = flight_record(1, &len);
		at = tt_region_at(c->o.cipher, c->o.version, region, len);
		if (at < 0)
			continue;
		p[at] ^= 1 << tt_random() % 8;
		ASSERT_OK(flight_send(c));
		ASSERT_OK(reads(c, out, 100));
		OK_AT(after_flip(c, region), "bit of %s",
		      tt_region_name(region));
	}
}

/* A length that is wrong by a byte moves the tag; one that cannot be is refused. */
TT_TEST_F(wire, length_to_kernel)
{
	static const int by[] = { 1, -1, 100, -50 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(three(c));
		tt_record_stretch(flight_record(1, NULL), by[i]);
		ASSERT_OK(flight_send(c));
		ASSERT_OK(reads(c, out, 100));
		OK_AT(stays_bad(c, true), "length changed by %d",
		      by[i]);
	}
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	flight_record(1, NULL)[3] ^= 0x80;
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 100));
	ASSERT_OK(stays_dead(c, EMSGSIZE));
}

/* A data record that arrives twice is read once. */
TT_TEST_F(wire, replay_to_kernel)
{
	unsigned char *p;
	size_t len;

	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	p = flight_record(2, &len);
	memcpy(p, flight_record(1, NULL), len);
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 200));
	ASSERT_OK(stays_bad(c, true));
}

/* Of two records in the wrong order nothing is read. */
TT_TEST_F(wire, swap_to_kernel)
{
	unsigned char tmp[TLS_MAX_RECORD], *first, *second;
	size_t len;

	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	first = flight_record(1, &len);
	second = flight_record(2, NULL);
	memcpy(tmp, first, len);
	memcpy(first, second, len);
	memcpy(second, tmp, len);
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 100));
	ASSERT_OK(stays_bad(c, true));
}

/* A record that was lost takes those behind it along. */
TT_TEST_F(wire, drop_to_kernel)
{
	unsigned char *lost;
	size_t len;

	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	lost = flight_record(1, &len);
	memmove(lost, lost + len, len);
	flight.len -= len;
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 100));
	ASSERT_OK(stays_bad(c, true));
}

/* A record of somebody else's, and one that the kernel sent itself, are no data. */
TT_TEST_F(wire, foreign_to_kernel)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *other;
	unsigned char *p;
	size_t len;

	o.no_handshake = true;
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(tt_test_conn(t, &o, &other));
	ASSERT_OK(three(c));
	p = flight_record(1, &len);
	other->peer_tx.keys.seq = c->rx.seq + 1;
	ASSERT_LT(0, tt_peer_seal(other, TLS_TYPE_DATA, out + 100, 100, 0, p));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 100));
	ASSERT_OK(stays_bad(c, true));

	/* Back to the sender, at the same place of both directions. */
	o.proxied = true;
	ASSERT_OK(tt_test_conn(t, &o, &c));
	c->rx.seq = c->tx.seq;
	ASSERT_OK(tt_conn_start(c));
	tt_fill(out, 100);
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_OK(tt_proxy_hold(c->proxy, TT_TO_PEER, 1));
	ASSERT_OK(tt_proxy_send(c->proxy, TT_TO_KERNEL,
				c->proxy->held[TT_TO_PEER][0].wire,
				c->proxy->held[TT_TO_PEER][0].len));
	ASSERT_OK(tt_tcp_arrived(c->fd,
				 c->proxy->held[TT_TO_PEER][0].len));
	ASSERT_OK(stays_bad(c, true));
}

/* A read with room for more ends in front of the bad record, which is for the
 * next one to tell.
 */
TT_TEST_F(wire, short_count_before_bad)
{
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	*(flight_record(2, NULL) - 1) ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(100, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
	/* It was tried, and may be counted, once. */
	tt_stat_expect("TlsDecryptError", 1);
	ASSERT_OK(stays_bad(c, true));
}

/* So does one that waits for all of it: data first, then the error. */
TT_TEST_F(wire, waitall_before_bad)
{
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	*(flight_record(2, NULL) - 1) ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(100, tt_recv(c, in, 300, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 100));
	tt_stat_expect("TlsDecryptError", 1);
	ASSERT_OK(stays_bad(c, true));
}

/* The rest of a record read in part is there though the next one is bad. */
TT_TEST_F(wire, rest_before_bad)
{
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	*(flight_record(2, NULL) - 1) ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 30));
	ASSERT_OK(reads(c, out + 30, 60));
	/* Ten bytes are left; the read tries the next record too. */
	ASSERT_EQ(10, tt_recv(c, in, 300, 0));
	EXPECT_EQ(0, memcmp(in, out + 90, 10));
	tt_stat_expect("TlsDecryptError", 1);
	ASSERT_OK(stays_bad(c, true));
}

/* A bad record that is full is no more readable than a small one, by any read. */
TT_TEST_F(fault, flip_in_full_record)
{
	static const enum tt_region region[] = { TT_AT_BODY_FIRST,
						 TT_AT_BODY_MIDDLE,
						 TT_AT_TAG_LAST };
	unsigned char *p;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(region); i++) {
		ASSERT_OK(tt_test_raw(t, &c));
		flight_begin();
		tt_fill(out, TLS_MAX_PAYLOAD);
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, TLS_MAX_PAYLOAD,
				     0));
		p = flight_record(0, &len);
		p[tt_region_at(c->o.cipher, c->o.version, region[i], len)] ^= 1;
		ASSERT_OK(flight_send(c));
		EXPECT_EQ(-EBADMSG, tt_recv(c, in, 2 * TLS_MAX_PAYLOAD, 0));
		EXPECT_EQ(-EBADMSG, tt_recv(c, in, 16, 0));
		tt_stat_expect("TlsDecryptError", 2);
	}
}

/* Whichever way of reading meets a bad record, that is an error of the socket. */
TT_TEST_F(fault, bad_by_each_way)
{
	size_t way;

	for (way = 0; way < ARRAY_SIZE(way_name); way++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(three(c));
		*(flight_record(1, NULL) - 1) ^= 1;
		ASSERT_OK(flight_send(c));
		OK_AT(same("first call", read_by(c, way, 0), -EBADMSG) ?:
		      same("SO_ERROR", socket_error(c), EBADMSG) ?:
		      same("second call", read_by(c, way, 0), -EBADMSG) ?:
		      same("send", tt_send(c, out, 10, 0), -EBADMSG),
		      "%s", way_name[way]);
		tt_stat_expect("TlsDecryptError", 2);
	}
}

/* Behind a refused header the error is the next read's, after the good data. */
TT_TEST_F(fault, waitall_before_dead)
{
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	flight_record(1, NULL)[2] ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_EQ(100, tt_recv(c, in, 300, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 100));
	TT_KNOWN("waitall-loses-error");
	EXPECT_EQ(-EINVAL, tt_recv(c, in, 300, MSG_DONTWAIT));
}

/* What is no TLS at all is refused by its version, from the fifth byte on (with
 * an explicit nonce, from the thirteenth).
 */
TT_TEST_F(fault, not_tls)
{
	static const char text[] = "HTTP/1.1 200 OK\r\n\r\n";
	int i, header = TLS_HEADER_SIZE;

	ASSERT_OK(tt_test_raw(t, &c));
	header += tt_cipher_explicit(c->o.cipher, c->o.version);
	for (i = 0; i < header; i++) {
		ASSERT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
		ASSERT_OK(tt_peer_raw(c, text + i, 1));
		ASSERT_OK(tt_tcp_arrived(c->fd, i + 1));
	}
	/* "P/" as a length is too long, and the length is looked at first. */
	EXPECT_EQ(-EMSGSIZE, tt_recv(c, in, 100, 0));
	ASSERT_OK(reads_fail(c, -EAGAIN, MSG_DONTWAIT));
}

/* Sending goes on where only receiving is at its end. */
TT_TEST_F(fault, sends_after_dead)
{
	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_OK(three(c));
	flight_record(0, NULL)[1] ^= 1;
	ASSERT_OK(flight_send(c));
	ASSERT_OK(stays_dead(c, EINVAL));
	tt_fill(out, 50);
	ASSERT_EQ(50, tt_send(c, out, 50, 0));
	ASSERT_OK(tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 50));
}
