// SPDX-License-Identifier: GPL-2.0
/*
 * setsockopt of level SOL_TLS: keys and modes. All else is tls's alone.
 */
#include <net/tls.h>

#include "compat/compat.h"
#include "record.h"
#include "sock.h"
#include "sockopt.h"
#include "totals.h"
#include "trace.h"

/* In the uAPI of later kernels. */
#define TLST_TX_MAX_PAYLOAD_LEN	5

static bool is_key(int optname)
{
	return optname == TLS_TX || optname == TLS_RX;
}

/*
 * What is asked for, for the event. Of a key this is the version and the cipher,
 * which come first, before all secrets.
 */
static void option_read(struct tlst_option *opt, int optname, sockptr_t optval,
			unsigned int optlen)
{
	struct tls_crypto_info info;
	u16 value16;

	opt->option = optname;
	if (sockptr_is_null(optval))
		return;
	if (is_key(optname)) {
		if (optlen < sizeof(info) ||
		    copy_from_sockptr(&info, optval, sizeof(info)))
			return;
		opt->version = info.version;
		opt->cipher = info.cipher_type;
		return;
	}
	/* Of others it is not known what they carry. */
	if (optname < TLS_TX_ZEROCOPY_RO || optname > TLST_TX_MAX_PAYLOAD_LEN)
		return;
	if (optlen == sizeof(value16) &&
	    !copy_from_sockptr(&value16, optval, sizeof(value16)))
		opt->value = value16;
	else if (optlen >= sizeof(opt->value) &&
		 copy_from_sockptr(&opt->value, optval, sizeof(opt->value)))
		opt->value = 0;
}

/*
 * Number of the first record under a key that tls has just taken. The sequence
 * stands last in every struct tls12_crypto_info_*, behind the secrets, which
 * are not looked at.
 */
static u64 first_seq_read(const struct tls_context *ctx,
			  const struct tlst_option *opt, unsigned int optlen)
{
	const union tls_crypto_context *crypto =
		opt->option == TLS_TX ? &ctx->crypto_send : &ctx->crypto_recv;

	if (optlen < sizeof(crypto->info) + sizeof(u64) ||
	    optlen > sizeof(*crypto))
		return 0;
	return get_unaligned_be64((const u8 *)crypto + optlen - sizeof(u64));
}

/*
 * A direction has got a key: count the records under it from its first one. The
 * caller then calls tlst_sock_wrap(), which looks at dir->seq.
 */
static void key_set(struct tlst_sock *ts, bool tx, u64 first_seq)
{
	const struct tls_context *ctx = tls_get_ctx(ts->sk);
	struct tlst_dir *dir = tx ? &ts->tx : &ts->rx;
	s64 before;

	spin_lock_bh(&ts->lock);
	before = be64_to_cpu(READ_ONCE(dir->last_seq)) - dir->first_seq;
	WRITE_ONCE(dir->first_seq, first_seq);
	atomic64_set(&dir->reported, first_seq);
	WRITE_ONCE(dir->last_seq, cpu_to_be64(first_seq));
	if (dir->seq) {
		dir->records += max_t(s64, before, 0);
		/* Who sees it sees the numbers; pairs with tlst_io_shared(). */
		smp_store_release(&dir->rekeys, dir->rekeys + 1);
	}
	ts->version = ctx->prot_info.version;
	ts->cipher = ctx->prot_info.cipher_type;
	/* TLS_BASE is 0, TLS_CONF_BASE 1, and so on: tls_user_config(). */
	dir->conf = TLS_CONF_BASE + (tx ? ctx->tx_conf : ctx->rx_conf);
	spin_unlock_bh(&ts->lock);

	/* From now on callers may read tls's sequence. */
	smp_store_release(&dir->seq,
			  (const void *)(tx ? ctx->tx.rec_seq : ctx->rx.rec_seq));
}

