/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The little of BPF that in-kernel users of a socket need, and what stands
 * between a program and its setsockopt(2).
 */
#ifndef TT_BPF_H
#define TT_BPF_H

/**
 * tt_bpf_fixed() - a stream parser for messages of one size
 * @size: bytes of every message
 * Return: descriptor of the program (BPF_PROG_TYPE_SOCKET_FILTER) or -errno.
 */
int tt_bpf_fixed(int size);

/**
 * tt_bpf_header() - a stream parser for messages that begin with their length
 * @offset:	where in the first buffer of a message it begins. A BPF program
 *		cannot ask for that; kernel TLS leaves header and explicit nonce
 *		of the record in front.
 *
 * The length is two bytes in network order and counts itself.
 *
 * Return: descriptor of the program or -errno.
 */
int tt_bpf_header(int offset);

/**
 * tt_bpf_sockmap() - make a sockmap with room for one socket
 * Return: descriptor or -errno.
 */
int tt_bpf_sockmap(void);

/**
 * tt_bpf_sockmap_put() - put a socket into a sockmap
 * @map:	sockmap
 * @fd:		socket
 * Return: 0 or -errno.
 */
int tt_bpf_sockmap_put(int map, int fd);

/**
 * tt_bpf_refuse() - a program that refuses a socket option with EPERM
 * @level:	its level
 * @option:	its name
 * Return: descriptor of the program (cgroup/setsockopt) or -errno.
 */
int tt_bpf_refuse(int level, int option);

/**
 * tt_bpf_rename_ulp() - a program that makes TCP_ULP "tls" a "tls_trace"
 * Return: descriptor of the program (cgroup/setsockopt) or -errno.
 */
int tt_bpf_rename_ulp(void);

/**
 * tt_bpf_attach() - have a program run for the sockets made in a cgroup
 * @cgroup:	descriptor of its directory
 * @prog:	cgroup/setsockopt program
 * Return: descriptor of the link, which holds it there, or -errno.
 */
int tt_bpf_attach(int cgroup, int prog);

#endif
