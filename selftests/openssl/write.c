// SPDX-License-Identifier: GPL-2.0
/* SSL_write: buffers that move, writes in part, sizes of records. */

/* So much room to send, twice that by the kernel's way of counting. */
static int narrow(struct duo *d, int from, int size)
{
	return setsockopt(d->fd[from], SOL_SOCKET, SO_SNDBUF, &size,
			  sizeof(size)) ? -errno : 0;
}

/* Nobody may look here again. */
static void spoil(unsigned char **buf, size_t len)
{
	memset(*buf, 0xee, len);
	free(*buf);
	*buf = NULL;
}

/*
 * What applications with a queue of buffers do: each try of a write has its data
 * at another place. With kTLS the place of the first try must keep its content
 * until the write succeeds, since OpenSSL may send from there (openssl/openssl#17747):
 * no buffer of its own lies between. The first try, that is, of each record: one a
 * write, here.
 */
static int write_moving(struct duo *d, int from, size_t len, int *waits)
{
	unsigned char *buf = NULL, *first = NULL;
	size_t done = 0, at = 0, n = 0;
	int sent = 1, err = 0;

	while (!err && done < len) {
		/* A try that has to wait is repeated with the same length. */
		if (sent > 0)
			n = 1 + tt_random() % TLS_MAX_PAYLOAD;
		if (n > len - done)
			n = len - done;
		buf = malloc(n);
		memcpy(buf, out + done, n);
		sent = SSL_write(ssl_of(d, from), buf, n);
		if (!first)
			first = buf;
		else
			spoil(&buf, n);
		if (sent > 0) {
			done += sent;
			spoil(&first, n);
			continue;
		}
		(*waits)++;
		err = wants(d, from, sent, "writing");
		if (!err)
			err = read_some(d, !from, &at, len);
	}
	free(first);
	return err ?: read_rest(d, from, at, len);
}

