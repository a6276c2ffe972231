// SPDX-License-Identifier: GPL-2.0
/*
 * Traced sockets: their making and end, the registry, and the wrapping.
 */
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include <net/tls.h>

#include "compat/compat.h"
#include "ops.h"
#include "override.h"
#include "record.h"
#include "rx.h"
#include "sock.h"
#include "sockopt.h"
#include "totals.h"
#include "trace.h"
#include "tx.h"

static const struct rhashtable_params registry_params = {
	.key_len = sizeof_field(struct tlst_sock, sk),
	.key_offset = offsetof(struct tlst_sock, sk),
	.head_offset = offsetof(struct tlst_sock, node),
	.automatic_shrinking = true,
};

/*
 * All traced sockets, by struct sock. For the moments without a usable
 * sk->sk_prot; the data path does not come here.
 */
static struct rhashtable registry;

/* The live ones, oldest first. Written under registry_lock, read under RCU. */
static LIST_HEAD(registry_list);
static DEFINE_SPINLOCK(registry_lock);
static u64 registry_serial;

int tlst_registry_init(void)
{
	return rhashtable_init(&registry, &registry_params);
}

/* Context: no socket has the ULP and no file of /proc is open any more. */
void tlst_registry_exit(void)
{
	rhashtable_destroy(&registry);
}

/**
 * tlst_sock_find - look a traced socket up in the registry
 * @sk: the socket
 *
 * Context: any in which @sk cannot be destroyed.
 * Return: its tlst_sock, or NULL.
 */
struct tlst_sock *tlst_sock_find(struct sock *sk)
{
	return rhashtable_lookup_fast(&registry, &sk, registry_params);
}

/**
 * tlst_sock_first - the first live socket from a place in the list on
 * @serial: the place, as in &tlst_sock.serial
 *
 * Context: RCU read side.
 * Return: a tlst_sock of any network namespace, or NULL.
 */
struct tlst_sock *tlst_sock_first(u64 serial)
{
	struct tlst_sock *ts;

	list_for_each_entry_rcu(ts, &registry_list, list)
		if (ts->serial >= serial)
			return ts;
	return NULL;
}

/**
 * tlst_sock_next - the live socket after another one
 * @ts: the other one
 *
 * Context: RCU read side, the same as of the call that gave @ts.
 * Return: a tlst_sock, or NULL.
 */
struct tlst_sock *tlst_sock_next(struct tlst_sock *ts)
{
	return list_next_or_null_rcu(&registry_list, &ts->list,
				     struct tlst_sock, list);
}

/**
 * tlst_id_fill - take the identity of a socket
 * @id: where to
 * @sk: the socket, connected
 *
 * Context: process context, @sk locked.
 */
void tlst_id_fill(struct tlst_id *id, struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	id->ino = SOCK_INODE(sk->sk_socket)->i_ino;
	id->netns = sock_net(sk)->ns.inum;
	id->family = sk->sk_family;
	id->sport = ntohs(inet->inet_sport);
	id->dport = ntohs(inet->inet_dport);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		id->saddr = sk->sk_v6_rcv_saddr;
		id->daddr = sk->sk_v6_daddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(inet->inet_saddr, &id->saddr);
	ipv6_addr_set_v4mapped(inet->inet_daddr, &id->daddr);
}

/**
 * tlst_sock_new - prepare the tracing of a socket
 * @sk: the socket
 *
 * Nothing of @sk is changed: what can fail is done before tls is attached,
 * because that cannot be undone.
 *
 * Context: process context, @sk locked.
 * Return: the new tlst_sock, in the registry and not yet started, or an
 * ERR_PTR: -ENOMEM, or what the registry says.
 */
struct tlst_sock *tlst_sock_new(struct sock *sk)
{
	struct tlst_sock *ts;
	int err;

	ts = kzalloc(sizeof(*ts), GFP_KERNEL_ACCOUNT);
	if (!ts)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&ts->lock);
	ts->sk = sk;
	ts->net = sock_net(sk);
	ts->tcp_ops = READ_ONCE(sk->sk_socket->ops);
	ts->tx.conf = TLS_CONF_BASE;
	ts->rx.conf = TLS_CONF_BASE;
	ts->start = local_clock();
	tlst_id_fill(&ts->id, sk);

	err = rhashtable_insert_fast(&registry, &ts->node, registry_params);
	if (err) {
		kfree(ts);
		return ERR_PTR(err);
	}
	return ts;
}

static void registry_remove(struct tlst_sock *ts)
{
	rhashtable_remove_fast(&registry, &ts->node, registry_params);
	kfree_rcu(ts, rcu);
}

/**
 * tlst_sock_abort - undo tlst_sock_new()
 * @ts: what it made, not started
 */
void tlst_sock_abort(struct tlst_sock *ts)
{
	registry_remove(ts);
}

/* Put our entry points over a copy of what tls installed, @prot. */
static void prot_wrap(struct proto *wrap, const struct proto *prot,
		      const struct tlst_sock *ts)
{
	*wrap = *prot;
	wrap->setsockopt = tlst_setsockopt;
	wrap->close = tlst_close;
	/* The keyed ones need not look whether there is a key. */
	wrap->sendmsg = ts->tx.seq ? tlst_sendmsg : tlst_sendmsg_base;
	wrap->recvmsg = ts->rx.seq ? tlst_recvmsg : tlst_recvmsg_base;
#ifdef TLST_HAVE_SENDPAGE
	if (prot->sendpage)
		wrap->sendpage = tlst_sendpage;
#endif
}

