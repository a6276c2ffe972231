// SPDX-License-Identifier: GPL-2.0
/* OpenSSL with its own kTLS on the kernel's end: it changes keys by itself. */

/* Two OpenSSLs on a connection: ours uses kTLS, the peer's does not. */
struct duo {
	int fd[2];
	struct tt_ssl_end end[2];
};

static int duo_shake(struct duo *d)
{
	bool done[2] = { };
	int i, n, step;

	for (step = 0; step < 50 && !(done[0] && done[1]); step++) {
		i = step % 2;
		if (done[i])
			continue;
		/* One of them begins without having read anything. */
		if (step > 1 && tt_wait_fd(d->fd[i], POLLIN, "handshake"))
			return -ETIMEDOUT;
		n = SSL_do_handshake(d->end[i].ssl);
		done[i] = n == 1;
		if (n != 1 &&
		    SSL_get_error(d->end[i].ssl, n) != SSL_ERROR_WANT_READ)
			return tt_fail_ssl("handshake of the %s",
					   d->end[i].name);
	}
	return done[0] && done[1] ? 0 :
	       tt_fail(EPROTO, "handshake does not come to an end");
}

static int duo_open(struct duo *d, const struct tt_variant *v)
{
	const struct tt_cipher *cipher = tt_cipher_find(v->cipher);
	int i, err;

	err = tt_tcp_pair(v->family, &d->fd[0], &d->fd[1]);
	/* OpenSSL asks for "tls", and goes on if there is a ULP already. */
	if (!err)
		err = tt_tcp_ulp(d->fd[0], v->ulp);
	for (i = 0; !err && i < 2; i++) {
		err = tt_ssl_end_init(&d->end[i], d->fd[i], v->server ^ i,
				      cipher, v->version, 0);
		if (err)
			return err;
		fcntl(d->fd[i], F_SETFL, O_NONBLOCK);
		if (!i)
			SSL_set_options(d->end[i].ssl, SSL_OP_ENABLE_KTLS);
		SSL_set_fd(d->end[i].ssl, d->fd[i]);
	}
	return err ?: duo_shake(d);
}

static void duo_close(struct duo *d)
{
	int i;

	for (i = 0; i < 2; i++) {
		tt_ssl_end_free(&d->end[i]);
		close(d->fd[i]);
	}
}

static bool by_ktls(struct duo *d, int option)
{
	SSL *ssl = d->end[0].ssl;

	return option == TLS_TX ? BIO_get_ktls_send(SSL_get_wbio(ssl)) :
				  BIO_get_ktls_recv(SSL_get_rbio(ssl));
}

/* Data from one to the other. */
static int duo_move(struct duo *d, int from, size_t len)
{
	int to = !from, n;
	size_t at = 0;

	tt_fill(out, len);
	n = SSL_write(d->end[from].ssl, out, len);
	if (n != (int)len)
		return tt_fail_ssl("writing of the %s", d->end[from].name);
	while (at < len) {
		n = SSL_read(d->end[to].ssl, in + at, len - at);
		if (n > 0) {
			at += n;
			continue;
		}
		if (SSL_get_error(d->end[to].ssl, n) != SSL_ERROR_WANT_READ)
			return tt_fail_ssl("reading of the %s",
					   d->end[to].name);
		if (tt_wait_fd(d->fd[to], POLLIN, "data for OpenSSL"))
			return -ETIMEDOUT;
	}
	return memcmp(in, out, len) ?
	       tt_fail(EBADMSG, "the %s read other data", d->end[to].name) : 0;
}

static int duo_exchange(struct duo *d)
{
	int i, err = 0;

	for (i = 0; !err && i < 4; i++)
		err = duo_move(d, i % 2, 1 + tt_random() % 10000);
	return err;
}

static int duo_update(struct duo *d, int who, int type)
{
	if (SSL_key_update(d->end[who].ssl, type) != 1 ||
	    SSL_do_handshake(d->end[who].ssl) != 1)
		return tt_fail_ssl("KeyUpdate of the %s", d->end[who].name);
	return 0;
}

/* Every kind of KeyUpdate, by OpenSSL on both ends; the kernel does all the work. */
TT_TEST_F(openssl, rekey)
{
	static const int type[] = { SSL_KEY_UPDATE_NOT_REQUESTED,
				    SSL_KEY_UPDATE_REQUESTED };
	bool trace = !strcmp(v->ulp, "tls_trace");
	struct duo d;
	int i;

	TT_NEED("rekey");
	t->unchecked = true;
	ASSERT_OK(duo_open(&d, v));
	if (!by_ktls(&d, TLS_TX) || !by_ktls(&d, TLS_RX)) {
		duo_close(&d);
		SKIP(return, "this OpenSSL has no kTLS both ways for the cipher");
	}
	ASSERT_OK(duo_exchange(&d));
	for (i = 0; i < 4; i++) {
		ASSERT_OK(duo_update(&d, i / 2, type[i % 2]));
		ASSERT_OK(duo_exchange(&d));
	}
	/* Two of each end's own, and an answer to the other's request. */
	EXPECT_EQ(3, tt_stat_delta("TlsTxRekeyOk"));
	EXPECT_EQ(3, tt_stat_delta("TlsRxRekeyOk"));
	EXPECT_EQ(3, tt_stat_delta("TlsRxRekeyReceived"));
	EXPECT_EQ(0, tt_stat_delta("TlsTxRekeyError"));
	EXPECT_EQ(0, tt_stat_delta("TlsRxRekeyError"));
	EXPECT_EQ(1, tt_stat_delta("TlsTxSw"));
	EXPECT_EQ(1, tt_stat_delta("TlsRxSw"));
	EXPECT_EQ(trace ? 3 : 0, tt_stat_delta("TlsTraceTxRekey"));
	EXPECT_EQ(trace ? 3 : 0, tt_stat_delta("TlsTraceRxRekey"));
	EXPECT_TRUE(by_ktls(&d, TLS_TX));
	EXPECT_TRUE(by_ktls(&d, TLS_RX));
	duo_close(&d);
}

/* Where the kernel takes one key only, a KeyUpdate by OpenSSL on top of it ends the
 * connection with an error, at one end or the other: no wrong data passes. A
 * direction that OpenSSL keeps for itself is not concerned.
 */
TT_TEST_F(openssl, one_key)
{
	int who, err, cipher = v->cipher;
	struct duo d;
	bool ktls;

	NEED_ONE_KEY();
	t->unchecked = true;
	for (who = 0; who < 2; who++) {
		ASSERT_OK(duo_open(&d, v));
		/* OpenSSL 3.0 leaves CCM of TLS 1.3 to itself. */
		if (!by_ktls(&d, TLS_TX) && cipher == TLS_CIPHER_AES_CCM_128) {
			duo_close(&d);
			SKIP(return, "this OpenSSL has no kTLS for the cipher");
		}
		ASSERT_TRUE(by_ktls(&d, TLS_TX));
		ASSERT_OK(duo_exchange(&d));
		ktls = by_ktls(&d, who ? TLS_RX : TLS_TX);
		err = duo_update(&d, who, SSL_KEY_UPDATE_NOT_REQUESTED) ?:
		      duo_move(&d, who, 100);
		TH_LOG("%s updates: %s", who ? "the peer" : "our end",
		       err ? tt_why() : "nothing happens");
		EXPECT_EQ(ktls, err < 0);
		duo_close(&d);
	}
}
