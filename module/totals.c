// SPDX-License-Identifier: GPL-2.0
/*
 * Totals of a network namespace, /proc/net/tls_trace_stat.
 *
 * The data path counts in the socket alone. A closing socket adds its counters
 * to the totals of its namespace, and a reader adds those of the live ones.
 */
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <net/netns/generic.h>
#include <net/tls.h>

#include "proc.h"
#include "record.h"
#include "totals.h"

static const char * const total_name[TLST_NR_TOTALS] = {
	[TLST_CURR]		= "TlsTraceCurr",
	[TLST_ATTACH]		= "TlsTraceAttach",
	[TLST_ATTACH_ERROR]	= "TlsTraceAttachError",
	[TLST_SETSOCKOPT]	= "TlsTraceSetsockopt",
	[TLST_SETSOCKOPT_ERROR]	= "TlsTraceSetsockoptError",
	[TLST_TX_BYTES]		= "TlsTraceTxBytes",
	[TLST_TX_RECORDS]	= "TlsTraceTxRecords",
	[TLST_TX_ERROR]		= "TlsTraceTxError",
	[TLST_TX_REKEY]		= "TlsTraceTxRekey",
	[TLST_TX_KEY_UPDATE]	= "TlsTraceTxKeyUpdate",
	[TLST_TX_ALERT]		= "TlsTraceTxAlert",
	[TLST_RX_BYTES]		= "TlsTraceRxBytes",
	[TLST_RX_RECORDS]	= "TlsTraceRxRecords",
	[TLST_RX_ERROR]		= "TlsTraceRxError",
	[TLST_RX_REKEY]		= "TlsTraceRxRekey",
	[TLST_RX_KEY_UPDATE]	= "TlsTraceRxKeyUpdate",
	[TLST_RX_KEY_EXPIRED]	= "TlsTraceRxKeyExpired",
	[TLST_RX_ALERT]		= "TlsTraceRxAlert",
	[TLST_CLOSE]		= "TlsTraceClose",
};

/**
 * struct tlst_net - a network namespace
 * @total: counters, by enum tlst_total
 * @closing: sockets that have begun to add theirs; @total[TLST_CLOSE] have ended
 */
struct tlst_net {
	atomic64_t total[TLST_NR_TOTALS];
	atomic64_t closing;
};

static unsigned int tlst_net_id;

static struct tlst_net *tlst_net(struct net *net)
{
	/*
	 * A socket made by the kernel may outlive its namespace, whose totals
	 * nobody can read by then.
	 */
	return check_net(net) ? net_generic(net, tlst_net_id) : NULL;
}

/**
 * tlst_totals_inc - count an event of a network namespace
 * @net: the namespace
 * @which: the counter
 */
void tlst_totals_inc(struct net *net, enum tlst_total which)
{
	struct tlst_net *tn = tlst_net(net);

	if (tn)
		atomic64_inc(&tn->total[which]);
}

static void dir_take(struct tlst_dir_sums *sums, const struct tlst_dir *dir)
{
	/* The difference is right where the number has wrapped, too. */
	s64 records = be64_to_cpu(READ_ONCE(dir->last_seq)) - dir->first_seq;

	sums->bytes = atomic64_read(&dir->bytes);
	sums->records = dir->records;
	/* A call that began before a rekey may have stored the old number. */
	if (records > 0)
		sums->records += records;
	sums->errors = atomic_read(&dir->errors);
	sums->alerts = atomic_read(&dir->alerts);
	sums->rekeys = dir->rekeys;
	sums->key_updates = atomic_read(&dir->key_updates);
	sums->expired = atomic_read(&dir->expired);
	sums->conf = dir->conf;
}

/**
 * tlst_sums_take - take the counters of a socket
 * @sums: where to
 * @ts: the socket
 *
 * Context: under ts->lock.
 */
void tlst_sums_take(struct tlst_sums *sums, const struct tlst_sock *ts)
{
	sums->version = ts->version;
	sums->cipher = ts->cipher;
	dir_take(&sums->tx, &ts->tx);
	dir_take(&sums->rx, &ts->rx);
	/* Clocks of different CPUs may differ a little. */
	sums->age = max_t(s64, local_clock() - ts->start, 0);
}

/**
 * tlst_sums_read - take the counters of a live socket
 * @sums: where to
 * @ts: the socket
 *
 * Context: RCU read side.
 * Return: false when the socket is closed, its counters in the totals.
 */
