// SPDX-License-Identifier: GPL-2.0
/*
 * sockmap and kernel TLS both want to be a socket's operations. What plain tls
 * makes of the two together, tls_trace must too.
 */

/* A socket with a ULP cannot go into a sockmap, and goes on. */
TT_TEST_F(sockmap, after_ulp)
{
	int map = tt_bpf_sockmap();

	ASSERT_LE(0, map) TH_LOG("%s", tt_why());
	ASSERT_OK(tt_conn_attach(c));
	EXPECT_EQ(-EINVAL, tt_bpf_sockmap_put(map, c->fd));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-EINVAL, tt_bpf_sockmap_put(map, c->fd));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(-EINVAL, tt_bpf_sockmap_put(map, c->fd));
	tt_fill(out, 3000);
	ASSERT_EQ(1000, tt_send(c, out, 1000, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 1000));
	ASSERT_OK(tt_peer_write(c, out + 1000, 2000));
	ASSERT_OK(tt_recv_all(c, in, 2000));
	EXPECT_EQ(0, memcmp(in, out + 1000, 2000));
}

/* What plain tls says of it on this kernel: when attached, and to a key. */
struct answer {
	int attach;
	int key;
};

static int ask_tls(struct tt_test *t, struct answer *a)
{
	const struct tt_cipher *cipher = tt_cipher_find(t->v->cipher);
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	int map = tt_bpf_sockmap();
	int fd, peer, len, err;
	struct tt_keys keys;

	if (map < 0)
		return map;
	err = tt_tcp_pair(t->v->family, &fd, &peer);
	if (err)
		return err;
	err = tt_bpf_sockmap_put(map, fd);
	a->attach = tt_tcp_ulp(fd, "tls");
	tt_keys_random(cipher, &keys);
	len = tt_cipher_pack(cipher, t->v->version, &keys, info);
	a->key = 0;
	if (!a->attach) {
		a->key = setsockopt(fd, SOL_TLS, TLS_TX, info, len) ? -errno :
								      0;
		/* Another one, but counted. */
		tt_stat_expect("TlsTxSw", !a->key);
	}
	close(fd);
	close(peer);
	close(map);
	return err;
}

/* The other way round: sockmap first. Where that is allowed, it works. */
TT_TEST_F(sockmap, before_ulp)
{
	int map = tt_bpf_sockmap();
	struct answer want;
	int err;

	ASSERT_OK(ask_tls(t, &want));
	ASSERT_OK(tt_bpf_sockmap_put(map, c->fd));
	err = tt_conn_attach(c);
	ASSERT_EQ(want.attach, err);
	t->refused_attach = err && !strcmp(v->ulp, "tls_trace");
	if (err)
		return;
	ASSERT_EQ(want.key, tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_EQ(want.key, tt_set_keys(c, TLS_RX, &c->rx));
	if (want.key)
		return;
	tt_fill(out, 40000);
	ASSERT_OK(tt_drain_start(&t->drain, c, 20000));
	ASSERT_EQ(20000, tt_send(c, out, 20000, 0));
	ASSERT_OK(tt_drain_join(&t->drain));
	tt_sha256(out, 20000, in);
	EXPECT_EQ(0, memcmp(t->drain.sha256, in, TT_SHA256_SIZE));
	ASSERT_OK(tt_peer_write(c, out + 20000, 20000));
	ASSERT_OK(tt_recv_all(c, in, 20000));
	EXPECT_EQ(0, memcmp(in, out + 20000, 20000));
	close(map);
}
