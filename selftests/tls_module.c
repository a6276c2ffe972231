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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "cipher.h"
#include "payload.h"
#include "tcp.h"
#include "uapi.h"
#include "util.h"

#define MODULE		"tls_trace"
#define MODULE_FILE	"../module/tls_trace.ko"
#define ROUNDS		200
#define RACES		500
#define BLOCK		20000

static char module_path[4096];

/* tls12_crypto_info_aes_gcm_128 of the uAPI, by its field sizes. */
struct key {
	struct tls_crypto_info info;
	unsigned char iv[8];
	unsigned char key[16];
	unsigned char salt[4];
	unsigned char seq[8];
};

static void key_make(struct key *key)
{
	memset(key, 0, sizeof(*key));
	tt_fill(key, sizeof(*key));
	key->info.version = TLS_1_3;
	key->info.cipher_type = TLS_CIPHER_AES_GCM_128;
	key->seq[0] = 0;
}

/* The file that modprobe would take, or the one that was built here. */
static bool module_find(void)
{
	FILE *f = popen("modinfo -n " MODULE " 2>/dev/null", "re");

	if (f) {
		bool ok = fgets(module_path, sizeof(module_path), f);

		ok = !pclose(f) && ok;
		module_path[strcspn(module_path, "\n")] = 0;
		if (ok && !access(module_path, R_OK))
			return true;
	}
	strcpy(module_path, MODULE_FILE);
	return !access(module_path, R_OK);
}

static int module_load(void)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}

static int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/* A closed socket keeps the module until TCP is done with it: wait for that. */
static int module_unload_soon(void)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int err;

	do {
		err = module_unload(MODULE);
		if (err != -EAGAIN)
			return err;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return err;
}

/* References to a module, -1 if it is not loaded. */
static int module_refs(const char *name)
{
	char path[128];
	int refs = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &refs) != 1)
		refs = -1;
	fclose(f);
	return refs;
}

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

/* Objects in use in the slab caches of 1 KiB, where a traced socket comes from. */
static long long slab_objects(void)
{
	long long active, sum = 0;
	char line[512], name[64];
	FILE *f = fopen("/proc/slabinfo", "re");

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		size_t len;

		if (sscanf(line, "%63s %lld", name, &active) != 2)
			continue;
		len = strlen(name);
		if (!strncmp(name, "kmalloc-", 8) && len > 3 &&
		    !strcmp(name + len - 3, "-1k"))
			sum += active;
	}
	fclose(f);
	return sum;
}

/* A pair whose both ends have the ULP and each other's keys. */
static int pair_open(int fd[2], const char *ulp)
{
	struct key key[2];
	int i, err;

	err = tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]);
	if (err)
		return err;
	key_make(&key[0]);
	key_make(&key[1]);
	for (i = 0; i < 2; i++) {
		err = tt_tcp_ulp(fd[i], ulp);
		if (err)
			return err;
		if (setsockopt(fd[i], SOL_TLS, TLS_TX, &key[i],
			       sizeof(key[i])) ||
		    setsockopt(fd[i], SOL_TLS, TLS_RX, &key[!i],
			       sizeof(key[!i])))
			return -errno;
	}
	return 0;
}

static void pair_close(int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

/* Both ways, and every byte compared. */
static int pair_talk(int fd[2])
{
	static unsigned char out[BLOCK], in[BLOCK];
	int i;

	for (i = 0; i < 2; i++) {
		size_t have = 0;

		tt_fill(out, sizeof(out));
		if (send(fd[i], out, sizeof(out), 0) != sizeof(out))
			return -EIO;
		while (have < sizeof(in)) {
			ssize_t n = recv(fd[!i], in + have, sizeof(in) - have,
					 0);

			if (n <= 0)
				return n ? -errno : -EPIPE;
			have += n;
		}
		if (memcmp(in, out, sizeof(in)))
			return -EBADMSG;
	}
	return 0;
}

FIXTURE(module)
{
	bool was_loaded;
	int tls_refs;
};

FIXTURE_SETUP(module)
{
	int refs = module_refs(MODULE);

	if (!module_find())
		SKIP(return, MODULE ".ko is not installed, nor at " MODULE_FILE);
	if (refs > 0)
		SKIP(return, MODULE " is in use by %d others", refs);
	self->was_loaded = !refs;
	if (self->was_loaded)
		ASSERT_EQ(0, module_unload(MODULE));
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, system("ip link set lo up"));
	self->tls_refs = module_refs("tls");
}