bool tlst_sums_read(struct tlst_sums *sums, struct tlst_sock *ts)
{
	bool live;

	spin_lock_bh(&ts->lock);
	live = !ts->closed;
	if (live)
		tlst_sums_take(sums, ts);
	spin_unlock_bh(&ts->lock);
	return live;
}

static void sums_add(s64 *total, const struct tlst_sums *sums)
{
	total[TLST_TX_BYTES] += sums->tx.bytes;
	total[TLST_TX_RECORDS] += sums->tx.records;
	total[TLST_TX_ERROR] += sums->tx.errors;
	total[TLST_TX_REKEY] += sums->tx.rekeys;
	total[TLST_TX_KEY_UPDATE] += sums->tx.key_updates;
	total[TLST_TX_ALERT] += sums->tx.alerts;
	total[TLST_RX_BYTES] += sums->rx.bytes;
	total[TLST_RX_RECORDS] += sums->rx.records;
	total[TLST_RX_ERROR] += sums->rx.errors;
	total[TLST_RX_REKEY] += sums->rx.rekeys;
	total[TLST_RX_KEY_UPDATE] += sums->rx.key_updates;
	total[TLST_RX_KEY_EXPIRED] += sums->rx.expired;
	total[TLST_RX_ALERT] += sums->rx.alerts;
}

/**
 * tlst_totals_close - add a closing socket to the totals
 * @net: its network namespace
 * @sums: its counters
 *
 * Context: under the lock of the socket, which a reader needs to see that the
 * socket is closed: it counts there or here.
 */
void tlst_totals_close(struct net *net, const struct tlst_sums *sums)
{
	struct tlst_net *tn = tlst_net(net);
	s64 total[TLST_NR_TOTALS] = { };
	int i;

	if (!tn)
		return;
	sums_add(total, sums);
	atomic64_inc(&tn->closing);
	/* Pairs with tlst_totals_show(). */
	smp_mb__after_atomic();
	for (i = 0; i < TLST_NR_TOTALS; i++)
		if (total[i])
			atomic64_add(total[i], &tn->total[i]);
	/* Pairs with tlst_totals_show(). */
	smp_mb__before_atomic();
	atomic64_inc(&tn->total[TLST_CLOSE]);
}

static void totals_read(s64 *total, struct net *net, struct tlst_net *tn)
{
	struct tlst_sock *ts;
	int i;

	memset(total, 0, TLST_NR_TOTALS * sizeof(*total));
	rcu_read_lock();
	for (ts = tlst_sock_first(0); ts; ts = tlst_sock_next(ts)) {
		struct tlst_sums sums;

		if (ts->net != net || !tlst_sums_read(&sums, ts))
			continue;
		sums_add(total, &sums);
		total[TLST_CURR]++;
	}
	rcu_read_unlock();
	for (i = 0; i < TLST_NR_TOTALS; i++)
		total[i] += atomic64_read(&tn->total[i]);
}

/**
 * tlst_totals_show - print the totals of a network namespace
 * @seq: the file, /proc/net/tls_trace_stat
 * @v: not used
 *
 * A socket that closes while the live ones are summed would count twice or not
 * at all. So the sum is taken again, some times at most, until no socket was
 * adding its counters when that began, and none has begun to since: under a storm
 * of closes the last one has to do.
 *
 * Return: 0.
 */
int tlst_totals_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;
	struct tlst_net *tn = net_generic(net, tlst_net_id);
	s64 total[TLST_NR_TOTALS];
	s64 closed;
	int tries = 4;
	int i;

	do {
		cond_resched();
		closed = atomic64_read(&tn->total[TLST_CLOSE]);
		/* Pairs with tlst_totals_close(). */
		smp_rmb();
		totals_read(total, net, tn);
		/* As above. */
		smp_rmb();
	} while (closed != atomic64_read(&tn->closing) && --tries);

	for (i = 0; i < TLST_NR_TOTALS; i++)
		seq_printf(seq, "%-32s\t%lld\n", total_name[i], total[i]);
	return 0;
}

static int __net_init totals_net_init(struct net *net)
{
	return tlst_proc_init(net);
}

static void __net_exit totals_net_exit(struct net *net)
{
	tlst_proc_exit(net);
}

static struct pernet_operations tlst_net_ops = {
	.init = totals_net_init,
	.exit = totals_net_exit,
	.id = &tlst_net_id,
	.size = sizeof(struct tlst_net),
};

int tlst_totals_init(void)
{
	return register_pernet_subsys(&tlst_net_ops);
}

void tlst_totals_exit(void)
{
	unregister_pernet_subsys(&tlst_net_ops);
}