/**
 * tlst_sock_wrap - put our entry points over what tls has installed last
 * @ts: the socket
 *
 * tls replaces sk->sk_prot and sk->sk_socket->ops when it is attached and
 * with every key. The struct proto of @ts becomes a copy of tls's, so that what
 * we do not trace is tls's own and what tls leaves NULL is NULL, with our entry
 * points over it, which delegate to the originals. For the operations see
 * tlst_ops_get().
 *
 * Between tls's replacement and ours, calls go to tls alone: they do what they
 * should and are not seen. A second thread that sets the key of the other
 * direction in just that moment enters tls directly. tlst_setsockopt() finds its
 * key if it was the quicker one, and waits for it if it is waiting for the
 * socket; what remains is a thread that was stopped on its way to there. Its
 * socket works on as a plain tls socket, and tlst_sock_free() cleans up when TCP
 * drops the ULP.
 *
 * Context: process context, ts->sk locked.
 */
void tlst_sock_wrap(struct tlst_sock *ts)
{
	struct sock *sk = ts->sk;
	const struct proto_ops *ops;
	const struct proto *prot;
	typeof(ts->prot) new_prot;

	static_assert(sizeof(new_prot) % sizeof(long) == 0);

	write_lock_bh(&sk->sk_callback_lock);
	prot = READ_ONCE(sk->sk_prot);
	if (prot == &ts->prot)
		prot = ts->tls_prot;
	prot_wrap(&new_prot, prot, ts);
	WRITE_ONCE(ts->tls_prot, prot);
	/*
	 * An entry point must find the operation behind it, and a keyed one the
	 * key. Pairs with tlst_sendmsg() and tlst_rx_recvmsg().
	 */
	smp_wmb();
	tlst_words_update(&ts->prot, &new_prot, sizeof(new_prot));
	/* Pairs with the address dependency of callers. */
	smp_store_release(&sk->sk_prot, &ts->prot);

	ops = READ_ONCE(sk->sk_socket->ops);
	if (tlst_ops_ours(ops))
		ops = tlst_ops_inner(ops);
	WRITE_ONCE(ts->tls_ops, ops);
	/* Pairs with the address dependency of callers. */
	smp_store_release(&sk->sk_socket->ops, tlst_ops_get(ops, ts->tcp_ops));
	write_unlock_bh(&sk->sk_callback_lock);

	tlst_override_check_once(sk, prot, ts->tcp_ops, ops);
}

/**
 * tlst_sock_start - begin to trace a socket that tls was attached to
 * @ts: from tlst_sock_new()
 *
 * Context: process context, ts->sk locked.
 */
void tlst_sock_start(struct tlst_sock *ts)
{
	/*
	 * As the owner of the operations: __sock_release() will drop it. The caller, TCP,
	 * holds a reference for the ULP, so this cannot be the first one.
	 */
	__module_get(THIS_MODULE);
	tlst_sock_wrap(ts);

	spin_lock_bh(&registry_lock);
	ts->serial = ++registry_serial;
	list_add_tail_rcu(&ts->list, &registry_list);
	spin_unlock_bh(&registry_lock);
}

/* The socket is closed: move its counters to the totals, and report it. */
static void sock_end(struct tlst_sock *ts)
{
	const struct tcp_sock *tp = tcp_sk(ts->sk);
	struct tlst_end end = {
		.state = READ_ONCE(ts->sk->sk_state),
		.unacked = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_una),
	};
	struct tlst_sums sums;

	/* The FIN has a number, and is no byte. Of a dead connection it is not known. */
	if (end.unacked && (1 << end.state &
			    (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)))
		end.unacked--;

	/* In this order: a reader of the totals finds it in one place. */
	spin_lock_bh(&ts->lock);
	tlst_sums_take(&sums, ts);
	ts->closed = true;
	tlst_totals_close(sock_net(ts->sk), &sums);
	spin_unlock_bh(&ts->lock);

	spin_lock_bh(&registry_lock);
	list_del_rcu(&ts->list);
	spin_unlock_bh(&registry_lock);

	trace_close(&ts->id, &sums, &end);
}

/**
 * tlst_close - proto.close: the last owner of the socket closes it
 * @sk: the socket
 * @timeout: how long to linger, jiffies
 *
 * The delegated call gives the socket back to TCP, and may destroy it: @sk and
 * the tlst_sock are not to be touched after it. Our text is safe then because
 * __sock_release() holds the module reference of our proto_ops.
 *
 * Context: process context.
 */
void tlst_close(struct sock *sk, long timeout)
{
	struct tlst_sock *ts = tlst_sock_get(sk);

	if (unlikely(!ts)) {
		READ_ONCE(sk->sk_prot)->close(sk, timeout);
		return;
	}
	if (ts->tx.seq)
		tlst_seq_save(&ts->tx);
	if (ts->rx.seq)
		tlst_seq_save(&ts->rx);
	sock_end(ts);
	READ_ONCE(ts->tls_prot)->close(sk, timeout);
}

/**
 * tlst_sock_free - TCP drops the ULP: forget the socket
 * @sk: the socket
 *
 * Context: any, softirq included; @sk is dead. TCP holds its module reference
 * for the ULP until the caller has returned.
 */
void tlst_sock_free(struct sock *sk)
{
	struct tlst_sock *ts = tlst_sock_find(sk);

	if (!ts)
		return;
	/* Closed past us, see tlst_sock_wrap(): nobody else will tidy up. */
	if (!ts->closed)
		sock_end(ts);
	if (!ts->released)
		module_put(THIS_MODULE);
	registry_remove(ts);
}
