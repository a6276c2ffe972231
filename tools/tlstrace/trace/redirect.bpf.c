// SPDX-License-Identifier: GPL-2.0
/*
 * Runs for every setsockopt on sockets that were made in the cgroup. A program
 * that asks for the ULP "tls" gets "tls_trace"; the rest passes untouched.
 * Which sockets asked is noted, so that the events of the whole system can be
 * told apart from those of the traced program.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "redirect_shared.h"

#define SOL_TCP		6
#define TCP_ULP		31
#define SOL_TLS		282
#define TLS_TX		1
#define TLS_RX		2
#define AF_INET		2
#define AF_INET6	10

const volatile unsigned int page_size = 4096;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNT_MAX);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

/* OpenSSL asks for the ULP once for each direction. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, char);
} asked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, REDIRECT_CLAIMS);
	__type(key, struct claim_key);
	__type(value, struct claim);
} claims SEC(".maps");

static __always_inline void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counts, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

static __always_inline void copy_v6(unsigned char *dst, const __u32 *src)
{
	__builtin_memcpy(dst, src, 16);
}

static __always_inline void copy_v4(unsigned char *dst, __u32 addr)
{
	dst[10] = 0xff;
	dst[11] = 0xff;
	__builtin_memcpy(dst + 12, &addr, 4);
}

static __always_inline void claim_socket(struct bpf_sock *sk)
{
	struct claim_key key = {};
	struct claim val = {};
	__u64 id = bpf_get_current_pid_tgid();

	if (sk->family == AF_INET) {
		copy_v4(key.saddr, sk->src_ip4);
		copy_v4(key.daddr, sk->dst_ip4);
	} else if (sk->family == AF_INET6) {
		__u32 addr[4];

		addr[0] = sk->src_ip6[0];
		addr[1] = sk->src_ip6[1];
		addr[2] = sk->src_ip6[2];
		addr[3] = sk->src_ip6[3];
		copy_v6(key.saddr, addr);
		addr[0] = sk->dst_ip6[0];
		addr[1] = sk->dst_ip6[1];
		addr[2] = sk->dst_ip6[2];
		addr[3] = sk->dst_ip6[3];
		copy_v6(key.daddr, addr);
	} else {
		return;
	}
	key.sport = (unsigned short)sk->src_port;
	key.dport = bpf_ntohs(sk->dst_port);
	key.tid = (__u32)id;
	val.tgid = id >> 32;
	bpf_get_current_comm(val.comm, sizeof(val.comm));
	bpf_map_update_elem(&claims, &key, &val, BPF_ANY);
}

static __always_inline int is_name(const char *opt, int len, const char *name, int name_len)
{
	/* The kernel takes the name up to a NUL or the end. */
	for (int i = 0; i < name_len; i++)
		if (opt[i] != name[i])
			return 0;
	return len == name_len || (len > name_len && !opt[name_len]);
}

static __always_inline void ulp(struct bpf_sockopt *ctx)
{
	char *opt = ctx->optval;
	struct bpf_sock *sk = ctx->sk;
	int len = ctx->optlen;

	/* The kernel gives room for at least 16 bytes, however short the option. */
	if (opt + 16 > (char *)ctx->optval_end)
		return;
	if (len >= 3 && is_name(opt, len, "tls", 3)) {
		__builtin_memcpy(opt, "tls_trace", 10);
		ctx->optlen = 9;
		count(COUNT_ULP_TLS);
	} else if (len >= 9 && is_name(opt, len, "tls_trace", 9)) {
		count(COUNT_ULP_TRACE);
	} else {
		count(COUNT_ULP_OTHER);
		return;
	}
	if (!sk)
		return;
	claim_socket(sk);
	if (!bpf_sk_storage_get(&asked, sk, 0, 0) &&
	    bpf_sk_storage_get(&asked, sk, 0, BPF_SK_STORAGE_GET_F_CREATE))
		count(COUNT_SOCKETS);
}

SEC("cgroup/setsockopt")
int redirect_setsockopt(struct bpf_sockopt *ctx)
{
	if (ctx->level == SOL_TCP && ctx->optname == TCP_ULP)
		ulp(ctx);
	else if (ctx->level == SOL_TLS && ctx->optname == TLS_TX)
		count(COUNT_TLS_TX);
	else if (ctx->level == SOL_TLS && ctx->optname == TLS_RX)
		count(COUNT_TLS_RX);

	/*
	 * 0 means that the kernel takes the program's own bytes. Of a longer option
	 * we saw the first page only, and without this such a call would fail. A key
	 * from our copy makes kernels with a fortified memcpy() warn (7.3: "detected
	 * field-spanning write" in tls_setsockopt()).
	 */
	if (ctx->optlen > (int)page_size || (ctx->level == SOL_TLS && ctx->optlen > 0))
		ctx->optlen = 0;
	return 1;
}

SEC("sockops")
int redirect_sockops(struct bpf_sock_ops *ctx)
{
	if (ctx->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB ||
	    ctx->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		count(COUNT_TCP);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
