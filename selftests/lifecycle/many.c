// SPDX-License-Identifier: GPL-2.0
/* Thousands of sockets, and what one of them costs. */

#define MANY_PAIRS	4000
#define COST_SOCKETS	2000
#define COST_MAX	1024
#define STILL_BYTES	4096
#define STILL_TIMES	5

/* Open sockets and orphans of TCP, all of the host's. */
static long long sockstat(const char *what)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	char line[256], *at;
	long long value = -1;

	while (f && fgets(line, sizeof(line), f)) {
		at = strncmp(line, "TCP:", 4) ? NULL : strstr(line, what);
		if (at)
			value = atoll(at + strlen(what));
	}
	if (f)
		fclose(f);
	return value;
}

/*
 * Have the allocator tell what is really in use: dropping caches also makes
 * the kernel free at once what kfree_rcu() holds back for seconds.
 */
static void slab_settle(void)
{
	DIR *d = opendir("/sys/kernel/slab");
	char path[300];
	struct dirent *e;

	file_write("/proc/sys/vm/drop_caches", "2");
	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, "kmalloc-", 8))
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/slab/%.200s/shrink",
			 e->d_name);
		file_write(path, "1");
	}
	if (d)
		closedir(d);
}

/* Bytes of kmalloc memory in use, and objects of 1 KiB. */
static long long slab_bytes(long long *objects)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	long long active, all, size, sum = 0;
	char line[512], name[64];

	*objects = 0;
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lld %lld %lld", name, &active, &all,
			   &size) != 4 || strncmp(name, "kmalloc-", 8))
			continue;
		sum += active * size;
		if (size == 1024)
			*objects += active;
	}
	fclose(f);
	return sum;
}

/* The same, when nothing of what was closed before is still to be freed. */
static long long slab_still(void)
{
	long long end = tt_now_ms() + 3 * TT_WAIT_MS, last = 0, now, objects;
	int same = 0;

	do {
		slab_settle();
		now = slab_bytes(&objects);
		same = now >= last - STILL_BYTES && now <= last + STILL_BYTES ?
		       same + 1 : 0;
		last = now;
		poll(NULL, 0, 200);
	} while (same < STILL_TIMES && tt_now_ms() < end);
	return now;
}

static int files_allow(int n)
{
	struct rlimit r = { n, n };

	return setrlimit(RLIMIT_NOFILE, &r) ? -errno : 0;
}

/* A pair with a key for one direction. */
static int light_pair(int fd[2], const char *ulp)
{
	struct tt_pair_key key;

	tt_pair_key(&key);
	return tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]) ?:
	       tt_tcp_ulp(fd[0], ulp) ?: tt_tcp_ulp(fd[1], ulp) ?:
	       tt_pair_set(fd[0], TLS_TX, &key) ?:
	       tt_pair_set(fd[1], TLS_RX, &key);
}

/* Thousands at once: each is counted, and afterwards nothing is left of them. */
TEST_F_TIMEOUT(life, thousands, LIFE_TIMEOUT)
{
	int n = tt_rounds(MANY_PAIRS), i, (*fd)[2], warm[2];
	long long objects, objects_then, inuse, orphans, end;
	char byte;

	fd = calloc(n, sizeof(*fd));
	ASSERT_NE(NULL, fd);
	ASSERT_EQ(0, files_allow(2 * n + 100));
	/* What the first one allocates stays. */
	ASSERT_OK(light_pair(warm, TT_KO));
	tt_pair_close(warm);
	slab_settle();
	ASSERT_LT(0, slab_bytes(&objects));
	inuse = sockstat("inuse ");
	orphans = sockstat("orphan ");
	for (i = 0; i < n; i++) {
		ASSERT_OK(light_pair(fd[i], TT_KO));
		ASSERT_EQ(1, send(fd[i][0], "x", 1, 0));
		ASSERT_EQ(1, recv(fd[i][1], &byte, 1, 0));
	}
	EXPECT_EQ(4 * n, tt_ko_refs(TT_KO));
	EXPECT_EQ(2 * n, total("TlsTraceCurr"));
	EXPECT_EQ(n, total("TlsCurrTxSw"));
	EXPECT_EQ(n, total("TlsCurrRxSw"));
	EXPECT_EQ(n, total("TlsTraceTxBytes"));
	EXPECT_EQ(2 * n, list_count(TRACE_LIST, 0, NULL));
	EXPECT_EQ(inuse + 2 * n, sockstat("inuse "));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
	for (i = 0; i < n; i++)
		tt_pair_close(fd[i]);
	free(fd);
	ASSERT_EQ(0, refs_become(0));
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(2 * n + 2, total("TlsTraceClose"));

	/* What RCU frees is freed a little later. */
	end = tt_now_ms() + 3 * TT_WAIT_MS;
	do {
		slab_settle();
		slab_bytes(&objects_then);
		if (objects_then - objects < n / 20 + 100 &&
		    sockstat("inuse ") <= inuse)
			break;
		poll(NULL, 0, 100);
	} while (tt_now_ms() < end);
	EXPECT_GT(n / 20 + 100, objects_then - objects);
	EXPECT_EQ(inuse, sockstat("inuse "));
	EXPECT_EQ(orphans, sockstat("orphan "));
}

/* Bytes of kmalloc memory that so many sockets with both keys take. */
static long long sockets_cost(const char *ulp, int pairs, long long *bytes)
{
	long long before;
	int (*fd)[2], i, err = 0;

	fd = calloc(pairs, sizeof(*fd));
	if (!fd)
		return -ENOMEM;
	before = slab_still();
	for (i = 0; i < pairs && !err; i++)
		err = tt_pair_open(fd[i], ulp);
	*bytes = slab_still() - before;
	while (i--)
		tt_pair_close(fd[i]);
	free(fd);
	return err;
}

/* What tracing adds to what the socket takes with tls. */
TEST_F_TIMEOUT(life, memory_per_socket, LIFE_TIMEOUT)
{
	int n = tt_rounds(COST_SOCKETS / 2), i, max = COST_MAX;
	long long plain, traced, per;

	/* A spinlock with lockdep is larger, an object with KASAN's red zone. */
	if (tt_slow() > 1)
		max *= 2;
	ASSERT_EQ(0, files_allow(2 * n + 100));
	/* The first time fills what stays. */
	for (i = 0; i < 2; i++) {
		ASSERT_OK(sockets_cost("tls", i ? n : 10, &plain));
		ASSERT_OK(sockets_cost(TT_KO, i ? n : 10, &traced));
		ASSERT_EQ(0, refs_become(0));
	}
	per = (traced - plain) / (2 * n);
	TH_LOG("%lld bytes a socket with tls, %lld more with " TT_KO,
	       plain / (2 * n), per);
	/* The table of sockets, and a tenth for what else the kernel does. */
	EXPECT_GE(max + max / 10, per);
	/* It does take something, or this measures nothing. */
	EXPECT_LE(256, per);
}
