// SPDX-License-Identifier: GPL-2.0
/* KeyUpdate by the peer. */

/* What is behind a KeyUpdate cannot be read, and poll says nothing of it, until
 * the next key is set. Then it comes, and records count from 0.
 */
static void behind_update(struct __test_metadata *_metadata, struct tt_conn *c,
			  bool request)
{
	__u64 seq = tt_seq(c, TLS_RX);
	int pipe_fd[2];

	ASSERT_EQ(0, pipe2(pipe_fd, O_CLOEXEC));
	tt_fill(out, 300);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(peer_updates(c, request));
	ASSERT_OK(tt_peer_write(c, out + 100, 200));
	ASSERT_EQ(100, tt_recv(c, in, 100, 0));
	ASSERT_OK(tt_rekey_read_update(c, request));
	EXPECT_EQ(seq + 2, tt_seq(c, TLS_RX));

	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, sizeof(in), MSG_DONTWAIT));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, sizeof(in), MSG_PEEK));
	EXPECT_EQ(-EKEYEXPIRED, tt_splice_in(c, pipe_fd[1], 1000, 0));
	EXPECT_EQ(POLLOUT, polled(c));

	ASSERT_OK(tt_rekey_rx(c));
	EXPECT_EQ(0, c->rx.seq);
	EXPECT_OK(key_is(c, TLS_RX, &c->rx));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "data behind the KeyUpdate"));
	ASSERT_EQ(200, tt_recv(c, in + 100, 1000, 0));
	EXPECT_EQ(0, memcmp(in, out, 300));
	EXPECT_EQ(1, tt_seq(c, TLS_RX));
}

/* A KeyUpdate that asks for nothing. */
TT_TEST_F(rekey, rx)
{
	TT_NEED("rekey");
	behind_update(_metadata, c, false);
	ASSERT_OK(tt_exchange(c));
}

/* One that asks us to update too: we do, and OpenSSL reads on. */
TT_TEST_F(rekey, rx_requested)
{
	TT_NEED("rekey");
	ASSERT_OK(tt_kernel_sends(c, 100));
	behind_update(_metadata, c, true);
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_exchange(c));
	EXPECT_EQ(3, tt_seq(c, TLS_TX));
	EXPECT_EQ(1 + 3, tt_seq(c, TLS_RX));
}

/* With nothing behind it the KeyUpdate still asks for a key, not for patience. */
TT_TEST_F(rekey, rx_idle)
{
	TT_NEED("rekey");
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(peer_updates(c, false));
	ASSERT_OK(tt_rekey_read_update(c, false));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_rekey_rx(c));
	EXPECT_EQ(-EAGAIN, tt_recv(c, in, 100, MSG_DONTWAIT));
	ASSERT_OK(tt_exchange(c));
}

/* A read without room for the type is EIO, as for any control record. The kernel
 * has seen the KeyUpdate then: it can be read, but poll does not say so.
 */
TT_TEST_F(rekey, rx_no_room_for_type)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	ASSERT_OK(tt_wait_fd(c->fd, POLLIN, "the KeyUpdate"));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(-EIO, tt_recv(c, in, sizeof(in), 0));
	EXPECT_EQ(POLLOUT, polled(c));
	ASSERT_OK(follow(c, false));
	ASSERT_OK(tt_exchange(c));
}

/* A read of the data in front does not go past the KeyUpdate, whatever room and
 * flags it has; but it has seen it, and poll does not announce it.
 */
TT_TEST_F(rekey, rx_unread_in_front)
{
	__u64 seq = tt_seq(c, TLS_RX);

	TT_NEED("rekey");
	tt_fill(out, 400);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(tt_peer_write(c, out + 100, 200));
	ASSERT_OK(peer_updates(c, false));
	ASSERT_OK(tt_peer_write(c, out + 300, 100));
	ASSERT_OK(wait_queued(c, on_wire(c, 4, 400 + TLS_KEY_UPDATE_SIZE)));
	ASSERT_EQ(50, tt_recv(c, in, 50, 0));
	ASSERT_EQ(250, tt_recv(c, in + 50, 350, MSG_PEEK | MSG_WAITALL));
	ASSERT_EQ(250, tt_recv(c, in + 50, 350, MSG_WAITALL));
	EXPECT_EQ(seq + 3, tt_seq(c, TLS_RX));
	EXPECT_EQ(POLLOUT, polled(c));
	ASSERT_OK(follow(c, false));
	ASSERT_EQ(100, tt_recv(c, in + 300, 100, 0));
	EXPECT_EQ(0, memcmp(in, out, 400));
	ASSERT_OK(tt_exchange(c));
}

