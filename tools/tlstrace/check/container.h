/* SPDX-License-Identifier: GPL-2.0 */
/* Are we in a container, and what does it keep from us? */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct container - the surroundings of this process
 * @inside: it is in one
 * @user: in a user namespace of its own: root here is not root of the machine
 * @pid: in a pid namespace of its own
 * @cgroup: in a cgroup namespace of its own
 * @seccomp: a filter of system calls is on
 * @manager: what made it: "docker", "podman", ...; "" if not known
 */
struct container {
	bool inside;
	bool user, pid, cgroup;
	bool seccomp;
	char manager[32];
};

void container_look(struct container *c);
void container_namespaces(const struct container *c, char *list, size_t size);

#endif
