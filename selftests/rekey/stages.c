// SPDX-License-Identifier: GPL-2.0
/*
 * The event rekey of tls_trace. The library compares it, and the counters, with
 * the ledger at the end of every test; here the ledger is known to have them.
 */

/* All stages of both directions, with and without a request. */
TT_TEST_F(stages, all)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, true));
	ASSERT_OK(tt_rekey_read_update(c, true));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, 0));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_exchange(c));
	ASSERT_OK(tt_rekey_tx(c, true));
	ASSERT_OK(tt_kernel_sends(c, 100));
	EXPECT_EQ(1, tt_ledger_stage(&c->ledger, true, TT_KEY_UPDATE));
	EXPECT_EQ(2, tt_ledger_stage(&c->ledger, true, TT_KEY_EXPIRED));
	EXPECT_EQ(1, tt_ledger_stage(&c->ledger, true, TT_NEW_KEY));
	EXPECT_EQ(2, tt_ledger_stage(&c->ledger, false, TT_KEY_UPDATE));
	EXPECT_EQ(2, tt_ledger_stage(&c->ledger, false, TT_NEW_KEY));
	EXPECT_EQ(8, c->ledger.steps);
}

/* Without rekey the KeyUpdates are told all the same. */
TT_TEST_F(stages, one_key)
{
	if (!tt_feature_missing("rekey"))
		SKIP(return, "this kernel has rekey");
	ASSERT_OK(tt_peer_key_update(c, true));
	ASSERT_OK(tt_rekey_read_update(c, true));
	ASSERT_OK(tt_rekey_send_update(c, false));
	EXPECT_EQ(2, c->ledger.steps);
}
