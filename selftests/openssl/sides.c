// SPDX-License-Identifier: GPL-2.0
/* Which side uses kTLS: us, the peer, both, none; as client and as server. */

/* In every combination the directions that can be offloaded are, the others are
 * not, and data passes both ways; the kernel counted each of them.
 */
TT_TEST_F(offload, sides)
{
	int ktls, server, err, tx = 0, rx = 0;
	struct duo d;

	APP_BEGIN();
	for (ktls = 0; ktls <= BOTH; ktls++)
		for (server = 0; server < 2; server++) {
			ASSERT_OK(duo_open(&d, v, server, ktls));
			err = is_as_expected(&d) ?: duo_exchange(&d);
			ASSERT_EQ(0, err) {
				TH_LOG("kTLS of %d, server %d: %s", ktls,
				       server, tt_why());
			}
			tx += count_expected(&d, TLS_TX);
			rx += count_expected(&d, TLS_RX);
			duo_close(&d);
		}
	EXPECT_OK(app_counted(t, tx, rx));
}

/* The kernel does the work: its sequence moves by the records written and read, and
 * the hand-over did not lose or double one of the handshake's.
 */
TT_TEST_F(offload, sequences)
{
	int i, option, handshake;
	struct duo d;
	__u64 seq;

	APP_BEGIN();
	for (i = 0; i < 2; i++) {
		ASSERT_OK(duo_open(&d, v, v->server, BOTH));
		/* The client meets the tickets. */
		ASSERT_OK(duo_move(&d, server_of(&d), 100));
		ASSERT_OK(duo_move(&d, !server_of(&d), 100));
		for (option = TLS_TX; option <= TLS_RX; option++) {
			bool ours = (option == TLS_TX) == (server_of(&d) == i);

			if (!expected(&d, i, option))
				continue;
			/* TLS 1.2: Finished; TLS 1.3: the server's two tickets. */
			handshake = v->version == TLS_1_2 ? 1 : ours ? 2 : 0;
			seq = kernel_seq(&d, i, option);
			EXPECT_EQ(handshake + 1, seq);
			ASSERT_OK(duo_move(&d, option == TLS_TX ? i : !i,
					   2 * TLS_MAX_PAYLOAD + 1));
			EXPECT_EQ(seq + 3, kernel_seq(&d, i, option));
		}
		duo_close(&d);
	}
	tt_cgroup_leave();
}

/* Data of every size around the borders of records and pages, both ways. */
TT_TEST_F(offload, sizes)
{
	static const size_t size[] = { 1, 2, 15, 16, 17, 4095, 4096, 4097, 16383,
				       16384, 16385, 32767, 32768, 32769,
				       100000 };
	struct duo d;
	size_t i;

	APP_BEGIN();
	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		ASSERT_OK(duo_move(&d, 0, size[i]));
		ASSERT_OK(duo_move(&d, 1, size[i]));
	}
	duo_close(&d);
	EXPECT_OK(app_counted(t, count_expected(&d, TLS_TX),
			      count_expected(&d, TLS_RX)));
}

/* Much data, with kTLS on one side and none on the other, in both roles. */
TT_TEST_F(app, large)
{
	int i, server;
	struct duo d;

	APP_BEGIN();
	for (i = 0; i < 2; i++)
		for (server = 0; server < 2; server++) {
			ASSERT_OK(duo_open(&d, v, server, i ? US : BOTH));
			ASSERT_OK(duo_move(&d, 0, BUF_SIZE));
			ASSERT_OK(duo_move(&d, 1, BUF_SIZE));
			duo_close(&d);
		}
	tt_cgroup_leave();
}
