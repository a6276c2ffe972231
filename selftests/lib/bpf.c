// SPDX-License-Identifier: GPL-2.0
/* BPF programs and maps by the bare system call. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bpf.h"
#include "util.h"

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int load(const struct bpf_insn *insn, unsigned int n)
{
	static char log[2048];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
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

	return load(insn, sizeof(insn) / sizeof(insn[0]));
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

	return load(insn, sizeof(insn) / sizeof(insn[0]));
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
