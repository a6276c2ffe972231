/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct tlst_sock: what tls_trace keeps for a traced socket.
 *
 * Lifetime. A tlst_sock is made when the ULP is attached and freed, after an
 * RCU grace period, when TCP drops the ULP (tcp_cleanup_ulp(), at the very end
 * of the socket). Both moments bracket the module reference that TCP holds for
 * the ULP. In between it is reached in two ways:
 *
 * - From sk->sk_prot, which points into it. Calls through that come from owners
 *   of the struct socket, and the socket is released only when the last owner is
 *   gone, so a tlst_sock outlives every such call but close itself (see
 *   tlst_close()). TCP's own look at it, in softirq, is under RCU. (Outside of
 *   both is sock_diag_destroy() alone, which reads sk->sk_prot->diag_destroy with
 *   a reference on the struct sock: on a preemptible kernel it would have to be
 *   stopped between these two loads for the rest of the socket's life and a grace
 *   period.)
 * - From the registry, for readers of /proc and for the moments when tls has put
 *   its own struct proto into sk->sk_prot (see tlst_sock_wrap()).
 */
#ifndef TLS_TRACE_SOCK_H
#define TLS_TRACE_SOCK_H

#include <linux/atomic.h>
#include <linux/net.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <net/sock.h>

/**
 * struct tlst_id - the identity of a socket, as events and /proc show it
 * @ino: inode number of the socket, as ``ss -e`` prints it
 * @netns: inode number of its network namespace
 * @family: AF_INET or AF_INET6
 * @sport: local port, host byte order
 * @dport: remote port, host byte order
 * @saddr: local address; an IPv4 address is mapped (::ffff:a.b.c.d)
 * @daddr: remote address
 *
 * An attached socket is connected, so none of this changes.
 */
struct tlst_id {
	/* From netns to dport and from saddr on in the order of the events. */
	u64 ino;
	u32 netns;
	u16 family;
	u16 sport;
	u16 dport;
	struct in6_addr saddr;
	struct in6_addr daddr;
};

/**
 * struct tlst_dir - one direction of a traced socket
 * @bytes: plaintext bytes of all content types since the first key
 * @seq: where tls keeps the number of the next record, a 64 bit big endian
 *	counter (RFC 8446 section 5.3); NULL before the first key. Set with
 *	release, never cleared. The memory is tls's, which frees it in its close:
 *	only for owners of the socket.
 * @last_seq: copy of it, as of the last call
 * @reported: up to where events have told of records
 * @errors: calls that failed; not those that have only to be repeated, after a
 *	signal, with EAGAIN, or under the next key
 * @alerts: alert records
 * @key_updates: KeyUpdate records (RFC 8446 section 4.6.3)
 * @expired: calls that failed for want of the next key
 * @conf: TLS_CONF_*
 * @rekeys: keys set after the first one
 * @first_seq: number of the first record under the present key
 * @records: records under earlier keys
 * @setting: threads that are setting a key
 * @adopted: one of them need not count its key, another thread saw it before; under
 *	the socket's lock
 *
 * @conf, @rekeys, @first_seq and @records are written under tlst_sock.lock.
 */
struct tlst_dir {
	atomic64_t bytes;
	const void *seq;
	__be64 last_seq;
	atomic64_t reported;
	atomic_t errors;
	atomic_t alerts;
	atomic_t key_updates;
	atomic_t expired;
	u8 conf;
	u32 rekeys;
	u64 first_seq;
	u64 records;
	atomic_t setting;
	bool adopted;
};

/**
 * struct tlst_sock - a traced socket
 * @prot: what sk->sk_prot points to: tls's present one with our entry points
 * @tls_prot: what tls installed last; our entry points call it
 * @tls_ops: the same for sk->sk_socket->ops, see ops.c
 * @tcp_ops: what sk->sk_socket->ops was before tls
 * @tx: the sending direction; each has its cache lines, it may have a CPU of its own
 * @rx: the receiving direction
 * @id: identity for events
 * @sk: the socket, key of the registry
 * @serial: its place in the order of attachment, from 1
 * @start: when the ULP was attached, local_clock() ns
 * @net: its network namespace; to compare with, no reference is held
 * @version: protocol version, 0 before the first key
 * @cipher: TLS_CIPHER_*, 0 before the first key
 * @lock: orders readers of the counters against close and rekey
 * @closed: the counters are in the totals of the namespace; under @lock
 * @released: release was called through operations of ours: __sock_release()
 *	puts the module reference that they carry
 * @node: in the registry, by @sk
 * @list: in the registry, in order of attachment
 * @rcu: for freeing
 */
struct tlst_sock {
	struct proto prot;

	const struct proto *tls_prot;
	const struct proto_ops *tls_ops;
	const struct proto_ops *tcp_ops;
	struct tlst_dir tx ____cacheline_aligned_in_smp;
	struct tlst_dir rx ____cacheline_aligned_in_smp;
	struct tlst_id id ____cacheline_aligned_in_smp;

	struct sock *sk;
	u64 serial;
	u64 start;
	const struct net *net;
	u16 version;
	u16 cipher;
	spinlock_t lock;	/* counters against close and rekey */
	bool closed;
	bool released;
	struct rhash_head node;
	struct list_head list;
	struct rcu_head rcu;
};

/* A design target, checked where it can break: at most 1 KiB a socket. */
static_assert(sizeof(struct tlst_sock) <= 1024 ||
	      IS_ENABLED(CONFIG_DEBUG_SPINLOCK) || IS_ENABLED(CONFIG_KASAN));

struct tlst_sock *tlst_sock_find(struct sock *sk);
void tlst_close(struct sock *sk, long timeout);

/* Whether a struct proto is that of a tlst_sock. */
static __always_inline bool tlst_prot_ours(const struct proto *prot)
{
	return prot->close == tlst_close;
}

/**
 * tlst_sock_get - the tlst_sock of a socket one of our entry points was called on
 * @sk: the socket
 *
 * Context: any in which @sk cannot be destroyed.
 * Return: the tlst_sock, or NULL when the socket is traced no more; then
 * sk->sk_prot has what must be called.
 */
static __always_inline struct tlst_sock *tlst_sock_get(struct sock *sk)
{
	struct proto *prot = READ_ONCE(sk->sk_prot);

	if (likely(tlst_prot_ours(prot)))
		return container_of(prot, struct tlst_sock, prot);
	/* A setsockopt on another thread is between tls and us. */
	return tlst_sock_find(sk);
}

void tlst_id_fill(struct tlst_id *id, struct sock *sk);
struct tlst_sock *tlst_sock_new(struct sock *sk);
void tlst_sock_abort(struct tlst_sock *ts);
void tlst_sock_start(struct tlst_sock *ts);
void tlst_sock_wrap(struct tlst_sock *ts);
void tlst_sock_free(struct sock *sk);

struct tlst_sock *tlst_sock_first(u64 serial);
struct tlst_sock *tlst_sock_next(struct tlst_sock *ts);

int tlst_registry_init(void);
void tlst_registry_exit(void);

#endif
