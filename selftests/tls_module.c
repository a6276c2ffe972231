// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading of tls_trace.ko: by itself, around traffic, and at the
 * moments when it must be refused. Each test loads and unloads the module, so
 * nobody else may use it meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "ko.h"
#include "memory.h"
#include "pair.h"
#include "payload.h"
#include "proxy.h"
#include "slow.h"
#include "tcp.h"
#include "uapi.h"
#include "util.h"

#define MODULE		TT_KO
#define ROUNDS		200
#define RACES		500
#define BLOCK		TT_PAIR_BLOCK

/* A number from /proc/net/tls_trace_stat, -1 without the file. */
static long long total(const char *name)
{
	FILE *f = fopen("/proc/net/tls_trace_stat", "re");
	long long value, found = -1;
	char word[64];

	if (!f)
		return -1;
	while (fscanf(f, "%63s %lld", word, &value) == 2)
		if (!strcmp(word, name))
			found = value;
	fclose(f);
	return found;
}

FIXTURE(module)
{
	bool was_loaded;
	int tls_refs;
};

FIXTURE_SETUP(module)
{
	const char *why = tt_ko_untestable();

	if (why)
		SKIP(return, "%s", why);
	self->was_loaded = !tt_ko_refs(MODULE);
	if (self->was_loaded)
		ASSERT_EQ(0, tt_ko_unload(MODULE));
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, system("ip link set lo up"));
	self->tls_refs = tt_ko_refs("tls");
}

FIXTURE_TEARDOWN(module)
{
	if (tt_ko_refs(MODULE) >= 0)
		EXPECT_EQ(0, tt_ko_unload_soon());
	/* Every test gives back what it took of tls. */
	if (self->tls_refs >= 0)
		EXPECT_EQ(self->tls_refs, tt_ko_refs("tls"));
	/* The tests that follow may have no other way to get at it. */
	if (self->was_loaded)
		EXPECT_EQ(0, tt_ko_load());
}

/* Loading brings tls along; unloading leaves none of our files. */
TEST_F(module, loads_without_tls)
{
	if (tt_ko_refs("tls") > 0)
		SKIP(return, "tls is in use");
	if (!tt_ko_refs("tls"))
		ASSERT_EQ(0, tt_ko_unload("tls"));
	EXPECT_EQ(-1, tt_ko_refs("tls"));
	ASSERT_EQ(0, tt_ko_load());
	EXPECT_EQ(1, tt_ko_refs("tls"));
	EXPECT_EQ(-EAGAIN, tt_ko_unload("tls"));
	EXPECT_EQ(0, access("/proc/net/tls_trace", R_OK));
	EXPECT_EQ(-EEXIST, tt_ko_load());
	ASSERT_EQ(0, tt_ko_unload(MODULE));
	EXPECT_EQ(-1, access("/proc/net/tls_trace", R_OK));
	EXPECT_EQ(-1, access("/proc/net/tls_trace_stat", R_OK));
	EXPECT_EQ(0, tt_ko_refs("tls"));
	self->tls_refs = 0;
}

