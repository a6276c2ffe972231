// SPDX-License-Identifier: GPL-2.0
/* Events switched on and off, and lists read, while sockets come and go. */

#define TRACE_DIR	"/sys/kernel/tracing/instances/tls_lifecycle/"
#define INSTANCE_EVENTS	TRACE_DIR "events/tls_trace/"

static int events_set(bool on)
{
	return file_write(INSTANCE_EVENTS "enable", on ? "1" : "0");
}

/* An enabled event does not hold the module, nor does what was recorded. */
TEST_F_TIMEOUT(life, unload_with_events_enabled, LIFE_TIMEOUT)
{
	int fd[2], pipe_fd, i, rounds = tt_rounds(5);
	char buf[4096];

	if (access(EVENTS, X_OK))
		SKIP(return, "no tracefs");
	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, mkdir(TRACE_DIR, 0700));
		ASSERT_OK(events_set(true));
		pipe_fd = open(TRACE_DIR "trace_pipe",
			       O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		ASSERT_LE(0, pipe_fd);
		ASSERT_OK(tt_pair_open(fd, TT_KO));
		ASSERT_OK(tt_pair_talk(fd));
		EXPECT_EQ(4, tt_ko_refs(TT_KO));
		if (i & 1)
			EXPECT_LT(0, read(pipe_fd, buf, sizeof(buf)));
		tt_pair_close(fd);
		EXPECT_EQ(0, refs_become(0));
		EXPECT_EQ(0, tt_ko_unload(TT_KO));
		/* What is left of the events must not need the module. */
		while (read(pipe_fd, buf, sizeof(buf)) > 0)
			;
		ASSERT_EQ(0, tt_ko_load());
		close(pipe_fd);
		ASSERT_EQ(0, rmdir(TRACE_DIR));
	}
}

/*
 * On one processor: the emulation of several may hang when code changes under
 * heavy traffic, as it does with the static keys of events.
 */
static int one_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static void *talk_loop(void *arg)
{
	volatile bool *stop = arg;
	static __thread char buf[2000];
	int fd[2], i;
	long bad = 0;

	while (!*stop && !bad) {
		if (tt_pair_open(fd, TT_KO))
			return (void *)1L;
		for (i = 0; i < 4; i++)
			if (send(fd[0], buf, sizeof(buf), 0) != sizeof(buf) ||
			    recv(fd[1], buf, sizeof(buf), 0) != sizeof(buf))
				bad = 2;
		tt_pair_close(fd);
	}
	return (void *)bad;
}

/* Events are switched on and off while data flows; no call sees it. */
TEST_F_TIMEOUT(life, events_under_traffic, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(12);
	volatile bool stop = false;
	pthread_t thread[2];
	void *bad;

	if (access(EVENTS, X_OK))
		SKIP(return, "no tracefs");
	ASSERT_EQ(0, one_processor());
	ASSERT_EQ(0, mkdir(TRACE_DIR, 0700));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, talk_loop,
					    (void *)&stop));
	for (i = 0; i < rounds; i++) {
		EXPECT_OK(events_set(true));
		poll(NULL, 0, 20 + tt_random() % 50);
		EXPECT_OK(events_set(false));
		poll(NULL, 0, tt_random() % 20);
	}
	stop = true;
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], &bad);
		EXPECT_EQ(NULL, bad);
	}
	EXPECT_EQ(0, rmdir(TRACE_DIR));
}

/*
 * Read a whole list in pieces of some size. Sockets that stay must each be in
 * it once, in order of attachment; of those that come and go none twice.
 */
static int list_in_pieces(size_t piece, const unsigned long *stay, int stays)
{
	static char text[1 << 20];
	unsigned long seen[4096], ino;
	size_t have = 0;
	ssize_t n;
	int fd = open(TRACE_LIST, O_RDONLY | O_CLOEXEC), next = 0, lines = 0, i;
	char *line, *save;

	if (fd < 0)
		return tt_fail(errno, "list: %s", strerror(errno));
	while ((n = read(fd, text + have, piece)) > 0 &&
	       have + n + piece < sizeof(text))
		have += n;
	close(fd);
	text[have] = 0;
	if (n < 0)
		return tt_fail(errno, "list: %s", strerror(errno));
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		int fields = 1;
		char *c;

		for (c = line; *c; c++)
			fields += *c == ' ';
		if (fields != 16)
			return tt_fail(EBADMSG, "%d fields: %s", fields, line);
		if (sscanf(line, "%lu ", &ino) != 1)
			continue;
		for (i = 0; i < lines; i++)
			if (seen[i] == ino)
				return tt_fail(EBADMSG, "%lu is there twice",
					       ino);
		if (lines == sizeof(seen) / sizeof(seen[0]))
			return tt_fail(ENOSPC, "too many sockets");
		seen[lines++] = ino;
		if (next < stays && ino == stay[next])
			next++;
	}
	return next == stays ? 0 :
	       tt_fail(EBADMSG, "pieces of %zu: %d of %d sockets in order",
		       piece, next, stays);
}

/* Sockets that live all the time are listed once each, in pieces of any size. */
TEST_F_TIMEOUT(life, list_while_sockets_come_and_go, LIFE_TIMEOUT)
{
	static const size_t pieces[] = { 1, 7, 100, 500, 4096 };
	int fd[20][2], i, k, rounds = tt_rounds(20);
	unsigned long stay[40];
	volatile bool stop = false;
	pthread_t thread[2];
	void *bad;

	for (i = 0; i < 20; i++) {
		ASSERT_OK(tt_pair_open(fd[i], TT_KO));
		stay[2 * i] = tt_tcp_inode(fd[i][0]);
		stay[2 * i + 1] = tt_tcp_inode(fd[i][1]);
	}
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, talk_loop,
					    (void *)&stop));
	for (i = 0; i < rounds; i++)
		for (k = !!i; k < sizeof(pieces) / sizeof(pieces[0]); k++)
			EXPECT_OK(list_in_pieces(pieces[k], stay, 40));
	stop = true;
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], &bad);
		EXPECT_EQ(NULL, bad);
	}
	for (i = 0; i < 20; i++)
		tt_pair_close(fd[i]);
}
