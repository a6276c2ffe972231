// SPDX-License-Identifier: GPL-2.0
/* Network namespaces that end. */

/*
 * The last process of a namespace ends, but its sockets were passed on: they
 * work, count in their own namespace, and take it along at their end.
 */
TEST_F_TIMEOUT(life, namespace_outlived, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10), fd[3], sv[2];
	char line[100];
	long long curr;
	pid_t pid;
	FILE *f;

	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
					sv));
		pid = child_start();
		ASSERT_LE(0, pid);
		if (!pid) {
			if (own_net() || tt_pair_open(fd, TT_KO))
				_exit(1);
			fd[2] = open(TRACE_LIST "_stat", O_RDONLY | O_CLOEXEC);
			_exit(fd_send(sv[1], fd, 3) ? 2 : 0);
		}
		ASSERT_EQ(0, fd_receive(sv[0], fd, 3));
		ASSERT_EQ(0, child_wait(pid));
		EXPECT_EQ(4, tt_ko_refs(TT_KO));
		EXPECT_EQ(0, total("TlsTraceCurr"));
		ASSERT_OK(tt_pair_talk(fd));
		f = fdopen(fd[2], "r");
		ASSERT_NE(NULL, f);
		curr = -1;
		while (fgets(line, sizeof(line), f))
			if (sscanf(line, "TlsTraceCurr %lld", &curr) == 1)
				break;
		EXPECT_EQ(2, curr);
		/* With the file open, or closed before: which one is last? */
		if (i & 1)
			fclose(f);
		tt_pair_close(fd);
		if (!(i & 1))
			fclose(f);
		close(sv[0]);
		close(sv[1]);
		ASSERT_EQ(0, refs_become(0));
	}
	EXPECT_EQ(0, total("TlsTraceAttach"));
}

/* A namespace whose only process is killed in the middle of traffic. */
TEST_F_TIMEOUT(life, namespace_killed, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(10), ready[2], fd[2];
	char byte;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
		pid = child_start();
		ASSERT_LE(0, pid);
		if (!pid) {
			if (own_net() || tt_pair_open(fd, TT_KO))
				_exit(1);
			if (i & 1)
				fill(fd[0]);
			if (write(ready[1], "r", 1) != 1)
				_exit(1);
			while (!(i & 1) && !tt_pair_talk(fd))
				;
			pause();
			_exit(1);
		}
		close(ready[1]);
		ASSERT_OK(tt_wait_fd(ready[0], POLLIN, "the child"));
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		kill(pid, SIGKILL);
		ASSERT_EQ(128 + SIGKILL, child_wait(pid));
		close(ready[0]);
		ASSERT_EQ(0, refs_become(0));
	}
}

/* Namespaces come and go while the module does: each has its files. */
TEST_F_TIMEOUT(life, namespaces_under_unload, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(3), status = 0, go[2];
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = child_start();
		ASSERT_LE(0, pid);
		if (!pid) {
			int k;

			close(go[0]);
			for (k = 0; k < 20; k++)
				if (unshare(CLONE_NEWNET))
					_exit(1);
			_exit(0);
		}
		close(go[1]);
		/* Until the child has ended: its end of the pipe is closed. */
		do {
			struct pollfd p = { .fd = go[0], .events = POLLIN };

			ASSERT_EQ(0, tt_ko_unload(TT_KO));
			ASSERT_EQ(0, tt_ko_load());
			status = poll(&p, 1, 0);
		} while (!status);
		close(go[0]);
		ASSERT_EQ(0, child_wait(pid));
		EXPECT_EQ(0, list_count(TRACE_LIST, 0, NULL));
	}
}
