// SPDX-License-Identifier: GPL-2.0
/* Calls that block in a socket, and what ends them. */

static const enum job blocking_jobs[] = {
	JOB_RECV, JOB_PEEK, JOB_SPLICE_IN, JOB_POLL,
	JOB_SEND, JOB_SPLICE_OUT, JOB_SENDFILE,
};

#define NR_BLOCKING	(sizeof(blocking_jobs) / sizeof(blocking_jobs[0]))

static bool job_sends(enum job job)
{
	return job == JOB_SEND || job == JOB_SPLICE_OUT || job == JOB_SENDFILE;
}

/* A connection on whose first end the job blocks; the other end has no TLS. */
static int blocking_pair(int fd[2], const char *ulp, enum job job, bool half)
{
	/* For TCP's poll, half a record is data. */
	return stage_reach(fd, ulp, job_sends(job) ? STAGE_UNSENT :
			   half && job != JOB_POLL ? STAGE_HALF : STAGE_BOTH);
}

static int blocked_run(struct sight *s, const char *ulp, enum job job,
		       enum ending ending, bool half)
{
	bool traced = !strcmp(ulp, TT_KO), listed;
	struct worker w = { .job = job };
	int fd[2] = { -1, -1 }, err;

	s->n = 0;
	err = blocking_pair(fd, ulp, job, half);
	if (err)
		return err;
	w.fd = fd[0];
	err = worker_start(&w);
	if (err)
		return err;
	err = worker_blocks(&w);
	if (!err && traced) {
		list_count(TRACE_LIST, tt_tcp_inode(fd[0]), &listed);
		if (!listed)
			err = tt_fail(EBADMSG, "the socket is not listed");
		else if (tt_ko_refs(TT_KO) != 2)
			err = tt_fail(EBADMSG, "%d references",
				      tt_ko_refs(TT_KO));
		else if (tt_ko_unload(TT_KO) != -EAGAIN)
			err = tt_fail(EBADMSG, "unloaded under a call");
	}
	err = err ?: end_it(fd, ending);
	/* Whatever went wrong, this ends it. */
	if (err)
		reset(&fd[1]);
	err = worker_join(&w) ?: err;
	see(s, "result", w.err ? -w.err : w.result);
	see(s, "next recv", result(recv(fd[0], &err, 1, MSG_DONTWAIT)));
	see(s, "next send", result(send(fd[0], "x", 1,
					MSG_DONTWAIT | MSG_NOSIGNAL)));
	tt_pair_close(fd);
	if (!err && refs_become(0))
		err = tt_fail(EBUSY, "%d references left", tt_ko_refs(TT_KO));
	return err;
}

/*
 * What the calls after the end see depends on how far the blocked one had got
 * when it came, with tls alone as well: a difference has to repeat itself.
 */
#define BLOCKED_TRIES	4

static int blocked_compare(enum job job, enum ending ending, bool half)
{
	char why[TT_WHY_SIZE];
	struct sight a, b;
	int try, i, err = 0;

	for (try = 0; try < BLOCKED_TRIES; try++) {
		err = blocked_run(&a, "tls", job, ending, half) ?:
		      blocked_run(&b, TT_KO, job, ending, half);
		if (err) {
			snprintf(why, sizeof(why), "%s", tt_why());
			return tt_fail(-err, "%s, %s: %.300s (%d)",
				       job_name[job], ending_name[ending], why,
				       err);
		}
		for (i = 0; i < a.n && a.value[i] == b.value[i]; i++)
			;
		if (i == a.n)
			return 0;
		err = tt_fail(EBADMSG,
			      "%s, %s: %s is %d with tls, %d with tls_trace",
			      job_name[job], ending_name[ending], a.what[i],
			      a.value[i], b.value[i]);
	}
	return err;
}

/* What ends the connection ends the call, with the same result under both. */
TEST_F_TIMEOUT(life, blocked_call_ends, LIFE_TIMEOUT)
{
	static const enum ending endings[] = {
		END_PEER_RESET, END_PEER_FIN, END_DESTROY, END_SHUTDOWN_RDWR,
	};
	int i, k;

	for (i = 0; i < NR_BLOCKING; i++) {
		enum job job = blocking_jobs[i];

		for (k = 0; k < sizeof(endings) / sizeof(endings[0]); k++) {
			/* Only a receiver waits for a FIN. */
			if (job_sends(job) && endings[k] == END_PEER_FIN)
				continue;
			EXPECT_OK(blocked_compare(job, endings[k], false));
			if (job == JOB_RECV || job == JOB_SPLICE_IN)
				EXPECT_OK(blocked_compare(job, endings[k],
							  true));
		}
	}
}

/*
 * A descriptor that is closed under a blocked call: the call holds the socket,
 * is its last owner, and what it returns through is the module.
 */
TEST_F_TIMEOUT(life, blocked_call_is_last_owner, LIFE_TIMEOUT)
{
	int i, k, rounds = tt_rounds(10), fd[2];

	for (k = 0; k < rounds; k++) {
		for (i = 0; i < NR_BLOCKING; i++) {
			struct worker w = { .job = blocking_jobs[i] };

			ASSERT_OK(blocking_pair(fd, TT_KO, w.job, k & 1));
			w.fd = fd[0];
			linger(fd[0], k & 1, 0);
			ASSERT_OK(worker_start(&w));
			ASSERT_OK(worker_blocks(&w));
			ASSERT_EQ(0, close(fd[0]));
			ASSERT_EQ(2, tt_ko_refs(TT_KO));
			ASSERT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
			ASSERT_EQ(1, list_count(TRACE_LIST, 0, NULL));
			reset(&fd[1]);
			ASSERT_OK(worker_join(&w));
			ASSERT_EQ(0, refs_become(0)) {
				TH_LOG("%s", job_name[w.job]);
			}
		}
	}
}

/* A process that is killed in the middle of a call. */
TEST_F_TIMEOUT(life, blocked_process_killed, LIFE_TIMEOUT)
{
	int i, k, rounds = tt_rounds(4), fd[2];

	for (k = 0; k < rounds; k++) {
		for (i = 0; i < NR_BLOCKING; i++) {
			struct worker w = { .job = blocking_jobs[i] };
			pid_t pid;

			ASSERT_OK(blocking_pair(fd, TT_KO, w.job, k & 1));
			w.fd = fd[0];
			pid = child_start();
			ASSERT_LE(0, pid);
			if (!pid) {
				close(fd[1]);
				if (!worker_prepare(&w))
					worker_main(&w);
				_exit(1);
			}
			close(fd[0]);
			ASSERT_OK(wait_sleeps(pid, &pid, job_call[w.job]));
			ASSERT_EQ(2, tt_ko_refs(TT_KO));
			ASSERT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
			kill(pid, SIGKILL);
			ASSERT_EQ(128 + SIGKILL, child_wait(pid));
			ASSERT_EQ(0, list_count(TRACE_LIST, 0, NULL));
			/* With data unsent it is an orphan until now. */
			reset(&fd[1]);
			ASSERT_EQ(0, refs_become(0)) {
				TH_LOG("%s", job_name[w.job]);
			}
		}
	}
}
