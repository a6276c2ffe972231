// SPDX-License-Identifier: GPL-2.0
/* Closing with data unsent: orphans, and closes that linger. */

/*
 * Like tt_pair_open(), with more sent on the first end than the peer's window
 * takes. All of it is TCP's: what tls itself still holds at a close is lost.
 * Returns the bytes sent.
 */
static long unsent_pair(int fd[2])
{
	static const char * const ulps[] = { TT_KO, "tls" };
	static unsigned char data[TT_PAIR_BLOCK];
	int err, size = 4096, queued = 0;
	long sum = 0;

	err = tt_pair_open_as(fd, ulps);
	if (err)
		return err;
	setsockopt(fd[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	tt_fill(data, sizeof(data));
	while (queued < sizeof(data) && sum < 100 * sizeof(data)) {
		if (send(fd[0], data, sizeof(data), MSG_DONTWAIT) !=
		    sizeof(data))
			return tt_fail(EIO, "send: %s", strerror(errno));
		sum += sizeof(data);
		if (ioctl(fd[0], TIOCOUTQ, &queued))
			return -errno;
	}
	return queued < sizeof(data) ? -EIO : sum;
}

/* The orphan holds the module until the peer has read all that it has to say. */
TEST_F_TIMEOUT(life, orphan_delivers, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10), fd[2];

	for (i = 0; i < rounds; i++) {
		long sent = unsent_pair(fd);

		ASSERT_LT(0, sent);
		ASSERT_EQ(0, close(fd[0]));
		EXPECT_EQ(1, tt_ko_refs(TT_KO));
		EXPECT_EQ(0, total("TlsTraceCurr"));
		EXPECT_EQ(0, list_count(TRACE_LIST, 0, NULL));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		EXPECT_EQ(sent, drain_all(fd[1]));
		close(fd[1]);
		ASSERT_EQ(0, refs_become(0));
	}
}

/* The peer resets a connection that was closed with data unsent. */
TEST_F_TIMEOUT(life, orphan_is_reset, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(20), fd[2];

	for (i = 0; i < rounds; i++) {
		ASSERT_LT(0, unsent_pair(fd));
		ASSERT_EQ(0, close(fd[0]));
		EXPECT_EQ(1, tt_ko_refs(TT_KO));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		reset(&fd[1]);
		ASSERT_EQ(0, refs_become(0));
	}
}

/* Somebody who destroys the orphan is nobody who ever owned it. */
TEST_F_TIMEOUT(life, orphan_is_destroyed, LIFE_TIMEOUT)
{
	struct sockaddr_in local, remote;
	int i, rounds = tt_rounds(20), fd[2];

	for (i = 0; i < rounds; i++) {
		ASSERT_LT(0, unsent_pair(fd));
		ASSERT_EQ(0, sock_addr(&local, fd[0], false));
		ASSERT_EQ(0, sock_addr(&remote, fd[0], true));
		ASSERT_EQ(0, close(fd[0]));
		EXPECT_EQ(1, tt_ko_refs(TT_KO));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		ASSERT_OK(destroy(&local, &remote));
		ASSERT_EQ(0, refs_become(0));
		close(fd[1]);
	}
}

/* Linger 0: a reset, whatever is unsent, and nothing stays after close(). */
TEST_F_TIMEOUT(life, linger_zero, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(20), fd[2];

	for (i = 0; i < rounds; i++) {
		ASSERT_LT(0, unsent_pair(fd));
		reset(&fd[0]);
		EXPECT_EQ(0, tt_ko_refs(TT_KO));
		EXPECT_EQ(-ECONNRESET, drain_all(fd[1]));
		close(fd[1]);
	}
}

/* close() waits in TCP for the peer: both the socket and the call are there. */
TEST_F_TIMEOUT(life, linger_waits, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10), fd[2];

	for (i = 0; i < rounds; i++) {
		struct worker w = { .job = JOB_CLOSE };
		long sent = unsent_pair(fd);

		ASSERT_LT(0, sent);
		linger(fd[0], 1, tt_limit(60));
		w.fd = fd[0];
		ASSERT_OK(worker_start(&w));
		ASSERT_OK(worker_blocks(&w));
		EXPECT_EQ(2, tt_ko_refs(TT_KO));
		EXPECT_EQ(0, total("TlsTraceCurr"));
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		if (i & 1)
			reset(&fd[1]);
		else
			EXPECT_EQ(sent, drain_all(fd[1]));
		ASSERT_OK(worker_join(&w));
		EXPECT_EQ(0, w.result);
		close(fd[1]);
		ASSERT_EQ(0, refs_become(0));
	}
}

/* The time of the linger is up: close() is over, the socket is an orphan. */
TEST_F_TIMEOUT(life, linger_expires, LIFE_TIMEOUT)
{
	long long start;
	int fd[2];

	ASSERT_LT(0, unsent_pair(fd));
	linger(fd[0], 1, 1);
	start = tt_now_ms();
	ASSERT_EQ(0, close(fd[0]));
	EXPECT_LE(900, tt_now_ms() - start);
	EXPECT_EQ(1, tt_ko_refs(TT_KO));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
	reset(&fd[1]);
	EXPECT_EQ(0, refs_become(0));
}

/* A record begun by MSG_MORE: what becomes of it is tls's decision. */
TEST_F_TIMEOUT(life, close_with_open_record, LIFE_TIMEOUT)
{
	static const char * const ulps[] = { "tls", TT_KO };
	long got[2];
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		ASSERT_OK(tt_pair_open(fd, ulps[i]));
		ASSERT_EQ(4, send(fd[0], "more", 4, MSG_MORE));
		ASSERT_EQ(0, close(fd[0]));
		got[i] = drain_all(fd[1]);
		close(fd[1]);
		EXPECT_EQ(0, refs_become(0));
	}
	EXPECT_EQ(got[0], got[1]);
}
