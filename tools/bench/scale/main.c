// SPDX-License-Identifier: GPL-2.0
/*
 * bench_sockets: what calls cost, and what memory is used, while many kernel TLS
 * sockets are open; and bursts of events.
 *
 * Prints lines: what, of how many sockets or the like, value, unit; tab between.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"
#include "held.h"
#include "number.h"
#include "tcp.h"
#include "util.h"

/* The most sockets, and events of a burst. */
#define COUNT_MAX	10000000

/* Calls whose median is told. */
#define CALLS		400
#define CONNECTIONS	100
#define READS		3

/* Calls of a burst between two looks of the peer; all of it fits on the way. */
#define DRAIN_EVERY	1000

static const char usage[] =
	"usage: bench_sockets scale [--ulp NAME] COUNT... [-- COMMAND...]\n"
	"       bench_sockets hold [--ulp NAME] COUNT\n"
	"       bench_sockets burst [--ulp NAME] [--more] COUNT\n"
	"\n"
	"  scale        with COUNT sockets open, each more than the last: instructions of\n"
	"               calls, of attach and close, of reading /proc/net/tls_trace, of\n"
	"               COMMAND; and what slab caches hold\n"
	"  hold         COUNT connections; a record over each, then \"ready\", until input ends\n"
	"  burst        COUNT sends of a byte; --more: all of a record's in one\n"
	"  --ulp NAME   tls (default) or tls_trace\n";

static const char *ulp = "tls";
static int more;

static void tell(const char *what, size_t parameter, double value, const char *unit)
{
	printf("%s %s\t%zu\t%.0f\t%s\n", what, ulp, parameter, value, unit);
	fflush(stdout);
}

/* A call on one more socket; of none: not told. */
static int measure_call(enum bench_op op, size_t sockets)
{
	const struct bench_case c = { op, 1, TLS_CIPHER_AES_GCM_128, TLS_1_3, 0 };
	struct bench_run run;
	struct line line;
	int err;

	err = line_open(&line, ulp, tt_cipher_find(c.cipher), c.version,
			op == BENCH_RECV ? TLS_RX : TLS_TX);
	if (err)
		return err;
	/* The first ones fill caches. */
	err = bench_repeat(&line, &c, CALLS / 10, 0, &run);
	if (!err)
		err = bench_repeat(&line, &c, CALLS, 0, &run);
	line_close(&line);
	if (!err && sockets)
		tell(bench_op_name(op), sockets, run.sum.median, "instructions");
	return err;
}

/* Attach, keys and close of connections that come and go. */
static int measure_connections(const struct held *h, size_t sockets)
{
	static uint64_t attach[CONNECTIONS], key[CONNECTIONS], end[CONNECTIONS];
	int i, fd, peer, err;
	uint64_t start;

	for (i = 0; i < CONNECTIONS; i++) {
		err = held_pair(h, &fd, &peer);
		if (err)
			return err;
		start = count_now();
		err = tt_tcp_ulp(fd, ulp);
		attach[i] = count_now() - start;
		start = count_now();
		if (!err)
			err = held_key(fd);
		key[i] = count_now() - start;
		start = count_now();
		close(fd);
		end[i] = count_now() - start;
		close(peer);
		if (err)
			return err;
	}
	tell("attach", sockets, count_sum(attach, CONNECTIONS).median, "instructions");
	tell("keys", sockets, count_sum(key, CONNECTIONS).median, "instructions");
	tell("close", sockets, count_sum(end, CONNECTIONS).median, "instructions");
	return 0;
}

/* A file of /proc from its beginning to its end: @lines of it. */
static int read_all(const char *path, size_t *lines)
{
	static char buf[64 << 10];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, i;

	*lines = 0;
	if (fd < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			*lines += buf[i] == '\n';
	close(fd);
	return n ? tt_fail(errno, "%s: %s", path, strerror(errno)) : 0;
}

static int measure_proc(size_t sockets)
{
	static const char path[] = "/proc/net/tls_trace";
	uint64_t took[READS], start;
	size_t lines;
	int i, err;

	for (i = 0; i < READS; i++) {
		start = count_now();
		err = read_all(path, &lines);
		took[i] = count_now() - start;
		if (err)
			return err;
		/* The first line says what is in the others. */
		if (lines < sockets + 1)
			return tt_fail(EPROTO, "%s has %zu lines for %zu sockets", path, lines,
				       sockets);
	}
	tell("proc", sockets, count_sum(took, READS).median, "instructions");
	return 0;
}

/* A whole process; it gets the processor for itself. */
static int measure_command(char *const *command, size_t sockets)
{
	uint64_t took[READS], start;
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int i, err, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (i = 0; i < READS; i++) {
		start = count_now();
		err = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
		if (err)
			return tt_fail(err, "%s: %s", command[0], strerror(err));
		if (wait4(pid, &status, 0, &usage) != pid || status)
			return tt_fail(ECHILD, "%s failed: status %#x", command[0], status);
		took[i] = count_now() - start;
	}
	posix_spawn_file_actions_destroy(&actions);
	tell("command", sockets, count_sum(took, READS).median, "instructions");
	tell("command-memory", sockets, usage.ru_maxrss, "KiB");
	return 0;
}

/* What is allocated of all slab caches, not what they keep for later. */
static int measure_slab(size_t sockets)
{
	unsigned long long active, all, size, sum = 0;
	FILE *f = fopen("/proc/slabinfo", "re");
	char line[400];

	if (!f)
		return tt_fail(errno, "/proc/slabinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %llu %llu %llu", &active, &all, &size) == 3)
			sum += active * size;
	fclose(f);
	tell("slab", sockets, sum, "bytes");
	return 0;
}

