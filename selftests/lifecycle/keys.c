// SPDX-License-Identifier: GPL-2.0
/* Keys set on one thread while others use the socket. */

#define KEY_RACES	12

/* A peer without TLS that reads all there is, until the end. */
static void *raw_drain(void *arg)
{
	static __thread char buf[65536];
	int fd = (long)arg;

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		;
	return NULL;
}

/* What a call may say while keys come: what tls says, too. */
static bool key_race_errno(int err)
{
	switch (err) {
	case 0:
	case EAGAIN:
	case EBUSY:		/* getsockopt without a key */
	case EOPNOTSUPP:	/* and without the ULP */
	case EPIPE:
	case ECONNRESET:
		return true;
	default:
		return false;
	}
}

/*
 * Workers use the socket from before the ULP until after both keys. Then it has
 * both, the list says so, and the keys are seen to be in force: wrapping one of
 * them over the other's operations loses nothing.
 */
static int keys_under(const enum job *jobs, int n, bool reset_at_end)
{
	volatile bool stop = false;
	struct worker w[NR_JOBS] = { };
	struct tt_pair_key key[2];
	char confs[40];
	pthread_t peer;
	int fd[2], i, err;

	tt_pair_key(&key[0]);
	tt_pair_key(&key[1]);
	err = tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]);
	if (err)
		return err;
	pthread_create(&peer, NULL, raw_drain, (void *)(long)fd[1]);
	for (i = 0; i < n && !err; i++) {
		w[i].job = jobs[i];
		w[i].fd = fd[0];
		w[i].stop = &stop;
		err = worker_start(&w[i]);
	}
	jitter();
	err = err ?: tt_tcp_ulp(fd[0], TT_KO);
	jitter();
	err = err ?: tt_pair_set(fd[0], TLS_TX, &key[0]);
	jitter();
	err = err ?: tt_pair_set(fd[0], TLS_RX, &key[1]);
	jitter();
	err = err ?: list_confs(tt_tcp_inode(fd[0]), confs, sizeof(confs));
	if (!err && strcmp(confs, "sw sw"))
		err = tt_fail(EBADMSG, "the list has \"%s\"", confs);
	if (reset_at_end) {
		linger(fd[0], 1, 0);
		if (!err && close(fd[0]))
			err = -errno;
	} else {
		shutdown(fd[0], SHUT_RDWR);
	}
	stop = true;
	for (i = 0; i < n; i++) {
		err = worker_join(&w[i]) ?: err;
		if (!err && !key_race_errno(w[i].err) &&
		    !(reset_at_end && w[i].err == EBADF))
			err = tt_fail(w[i].err, "%s: %s", job_name[jobs[i]],
				      strerror(w[i].err));
	}
	if (!reset_at_end)
		close(fd[0]);
	pthread_join(peer, NULL);
	close(fd[1]);
	if (!err && refs_become(0))
		err = tt_fail(EBUSY, "%d references left", tt_ko_refs(TT_KO));
	return err;
}

/* Keys are set while another thread is in a call, of each kind. */
TEST_F_TIMEOUT(life, keys_under_each_call, LIFE_TIMEOUT)
{
	static const enum job jobs[] = {
		JOB_SEND, JOB_RECV, JOB_PEEK, JOB_SENDFILE, JOB_SPLICE_IN,
		JOB_SPLICE_OUT, JOB_POLL, JOB_GETSOCKOPT,
	};
	int i, k, rounds = tt_rounds(KEY_RACES / 3);

	for (i = 0; i < rounds; i++)
		for (k = 0; k < sizeof(jobs) / sizeof(jobs[0]); k++)
			ASSERT_OK(keys_under(&jobs[k], 1, false));
}

/* Keys are set while many threads are in calls of all kinds. */
TEST_F_TIMEOUT(life, keys_under_all_calls, LIFE_TIMEOUT)
{
	static const enum job jobs[] = {
		JOB_SEND, JOB_RECV, JOB_SENDFILE, JOB_SPLICE_IN, JOB_POLL,
		JOB_GETSOCKOPT,
	};
	int i, rounds = tt_rounds(KEY_RACES);

	for (i = 0; i < rounds; i++)
		ASSERT_OK(keys_under(jobs, sizeof(jobs) / sizeof(jobs[0]),
				     i & 1));
}

/* Setting a key while the socket is closed: each of the two comes first. */
TEST_F_TIMEOUT(life, keys_against_close, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10 * KEY_RACES), fd[2], first = 0;
	struct tt_pair_key key;

	tt_pair_key(&key);
	for (i = 0; i < rounds; i++) {
		struct worker w = { .job = JOB_CLOSE };
		pthread_barrier_t start;
		int err;

		ASSERT_OK(tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
		ASSERT_OK(tt_tcp_ulp(fd[0], TT_KO));
		pthread_barrier_init(&start, NULL, 2);
		w.start = &start;
		w.fd = fd[0];
		ASSERT_OK(worker_start(&w));
		pthread_barrier_wait(&start);
		jitter();
		err = tt_pair_set(fd[0], i & 1 ? TLS_TX : TLS_RX, &key);
		ASSERT_OK(worker_join(&w));
		ASSERT_EQ(0, w.result);
		ASSERT_TRUE(!err || err == -EBADF) {
			TH_LOG("round %d: %s", i, strerror(-err));
		}
		first += !err;
		close(fd[1]);
		ASSERT_EQ(0, refs_become(0));
	}
	TH_LOG("the key came first in %d of %d rounds", first, rounds);
}
