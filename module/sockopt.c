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
	if (optlen == sizeof(value16) &&
	    !copy_from_sockptr(&value16, optval, sizeof(value16)))
		opt->value = value16;
	else if (optlen >= sizeof(opt->value) &&
		 copy_from_sockptr(&opt->value, optval, sizeof(opt->value)))
		opt->value = 0;
}

/*
 * The record sequence stands last in every struct tls12_crypto_info_*, behind the
 * secrets. What tls has taken has the right length; anything else may end with
 * a piece of the key and is not looked at.
 */
static u64 first_seq_read(sockptr_t optval, unsigned int optlen)
{
	__be64 seq;

	if (copy_from_sockptr_offset(&seq, optval, optlen - sizeof(seq),
				     sizeof(seq)))
		return 0;
	return be64_to_cpu(seq);
}

/*
 * tls has taken a key: count the records under it from its first one. The caller
 * then calls tlst_sock_wrap(), which looks at dir->seq.
 */
static void key_set(struct tlst_sock *ts, const struct tlst_option *opt)
{
	const struct tls_context *ctx = tls_get_ctx(ts->sk);
	bool tx = opt->option == TLS_TX;
	struct tlst_dir *dir = tx ? &ts->tx : &ts->rx;

	spin_lock_bh(&ts->lock);
	if (dir->seq) {
		dir->records += be64_to_cpu(dir->last_seq) - dir->first_seq;
		dir->rekeys++;
	}
	dir->first_seq = opt->seq;
	WRITE_ONCE(dir->last_seq, cpu_to_be64(opt->seq));
	ts->version = ctx->prot_info.version;
	ts->cipher = ctx->prot_info.cipher_type;
	/* TLS_BASE is 0, TLS_CONF_BASE 1, and so on: tls_user_config(). */
	dir->conf = TLS_CONF_BASE + (tx ? ctx->tx_conf : ctx->rx_conf);
	spin_unlock_bh(&ts->lock);

	/* From now on callers may read tls's sequence. */
	smp_store_release(&dir->seq,
			  (const void *)(tx ? ctx->tx.rec_seq : ctx->rx.rec_seq));
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
	opt.result = READ_ONCE(ts->tls_prot)->setsockopt(sk, level, optname,
							 optval, optlen);
	if (is_key(optname)) {
		if (!opt.result)
			opt.seq = first_seq_read(optval, optlen);
		lock_sock(sk);
		if (!opt.result)
			key_set(ts, &opt);
		tlst_sock_wrap(ts);
		release_sock(sk);

		dir = optname == TLS_TX ? &ts->tx : &ts->rx;
		opt.conf = dir->conf;
		opt.rekey = dir->rekeys;
	}

	tlst_totals_inc(sock_net(sk), opt.result ? TLST_SETSOCKOPT_ERROR :
						   TLST_SETSOCKOPT);
	trace_setsockopt(&ts->id, &opt);
	return opt.result;
}
