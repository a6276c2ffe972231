// SPDX-License-Identifier: GPL-2.0
/* Records as long and as short as they may be, padding, and nonces. */

/* Most and fewest bytes that the header may tell. */
static size_t longest(const struct tt_conn *c)
{
	return TLS_MAX_PAYLOAD +
	       tt_cipher_overhead(c->o.cipher, c->o.version) - TLS_HEADER_SIZE;
}

static size_t shortest(const struct tt_conn *c)
{
	return tt_cipher_explicit(c->o.cipher, c->o.version) + TLS_TAG_SIZE;
}

/* A record of garbage with a header that tells @len. */
static void flight_garbage(size_t len)
{
	unsigned char wire[TLS_MAX_RECORD];

	tt_fill(wire, TLS_HEADER_SIZE + len);
	wire[0] = TLS_TYPE_DATA;
	wire[1] = 3;
	wire[2] = 3;
	wire[3] = len >> 8;
	wire[4] = len;
	flight_bytes(wire, TLS_HEADER_SIZE + len);
}

/* The longest record is read whole, and so is the one behind it. */
TT_TEST_F(wire, longest)
{
	size_t n = TLS_MAX_PAYLOAD;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, n + 10);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, n, 0));
	ASSERT_EQ(TLS_HEADER_SIZE + longest(c), flight.len);
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + n, 10, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, n));
	ASSERT_OK(reads(c, out + n, 10));
}

/* One byte more is too long, however good the record is otherwise. */
TT_TEST_F(wire, too_long)
{
	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, TLS_MAX_PAYLOAD + 10);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 10, 0));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, TLS_MAX_PAYLOAD + 1, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 10));
	ASSERT_OK(stays_dead(c, EMSGSIZE));
}

/* That it is too long is told by the header alone. */
TT_TEST_F(wire, too_long_header)
{
	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	flight_garbage(longest(c) + 1);
	/* With the explicit nonce, which the kernel waits for. */
	flight.len = TLS_HEADER_SIZE +
		     tt_cipher_explicit(c->o.cipher, c->o.version);
	ASSERT_OK(flight_send(c));
	ASSERT_OK(stays_dead(c, EMSGSIZE));
}

/* Too short for a tag: no record, and no attempt to decrypt one. */
TT_TEST_F(wire, too_short)
{
	size_t len;

	for (len = 0; len < 2; len++) {
		ASSERT_OK(tt_test_raw(t, &c));
		flight_begin();
		flight_garbage(len ? shortest(c) - 1 : 0);
		flight_garbage(100);
		ASSERT_OK(flight_send(c));
		ASSERT_OK(stays_dead(c, EBADMSG));
	}
}

/* Just a tag, and a wrong one: that is for the cipher to say. */
TT_TEST_F(wire, shortest_bad)
{
	ASSERT_OK(tt_test_raw(t, &c));
	flight_begin();
	flight_garbage(shortest(c));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(stays_bad(c, true));
}

/* The version of a record is 0x0303, of whatever protocol. */
TT_TEST_F(fault, wire_versions)
{
	static const __u16 version[] = { 0x0300, 0x0301, 0x0302, 0x0304, 0x0203,
					 0x0403, 0x0000, 0xfefd, 0xffff };
	unsigned char *p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(version); i++) {
		ASSERT_OK(tt_test_raw(t, &c));
		ASSERT_OK(three(c));
		p = flight_record(0, NULL);
		p[1] = version[i] >> 8;
		p[2] = version[i];
		ASSERT_OK(flight_send(c));
		OK_AT(stays_dead(c, EINVAL), "version %04x",
		      version[i]);
	}
}

/* The explicit nonce is the sender's affair: at random, backwards, all the same. */
TT_TEST_F(nonce, any_nonce)
{
	unsigned char fixed[8];
	int i;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 1200);
	tt_fill(fixed, sizeof(fixed));
	flight_begin();
	for (i = 0; i < 12; i++) {
		unsigned char *nonce = c->peer_tx.keys.nonce +
				       c->o.cipher->salt;

		if (i < 4)
			tt_fill(nonce, 8);
		else if (i < 8)
			memcpy(nonce, fixed, 8);
		else
			tt_put64(nonce, -1ULL - i);
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + 100 * i, 100, 0));
	}
	ASSERT_OK(flight_send(c));
	for (i = 0; i < 12; i++)
		ASSERT_OK(reads(c, out + 100 * i, 100));
}

