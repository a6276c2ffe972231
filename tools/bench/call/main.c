// SPDX-License-Identifier: GPL-2.0
/*
 * bench_call: counts the instructions of calls on kernel TLS sockets.
 *
 * A line for each repetition, tab between fields: arm, call, bytes, cipher, version,
 * repetition, calls, mean and median instructions per call, those per call of the
 * tool that watches, and events per call in the kernel's ring buffer.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cases.h"
#include "number.h"
#include "util.h"

/* Instructions that a repetition shall take, and bounds for its calls. */
#define BUDGET		5000000
#define CALLS_MIN	5
#define CALLS_MAX	4000

/*
 * Before the repetitions: with ChaCha20, whose calls are few, Linux 7.3 took 5% more or
 * less for the first 2 MiB of a connection, as if that had to do with how it is cut up.
 */
#define SETTLE_BYTES	(4 << 20)
#define SETTLE_CALLS	256

/* Repetitions before those that are told. */
#define DROPPED		1

/*
 * Where the repetitions differ by more, another takes the place of the oldest, this
 * often at most: it was the turn of something else, or pages came from elsewhere.
 */
#define SPREAD_MAX	0.01
#define MORE_MAX	12

static const char usage[] =
	"usage: bench_call [--ulp NAME] [--arm LABEL] [--guard] [--connections N]\n"
	"                  [--reps N] [--tool PID]\n"
	"\n"
	"  --ulp NAME   of the end that is measured: tls (default) or tls_trace\n"
	"  --arm LABEL  what the lines begin with (default: the ULP)\n"
	"  --guard      only the few cases that stand for all\n"
	"  --connections N  measure each case on so many, tell what took least (default 1)\n"
	"  --reps N     repetitions that are told (default 3); one before them is not\n"
	"  --tool PID   a process that watches: its instructions are counted too\n";

static struct {
	const char *ulp;
	const char *arm;
	bool guard;
	int connections;
	int reps;
	pid_t tool;
} opt = { .ulp = "tls", .connections = 1, .reps = 3 };

static size_t calls_of(double each)
{
	double calls = BUDGET / each;

	return calls < CALLS_MIN ? CALLS_MIN : calls > CALLS_MAX ? CALLS_MAX : calls;
}

static size_t settle_of(const struct bench_case *c)
{
	size_t calls = SETTLE_BYTES / c->size;

	return calls < CALLS_MIN ? CALLS_MIN : calls > SETTLE_CALLS ? SETTLE_CALLS : calls;
}

/* Whether the figures of the repetitions agree. */
static bool agree(const struct bench_run *run)
{
	double least = run[0].sum.median, most = least;
	int i;

	for (i = 1; i < opt.reps; i++) {
		if (run[i].sum.median < least)
			least = run[i].sum.median;
		if (run[i].sum.median > most)
			most = run[i].sum.median;
	}
	return most - least <= SPREAD_MAX * least;
}

static void tell(const struct bench_case *c, const struct bench_run *run, int i)
{
	printf("%s\t%s\t%zu\t%s\t1.%d\t%d\t%zu\t%.1f\t%.1f\t%.1f\t%.2f\n",
	       opt.arm, bench_op_name(c->op), c->size,
	       tt_cipher_find(c->cipher)->name, c->version == TLS_1_3 ? 3 : 2, i,
	       run->calls, run->sum.mean, run->sum.median, run->tool, run->events);
}

/* Repetitions of @calls calls, until they agree. */
static int repeat(struct line *line, const struct bench_case *c, size_t calls,
		  struct bench_run *run)
{
	int err = 0, more, i;

	for (i = 0; i < DROPPED && !err; i++)
		err = bench_repeat(line, c, calls, opt.tool, &run[0]);
	for (i = 0; i < opt.reps && !err; i++)
		err = bench_repeat(line, c, calls, opt.tool, &run[i]);
	for (more = 0; more < MORE_MAX && !err && !agree(run); more++) {
		memmove(run, run + 1, (opt.reps - 1) * sizeof(*run));
		err = bench_repeat(line, c, calls, opt.tool, &run[opt.reps - 1]);
	}
	return err;
}

/* On one connection. */
static int measure(const struct bench_case *c, struct bench_run *run)
{
	const struct tt_cipher *cipher = tt_cipher_find(c->cipher);
	struct line line;
	int err;

	err = line_open(&line, opt.ulp, cipher, c->version,
			bench_receives(c) ? TLS_RX : TLS_TX);
	if (err)
		return err;
	err = bench_repeat(&line, c, settle_of(c), opt.tool, run);
	if (!err)
		err = repeat(&line, c, calls_of(run->sum.median), run);
	line_close(&line);
	return err;
}

/*
 * In a process of its own: what a process has sent before changes what its calls take,
 * by some 100 instructions.
 */
static int measure_apart(const struct bench_case *c, struct bench_run *run)
{
	pid_t child = fork();
	int status;

	if (child < 0) {
		perror("bench_call: fork");
		return -errno;
	}
	if (!child) {
		status = measure(c, run);
		if (status)
			fprintf(stderr, "bench_call: %s of %zu bytes: %s\n",
				bench_op_name(c->op), c->size, tt_why());
		exit(!!status);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return status ? -ECHILD : 0;
}

/* On some connections: told is the one that takes least. */
static int measure_case(const struct bench_case *c, struct bench_run *run)
{
	struct bench_run *best = &run[opt.reps];
	int err, i;

	for (i = 0; i < opt.connections; i++) {
		err = measure_apart(c, run);
		if (err)
			return err;
		if (!i || run->sum.median < best->sum.median)
			memcpy(best, run, opt.reps * sizeof(*run));
	}
	for (i = 0; i < opt.reps; i++)
		tell(c, &best[i], i + 1);
	fflush(stdout);
	return 0;
}

static void options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "ulp", required_argument, NULL, 'u' },
		{ "arm", required_argument, NULL, 'a' },
		{ "guard", no_argument, NULL, 'g' },
		{ "connections", required_argument, NULL, 'c' },
		{ "reps", required_argument, NULL, 'r' },
		{ "tool", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int o;

	while ((o = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		switch (o) {
		case 'u':
			opt.ulp = optarg;
			break;
		case 'a':
			opt.arm = optarg;
			break;
		case 'g':
			opt.guard = true;
			break;
		case 'c':
			opt.connections = number_from(optarg, 1000);
			break;
		case 'r':
			opt.reps = number_from(optarg, 1000);
			break;
		case 't':
			opt.tool = number_from(optarg, INT32_MAX);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		exit(2);
	}
	if (!opt.arm)
		opt.arm = opt.ulp;
}

int main(int argc, char **argv)
{
	const struct bench_case *c;
	struct bench_run *run;
	size_t i, count;

	options(argc, argv);
	/* Of a connection, which a child measures, and of the best one. */
	run = mmap(NULL, 2 * opt.reps * sizeof(*run), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run == MAP_FAILED) {
		perror("bench_call: mmap");
		return 1;
	}
	if (count_works())
		return 1;
	/* The tool that watches takes what is left: nothing of it within a call. */
	setpriority(PRIO_PROCESS, 0, -20);
	c = bench_cases(&count);
	for (i = 0; i < count; i++) {
		if (opt.guard && !c[i].guard)
			continue;
		if (measure_case(&c[i], run))
			return 1;
	}
	return 0;
}
