// SPDX-License-Identifier: GPL-2.0
/* Attaching the ULP: when it is refused. */

/* Without a ULP there is no SOL_TLS. */
TT_TEST_F(ulp, none)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	socklen_t len = tt_cipher_info_size(c->o.cipher);

	EXPECT_EQ(-ENOPROTOOPT, tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-ENOPROTOOPT, tt_set_keys(c, TLS_RX, &c->rx));
	/* IPv4's getsockopt has a word of its own for a foreign level. */
	EXPECT_EQ(v->family == TT_IPV4 ? -EOPNOTSUPP : -ENOPROTOOPT,
		  tt_get(c, TLS_TX, info, &len));
	/* The failed calls were no affair of the ULP. */
	c->ledger.ops = 0;
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}

/* A name that nobody registered is ENOENT. */
TT_TEST_F(ulp, unknown)
{
	EXPECT_EQ(-ENOENT, tt_tcp_ulp(c->fd, "tls_unknown"));
	EXPECT_EQ(-ENOENT, tt_tcp_ulp(c->fd, "tl"));
	ASSERT_OK(tt_conn_start(c));
	ASSERT_OK(tt_exchange(c));
}

/* A second ULP is EEXIST, be it the same or the other; the first stays. */
TT_TEST_F(ulp, second)
{
	ASSERT_OK(tt_conn_attach(c));
	EXPECT_EQ(-EEXIST, tt_tcp_ulp(c->fd, v->ulp));
	EXPECT_EQ(-EEXIST, tt_tcp_ulp(c->fd, "tls"));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	EXPECT_EQ(-EEXIST, tt_tcp_ulp(c->fd, v->ulp));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_exchange(c));
}

/* getsockopt(TCP_ULP) tells which it is. */
TT_TEST_F(ulp, name)
{
	char name[32] = "";
	socklen_t len = sizeof(name);

	ASSERT_OK(tt_conn_attach(c));
	ASSERT_EQ(0, getsockopt(c->fd, IPPROTO_TCP, TCP_ULP, name, &len));
	EXPECT_STREQ(v->ulp, name);
}

/* A socket that listens, or is not connected, cannot have TLS. */
TT_TEST_F(ulp, not_connected)
{
	int fd = tt_tcp_listener(v->family);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(fd, v->ulp));
	close(fd);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(fd, v->ulp));
	close(fd);
	/* A listening socket is refused before the ULP is asked. */
	if (!strcmp(v->ulp, "tls_trace"))
		t->refused_attach = 1;
}

/* After our FIN the connection is no longer in the state that TLS asks for. */
TT_TEST_F(ulp, half_closed)
{
	ASSERT_EQ(0, shutdown(c->fd, SHUT_WR));
	EXPECT_EQ(-ENOTCONN, tt_tcp_ulp(c->fd, v->ulp));
	if (!strcmp(v->ulp, "tls_trace"))
		t->refused_attach = 1;
}

/* TLS cannot be left by disconnecting; the connection stays as it is. */
TT_TEST_F(ulp, disconnect)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	ASSERT_OK(tt_conn_attach(c));
	EXPECT_EQ(-1, connect(c->fd, &sa, sizeof(sa)));
	EXPECT_EQ(EOPNOTSUPP, errno);
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	EXPECT_EQ(-1, connect(c->fd, &sa, sizeof(sa)));
	EXPECT_EQ(EOPNOTSUPP, errno);
	ASSERT_OK(tt_exchange(c));
}

/* With the ULP but without keys the socket is plain TCP. */
TT_TEST_F(ulp, plain_before_keys)
{
	tt_fill(out, 200);
	ASSERT_OK(tt_conn_attach(c));
	ASSERT_EQ(100, tt_send(c, out, 100, 0));
	ASSERT_EQ(100, recv(c->peer_fd, in, 100, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(in, out, 100));
	ASSERT_OK(tt_peer_raw(c, out + 100, 100));
	ASSERT_EQ(100, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, out + 100, 100));
	ASSERT_OK(tt_set_keys(c, TLS_TX, &c->tx));
	ASSERT_OK(tt_set_keys(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_exchange(c));
}

/* Options of other levels still reach TCP and the socket. */
TT_TEST_F(ulp, other_levels)
{
	socklen_t len = sizeof(int);
	int value = 1;

	ASSERT_OK(tt_conn_start(c));
	ASSERT_EQ(0, setsockopt(c->fd, IPPROTO_TCP, TCP_KEEPINTVL, &value,
				sizeof(value)));
	value = 0;
	ASSERT_EQ(0, getsockopt(c->fd, IPPROTO_TCP, TCP_KEEPINTVL, &value,
				&len));
	EXPECT_EQ(1, value);
	ASSERT_EQ(0, getsockopt(c->fd, SOL_SOCKET, SO_TYPE, &value, &len));
	EXPECT_EQ(SOCK_STREAM, value);
	ASSERT_OK(tt_exchange(c));
}
