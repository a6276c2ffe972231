// SPDX-License-Identifier: GPL-2.0
/* All content types, towards OpenSSL and the reference layer. */

/* Each of the 255 types goes out as it was given, in a record of its own, between
 * data that is not taken along.
 */
TT_TEST_F(control, tx_all_types)
{
	size_t rec = 0;
	int type, n;

	for (type = 1; type < 256; type++) {
		n = 2 + tt_random() % 49;
		tt_fill(out, 100);
		/* Nothing of the key change that a KeyUpdate would be. */
		out[50] = SSL3_MT_FINISHED;
		ASSERT_EQ(50, tt_send(c, out, 50, type & 1 ? MSG_MORE : 0));
		ASSERT_EQ(n, tt_send_type(c, type, out + 50, n, 0));
		ASSERT_OK(tt_peer_expect(c, rec++, TLS_TYPE_DATA, out, 50));
		ASSERT_OK(tt_peer_expect(c, rec++, type, out + 50, n));
	}
	EXPECT_EQ(c->tx.seq + rec, tt_seq(c, TLS_TX));
}

/* Type 0 is sent as given too. In TLS 1.3 it is what padding is made of, so that a
 * peer takes the last byte of the data for the type.
 */
TT_TEST_F(control, tx_type_0)
{
	const struct tt_record *r;

	tt_fill(out, 20);
	out[19] = 42;
	ASSERT_EQ(20, tt_send_type(c, 0, out, 20, 0));
	ASSERT_OK(tt_peer_records(c, 1));
	r = &c->rec[0];
	ASSERT_TRUE(r->authentic);
	if (c->o.version == TLS_1_3) {
		EXPECT_EQ(42, r->type);
		EXPECT_EQ(1, r->pad);
		ASSERT_EQ(19, r->len);
	} else {
		EXPECT_EQ(0, r->type);
		ASSERT_EQ(20, r->len);
	}
	EXPECT_EQ(0, memcmp(r->data, out, r->len));
}