static void moving(struct __test_metadata *_metadata,
		   const struct tt_variant *v)
{
	size_t len = 600000;
	int i, waits;
	struct duo d;

	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	for (i = 0; i < 2; i++) {
		waits = 0;
		SSL_set_mode(ssl_of(&d, i),
			     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		ASSERT_OK(narrow(&d, i, 4096));
		tt_fill(out, len);
		memset(in, 0, len);
		ASSERT_OK(write_moving(&d, i, len, &waits));
		EXPECT_LT(0, waits);
	}
	ASSERT_OK(duo_exchange(&d));
	duo_close(&d);
	tt_cgroup_leave();
}

/* Writes that had to wait are repeated from another buffer (openssl/openssl#17747). */
TT_TEST_F(app, moving_buffer)
{
	APP_BEGIN();
	moving(_metadata, v);
}

/* Both ends write at once until neither can any more; then both read it all. */
TT_TEST_F(app, both_write)
{
	static unsigned char buf[2][64 * TLS_MAX_PAYLOAD];
	size_t sent[2] = { }, at;
	int i, n, more;
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	for (i = 0; i < 2; i++) {
		SSL_set_mode(ssl_of(&d, i), SSL_MODE_ENABLE_PARTIAL_WRITE);
		ASSERT_OK(narrow(&d, i, 4096));
		tt_fill(buf[i], sizeof(buf[i]));
	}
	do {
		for (more = 0, i = 0; i < 2; i++) {
			n = SSL_write(ssl_of(&d, i), buf[i] + sent[i],
				      sizeof(buf[i]) - sent[i]);
			if (n <= 0)
				ASSERT_OK(wants(&d, i, n, "writing"));
			sent[i] += n > 0 ? n : 0;
			more += n > 0;
		}
	} while (more);
	for (i = 0; i < 2; i++) {
		ASSERT_LT(0, sent[i]);
		ASSERT_GT(sizeof(buf[i]), sent[i]);
		memcpy(out, buf[i], sent[i]);
		/* A record that waits in OpenSSL for its turn is no loss. */
		for (at = 0; at < sent[i];) {
			ASSERT_OK(read_some(&d, !i, &at, sent[i]));
			if (at < sent[i])
				ASSERT_OK(wait_pair(&d, i, false));
		}
		ASSERT_OK(same(&d, !i, sent[i]));
	}
	duo_close(&d);
	tt_cgroup_leave();
}

/* A limit for records, set before the handshake, keeps OpenSSL from kTLS for
 * sending; receiving is not concerned, but for OpenSSL 3.0.
 */
TT_TEST_F(app, fragment_before)
{
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	ASSERT_EQ(1, SSL_set_max_send_fragment(ssl_of(&d, 0), 4096));
	ASSERT_OK(duo_shake(&d));
	EXPECT_OK(is_end(&d, 0, false, openssl_newer()));
	EXPECT_OK(is_end(&d, 1, allows(v, TLS_TX), allows(v, TLS_RX)));
	ASSERT_OK(duo_exchange(&d));
	duo_close(&d);
	tt_cgroup_leave();
}

/* The same limit set later is refused, and records stay as they were. */
TT_TEST_F(app, fragment_after)
{
	struct duo d;
	__u64 seq;

	APP_BEGIN();
	ASSERT_OK(duo_open(&d, v, v->server, BOTH));
	EXPECT_EQ(0, SSL_set_max_send_fragment(ssl_of(&d, 0), 1000));
	seq = kernel_seq(&d, 0, TLS_TX);
	ASSERT_OK(duo_move(&d, 0, 5001));
	EXPECT_EQ(seq + 1, kernel_seq(&d, 0, TLS_TX));
	ASSERT_OK(duo_exchange(&d));
	duo_close(&d);
	tt_cgroup_leave();
}

/* Smaller records, which only pipelines would use: kTLS stays, the data is right. */
TT_TEST_F(app, split)
{
	struct duo d;
	int i;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(1, SSL_set_split_send_fragment(ssl_of(&d, i), 2000));
	ASSERT_OK(duo_shake(&d));
	EXPECT_OK(is_as_expected(&d));
	ASSERT_OK(duo_move(&d, 0, 50000));
	ASSERT_OK(duo_move(&d, 1, 50000));
	duo_close(&d);
	tt_cgroup_leave();
}

static size_t pad_some(SSL *ssl, int type, size_t len, void *arg)
{
	(void)ssl;
	(void)type;
	(void)len;
	++*(int *)arg;
	return 100;
}

/* The kernel does not pad: with a callback that does, OpenSSL sends by itself. */
TT_TEST_F(app13, padding_callback)
{
	int called = 0;
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, BOTH));
	ASSERT_EQ(1, SSL_set_record_padding_callback(ssl_of(&d, 0), pad_some));
	SSL_set_record_padding_callback_arg(ssl_of(&d, 0), &called);
	ASSERT_OK(duo_shake(&d));
	EXPECT_OK(is_end(&d, 0, false, allows(v, TLS_RX)));
	EXPECT_OK(is_end(&d, 1, allows(v, TLS_TX), allows(v, TLS_RX)));
	called = 0;
	/* What the kernel gets is padded, and it takes that off. */
	ASSERT_OK(duo_exchange(&d));
	EXPECT_LT(0, called);
	/* Too late where the kernel sends. */
	EXPECT_EQ(0, SSL_set_record_padding_callback(ssl_of(&d, 1), pad_some));
	duo_close(&d);
	tt_cgroup_leave();
}

/* Block padding by the peer: the kernel takes it off. */
TT_TEST_F(app13, padding_received)
{
	struct duo d;

	APP_BEGIN();
	ASSERT_OK(duo_prepare(&d, v, v->server, US));
	ASSERT_EQ(1, SSL_set_block_padding(ssl_of(&d, 1), 512));
	ASSERT_OK(duo_shake(&d));
	EXPECT_OK(is_as_expected(&d));
	ASSERT_OK(duo_exchange(&d));
	ASSERT_OK(duo_move(&d, 1, 1));
	ASSERT_OK(duo_move(&d, 1, 100000));
	duo_close(&d);
	tt_cgroup_leave();
}
