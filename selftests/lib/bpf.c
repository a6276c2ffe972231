// SPDX-License-Identifier: GPL-2.0
/* BPF programs and maps by the bare system call. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bpf.h"
#include "uapi.h"
#include "util.h"

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load(int type, int attach_type, const struct bpf_insn *insn,
		unsigned int n)
{
	static char log[2048];
	union bpf_attr attr = {
		.prog_type = type,
		.expected_attach_type = attach_type,
		.insns = (unsigned long)insn,
		.insn_cnt = n,
		.license = (unsigned long)"GPL",
		.log_buf = (unsigned long)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	return fd < 0 ? tt_fail(errno, "BPF program: %s: %.100s",
				strerror(errno), log) : fd;
}

int tt_bpf_fixed(int size)
{
	const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = size },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load(BPF_PROG_TYPE_SOCKET_FILTER, 0, insn,
		    sizeof(insn) / sizeof(insn[0]));
}

int tt_bpf_header(int offset)
{
	const struct bpf_insn insn[] = {
		/* The loading instruction takes the buffer from register 6. It
		 * ends the program with 0, "not enough yet", past the end.
		 */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6,
		  .src_reg = BPF_REG_1 },
		{ .code = BPF_LD | BPF_ABS | BPF_H, .imm = offset },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load(BPF_PROG_TYPE_SOCKET_FILTER, 0, insn,
		    sizeof(insn) / sizeof(insn[0]));
}

int tt_bpf_sockmap(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_SOCKMAP,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1,
	};
	int fd = bpf(BPF_MAP_CREATE, &attr);

	return fd < 0 ? tt_fail(errno, "sockmap: %s", strerror(errno)) : fd;
}

int tt_bpf_sockmap_put(int map, int fd)
{
	int key = 0;
	union bpf_attr attr = {
		.map_fd = map,
		.key = (unsigned long)&key,
		.value = (unsigned long)&fd,
		.flags = BPF_ANY,
	};

	return bpf(BPF_MAP_UPDATE_ELEM, &attr) ?
	       tt_fail(errno, "socket into sockmap: %s", strerror(errno)) : 0;
}

/* Instructions, as far as the programs below use them. */
#define LOAD(size, dst, src, offset)					\
	{ .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (dst),		\
	  .src_reg = (src), .off = (offset) }
#define STORE(size, dst, src, offset)					\
	{ .code = BPF_STX | BPF_MEM | (size), .dst_reg = (dst),		\
	  .src_reg = (src), .off = (offset) }
#define MOVE(dst, value)						\
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (dst), .imm = (value) }
#define UNLESS(dst, value, skip)					\
	{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = (dst), .imm = (value), \
	  .off = (skip) }
#define EXIT()	{ .code = BPF_JMP | BPF_EXIT }

/* In the context; register 1 has it. */
#define LEVEL	offsetof(struct bpf_sockopt, level)
#define NAME	offsetof(struct bpf_sockopt, optname)
#define LENGTH	offsetof(struct bpf_sockopt, optlen)
#define VALUE	offsetof(struct bpf_sockopt, optval)
#define END	offsetof(struct bpf_sockopt, optval_end)

int tt_bpf_refuse(int level, int option)
{
	const struct bpf_insn insn[] = {
		LOAD(BPF_W, BPF_REG_2, BPF_REG_1, LEVEL),
		UNLESS(BPF_REG_2, level, 4),
		LOAD(BPF_W, BPF_REG_2, BPF_REG_1, NAME),
		UNLESS(BPF_REG_2, option, 2),
		MOVE(BPF_REG_0, 0),
		EXIT(),
		/* A length of 0: the kernel takes the caller's own bytes. */
		MOVE(BPF_REG_2, 0),
		STORE(BPF_W, BPF_REG_1, BPF_REG_2, LENGTH),
		MOVE(BPF_REG_0, 1),
		EXIT(),
	};

	return load(BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, insn,
		    sizeof(insn) / sizeof(insn[0]));
}

int tt_bpf_rename_ulp(void)
{
	const struct bpf_insn insn[] = {
		LOAD(BPF_W, BPF_REG_2, BPF_REG_1, LEVEL),
		UNLESS(BPF_REG_2, IPPROTO_TCP, 19),
		LOAD(BPF_W, BPF_REG_2, BPF_REG_1, NAME),
		UNLESS(BPF_REG_2, TCP_ULP, 17),
		LOAD(BPF_DW, BPF_REG_3, BPF_REG_1, VALUE),
		LOAD(BPF_DW, BPF_REG_4, BPF_REG_1, END),
		/* There is room for 16 bytes always; the verifier wants a check. */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_5,
		  .src_reg = BPF_REG_3 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_5,
		  .imm = 16 },
		{ .code = BPF_JMP | BPF_JGT | BPF_X, .dst_reg = BPF_REG_5,
		  .src_reg = BPF_REG_4, .off = 12 },
		/* "tls" and its end */
		LOAD(BPF_W, BPF_REG_5, BPF_REG_3, 0),
		UNLESS(BPF_REG_5, 't' | 'l' << 8 | 's' << 16, 10),
		/* "tls_trace" */
		MOVE(BPF_REG_5, 't' | 'l' << 8 | 's' << 16 | '_' << 24),
		STORE(BPF_W, BPF_REG_3, BPF_REG_5, 0),
		MOVE(BPF_REG_5, 't' | 'r' << 8 | 'a' << 16 | 'c' << 24),
		STORE(BPF_W, BPF_REG_3, BPF_REG_5, 4),
		MOVE(BPF_REG_5, 'e'),
		STORE(BPF_H, BPF_REG_3, BPF_REG_5, 8),
		MOVE(BPF_REG_5, 9),
		STORE(BPF_W, BPF_REG_1, BPF_REG_5, LENGTH),
		MOVE(BPF_REG_0, 1),
		EXIT(),
		/* Anything else: the caller's own bytes. */
		MOVE(BPF_REG_2, 0),
		STORE(BPF_W, BPF_REG_1, BPF_REG_2, LENGTH),
		MOVE(BPF_REG_0, 1),
		EXIT(),
	};

	return load(BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, insn,
		    sizeof(insn) / sizeof(insn[0]));
}

int tt_bpf_attach(int cgroup, int prog)
{
	union bpf_attr attr = {
		.link_create.prog_fd = prog,
		.link_create.target_fd = cgroup,
		.link_create.attach_type = BPF_CGROUP_SETSOCKOPT,
	};
	int fd = bpf(BPF_LINK_CREATE, &attr);

	return fd < 0 ? tt_fail(errno, "BPF program to cgroup: %s",
				strerror(errno)) : fd;
}
