// SPDX-License-Identifier: GPL-2.0
/* Whether kTLS is in use: OpenSSL's word, and the kernel's. */

/* Whether OpenSSL of this version uses kTLS for a direction of this variant. */
static bool allows(const struct tt_variant *v, int option)
{
	if (v->version != TLS_1_3 || openssl_newer())
		return true;
	return option == TLS_TX && v->cipher != TLS_CIPHER_AES_CCM_128;
}

/* And whether it should at this end. */
static bool expected(const struct duo *d, int who, int option)
{
	return (d->ktls & 1 << who) && allows(d->v, option);
}

static bool by_ktls(struct duo *d, int who, int option)
{
	SSL *ssl = ssl_of(d, who);

	return option == TLS_TX ? BIO_get_ktls_send(SSL_get_wbio(ssl)) :
				  BIO_get_ktls_recv(SSL_get_rbio(ssl));
}

/* What the kernel has for a direction: 0 or -errno. */
static int kernel_info(int fd, int option, struct tls_crypto_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return getsockopt(fd, SOL_TLS, option, info, &len) ? -errno : 0;
}

/* Sequence of the next record. */
static __u64 kernel_seq(struct duo *d, int who, int option)
{
	const struct tt_cipher *cipher = tt_cipher_find(d->v->cipher);
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	socklen_t len = tt_cipher_info_size(cipher);
	struct tt_keys keys;

	if (getsockopt(d->fd[who], SOL_TLS, option, info, &len))
		return ~0ULL;
	tt_cipher_unpack(cipher, info, &keys);
	return keys.seq;
}

/* OpenSSL says @want of a direction, and the kernel agrees. */
static int is_direction(struct duo *d, int who, int option, bool want)
{
	const char *what = option == TLS_TX ? "TLS_TX" : "TLS_RX";
	const char *name = d->end[who].name;
	struct tls_crypto_info info;
	int err;

	if (by_ktls(d, who, option) != want)
		return tt_fail(EBADMSG, "%s: OpenSSL %s kTLS for %s", name,
			       want ? "does not use" : "uses", what);
	err = kernel_info(d->fd[who], option, &info);
	if (!want)
		/* EBUSY: a ULP without the key. Else: no ULP. */
		return err == -EBUSY || err == -ENOPROTOOPT ||
		       err == -EOPNOTSUPP ? 0 :
		       tt_fail(EBADMSG, "%s: the kernel has %s all the same (%d)",
			       name, what, err);
	if (err || info.version != d->v->version ||
	    info.cipher_type != d->v->cipher)
		return tt_fail(EBADMSG,
			       "%s: the kernel says version %04x, cipher %d, %s for %s",
			       name, info.version, info.cipher_type,
			       strerror(-err), what);
	return 0;
}

/* The ULP is the one that was meant, and sock_diag says so too. */
static int is_socket(struct duo *d, int who, bool tx, bool rx)
{
	const char *name = d->end[who].name;
	socklen_t len = 16;
	struct tt_diag diag;
	char ulp[16] = "";
	int err;

	if (!tx && !rx)
		return 0;
	if (getsockopt(d->fd[who], IPPROTO_TCP, TCP_ULP, ulp, &len) ||
	    strcmp(ulp, d->v->ulp))
		return tt_fail(EBADMSG, "%s: the ULP is '%s'", name, ulp);
	err = tt_diag(d->fd[who], &diag);
	if (err)
		return err;
	if (strcmp(diag.ulp, d->v->ulp) || diag.version != d->v->version ||
	    diag.cipher != d->v->cipher ||
	    diag.txconf != (tx ? TT_CONF_SW : TT_CONF_BASE) ||
	    diag.rxconf != (rx ? TT_CONF_SW : TT_CONF_BASE))
		return tt_fail(EBADMSG,
			       "%s: sock_diag says %s, version %04x, cipher %d, tx %d, rx %d",
			       name, diag.ulp, diag.version, diag.cipher,
			       diag.txconf, diag.rxconf);
	return 0;
}

/* An end is in the state wanted, in every respect. */
static int is_end(struct duo *d, int who, bool tx, bool rx)
{
	return is_direction(d, who, TLS_TX, tx) ?:
	       is_direction(d, who, TLS_RX, rx) ?: is_socket(d, who, tx, rx);
}

/* Both ends are as OpenSSL's version and the options have it. */
static int is_as_expected(struct duo *d)
{
	int i, err = 0;

	for (i = 0; !err && i < 2; i++)
		err = is_end(d, i, expected(d, i, TLS_TX),
			     expected(d, i, TLS_RX));
	return err;
}

/* How many directions of a kind the kernel has when it is so. */
static int count_expected(const struct duo *d, int option)
{
	return expected(d, 0, option) + expected(d, 1, option);
}