/* A socket with the ULP holds the module, and goes on working meanwhile. */
TEST_F(module, held_by_live_socket)
{
	int fd[2], i;

	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_pair_open(fd, MODULE));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(-EAGAIN, tt_ko_unload(MODULE));
		ASSERT_EQ(0, tt_pair_talk(fd));
	}
	close(fd[0]);
	EXPECT_EQ(-EAGAIN, tt_ko_unload(MODULE));
	close(fd[1]);
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* The socket lives until its last descriptor, in whatever process, is closed. */
TEST_F(module, held_by_other_process)
{
	int fd[2], go[2], status;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_pair_open(fd, MODULE));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		/* End of file: the parent has closed its descriptors. */
		if (read(go[0], &byte, 1) != 0)
			_exit(1);
		_exit(tt_pair_talk(fd) ? 2 : 0);
	}
	tt_pair_close(fd);
	EXPECT_EQ(-EAGAIN, tt_ko_unload(MODULE));
	EXPECT_EQ(2, total("TlsTraceCurr"));
	close(go[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(go[0]);
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* A closed socket that still has data to send holds the module too. */
TEST_F(module, held_by_orphan)
{
	static unsigned char data[BLOCK];
	int fd[2], size = 4096, queued = -1;

	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_pair_open(fd, MODULE));
	ASSERT_EQ(0, setsockopt(fd[1], SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	tt_fill(data, sizeof(data));
	while (send(fd[0], data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	ASSERT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, ioctl(fd[0], TIOCOUTQ, &queued));
	ASSERT_LT(0, queued);
	close(fd[0]);
	EXPECT_EQ(1, total("TlsTraceCurr"));
	EXPECT_EQ(-EAGAIN, tt_ko_unload(MODULE));
	/* With data unread this is a reset, which ends the orphan. */
	close(fd[1]);
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* What fails to attach keeps nothing. */
TEST_F(module, refused_attach_holds_nothing)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, tt_ko_load());
	EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(fd, MODULE));
	EXPECT_EQ(1, total("TlsTraceAttachError"));
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(0, tt_ko_unload(MODULE));
	close(fd);
}

/* Find the line after the socket's own in what `ss -tien` prints. */
static bool ss_line(unsigned long inode, char *line, size_t size)
{
	char want[64];
	FILE *f = popen("ss -tien", "re");
	bool found = false;

	if (!f)
		return false;
	snprintf(want, sizeof(want), "ino:%lu ", inode);
	while (!found && fgets(line, size, f))
		if (strstr(line, want))
			found = fgets(line, size, f);
	while (fgetc(f) != EOF)
		;
	pclose(f);
	return found;
}

/* For a traced socket ss shows what it shows for tls, and the same inode. */
TEST_F(module, ss_shows_tls)
{
	char line[4096] = "";
	int fd[2];

	if (system("command -v ss >/dev/null"))
		SKIP(return, "ss is not installed (package iproute2)");
	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_pair_open(fd, MODULE));
	ASSERT_TRUE(ss_line(tt_tcp_inode(fd[0]), line, sizeof(line)));
	EXPECT_NE(NULL, strstr(line, "tcp-ulp-" MODULE)) {
		TH_LOG("ss: %s", line);
	}
	EXPECT_NE(NULL, strstr(line, "version: 1.3"));
	EXPECT_NE(NULL, strstr(line, "cipher: aes-gcm-128"));
	EXPECT_NE(NULL, strstr(line, "rxconf: sw"));
	EXPECT_NE(NULL, strstr(line, "txconf: sw"));
	tt_pair_close(fd);
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* A line of /proc/net/tls_trace for each live socket, with what it did. */
TEST_F(module, proc_lists_sockets)
{
	char line[1024], want[2][256];
	int fd[2], i, seen = 0;
	FILE *f;

	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_pair_open(fd, MODULE));
	ASSERT_EQ(0, tt_pair_talk(fd));
	for (i = 0; i < 2; i++)
		snprintf(want[i], sizeof(want[i]), "%lu 127.0.0.1:",
			 tt_tcp_inode(fd[i]));
	f = fopen("/proc/net/tls_trace", "re");
	ASSERT_NE(NULL, f);
	ASSERT_NE(NULL, fgets(line, sizeof(line), f));
	EXPECT_EQ(0, strncmp(line, "inode local remote ", 19));
	while (fgets(line, sizeof(line), f)) {
		bool ours = !strncmp(line, want[0], strlen(want[0])) ||
			    !strncmp(line, want[1], strlen(want[1]));

		EXPECT_TRUE(ours);
		/* 20000 bytes are a full record and the rest. */
		EXPECT_NE(NULL, strstr(line, " 1.3 AES-128-GCM sw sw 20000 2 0 0 20000 2 0 0 ")) {
			TH_LOG("%s", line);
		}
		seen++;
	}
	fclose(f);
	EXPECT_EQ(2, seen);
	tt_pair_close(fd);
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(2, total("TlsTraceClose"));
	EXPECT_EQ(2 * BLOCK, total("TlsTraceTxBytes"));
	EXPECT_EQ(4, total("TlsTraceRxRecords"));
	EXPECT_EQ(0, tt_ko_unload_soon());
}

struct racer {
	pthread_barrier_t *barrier;
	int fd;
	int option;
	struct tt_pair_key key;
	int err;
};

static void *racer_attach(void *arg)
{
	struct racer *r = arg;

	pthread_barrier_wait(r->barrier);
	r->err = tt_tcp_ulp(r->fd, MODULE);
	return NULL;
}

static void *racer_key(void *arg)
{
	struct racer *r = arg;

	pthread_barrier_wait(r->barrier);
	r->err = setsockopt(r->fd, SOL_TLS, r->option, &r->key,
			    sizeof(r->key)) ? -errno : 0;
	return NULL;
}

/* Run two racers, which start at the same time. */
static int race(void *(*run)(void *), struct racer r[2])
{
	pthread_barrier_t barrier;
	pthread_t thread;
	int err;

	pthread_barrier_init(&barrier, NULL, 2);
	r[0].barrier = &barrier;
	r[1].barrier = &barrier;
	err = pthread_create(&thread, NULL, run, &r[0]);
	if (err)
		return -err;
	run(&r[1]);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&barrier);
	return 0;
}

