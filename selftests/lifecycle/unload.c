// SPDX-License-Identifier: GPL-2.0
/* Unloading while something of the module is in use, and what it waits for. */
#include <dirent.h>
#include <linux/capability.h>
#include <linux/perf_event.h>

#define EVENTS	"/sys/kernel/tracing/events/tls_trace/"

static int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	if (write(fd, text, strlen(text)) < 0)
		err = tt_fail(errno, "%s: %s", path, strerror(errno));
	close(fd);
	return err;
}

/* Two references a socket, one for an orphan: what lsmod shows. */
TEST_F_TIMEOUT(life, references_count_sockets, LIFE_TIMEOUT)
{
	int fd[20][2], i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(4 * i, tt_ko_refs(TT_KO));
		ASSERT_OK(tt_pair_open(fd[i], TT_KO));
		EXPECT_EQ(2 * i + 2, total("TlsTraceCurr"));
		EXPECT_EQ(2 * i + 2, list_count(TRACE_LIST, 0, NULL));
	}
	for (i = 19; i >= 0; i--) {
		EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
		tt_pair_close(fd[i]);
		ASSERT_EQ(4 * i, refs_become(4 * i));
	}
}

/* A list that is open, and half read, does not hold the module. */
TEST_F_TIMEOUT(life, unload_under_open_list, LIFE_TIMEOUT)
{
	int list, stat, fd[2];
	char buf[64];

	ASSERT_OK(tt_pair_open(fd, TT_KO));
	list = open(TRACE_LIST, O_RDONLY | O_CLOEXEC);
	stat = open(TRACE_LIST "_stat", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, list);
	ASSERT_LE(0, stat);
	EXPECT_LT(0, read(list, buf, sizeof(buf)));
	EXPECT_LT(0, read(stat, buf, sizeof(buf)));
	tt_pair_close(fd);
	EXPECT_EQ(0, refs_become(0));
	EXPECT_EQ(0, tt_ko_unload(TT_KO));
	EXPECT_EQ(-1, read(list, buf, sizeof(buf)));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, read(stat, buf, sizeof(buf)));
	/* Another one's file is another file. */
	ASSERT_EQ(0, tt_ko_load());
	EXPECT_EQ(-1, read(list, buf, sizeof(buf)));
	EXPECT_EQ(0, list_count(TRACE_LIST, 0, NULL));
	close(list);
	close(stat);
}

struct list_reader {
	int fd;
	void *buf;
	volatile pid_t tid;
	ssize_t n;
};

static void *list_read(void *arg)
{
	struct list_reader *r = arg;

	r->tid = gettid();
	r->n = read(r->fd, r->buf, 4096);
	return NULL;
}

static void *unload_thread(void *arg)
{
	struct list_reader *r = arg;

	r->tid = gettid();
	r->n = tt_ko_unload(TT_KO);
	return NULL;
}

/* A read that is under way is waited for: then the module goes. */
TEST_F_TIMEOUT(life, unload_waits_for_reader, LIFE_TIMEOUT)
{
	struct list_reader reader = { }, unloader = { };
	struct tt_late late;
	pthread_t thread[2];
	int fd[2];

	if (tt_late_open(&late))
		SKIP(return, "%s", tt_why());
	reader.buf = late.page;
	reader.fd = open(TRACE_LIST, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, reader.fd);
	ASSERT_EQ(0, pthread_create(&thread[0], NULL, list_read, &reader));
	ASSERT_OK(tt_late_touched(&late));
	ASSERT_EQ(0, pthread_create(&thread[1], NULL, unload_thread,
				    &unloader));
	ASSERT_OK(wait_sleeps(getpid(), &unloader.tid, SYS_delete_module));
	/* It has begun to go: nobody gets it any more. */
	ASSERT_OK(tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
	EXPECT_EQ(-ENOENT, tt_tcp_ulp(fd[0], TT_KO));
	EXPECT_EQ(-EEXIST, tt_tcp_ulp(fd[0], "tls") ?: -EEXIST);
	tt_pair_close(fd);
	ASSERT_OK(tt_late_fill(&late, "", 0));
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	EXPECT_LT(0, reader.n);
	EXPECT_EQ(0, unloader.n);
	EXPECT_EQ(-1, tt_ko_refs(TT_KO));
	close(reader.fd);
	tt_late_close(&late);
}

/* Who traces with perf or BPF holds the module, and there is no socket. */
TEST_F_TIMEOUT(life, perf_event_holds, LIFE_TIMEOUT)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
		.sample_period = 1,
	};
	FILE *f = fopen(EVENTS "tx/id", "re");
	int fd[2], perf, id = 0;
	long long count = 0;

	if (!f)
		SKIP(return, "no tracefs");
	ASSERT_EQ(1, fscanf(f, "%d", &id));
	fclose(f);
	attr.config = id;
	perf = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
		       PERF_FLAG_FD_CLOEXEC);
	ASSERT_LE(0, perf) {
		TH_LOG("perf: %s", strerror(errno));
	}
	EXPECT_EQ(1, tt_ko_refs(TT_KO));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
	ASSERT_OK(tt_pair_open(fd, TT_KO));
	ASSERT_OK(tt_pair_talk(fd));
	EXPECT_EQ(sizeof(count), read(perf, &count, sizeof(count)));
	EXPECT_EQ(2, count);
	tt_pair_close(fd);
	EXPECT_EQ(1, refs_become(1));
	close(perf);
	EXPECT_EQ(0, refs_become(0));
}

