/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cgroup of the test's own, with a BPF program for the sockets made in it: an
 * unmodified library gets another ULP than it asks for, or an option refused.
 */
#ifndef TT_CGROUP_H
#define TT_CGROUP_H

/**
 * tt_cgroup_enter() - go into a new cgroup with a program
 * @prog:	cgroup/setsockopt program (bpf.h); taken over, also on an error
 *
 * Leaves the one that an earlier call made.
 *
 * Return: 0 or -errno with the reason noted.
 */
int tt_cgroup_enter(int prog);

/**
 * tt_cgroup_leave() - go back to where this process was, and remove the cgroup
 *
 * Does nothing where there is none. Sockets made in it keep it, without its
 * program.
 */
void tt_cgroup_leave(void);

#endif