FIXTURE_TEARDOWN(module)
{
	if (module_refs(MODULE) >= 0)
		EXPECT_EQ(0, module_unload_soon());
	/* Every test gives back what it took of tls. */
	if (self->tls_refs >= 0)
		EXPECT_EQ(self->tls_refs, module_refs("tls"));
	/* The tests that follow may have no other way to get at it. */
	if (self->was_loaded)
		EXPECT_EQ(0, module_load());
}

/* Loading brings tls along; unloading leaves none of our files. */
TEST_F(module, loads_without_tls)
{
	if (module_refs("tls") > 0)
		SKIP(return, "tls is in use");
	if (!module_refs("tls"))
		ASSERT_EQ(0, module_unload("tls"));
	EXPECT_EQ(-1, module_refs("tls"));
	ASSERT_EQ(0, module_load());
	EXPECT_EQ(1, module_refs("tls"));
	EXPECT_EQ(-EAGAIN, module_unload("tls"));
	EXPECT_EQ(0, access("/proc/net/tls_trace", R_OK));
	EXPECT_EQ(-EEXIST, module_load());
	ASSERT_EQ(0, module_unload(MODULE));
	EXPECT_EQ(-1, access("/proc/net/tls_trace", R_OK));
	EXPECT_EQ(-1, access("/proc/net/tls_trace_stat", R_OK));
	EXPECT_EQ(0, module_refs("tls"));
	self->tls_refs = 0;
}

/* A socket with the ULP holds the module, and goes on working meanwhile. */
TEST_F(module, held_by_live_socket)
{
	int fd[2], i;

	ASSERT_EQ(0, module_load());
	ASSERT_EQ(0, pair_open(fd, MODULE));
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(-EAGAIN, module_unload(MODULE));
		ASSERT_EQ(0, pair_talk(fd));
	}
	close(fd[0]);
	EXPECT_EQ(-EAGAIN, module_unload(MODULE));
	close(fd[1]);
	EXPECT_EQ(0, module_unload_soon());
}

/* The socket lives until its last descriptor, in whatever process, is closed. */
TEST_F(module, held_by_other_process)
{
	int fd[2], go[2], status;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, module_load());
	ASSERT_EQ(0, pair_open(fd, MODULE));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(go[1]);
		/* End of file: the parent has closed its descriptors. */
		if (read(go[0], &byte, 1) != 0)
			_exit(1);
		_exit(pair_talk(fd) ? 2 : 0);
	}
	pair_close(fd);
	EXPECT_EQ(-EAGAIN, module_unload(MODULE));
	EXPECT_EQ(2, total("TlsTraceCurr"));
	close(go[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(go[0]);
	EXPECT_EQ(0, module_unload_soon());
}

/* A closed socket that still has data to send holds the module too. */
TEST_F(module, held_by_orphan)
{
	static unsigned char data[BLOCK];
	int fd[2], size = 4096, queued = -1;

	ASSERT_EQ(0, module_load());
	ASSERT_EQ(0, pair_open(fd, MODULE));
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
	EXPECT_EQ(-EAGAIN, module_unload(MODULE));
	/* With data unread this is a reset, which ends the orphan. */
	close(fd[1]);
	EXPECT_EQ(0, module_unload_soon());
}

/* What fails to attach keeps nothing. */
TEST_F(module, refused_attach_holds_nothing)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_load());
	EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(fd, MODULE));
	EXPECT_EQ(1, total("TlsTraceAttachError"));
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(0, module_unload(MODULE));
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
	ASSERT_EQ(0, module_load());
	ASSERT_EQ(0, pair_open(fd, MODULE));
	ASSERT_TRUE(ss_line(tt_tcp_inode(fd[0]), line, sizeof(line)));
	EXPECT_NE(NULL, strstr(line, "tcp-ulp-" MODULE)) {
		TH_LOG("ss: %s", line);
	}
	EXPECT_NE(NULL, strstr(line, "version: 1.3"));
	EXPECT_NE(NULL, strstr(line, "cipher: aes-gcm-128"));
	EXPECT_NE(NULL, strstr(line, "rxconf: sw"));
	EXPECT_NE(NULL, strstr(line, "txconf: sw"));
	pair_close(fd);
	EXPECT_EQ(0, module_unload_soon());
}

