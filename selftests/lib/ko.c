// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading of tls_trace.ko. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/module.h>
#include "ko.h"
#include "proxy.h"
#include "slow.h"
#include "tcp.h"
#include "util.h"

#define KO_FILE		"../module/tls_trace.ko"
/* Headers older than Linux 5.17 do not have it; the number is ABI. */
#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE	4
#endif

static char ko_path[4096];

bool tt_ko_find(void)
{
	FILE *f = popen("modinfo -n " TT_KO " 2>/dev/null", "re");

	if (f) {
		bool ok = fgets(ko_path, sizeof(ko_path), f);

		ok = !pclose(f) && ok;
		ko_path[strcspn(ko_path, "\n")] = 0;
		if (ok && !access(ko_path, R_OK))
			return true;
	}
	strcpy(ko_path, KO_FILE);
	return !access(ko_path, R_OK);
}

/* Without leaving an orphan that would hold tls for a while. */
static bool no_tls(void)
{
	int fd, peer, err;

	if (tt_tcp_pair(TT_IPV4, &fd, &peer))
		return false;
	err = tt_tcp_ulp(fd, "tls");
	tt_reset(&fd);
	close(peer);
	return err == -ENOENT;
}

const char *tt_ko_untestable(void)
{
	const char *require = getenv("TLS_REQUIRE");

	if (geteuid())
		return "the tests must run as root";
	if (!tt_ko_find())
		return TT_KO ".ko is neither installed nor built";
	if (tt_ko_refs(TT_KO) > 0)
		return TT_KO " is in use by others";
	if (!(require && *require) && no_tls())
		return "this kernel has no ULP tls";
	return NULL;
}

int tt_ko_load(void)
{
	int fd = open(ko_path, O_RDONLY | O_CLOEXEC);
	const char *end = strrchr(ko_path, '.');
	int flags = 0;
	int err;

	if (fd < 0)
		return -errno;
	/* A kernel whose modules are installed compressed opens them itself. */
	if (end && strcmp(end, ".ko"))
		flags = MODULE_INIT_COMPRESSED_FILE;
	err = syscall(SYS_finit_module, fd, "", flags) ? -errno : 0;
	close(fd);
	return err;
}

int tt_ko_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

int tt_ko_unload_soon(void)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int err;

	do {
		err = tt_ko_unload(TT_KO);
		if (err != -EAGAIN)
			return err;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return err;
}

int tt_ko_refs(const char *name)
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
