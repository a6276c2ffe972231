// SPDX-License-Identifier: GPL-2.0
/* No shell, no input, no open descriptors of ours, and an end to it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void __attribute__((noreturn)) run(const struct question *q, int out)
{
	static const char * const linker_words[] = {
		"LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT",
	};
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	for (unsigned int i = 0; q->secure && i < sizeof(linker_words) / sizeof(char *); i++)
		unsetenv(linker_words[i]);
	execv(q->argv[0], q->argv);
	_exit(127);
}

/* Until it has closed its output, said enough, or taken too long. */
static void read_answer(struct question *q, int fd, long long end)
{
	size_t len = 0;

	while (len < q->size - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		long long left = end - now_ms();
		ssize_t n;

		if (left <= 0)
			break;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, q->text + len, q->size - 1 - len);
		if (n > 0)
			len += (size_t)n;
		else if (!n || errno != EINTR)
			break;
	}
	/* It is a text: nothing that follows a NUL is part of it. */
	q->text[len] = 0;
}

/* A program may go on after it has closed its output. */
static void wait_for(struct question *q, pid_t pid, long long end)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	pid_t got;

	for (;;) {
		got = waitpid(pid, &q->status, q->timeout ? 0 : WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return;
		if (!got && now_ms() >= end) {
			q->timeout = true;
			kill(pid, SIGKILL);
		} else if (!got) {
			nanosleep(&pause, NULL);
		}
	}
}

/**
 * ask_program() - run a program and take what it prints
 * @q: what to run; the result
 *
 * Return: 0 if it could be started and has ended, or errno.
 */
int ask_program(struct question *q)
{
	long long end = now_ms() + q->limit * 1000LL;
	int fds[2], err;
	pid_t pid;

	q->text[0] = 0;
	q->timeout = false;
	if (pipe2(fds, O_CLOEXEC))
		return errno;
	pid = fork();
	if (!pid)
		run(q, fds[1]);
	err = errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err;
	}
	read_answer(q, fds[0], end);
	close(fds[0]);
	wait_for(q, pid, end);
	return 0;
}