/* A line of /proc/net/tls_trace for each live socket, with what it did. */
TEST_F(module, proc_lists_sockets)
{
	char line[1024], want[2][256];
	int fd[2], i, seen = 0;
	FILE *f;

	ASSERT_EQ(0, module_load());
	ASSERT_EQ(0, pair_open(fd, MODULE));
	ASSERT_EQ(0, pair_talk(fd));
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
	pair_close(fd);
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(2, total("TlsTraceClose"));
	EXPECT_EQ(2 * BLOCK, total("TlsTraceTxBytes"));
	EXPECT_EQ(4, total("TlsTraceRxRecords"));
	EXPECT_EQ(0, module_unload_soon());
}

struct racer {
	pthread_barrier_t *barrier;
	int fd;
	int option;
	struct key key;
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
	int i;

	ASSERT_EQ(0, module_load());
	for (i = 0; i < RACES / 5; i++) {
		struct racer r[2] = { };
		int fd[2];

		ASSERT_EQ(0, tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
		r[0].fd = fd[0];
		r[1].fd = fd[0];
		ASSERT_EQ(0, race(racer_attach, r));
		EXPECT_EQ(-EEXIST, r[0].err + r[1].err);
		pair_close(fd);
	}
	EXPECT_EQ(0, total("TlsTraceCurr"));
	EXPECT_EQ(RACES / 5, total("TlsTraceAttach"));
	EXPECT_EQ(0, module_unload_soon());
}

/* Keys of both directions set by two threads at once: it works, and nothing stays. */
TEST_F_TIMEOUT(module, key_race, 120)
{
	static unsigned char data[1000];
	int i;

	ASSERT_EQ(0, module_load());
	for (i = 0; i < RACES; i++) {
		struct racer r[2] = { };
		int fd[2];

		ASSERT_EQ(0, tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]));
		ASSERT_EQ(0, tt_tcp_ulp(fd[0], MODULE));
		r[0].option = TLS_TX;
		r[1].option = TLS_RX;
		r[0].fd = fd[0];
		r[1].fd = fd[0];
		key_make(&r[0].key);
		key_make(&r[1].key);
		ASSERT_EQ(0, race(racer_key, r));
		EXPECT_EQ(0, r[0].err);
		EXPECT_EQ(0, r[1].err);
		EXPECT_EQ(sizeof(data), send(fd[0], data, sizeof(data), 0));
		pair_close(fd);
	}
	EXPECT_EQ(0, module_unload_soon());
}

/* A network namespace that ends takes its sockets along. */
TEST_F(module, namespace_ends)
{
	int i, status;
	pid_t pid;

	ASSERT_EQ(0, module_load());
	for (i = 0; i < 10; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			int fd[2];

			if (unshare(CLONE_NEWNET) ||
			    system("ip link set lo up") ||
			    pair_open(fd, MODULE) || pair_talk(fd))
				_exit(1);
			/* Not the parent's, whose namespace has none. */
			_exit(total("TlsTraceCurr") == 2 ? 0 : 2);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
		EXPECT_EQ(0, total("TlsTraceAttach"));
	}
	EXPECT_EQ(0, module_unload_soon());
}

/* Load, traffic, unload, many times: no reference and no memory stays behind. */
TEST_F_TIMEOUT(module, rounds, 600)
{
	long long before = -1, after, end;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		int fd[2];

		/* The first rounds fill caches that stay. */
		if (i == ROUNDS / 4)
			before = slab_objects();
		ASSERT_EQ(0, module_load());
		ASSERT_EQ(0, pair_open(fd, MODULE));
		ASSERT_EQ(0, pair_talk(fd));
		pair_close(fd);
		ASSERT_EQ(0, module_unload_soon()) {
			TH_LOG("round %d", i);
		}
		ASSERT_EQ(-1, module_refs(MODULE));
		if (self->tls_refs < 0)
			self->tls_refs = module_refs("tls");
		ASSERT_EQ(self->tls_refs, module_refs("tls"));
	}

	/* Two sockets a round: less than one in four is noise, if it lasts. */
	ASSERT_LE(0, before);
	end = tt_now_ms() + TT_WAIT_MS;
	do {
		after = slab_objects();
		if (after - before < ROUNDS / 4)
			break;
		poll(NULL, 0, 100);
	} while (tt_now_ms() < end);
	EXPECT_GT(ROUNDS / 4, after - before) {
		TH_LOG("%lld objects of 1 KiB before, %lld after", before,
		       after);
	}
}

TEST_HARNESS_MAIN