/* As much padding as fits, behind data of one byte and of none. */
TT_TEST_F(padding, most_padding)
{
	size_t n = TLS_MAX_PAYLOAD;
	int type;

	ASSERT_OK(tt_test_raw(t, &c));
	tt_fill(out, 100);
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 1, n - 1));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 0, n));
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out + 1, 2, n - 2));
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + 3, 50, 0));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(reads(c, out, 1));
	/* The empty one is of type data: a read of data passes over it, this
	 * one stops in front of the alert.
	 */
	ASSERT_EQ(0, tt_recv_type(c, &type, in, 100, 0));
	EXPECT_EQ(TLS_TYPE_DATA, type);
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 100, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, out + 1, 2));
	ASSERT_OK(reads(c, out + 3, 50));

	/* Padding does not make a record longer than it may be. */
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 1, n));
	ASSERT_OK(flight_send(c));
	ASSERT_OK(stays_dead(c, EMSGSIZE));
}

/* Zeroes in the data are data, zeroes behind the type are not. */
TT_TEST_F(padding, zeroes_are_data)
{
	static const size_t pad[] = { 0, 1, 15, 16, 17, 255, 4096 };
	size_t i;
	int type;

	ASSERT_OK(tt_test_raw(t, &c));
	memset(out, 0, 300);
	for (i = 0; i < ARRAY_SIZE(pad); i++) {
		memset(in, 0xff, 400);
		flight_begin();
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 300, pad[i]));
		ASSERT_OK(flight_send(c));
		ASSERT_EQ(300, tt_recv_type(c, &type, in, 400, 0));
		EXPECT_EQ(TLS_TYPE_DATA, type);
		EXPECT_EQ(0, memcmp(in, out, 300));
		EXPECT_EQ(0xff, in[300]);
	}
}

/* A promise of no padding that is broken time and again within a read: each record is
 * decrypted twice, and all data comes to where it belongs.
 */
TT_TEST_F(padding, promise_broken_in_read)
{
	static const size_t pad[] = { 0, 7, 0, 300, 1, 0 };
	const size_t n = ARRAY_SIZE(pad);
	const __u32 on = 1;
	size_t i;
	int type;

	ASSERT_OK(tt_test_raw(t, &c));
	ASSERT_EQ(0, tt_set(c, TLS_RX_EXPECT_NO_PAD, &on, sizeof(on)));
	tt_fill(out, 100 * n + 2);
	flight_begin();
	for (i = 0; i < n; i++)
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out + 100 * i, 100,
				     pad[i]));
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out + 100 * n, 2, 0));
	ASSERT_OK(flight_send(c));
	tt_stat_expect("TlsRxNoPadViolation", 3);
	tt_stat_expect("TlsDecryptRetry", 4);
	ASSERT_EQ(100 * n, tt_recv(c, in, 200 * n, 0));
	EXPECT_EQ(0, memcmp(in, out, 100 * n));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 2, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, out + 100 * n, 2));

	/* With room for the record and no more. */
	flight_begin();
	ASSERT_OK(flight_add(c, TLS_TYPE_ALERT, out, 2, 0));
	ASSERT_OK(flight_send(c));
	tt_stat_expect("TlsDecryptRetry", 1);
	ASSERT_EQ(2, tt_recv_type(c, &type, in, 2, 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(0, memcmp(in, out, 2));
}

/* A record of nothing but zeroes has no type: authentic, and refused. */
TT_TEST_F(padding, all_zero)
{
	static const size_t zeroes[] = { 0, 1, 100, TLS_MAX_PAYLOAD };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zeroes); i++) {
		ASSERT_OK(tt_test_raw(t, &c));
		tt_fill(out, 100);
		flight_begin();
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 50, 0));
		ASSERT_OK(flight_add(c, 0, NULL, 0, zeroes[i]));
		ASSERT_OK(flight_add(c, TLS_TYPE_DATA, out, 50, 0));
		ASSERT_OK(flight_send(c));
		ASSERT_OK(reads(c, out, 50));
		ASSERT_OK(stays_bad(c, false));
	}
}
