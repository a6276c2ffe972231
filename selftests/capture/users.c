// SPDX-License-Identifier: GPL-2.0
/* Users in the kernel: their memory is not the application's. */

/* NBD: iterators over the kernel's memory and over pages, both ways. */
TT_TEST_F(users, nbd)
{
	struct tt_op op = { .kind = TT_OP_TX, .type = -1, .keyed = true };
	const struct tt_piece *p;
	unsigned char *data, *sent;
	size_t i, n, read = 0, written = 0;
	struct tt_nbd nbd;
	__u64 tx, rx;

	TT_NEED("nbd");
	BEGIN(WHOLE);
	c->ledger.unordered = true;
	tx = tt_seq(c, TLS_TX);
	rx = tt_seq(c, TLS_RX);
	data = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_OK(tt_nbd_start(&nbd, c, 1 << 20));
	ASSERT_EQ(0, fcntl(nbd.fd, F_SETFL, O_DIRECT));
	tt_fill(data, 65536);
	memcpy(out, data, 65536);
	ASSERT_EQ(65536, pwrite(nbd.fd, data, 65536, 4096));
	ASSERT_EQ(65536, pread(nbd.fd, data, 65536, 4096));
	ASSERT_EQ(0, memcmp(out, data, 65536));
	ASSERT_OK(tt_nbd_stop(&nbd));
	op.result = nbd.in;
	op.before = tx;
	op.after = tt_seq(c, TLS_TX);
	tt_ledger_add(&c->ledger, &op);
	op.kind = TT_OP_RX;
	op.result = nbd.out;
	op.before = rx;
	op.after = tt_seq(c, TLS_RX);
	tt_ledger_add(&c->ledger, &op);

	/* Headers come and go in between: look for the blocks in what flowed. */
	ASSERT_OK(tt_capture_read());
	p = tt_capture_pieces(&n);
	sent = malloc(nbd.in + nbd.out + 1);
	for (i = 0; i < n; i++) {
		if (p[i].call || p[i].ino != c->inode || p[i].dir != TT_DIR_TX)
			continue;
		ASSERT_EQ(0, p[i].missing);
		ASSERT_GE(nbd.in, written + p[i].size);
		memcpy(sent + written, p[i].data, p[i].size);
		written += p[i].size;
	}
	EXPECT_EQ(nbd.in, written);
	EXPECT_NE(NULL, memmem(sent, written, out, 65536));
	for (i = 0; i < n; i++) {
		if (p[i].call || p[i].ino != c->inode || p[i].dir != TT_DIR_RX)
			continue;
		ASSERT_EQ(0, p[i].missing);
		ASSERT_GE(nbd.out, read + p[i].size);
		memcpy(sent + read, p[i].data, p[i].size);
		read += p[i].size;
	}
	EXPECT_EQ(nbd.out, read);
	EXPECT_NE(NULL, memmem(sent, read, out, 65536));
}

/* KCM: read_sock takes whole records, and pages are sent. */
TT_TEST_F(users, kcm)
{
	struct tt_op op = { .kind = TT_OP_RX, .type = -1, .keyed = true };
	int kcm, prog, i, n;

	TT_NEED("read_sock");
	BEGIN(WHOLE);
	c->ledger.unordered = true;
	op.before = tt_seq(c, TLS_RX);
	tt_fill(out, 10 * 1600);
	for (i = 0; i < 10; i++) {
		ASSERT_OK(tt_peer_record(c, TLS_TYPE_DATA, out + i * 1600, 1600,
					 0));
	}
	ASSERT_OK(tt_tcp_arrived(c->fd, 10 * (1600 +
					   tt_cipher_overhead(c->o.cipher,
							      c->o.version))));
	prog = tt_bpf_fixed(100);
	ASSERT_LE(0, prog) TH_LOG("%s", tt_why());
	kcm = tt_kcm_open();
	ASSERT_OK(tt_kcm_attach(kcm, c->fd, prog));
	for (i = 0, n = 0; i < 160; i++)
		n += recv(kcm, in + i * 100, 100, 0);
	ASSERT_EQ(16000, n);
	ASSERT_EQ(0, memcmp(in, out, 16000));
	ASSERT_OK(tt_kcm_detach(kcm, c->fd));
	op.result = 16000;
	op.after = tt_seq(c, TLS_RX);
	tt_ledger_add(&c->ledger, &op);
	flows(out, 16000);
	EXPECT_OK(captured(c, TT_DIR_RX, WHOLE));

	ASSERT_OK(tt_capture_begin());
	flow = 0;
	ASSERT_OK(tt_kcm_attach(kcm, c->fd, prog));
	op.kind = TT_OP_TX;
	op.before = tt_seq(c, TLS_TX);
	ASSERT_EQ(16000, send(kcm, out, 16000, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 16000));
	ASSERT_OK(tt_kcm_detach(kcm, c->fd));
	op.after = tt_seq(c, TLS_TX);
	tt_ledger_add(&c->ledger, &op);
	flows(out, 16000);
	EXPECT_OK(captured(c, TT_DIR_TX, WHOLE));
}