/* A key that another thread set past us, see tlst_sock_wrap(). */
static void key_adopt(struct tlst_sock *ts, bool tx)
{
	const struct tls_context *ctx = tls_get_ctx(ts->sk);
	struct tlst_dir *dir = tx ? &ts->tx : &ts->rx;

	if ((tx ? ctx->tx_conf : ctx->rx_conf) == TLS_BASE || dir->seq)
		return;
	key_set(ts, tx, get_unaligned_be64(tx ? ctx->tx.rec_seq :
						ctx->rx.rec_seq));
	dir->adopted = atomic_read(&dir->setting);
}

/*
 * A key that this thread has set. When another thread has adopted it, it is no
 * rekey: all that is not known yet is its first record.
 */
static void key_own(struct tlst_sock *ts, bool tx, u64 first_seq)
{
	struct tlst_dir *dir = tx ? &ts->tx : &ts->rx;

	if (!dir->adopted) {
		key_set(ts, tx, first_seq);
		return;
	}
	dir->adopted = false;
	spin_lock_bh(&ts->lock);
	dir->first_seq = min(dir->first_seq, first_seq);
	spin_unlock_bh(&ts->lock);
}

/* After a call that may have set a key, put our entry points back. */
static void rewrap(struct tlst_sock *ts, struct tlst_dir *dir,
		   struct tlst_option *opt, unsigned int optlen)
{
	struct sock *sk = ts->sk;
	bool own = true;
	bool waiting;
	int tries = 4;

	do {
		lock_sock(sk);
		if (own && !opt->result) {
			opt->seq = first_seq_read(tls_get_ctx(sk), opt, optlen);
			key_own(ts, dir == &ts->tx, opt->seq);
		}
		if (own) {
			opt->conf = dir->conf;
			opt->rekey = dir->rekeys;
			/* The key that was adopted is of somebody past us. */
			if (atomic_dec_and_test(&dir->setting))
				dir->adopted = false;
			own = false;
		}
		key_adopt(ts, true);
		key_adopt(ts, false);
		tlst_sock_wrap(ts);
		/* Whoever waits may be about to set a key, past us. */
		waiting = waitqueue_active(&sk->sk_lock.wq);
		release_sock(sk);
	} while ((waiting || READ_ONCE(sk->sk_prot) != &ts->prot) && --tries);
}

/**
 * tlst_setsockopt - proto.setsockopt
 * @sk: the socket
 * @level: SOL_TLS, or what tls hands on to TCP
 * @optname: option
 * @optval: its value
 * @optlen: length of @optval, bytes
 *
 * With a key tls replaces sk->sk_prot; our entry points go over it again.
 *
 * Context: process context, @sk not locked.
 * Return: what tls returns.
 */
int tlst_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	struct tlst_sock *ts = tlst_sock_get(sk);
	struct tlst_option opt = { };
	struct tlst_dir *dir;

	if (unlikely(!ts))
		return READ_ONCE(sk->sk_prot)->setsockopt(sk, level, optname,
							  optval, optlen);
	if (level != SOL_TLS)
		return READ_ONCE(ts->tls_prot)->setsockopt(sk, level, optname,
							   optval, optlen);

	option_read(&opt, optname, optval, optlen);
	dir = optname == TLS_TX ? &ts->tx : &ts->rx;
	/* The last chance to count the records under a key to be replaced. */
	if (is_key(optname)) {
		/* Pairs with key_set(). */
		if (smp_load_acquire(&dir->seq))
			tlst_seq_save(dir);
		atomic_inc(&dir->setting);
	}
	opt.result = READ_ONCE(ts->tls_prot)->setsockopt(sk, level, optname,
							 optval, optlen);
	if (is_key(optname))
		rewrap(ts, dir, &opt, optlen);

	tlst_totals_inc(sock_net(sk), opt.result ? TLST_SETSOCKOPT_ERROR :
						   TLST_SETSOCKOPT);
	trace_setsockopt(&ts->id, &opt);
	if (is_key(optname) && !opt.result && opt.rekey) {
		const struct tlst_rekey rekey = {
			.rx = optname == TLS_RX,
			.stage = TLST_REKEY_NEW_KEY,
			.seq = opt.seq,
			.rekeys = opt.rekey,
		};

		trace_rekey(&ts->id, &rekey);
	}
	return opt.result;
}
