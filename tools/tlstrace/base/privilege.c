// SPDX-License-Identifier: GPL-2.0
/* Reading capabilities by the system call: no library for one bit mask. */
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privilege.h"

/* Its inode, fixed by the kernel's include/linux/proc_ns.h. */
#define INIT_USER_NS 0xeffffffdU

#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/**
 * have_capability() - is a capability effective?
 * @cap: CAP_*
 *
 * Return: true if so, in this process's user namespace.
 */
bool have_capability(int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &head, data))
		return false;
	return data[cap / 32].effective >> (cap % 32) & 1;
}

/**
 * drop_capability() - do without a capability, also after execve()
 * @cap: CAP_*
 */
void drop_capability(int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	/* What is not in the bounding set, not even root gets back. */
	prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (syscall(SYS_capget, &head, data))
		return;
	data[cap / 32].effective &= ~(1U << (cap % 32));
	data[cap / 32].permitted &= ~(1U << (cap % 32));
	data[cap / 32].inheritable &= ~(1U << (cap % 32));
	syscall(SYS_capset, &head, data);
}

/**
 * in_first_user_namespace() - is root here root of the machine?
 *
 * Return: true if so, also where /proc does not tell.
 */
bool in_first_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) || st.st_ino == INIT_USER_NS;
}

/**
 * host_capability() - does a capability reach what all the machine shares?
 * @cap: CAP_*
 *
 * Modules, BPF and tracefs ask for it in the first user namespace.
 *
 * Return: true if so.
 */
bool host_capability(int cap)
{
	return have_capability(cap) && in_first_user_namespace();
}

/**
 * trace_privileges() - may this process trace others' kTLS?
 * @missing: names of what is missing, separated by ", "
 * @size: room at @missing
 *
 * Return: true if nothing is missing.
 */
bool trace_privileges(char *missing, size_t size)
{
	static const struct {
		int cap;
		const char *name;
	} needed[] = {
		{ CAP_BPF, "CAP_BPF" },
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE" },
	};
	size_t len = 0;

	if (!size)
		return false;
	missing[0] = 0;
	for (unsigned int i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		/* Before there was CAP_BPF, CAP_SYS_ADMIN stood for it, and still does. */
		if (host_capability(needed[i].cap) ||
		    (needed[i].cap == CAP_BPF && host_capability(CAP_SYS_ADMIN)))
			continue;
		/* Root owns tracefs and cgroupfs: then no override is needed. */
		if (needed[i].cap == CAP_DAC_OVERRIDE && !geteuid())
			continue;
		len += (size_t)snprintf(missing + len, size - len, "%s%s",
					len ? ", " : "", needed[i].name);
	}
	if (len && !in_first_user_namespace())
		snprintf(missing + len, size - len, " of the first user namespace");
	return !len;
}
