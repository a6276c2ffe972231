// SPDX-License-Identifier: GPL-2.0
/* Attaching, against everything that may happen to a socket meanwhile. */

#define ATTACH_RACES	200

/* Run two workers that start at once; both have ended afterwards. */
static int race_two(struct worker *a, struct worker *b)
{
	pthread_barrier_t start;
	int err;

	pthread_barrier_init(&start, NULL, 3);
	a->start = &start;
	b->start = &start;
	err = worker_start(a) ?: worker_start(b);
	if (err)
		return err;
	pthread_barrier_wait(&start);
	err = worker_join(a) ?: worker_join(b);
	pthread_barrier_destroy(&start);
	return err;
}

/* Of two threads one wins, whatever two ULPs they want; the other has EEXIST. */
TEST_F_TIMEOUT(life, attach_two_at_once, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(ATTACH_RACES), traced = 0, fd[2];

	for (i = 0; i < rounds; i++) {
		struct worker w[2] = {
			{ .job = JOB_ATTACH, .ulp = TT_KO },
			{ .job = JOB_ATTACH, .ulp = i % 4 ? TT_KO : "tls" },
		};
		int winner;

		ASSERT_OK(tt_tcp_pair(i & 1 ? TT_IPV6 : TT_IPV4, &fd[0],
				      &fd[1]));
		w[0].fd = fd[0];
		w[1].fd = fd[0];
		ASSERT_OK(race_two(&w[0], &w[1]));
		winner = w[0].result ? 1 : 0;
		ASSERT_EQ(0, w[winner].result);
		ASSERT_EQ(EEXIST, w[!winner].err);
		if (!strcmp(w[winner].ulp, TT_KO)) {
			ASSERT_EQ(2, tt_ko_refs(TT_KO));
			traced++;
		} else {
			ASSERT_EQ(0, tt_ko_refs(TT_KO));
		}
		ASSERT_EQ(tt_ko_refs(TT_KO) / 2,
			  list_count(TRACE_LIST, 0, NULL));
		tt_pair_close(fd);
		ASSERT_EQ(0, refs_become(0));
	}
	EXPECT_EQ(traced, total("TlsTraceAttach"));
	EXPECT_EQ(traced, total("TlsTraceClose"));
	/* A socket that has a ULP does not come to ours. */
	EXPECT_EQ(0, total("TlsTraceAttachError"));
}

/* Attach on one thread, while another one or the peer ends the connection. */
static int attach_against(enum job job, bool peer)
{
	int i, rounds = tt_rounds(ATTACH_RACES), fd[2], err, lost = 0;

	for (i = 0; i < rounds; i++) {
		struct worker w[2] = {
			{ .job = JOB_ATTACH, .ulp = TT_KO,
			  .delay = random_delay() },
			{ .job = job, .delay = random_delay() },
		};

		err = tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]);
		if (err)
			return err;
		if (peer)
			linger(fd[1], 1, 0);
		w[0].fd = fd[0];
		w[1].fd = fd[peer];
		err = race_two(&w[0], &w[1]);
		if (err)
			return err;
		if (w[0].result && w[0].err != ENOTCONN && w[0].err != EBADF)
			return tt_fail(w[0].err, "round %d: attach: %s", i,
				       strerror(w[0].err));
		if (w[1].result && w[1].err != ENOTCONN)
			return tt_fail(w[1].err, "round %d: %s: %s", i,
				       job_name[job], strerror(w[1].err));
		lost += w[0].result < 0;
		if (job == JOB_CLOSE)
			fd[peer] = -1;
		tt_pair_close(fd);
		if (refs_become(0))
			return tt_fail(EBUSY, "round %d: %d references left", i,
				       tt_ko_refs(TT_KO));
	}
	fprintf(stderr, "# attach was too late in %d of %d rounds\n", lost,
		rounds);
	return 0;
}

/* Another thread closes the socket meanwhile: the attach comes before or after. */
TEST_F_TIMEOUT(life, attach_against_close, LIFE_TIMEOUT)
{
	ASSERT_OK(attach_against(JOB_CLOSE, false));
}

/* Another thread shuts it down. */
TEST_F_TIMEOUT(life, attach_against_shutdown, LIFE_TIMEOUT)
{
	ASSERT_OK(attach_against(JOB_SHUTDOWN, false));
}

/* The peer resets the connection. */
TEST_F_TIMEOUT(life, attach_against_peer_reset, LIFE_TIMEOUT)
{
	ASSERT_OK(attach_against(JOB_CLOSE, true));
}

/* What was refused leaves the socket as it was, ready for another attempt. */
TEST_F_TIMEOUT(life, attach_refused_then_done, LIFE_TIMEOUT)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer, i;
	int listener = tt_tcp_listener(TT_IPV4);
	struct sockaddr_in a;

	ASSERT_LE(0, fd);
	ASSERT_LE(0, listener);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(fd, TT_KO));
		EXPECT_EQ(0, tt_ko_refs(TT_KO));
	}
	EXPECT_EQ(5, total("TlsTraceAttachError"));
	ASSERT_EQ(0, sock_addr(&a, listener, false));
	ASSERT_EQ(0, connect(fd, (struct sockaddr *)&a, sizeof(a)));
	peer = accept(listener, NULL, NULL);
	ASSERT_LE(0, peer);
	ASSERT_OK(tt_tcp_ulp(fd, TT_KO));
	EXPECT_EQ(2, tt_ko_refs(TT_KO));
	close(fd);
	close(peer);
	close(listener);
}

/*
 * accept() on a connected socket fails, but not before it has made a socket
 * that looks like the other one. Its end must not touch the other one's, which
 * may be over first.
 */
TEST_F_TIMEOUT(life, accept_on_traced, LIFE_TIMEOUT)
{
	int i, k, rounds = tt_rounds(20), fd[2];

	ASSERT_OK(tt_pair_open(fd, TT_KO));
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(-1, accept(fd[0], NULL, NULL));
		ASSERT_EQ(EINVAL, errno);
	}
	ASSERT_EQ(4, tt_ko_refs(TT_KO));
	ASSERT_OK(tt_pair_talk(fd));
	tt_pair_close(fd);

	for (i = 0; i < rounds; i++) {
		volatile bool stop = false;
		struct worker w[8] = { };
		long before;

		ASSERT_OK(tt_pair_open(fd, TT_KO));
		linger(fd[0], 1, 0);
		for (k = 0; k < 8; k++) {
			w[k].job = JOB_ACCEPT;
			w[k].fd = fd[0];
			w[k].stop = &stop;
			ASSERT_OK(worker_start(&w[k]));
		}
		before = w[0].rounds;
		while (((volatile struct worker *)w)->rounds < before + 3)
			sched_yield();
		close(fd[0]);
		close(fd[1]);
		stop = true;
		for (k = 0; k < 8; k++)
			ASSERT_OK(worker_join(&w[k]));
		ASSERT_EQ(0, refs_become(0));
	}
}
