// SPDX-License-Identifier: GPL-2.0
/* Ciphers of the kernel that answer later. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/cryptouser.h>
#include <linux/netlink.h>
#include "module.h"
#include "pcrypt.h"
#include "util.h"

/* Of the kernel's crypto_alg: what it is, and the bits of that number. */
#define TYPE_AEAD	3
#define TYPE_MASK	0xf

/* References of an algorithm that nobody uses. */
#define REFS_IDLE	1

struct request {
	struct nlmsghdr head;
	struct crypto_user_alg alg;
};

struct answer {
	struct nlmsghdr head;
	struct nlmsgerr err;
	struct request echo;
};

/* Return: what the kernel answers, 0 or -errno. */
static int ask(int type, const char *driver)
{
	struct request r = {
		.head = {
			.nlmsg_len = sizeof(r),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.alg = { .cru_type = TYPE_AEAD, .cru_mask = TYPE_MASK },
	};
	struct answer a = {};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_CRYPTO);
	int err = 0;

	if (fd < 0)
		return -errno;
	snprintf(r.alg.cru_driver_name, sizeof(r.alg.cru_driver_name), "%s",
		 driver);
	if (send(fd, &r, sizeof(r), 0) != sizeof(r) ||
	    recv(fd, &a, sizeof(a), 0) < 0)
		err = -errno;
	close(fd);
	return err ?: a.head.nlmsg_type == NLMSG_ERROR ? a.err.error : -EPROTO;
}

/* The last word of a line "key : value", if it is of that key. */
static bool value_of(char *line, const char *key, char **value)
{
	char *colon = strchr(line, ':');

	if (!colon || strncmp(line, key, strlen(key)))
		return false;
	*value = colon + 2;
	(*value)[strcspn(*value, "\n")] = 0;
	return true;
}

/* Find it. Return: its references, or -ENOENT. */
static int find(const char *alg, char *driver, size_t size)
{
	FILE *f = fopen("/proc/crypto", "re");
	char line[256], *value;
	bool named = false, hit = false;
	int refs = -ENOENT;

	while (f && refs < 0 && fgets(line, sizeof(line), f)) {
		if (value_of(line, "name ", &value)) {
			named = !strcmp(value, alg);
			hit = false;
		} else if (named && value_of(line, "driver ", &value) &&
			   !strncmp(value, "pcrypt(", 7)) {
			snprintf(driver, size, "%s", value);
			hit = true;
		} else if (hit && value_of(line, "refcnt ", &value)) {
			refs = atoi(value);
		}
	}
	if (f)
		fclose(f);
	return refs;
}

int tt_pcrypt_users(const char *alg)
{
	char driver[CRYPTO_MAX_NAME];
	int refs = find(alg, driver, sizeof(driver));

	return refs < 0 ? tt_fail(-refs, "no pcrypt(%s)", alg) :
			  refs - REFS_IDLE;
}

int tt_pcrypt_use(const char *alg)
{
	char driver[CRYPTO_MAX_NAME];
	int err;

	if (find(alg, driver, sizeof(driver)) >= 0)
		return 0;
	if (tt_load_module("crypto_user") || tt_load_module("pcrypt"))
		return -ENOENT;
	snprintf(driver, sizeof(driver), "pcrypt(%s)", alg);
	/* It is made, but under the name of what is inside, which is not found. */
	err = ask(CRYPTO_MSG_NEWALG, driver);
	if (find(alg, driver, sizeof(driver)) >= 0)
		return tt_pcrypt_spread();
	return tt_fail(err ? -err : ENOENT, "the kernel makes no pcrypt(%s): %s",
		       alg, strerror(err ? -err : ENOENT));
}

int tt_pcrypt_drop(const char *alg)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	char driver[CRYPTO_MAX_NAME];
	int err;

	while (find(alg, driver, sizeof(driver)) >= 0) {
		err = ask(CRYPTO_MSG_DELALG, driver);
		if (err && (err != -EBUSY || tt_now_ms() >= end))
			return tt_fail(-err, "%s stays: %s", driver,
				       strerror(-err));
		if (err)
			poll(NULL, 0, 10);
	}
	return 0;
}

/* Where the workers of both directions may run: a mask of processors, in hex. */
static int workers_on(const char *mask)
{
	static const char * const file[] = {
		"/sys/kernel/pcrypt/pencrypt/parallel_cpumask",
		"/sys/kernel/pcrypt/pencrypt/serial_cpumask",
		"/sys/kernel/pcrypt/pdecrypt/parallel_cpumask",
		"/sys/kernel/pcrypt/pdecrypt/serial_cpumask",
	};
	size_t i, len = strlen(mask);
	int fd, err = 0;

	for (i = 0; i < sizeof(file) / sizeof(file[0]) && !err; i++) {
		fd = open(file[i], O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, mask, len) != len)
			err = tt_fail(errno, "%s: %s", file[i],
				      strerror(errno));
		close(fd);
	}
	return err;
}

int tt_pcrypt_gather(void)
{
	return workers_on("1");
}

int tt_pcrypt_spread(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	char mask[20];

	/* Of those that fit into one word, which is enough. */
	snprintf(mask, sizeof(mask), "%x", n < 32 ? (1u << n) - 1 : ~0u);
	return workers_on(mask);
}

static int run_on(int policy, const cpu_set_t *set)
{
	struct sched_param param = {
		.sched_priority = sched_get_priority_min(policy),
	};

	return sched_setaffinity(0, sizeof(*set), set) ||
	       sched_setscheduler(0, policy, &param) ?
	       tt_fail(errno, "scheduler: %s", strerror(errno)) : 0;
}

int tt_pcrypt_hold(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return run_on(SCHED_FIFO, &set);
}

int tt_pcrypt_let_go(void)
{
	long i, n = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	for (i = 0; i < n; i++)
		CPU_SET(i, &set);
	return run_on(SCHED_OTHER, &set);
}