/* Several, with data between, all in the socket before the first is read. */
TT_TEST_F(rekey, rx_back_to_back)
{
	const int times = 6;
	size_t at = 0;
	int i;

	TT_NEED("rekey");
	tt_fill(out, times * 700);
	for (i = 0; i < times; i++, at += 700) {
		ASSERT_OK(peer_updates(c, false));
		ASSERT_OK(tt_peer_write(c, out + at, 300));
		ASSERT_OK(tt_peer_write(c, out + at + 300, 400));
	}
	for (i = 0, at = 0; i < times; i++, at += 700) {
		ASSERT_OK(follow(c, false));
		ASSERT_OK(tt_recv_all(c, in + at, 700));
		EXPECT_EQ(2, tt_seq(c, TLS_RX));
	}
	EXPECT_EQ(0, memcmp(in, out, times * 700));
	ASSERT_OK(tt_exchange(c));
}

/* Several without anything between. */
TT_TEST_F(rekey, rx_adjacent)
{
	int i;

	TT_NEED("rekey");
	for (i = 0; i < 5; i++)
		ASSERT_OK(peer_updates(c, false));
	for (i = 0; i < 5; i++) {
		ASSERT_OK(tt_rekey_read_update(c, false));
		EXPECT_EQ(i ? 1 : c->rx.seq + 1, tt_seq(c, TLS_RX));
		EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, 0));
		ASSERT_OK(tt_rekey_rx(c));
	}
	ASSERT_OK(tt_exchange(c));
}

struct waiter {
	int fd;
	int revents;
	long long took;	/* ms */
	pid_t tid;	/* set when it is about to wait */
};

static void *wait_for_data(void *arg)
{
	struct waiter *w = arg;
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	w->took = tt_now_ms();
	__atomic_store_n(&w->tid, gettid(), __ATOMIC_RELEASE);
	w->revents = poll(&p, 1, TT_WAIT_MS) < 0 ? -errno : p.revents;
	w->took = tt_now_ms() - w->took;
	return NULL;
}

/* Wait until it sleeps, which after tid is set it does in poll only. */
static int wait_asleep(const struct waiter *w)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	char path[64], state = '?';
	pid_t tid;
	FILE *f;

	do {
		tid = __atomic_load_n(&w->tid, __ATOMIC_ACQUIRE);
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
		f = tid ? fopen(path, "re") : NULL;
		if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
		if (f)
			fclose(f);
		if (state == 'S')
			return 0;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return tt_fail(ETIMEDOUT, "the waiting thread is in state %c", state);
}

/* Who waits for data behind a KeyUpdate is woken by the next key. */
TT_TEST_F(rekey, rx_wakes_poll)
{
	struct waiter w = { .fd = c->fd };
	pthread_t thread;

	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	tt_fill(out, 100);
	ASSERT_OK(tt_peer_write(c, out, 100));
	ASSERT_OK(wait_queued(c, on_wire(c, 2, 100 + TLS_KEY_UPDATE_SIZE)));
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_data, &w));
	ASSERT_OK(wait_asleep(&w));
	ASSERT_OK(tt_rekey_rx(c));
	pthread_join(thread, NULL);
	EXPECT_EQ(POLLIN, w.revents);
	/* At the end of its time poll looks once more, woken or not. */
	EXPECT_GT(TT_WAIT_MS, w.took);
	ASSERT_EQ(100, tt_recv(c, in, 200, 0));
	EXPECT_EQ(0, memcmp(in, out, 100));
}

/* The end of the connection waits behind the KeyUpdate like data. */
TT_TEST_F(rekey, rx_fin_behind)
{
	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	shutdown(c->peer_fd, SHUT_WR);
	ASSERT_OK(tt_rekey_read_update(c, false));
	ASSERT_OK(tt_wait_fd(c->fd, POLLRDHUP, "end of file"));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, 0));
	ASSERT_OK(tt_rekey_rx(c));
	EXPECT_EQ(0, tt_recv(c, in, 100, 0));
}

/* OpenSSL's close_notify behind it needs the next key too. */
TT_TEST_F(rekey, rx_close_notify_behind)
{
	int type;

	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, false));
	ASSERT_OK(tt_peer_close_notify(c));
	ASSERT_OK(follow(c, false));
	ASSERT_EQ(2, tt_recv_type(c, &type, in, sizeof(in), 0));
	EXPECT_EQ(TLS_TYPE_ALERT, type);
	EXPECT_EQ(TLS_ALERT_CLOSE_NOTIFY, in[1]);
}

/* Sending goes on under its own key while the other direction waits for one. */
TT_TEST_F(rekey, rx_sending_goes_on)
{
	int i;

	TT_NEED("rekey");
	ASSERT_OK(peer_updates(c, true));
	ASSERT_OK(tt_rekey_read_update(c, true));
	for (i = 0; i < 3; i++)
		ASSERT_OK(tt_kernel_sends(c, 500));
	EXPECT_EQ(-EKEYEXPIRED, tt_recv(c, in, 100, 0));
	ASSERT_OK(tt_rekey_tx(c, false));
	ASSERT_OK(tt_kernel_sends(c, 500));
	ASSERT_OK(tt_rekey_rx(c));
	ASSERT_OK(tt_exchange(c));
}
