// SPDX-License-Identifier: GPL-2.0
/*
 * OpenSSL is loaded in a child process: tlstrace itself does not depend on it,
 * and a library that misbehaves takes only the child along.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ossl.h"

#define OSSL_TIME_LIMIT 30	/* s, for a machine that is emulated */

/*
 * The test connections must not show in the counters that people look at, such as
 * /proc/net/tls_stat: they get a network namespace of their own. Without the
 * privilege for one they are made here.
 */
static void leave_network(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int fd;

	if (here < 0)
		return;
	if (!unshare(CLONE_NEWNET)) {
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
			setns(here, CLONE_NEWNET);
		if (fd >= 0)
			close(fd);
	}
	close(here);
}

/**
 * ossl_probe() - look at an OpenSSL
 * @library: path or name of its libssl; NULL: the one that programs get here
 * @info: result
 */
void ossl_probe(const char *library, struct ossl_info *info)
{
	int fds[2], status;
	size_t got = 0;
	pid_t pid;

	memset(info, 0, sizeof(*info));
	if (pipe(fds)) {
		snprintf(info->error, sizeof(info->error), "pipe: %s", strerror(errno));
		return;
	}
	fflush(NULL);
	pid = fork();
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(fds[0]);
		alarm(OSSL_TIME_LIMIT);
		leave_network();
		ossl_try_in_process(library, info);
		_exit(write(fds[1], info, sizeof(*info)) != (ssize_t)sizeof(*info));
	}
	close(fds[1]);
	while (pid > 0 && got < sizeof(*info)) {
		ssize_t n = read(fds[0], (char *)info + got, sizeof(*info) - got);

		if (n > 0)
			got += (size_t)n;
		else if (!n || errno != EINTR)
			break;
	}
	close(fds[0]);
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (got < sizeof(*info)) {
		memset(info, 0, sizeof(*info));
		snprintf(info->error, sizeof(info->error), "%s",
			 pid < 0 ? "no process could be started" :
			 WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ?
			 "the test connection hung" : "the library crashed");
	}
}

/**
 * ossl_built_with_ktls() - was this OpenSSL built with kTLS?
 * @info: from ossl_probe()
 *
 * Return: true if it tried to use kTLS when switched on.
 */
bool ossl_built_with_ktls(const struct ossl_info *info)
{
	return info->v12.ulp_asked || info->v13.ulp_asked || info->v12.tx_asked ||
	       info->v13.tx_asked;
}