/* Find a process that has a socket, by the number in the list of sockets. */
static pid_t owner_find(unsigned long inode)
{
	char want[64], path[300], link[64];
	struct dirent *p, *d;
	DIR *procs = opendir("/proc"), *fds;
	pid_t found = 0;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	while (procs && !found && (p = readdir(procs))) {
		if (atoi(p->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/fd", p->d_name);
		fds = opendir(path);
		while (fds && !found && (d = readdir(fds))) {
			ssize_t n;

			snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s",
				 p->d_name, d->d_name);
			n = readlink(path, link, sizeof(link) - 1);
			link[n < 0 ? 0 : n] = 0;
			if (!strcmp(link, want))
				found = atoi(p->d_name);
		}
		if (fds)
			closedir(fds);
	}
	if (procs)
		closedir(procs);
	return found;
}

/* The documented way from "in use" to the process, in another namespace too. */
TEST_F_TIMEOUT(life, holder_is_found, LIFE_TIMEOUT)
{
	char path[64], line[300];
	unsigned long inode = 0;
	int ready[2], fd[2], sockets = 0;
	pid_t pid;
	FILE *f;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (own_net() || tt_pair_open(fd, TT_KO))
			_exit(1);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	ASSERT_OK(tt_wait_fd(ready[0], POLLIN, "the child"));
	EXPECT_EQ(0, list_count(TRACE_LIST, 0, NULL));
	EXPECT_EQ(4, tt_ko_refs(TT_KO));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(TT_KO));
	snprintf(path, sizeof(path), "/proc/%d/net/tls_trace", pid);
	f = fopen(path, "re");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lu ", &inode) != 1)
			continue;
		sockets++;
		EXPECT_EQ(pid, owner_find(inode));
	}
	fclose(f);
	EXPECT_EQ(2, sockets);
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_wait(pid));
	close(ready[0]);
	close(ready[1]);
	EXPECT_EQ(0, refs_become(0));
}

struct attacher {
	volatile bool *stop;
	long attached;
	long missing;
	int bad;
	char why[TT_WHY_SIZE];
};

static void *attach_loop(void *arg)
{
	struct attacher *a = arg;
	unsigned char byte;
	int fd[2], err;

	while (!*a->stop && !a->bad) {
		err = tt_pair_open(fd, TT_KO);
		if (err) {
			/* It may come and go between the two ends, too. */
			if (err == -ENOENT)
				a->missing++;
			else
				a->bad = err;
			continue;
		}
		if (send(fd[0], "x", 1, 0) != 1 ||
		    recv(fd[1], &byte, 1, 0) != 1 || byte != 'x')
			a->bad = -EBADMSG;
		if (a->attached++ & 1)
			linger(fd[0], 1, 0);
		tt_pair_close(fd);
	}
	snprintf(a->why, sizeof(a->why), "%s", tt_why());
	return NULL;
}

/* Without CAP_NET_ADMIN an attach does not load the module. */
static int drop_net_admin(void)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return -errno;
	d[0].effective &= ~(1u << CAP_NET_ADMIN);
	d[0].permitted &= ~(1u << CAP_NET_ADMIN);
	d[0].inheritable &= ~(1u << CAP_NET_ADMIN);
	return syscall(SYS_capset, &h, d) ? -errno : 0;
}

static int attacher_process(const int *quit)
{
	volatile bool stop = false;
	struct attacher a[2] = { { .stop = &stop }, { .stop = &stop } };
	pthread_t thread[2];
	char byte;
	int i;

	if (drop_net_admin())
		return 1;
	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, attach_loop, &a[i]))
			return 1;
	/* End of file: enough. */
	if (read(*quit, &byte, 1))
		return 1;
	stop = true;
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		fprintf(stderr, "# attached %ld, module missing %ld\n",
			a[i].attached, a[i].missing);
		if (a[i].bad) {
			fprintf(stderr, "# %s (%d)\n", a[i].why, a[i].bad);
			return 2;
		}
	}
	return a[0].attached + a[1].attached &&
	       a[0].missing + a[1].missing ? 0 : 3;
}

/* The module comes and goes under those who want it. */
TEST_F_TIMEOUT(life, load_and_unload_under_attach, LIFE_TIMEOUT)
{
	int i, rounds = tt_rounds(8), unloads = 0, quit[2], err;
	/* On a starved machine somebody is attached nearly all the time. */
	long long end = tt_now_ms() + LIFE_TIMEOUT / 2 * 1000;
	pid_t pid;

	ASSERT_EQ(0, pipe2(quit, O_CLOEXEC));
	pid = child_start();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(quit[1]);
		_exit(attacher_process(quit));
	}
	close(quit[0]);
	while (unloads < rounds && tt_now_ms() < end) {
		err = tt_ko_unload(TT_KO);
		ASSERT_TRUE(!err || err == -EAGAIN);
		if (err) {
			poll(NULL, 0, 1);
			continue;
		}
		unloads++;
		ASSERT_EQ(0, tt_ko_load());
		for (i = tt_random() % 20; i; i--)
			poll(NULL, 0, 1);
	}
	close(quit[1]);
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_EQ(rounds, unloads);
	/* The test's own namespace, which the child shares. */
	EXPECT_EQ(0, refs_become(0));
}
