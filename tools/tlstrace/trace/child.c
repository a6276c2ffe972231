// SPDX-License-Identifier: GPL-2.0
/*
 * The program stays in our process group, as a shell expects of a foreground
 * job: what the terminal sends (Ctrl-C, Ctrl-\, hang-up) reaches it from there.
 * What is sent to tlstrace alone is passed on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "tlstrace.h"

static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };

/**
 * child_signals() - take over the signals, before anything needs cleaning up
 * @ch: result
 *
 * A signal that was ignored when tlstrace was started (nohup) stays ignored, by
 * tlstrace and by the program.
 *
 * Return: 0 or errno.
 */
int child_signals(struct child *ch)
{
	sigset_t mask;

	memset(ch, 0, sizeof(*ch));
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	for (unsigned int i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		struct sigaction sa;

		if (!sigaction(passed_on[i], NULL, &sa) && sa.sa_handler == SIG_IGN)
			continue;
		sigaddset(&mask, passed_on[i]);
	}
	/* Inherited SIG_IGN for SIGCHLD would take the exit status from us. */
	signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &mask, &ch->old_mask))
		return errno;
	ch->sigfd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return ch->sigfd < 0 ? errno : 0;
}

struct failure {
	int err;
	int exec;	/* 0: could not enter the cgroup */
};

static void __attribute__((noreturn))
run(const struct child *ch, char **argv, const struct cgroup *cg, int report)
{
	struct failure f = { .err = cgroup_enter(cg) };

	if (!f.err) {
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, &ch->old_mask, NULL);
		execvp(argv[0], argv);
		f.err = errno;
		f.exec = 1;
	}
	while (write(report, &f, sizeof(f)) < 0 && errno == EINTR)
		;
	_exit(EXIT_CANNOT_RUN);
}

/**
 * child_start() - start the program in the cgroup
 * @ch: from child_signals()
 * @argv: program and arguments, NULL at the end
 * @cg: the cgroup
 * @step: on failure, what failed: "exec", or the name of another step
 *
 * Return: 0 once the program runs, or errno.
 */
int child_start(struct child *ch, char **argv, const struct cgroup *cg, const char **step)
{
	struct failure f;
	int fds[2];
	ssize_t n;

	*step = "pipe";
	if (pipe2(fds, O_CLOEXEC))
		return errno;
	fflush(NULL);
	*step = "fork";
	ch->pid = fork();
	if (ch->pid < 0) {
		int err = errno;

		ch->pid = 0;
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!ch->pid)
		run(ch, argv, cg, fds[1]);
	close(fds[1]);
	do {
		n = read(fds[0], &f, sizeof(f));
	} while (n < 0 && errno == EINTR);
	close(fds[0]);
	if (n <= 0)
		return 0;
	*step = f.exec ? "exec" : "enter the cgroup";
	while (waitpid(ch->pid, NULL, 0) < 0 && errno == EINTR)
		;
	ch->pid = 0;
	return f.err;
}

/**
 * child_signal() - handle a signal read from @sigfd
 * @ch: the program
 * @si: the signal
 *
 * Return: WISH_END if somebody wants all of this to end, WISH_INTERRUPT for
 * Ctrl-C, which many programs take as something else.
 */
enum child_wish child_signal(struct child *ch, const struct signalfd_siginfo *si)
{
	if (si->ssi_signo == SIGCHLD) {
		int status;

		if (ch->pid && waitpid(ch->pid, &status, WNOHANG) == ch->pid) {
			ch->status = status;
			ch->pid = 0;
		}
		return WISH_NONE;
	}
	/* Sent by the kernel means by the terminal: the program got it as well. */
	if (ch->pid && si->ssi_code != SI_KERNEL)
		kill(ch->pid, (int)si->ssi_signo);
	switch (si->ssi_signo) {
	case SIGUSR1:
	case SIGUSR2:
		return WISH_NONE;
	case SIGINT:
		return WISH_INTERRUPT;
	default:
		return WISH_END;
	}
}

/**
 * child_exit_status() - what to exit with ourselves
 * @ch: a program that has ended
 *
 * Return: its exit status, or 128 plus the signal that killed it.
 */
int child_exit_status(const struct child *ch)
{
	if (WIFSIGNALED(ch->status))
		return EXIT_SIGNAL + WTERMSIG(ch->status);
	return WEXITSTATUS(ch->status);
}

/**
 * child_end() - give the signals back
 * @ch: the program
 */
void child_end(struct child *ch)
{
	if (ch->sigfd > 0)
		close(ch->sigfd);
	ch->sigfd = -1;
}