static int measure(struct held *h, size_t sockets, char *const *command)
{
	int err;

	/* The socket on which a call is measured is the last of them. */
	err = held_grow(h, sockets - 1);
	if (!err)
		err = measure_call(BENCH_SEND, sockets);
	if (!err)
		err = measure_call(BENCH_RECV, sockets);
	if (!err)
		err = held_grow(h, sockets);
	/* What the calls left is freed after a grace period. */
	sleep(1);
	if (!err)
		err = measure_slab(sockets);
	if (!err)
		err = measure_connections(h, sockets);
	if (!err && !strcmp(ulp, "tls_trace"))
		err = measure_proc(sockets);
	if (!err && *command)
		err = measure_command(command, sockets);
	return err;
}

static int scale(int argc, char **argv)
{
	struct held held;
	int counts, i, err;

	for (counts = 0; counts < argc && strcmp(argv[counts], "--"); counts++)
		;
	if (!counts)
		return tt_fail(EINVAL, "scale wants a number of sockets");
	err = count_works();
	if (err)
		return tt_fail(-err, "no instructions are counted");
	err = held_init(&held, ulp, number_from(argv[counts - 1], COUNT_MAX));
	/* The first connections of a kernel are dearer. */
	if (!err)
		err = measure_call(BENCH_SEND, 0);
	if (!err)
		err = measure_call(BENCH_RECV, 0);
	for (i = 0; i < counts && !err; i++) {
		fprintf(stderr, "bench_sockets: %s, %s sockets\n", ulp, argv[i]);
		err = measure(&held, number_from(argv[i], COUNT_MAX),
			      argv + counts + (counts < argc));
	}
	if (!err)
		held_close(&held);
	return err;
}

static int hold(size_t count)
{
	struct held held;
	char c;
	int err;

	err = held_init(&held, ulp, count);
	if (!err)
		err = held_grow(&held, count);
	if (!err)
		err = held_use(&held);
	if (err)
		return err;
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	held_close(&held);
	return 0;
}

static int drain(int fd)
{
	static char buf[1 << 20];
	ssize_t n;

	do {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0);
	return n < 0 && errno == EAGAIN ? 0 : tt_fail(EPIPE, "the peer reads no more");
}

static int burst(size_t count)
{
	const struct tt_cipher *c = tt_cipher_find(TLS_CIPHER_AES_GCM_128);
	struct line line;
	size_t i;
	int err;

	err = line_open(&line, ulp, c, TLS_1_3, TLS_TX);
	for (i = 0; i < count && !err; i++) {
		if (send(line.fd, "1", 1, more ? MSG_MORE : 0) != 1)
			err = tt_fail(errno, "send: %s", strerror(errno));
		else if (i % DRAIN_EVERY == 0)
			err = drain(line.peer);
	}
	if (!err)
		line_close(&line);
	return err;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "ulp", required_argument, NULL, 'u' },
		{ "more", no_argument, &more, 1 },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *action = argc > 1 ? argv[1] : "";
	int o, err;

	/* Numbers and a command follow the options. */
	optind = *action == '-' ? 1 : 2;
	while ((o = getopt_long(argc, argv, "+h", names, NULL)) != -1) {
		switch (o) {
		case 0:
			break;
		case 'u':
			ulp = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	argc -= optind;
	argv += optind;
	if (!strcmp(action, "scale") && argc > 0) {
		err = scale(argc, argv);
	} else if (!strcmp(action, "hold") && argc == 1) {
		err = hold(number_from(argv[0], COUNT_MAX));
	} else if (!strcmp(action, "burst") && argc == 1) {
		err = burst(number_from(argv[0], COUNT_MAX));
	} else {
		fputs(usage, stderr);
		return 2;
	}
	if (err)
		fprintf(stderr, "bench_sockets: %s: %s\n", action, tt_why());
	return err ? 1 : 0;
}