/* Of two threads that attach at once one wins, and the other gets EEXIST. */
TEST_F(module, attach_race)
{
	int i, races = tt_rounds(RACES / 5);

	ASSERT_EQ(0, tt_ko_load());
	for (i = 0; i < races; i++) {
		struct racer r[2] = { };
		int fd[2];

		ASSERT_EQ(0, tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
		r[0].fd = fd[0];
		r[1].fd = fd[0];
		ASSERT_EQ(0, race(racer_attach, r));
		EXPECT_EQ(-EEXIST, r[0].err + r[1].err);
		tt_pair_close(fd);
	}
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(races, total("TlsTraceAttach"));
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* Keys of both directions set by two threads at once: it works, and nothing stays. */
TEST_F_TIMEOUT(module, key_race, 120)
{
	static unsigned char data[1000];
	int i, races = tt_rounds(RACES);

	ASSERT_EQ(0, tt_ko_load());
	for (i = 0; i < races; i++) {
		struct racer r[2] = { };
		int fd[2];

		ASSERT_EQ(0, tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
		ASSERT_EQ(0, tt_tcp_ulp(fd[0], MODULE));
		r[0].option = TLS_TX;
		r[1].option = TLS_RX;
		r[0].fd = fd[0];
		r[1].fd = fd[0];
		tt_pair_key(&r[0].key);
		tt_pair_key(&r[1].key);
		ASSERT_EQ(0, race(racer_key, r));
		EXPECT_EQ(0, r[0].err);
		EXPECT_EQ(0, r[1].err);
		EXPECT_EQ(sizeof(data), send(fd[0], data, sizeof(data), 0));
		tt_pair_close(fd);
	}
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* A network namespace that ends takes its sockets along. */
TEST_F(module, namespace_ends)
{
	int i, status;
	pid_t pid;

	ASSERT_EQ(0, tt_ko_load());
	for (i = 0; i < 10; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			int fd[2];

			if (unshare(CLONE_NEWNET) ||
			    system("ip link set lo up") ||
			    tt_pair_open(fd, MODULE) || tt_pair_talk(fd))
				_exit(1);
			/* Not the parent's, whose namespace has none. */
			_exit(total("TlsTraceCurr") == 2 ? 0 : 2);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
		EXPECT_EQ(0, total("TlsTraceAttach"));
	}
	EXPECT_EQ(0, tt_ko_unload_soon());
}

/* One load, traffic and unload: the references are as they were. */
static int load_round(int tls_refs)
{
	int fd[2], err;

	err = tt_ko_load() ?: tt_pair_open(fd, MODULE);
	if (err)
		return err;
	err = tt_pair_talk(fd);
	/* In this order nobody stays in TIME_WAIT. */
	close(fd[0]);
	tt_reset(&fd[1]);
	err = err ?: tt_ko_unload_soon();
	if (err)
		return err;
	return tt_ko_refs(MODULE) == -1 && tt_ko_refs("tls") == tls_refs ?
	       0 : -EBUSY;
}

/* Load, traffic, unload, many times: no reference and no memory stays behind. */
TEST_F_TIMEOUT(module, rounds, 600)
{
	static struct tt_memory m[3];
	int i, n = tt_rounds(ROUNDS), warm = n / 4, half = (n - warm) / 2;

	/* The first rounds bring tls, and fill caches that stay. */
	ASSERT_EQ(0, tt_ko_load());
	ASSERT_EQ(0, tt_ko_unload(MODULE));
	self->tls_refs = tt_ko_refs("tls");
	for (i = 0; i < warm + 2 * half; i++) {
		if (i == warm)
			ASSERT_OK(tt_memory_read(&m[0]));
		if (i == warm + half)
			ASSERT_OK(tt_memory_read(&m[1]));
		ASSERT_EQ(0, load_round(self->tls_refs)) {
			TH_LOG("round %d", i);
		}
	}
	ASSERT_OK(tt_memory_read(&m[2]));
	/* An object lost at each load would be as many as there are rounds. */
	EXPECT_OK(tt_memory_left(m, half / 2));
}

TT_SLOW_HARNESS_MAIN
