// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tls_trace: the live traced sockets of a network namespace.
 */
#include <linux/inet.h>
#include <linux/math64.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/net_namespace.h>
#include <net/tls.h>

#include "proc.h"
#include "sock.h"
#include "totals.h"

static const char *version_name(u16 version)
{
	switch (version) {
	case TLS_1_2_VERSION:
		return "1.2";
	case TLS_1_3_VERSION:
		return "1.3";
	default:
		return "-";
	}
}

static const char *cipher_name(u16 cipher)
{
	switch (cipher) {
	case TLS_CIPHER_AES_GCM_128:
		return "AES-128-GCM";
	case TLS_CIPHER_AES_GCM_256:
		return "AES-256-GCM";
	case TLS_CIPHER_AES_CCM_128:
		return "AES-128-CCM";
	case TLS_CIPHER_CHACHA20_POLY1305:
		return "CHACHA20-POLY1305";
	case TLS_CIPHER_SM4_GCM:
		return "SM4-GCM";
	case TLS_CIPHER_SM4_CCM:
		return "SM4-CCM";
	case TLS_CIPHER_ARIA_GCM_128:
		return "ARIA-128-GCM";
	case TLS_CIPHER_ARIA_GCM_256:
		return "ARIA-256-GCM";
	default:
		return "-";
	}
}

static const char *conf_name(u8 conf)
{
	switch (conf) {
	case TLS_CONF_BASE:
		return "base";
	case TLS_CONF_SW:
		return "sw";
	case TLS_CONF_HW:
		return "hw";
	default:
		return "-";
	}
}

static void endpoint_show(struct seq_file *seq, const struct tlst_id *id,
			  const struct in6_addr *addr, u16 port)
{
	if (id->family == AF_INET)
		seq_printf(seq, " %pI4:%u", &addr->s6_addr32[3], port);
	else
		seq_printf(seq, " [%pI6c]:%u", addr, port);
}

static void dir_show(struct seq_file *seq, const struct tlst_dir_sums *sums)
{
	seq_printf(seq, " %llu %llu %u %u", sums->bytes, sums->records,
		   sums->errors, sums->rekeys);
}

static int sock_show(struct seq_file *seq, void *v)
{
	struct tlst_sock *ts = v;
	struct tlst_sums sums;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "inode local remote version cipher tx rx tx_bytes tx_records tx_errors tx_rekeys rx_bytes rx_records rx_errors rx_rekeys age_ms\n");
		return 0;
	}
	if (ts->net != seq_file_net(seq) || !tlst_sums_read(&sums, ts))
		return 0;

	seq_printf(seq, "%llu", ts->id.ino);
	endpoint_show(seq, &ts->id, &ts->id.saddr, ts->id.sport);
	endpoint_show(seq, &ts->id, &ts->id.daddr, ts->id.dport);
	seq_printf(seq, " %s %s %s %s", version_name(sums.version),
		   cipher_name(sums.cipher), conf_name(sums.tx.conf),
		   conf_name(sums.rx.conf));
	dir_show(seq, &sums.tx);
	dir_show(seq, &sums.rx);
	seq_printf(seq, " %llu\n", div_u64(sums.age, NSEC_PER_MSEC));
	return 0;
}

/*
 * The position is the place in the order of attachment, 0 for the header, so
 * that a read in several pieces neither repeats nor misses a socket while
 * others come and go.
 */
static void *sock_seq_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct tlst_sock *ts;

	rcu_read_lock();
	if (!*pos)
		return SEQ_START_TOKEN;
	ts = tlst_sock_first(*pos);
	if (ts)
		*pos = ts->serial;
	return ts;
}

static void *sock_seq_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct tlst_sock *ts;

	ts = v == SEQ_START_TOKEN ? tlst_sock_first(1) : tlst_sock_next(v);
	*pos = ts ? ts->serial : *pos + 1;
	return ts;
}

static void sock_seq_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static const struct seq_operations sock_seq_ops = {
	.start = sock_seq_start,
	.next = sock_seq_next,
	.stop = sock_seq_stop,
	.show = sock_show,
};

/**
 * tlst_proc_init - make the files of a network namespace
 * @net: the namespace
 *
 * Return: 0, or -ENOMEM.
 */
int tlst_proc_init(struct net *net)
{
	if (!proc_create_net("tls_trace", 0444, net->proc_net, &sock_seq_ops,
			     sizeof(struct seq_net_private)))
		return -ENOMEM;
	if (!proc_create_net_single("tls_trace_stat", 0444, net->proc_net,
				    tlst_totals_show, NULL)) {
		remove_proc_entry("tls_trace", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tlst_proc_exit - remove the files of a network namespace
 * @net: the namespace
 *
 * Waits for readers.
 */
void tlst_proc_exit(struct net *net)
{
	remove_proc_entry("tls_trace_stat", net->proc_net);
	remove_proc_entry("tls_trace", net->proc_net);
}
