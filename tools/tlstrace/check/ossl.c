// SPDX-License-Identifier: GPL-2.0
/*
 * OpenSSL is loaded in a child process: a library that misbehaves takes only the
 * child along.  For a given libssl that has to be a fresh tlstrace, into which it
 * and its libcrypto are preloaded: libraries of ours bring the system's libcrypto
 * along, and of two with the same name a process gets the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs.h"
#include "ossl.h"
#include "privilege.h"

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

/* LD_PRELOAD is split at blanks and colons: such a path is given as a descriptor. */
static void add_preload(char *list, size_t size, const char *path)
{
	size_t len = strlen(list);
	int fd;

	if (!path || !path[0])
		return;
	if (!strpbrk(path, " :")) {
		snprintf(list + len, size - len, "%s%s", len ? " " : "", path);
		return;
	}
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		snprintf(list + len, size - len, "%s/proc/self/fd/%d", len ? " " : "", fd);
}

/* Returns only if it fails. */
static void start_helper(int out, const char *library, const char *libcrypto)
{
	char list[2 * PATH_MAX] = "", number[16];
	int null = open("/dev/null", O_RDWR);

	add_preload(list, sizeof(list), libcrypto);
	add_preload(list, sizeof(list), library);
	setenv("LD_PRELOAD", list, 1);
	snprintf(number, sizeof(number), "%d", out);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execl("/proc/self/exe", "tlstrace", OSSL_HELPER, number, library,
	      libcrypto ? libcrypto : "", (char *)NULL);
}

/**
 * ossl_helper() - the other side of ossl_probe()
 * @argc: number of arguments
 * @argv: program, OSSL_HELPER, descriptor for the result, libssl, libcrypto or ""
 *
 * Return: exit status.
 */
int ossl_helper(int argc, char **argv)
{
	struct ossl_info info = { 0 };

	if (argc != 5)
		return EXIT_FAILURE;
	ossl_try_in_process(argv[3], argv[4], &info);
	/* Its destructors are none of our business. */
	_exit(write(atoi(argv[2]), &info, sizeof(info)) != (ssize_t)sizeof(info));
}

/**
 * ossl_probe() - look at an OpenSSL
 * @library: path of its libssl; NULL: the one that programs get here
 * @libcrypto: path of the libcrypto that goes with it; NULL or "": whichever it gets
 * @info: result
 *
 * The library runs. Any user can have a program of root's run with a library of his.
 */
void ossl_probe(const char *library, const char *libcrypto, struct ossl_info *info)
{
	int fds[2], status;
	size_t got = 0;
	pid_t pid;

	memset(info, 0, sizeof(*info));
	if ((library && !program_trusted(library)) ||
	    (libcrypto && libcrypto[0] && !program_trusted(libcrypto))) {
		snprintf(info->error, sizeof(info->error), "root loads only libraries that "
			 "belong to root and that nobody else can replace");
		return;
	}
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
		/* With it, asking for the ULP would load its module. */
		drop_capability(CAP_NET_ADMIN);
		if (library) {
			start_helper(fds[1], library, libcrypto);
			snprintf(info->error, sizeof(info->error), "tlstrace cannot start itself: %s",
				 strerror(errno));
		} else {
			ossl_try_in_process(NULL, NULL, info);
		}
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
