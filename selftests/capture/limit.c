// SPDX-License-Identifier: GPL-2.0
/* The switches: data_max, the event, who may turn them and what is told of it. */

#define PARAMETER	"/sys/module/tls_trace/parameters/data_max"

/* Of each stretch of a call so many bytes, whatever that number is. */
TT_TEST_F(limit, of_each_stretch)
{
	static const size_t max[] = { 1, 100, 3839, 3840, 3841, 10000, 16383,
				      16384, 16385, 4000000000 };
	int file = tt_file(50000, NULL);
	off_t off = 0;
	size_t i;

	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	for (i = 0; i < ARRAY_SIZE(max); i++) {
		BEGIN(max[i]);
		tt_fill(out, 40000);
		ASSERT_OK(drain(t, c, 90000));
		ASSERT_EQ(40000, tt_send(c, out, 40000, 0));
		flows(out, 40000);
		off = 0;
		ASSERT_EQ(50000, tt_sendfile(c, file, &off, 50000));
		ASSERT_EQ(50000, pread(file, in, 50000, 0));
		flows(in, 50000);
		ASSERT_OK(tt_drain_join(&t->drain));
		ASSERT_OK(captured(c, TT_DIR_TX, max[i]));

		ASSERT_OK(tt_capture_begin());
		flow = 0;
		ASSERT_OK(tt_peer_write(c, out, 40000));
		ASSERT_EQ(40000, tt_recv(c, in, 40000, MSG_WAITALL));
		flows(out, 40000);
		ASSERT_OK(captured(c, TT_DIR_RX, max[i]));
	}
}

/* With 0 there is nothing, though the event is enabled; both ways. */
TT_TEST_F(limit, zero)
{
	int type;

	BEGIN(0);
	tt_fill(out, 20000);
	ASSERT_EQ(10000, tt_send(c, out, 10000, 0));
	ASSERT_OK(tt_peer_expect_data(c, out, 10000));
	ASSERT_OK(tt_peer_write(c, out + 10000, 10000));
	ASSERT_OK(tt_recv_all(c, in, 10000));
	ASSERT_EQ(10, tt_send_type(c, 99, out, 10, 0));
	ASSERT_OK(tt_peer_record(c, 99, out, 10, 0));
	ASSERT_EQ(10, tt_recv_type(c, &type, in, 10, 0));
	ASSERT_OK(tt_capture_read());
	EXPECT_EQ(0, count_pieces(c));
}

/* With the event off there is nothing, though data_max is on. */
TT_TEST_F(limit, event_off)
{
	BEGIN(WHOLE);
	ASSERT_OK(tt_capture_enable(false));
	tt_fill(out, 20000);
	ASSERT_EQ(10000, tt_send(c, out, 10000, 0));
	ASSERT_OK(tt_peer_write(c, out + 10000, 10000));
	ASSERT_OK(tt_recv_all(c, in, 10000));
	ASSERT_OK(tt_capture_read());
	EXPECT_EQ(0, count_pieces(c));
	ASSERT_OK(tt_capture_enable(true));
	ASSERT_EQ(10000, tt_send(c, out, 10000, 0));
	ASSERT_OK(tt_capture_read());
	EXPECT_LT(0, count_pieces(c));
}

/* It is switched while a connection lives; the next call goes by it. */
TT_TEST_F(limit, at_run_time)
{
	static const size_t max[] = { 0, 10, 0, 500, WHOLE, 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(max); i++) {
		BEGIN(max[i]);
		tt_fill(out, 5000);
		ASSERT_EQ(5000, tt_send(c, out, 5000, 0));
		ASSERT_OK(tt_peer_expect_data(c, out, 5000));
		flows(out, 5000);
		if (max[i]) {
			EXPECT_OK(captured(c, TT_DIR_TX, max[i]));
			continue;
		}
		ASSERT_OK(tt_capture_read());
		EXPECT_EQ(0, count_pieces(c));
	}
}

/* What the kernel log has of it since it was opened, in lines. */
static int log_lines(int kmsg, const char *what)
{
	char line[1024];
	int found = 0;
	ssize_t n;

	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[n] = 0;
		if (strstr(line, "tls_trace: plaintext capture") &&
		    strstr(line, what))
			found++;
	}
	return found;
}

/* The kernel log says when it is switched on and off, once each. */
TT_TEST_F(limit, log)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	BEGIN(0);
	ASSERT_LE(0, kmsg);
	lseek(kmsg, 0, SEEK_END);
	ASSERT_OK(tt_capture_max("100"));
	EXPECT_EQ(1, log_lines(kmsg, "on"));
	ASSERT_OK(tt_capture_max("100"));
	EXPECT_EQ(0, log_lines(kmsg, ""));
	ASSERT_OK(tt_capture_max("0"));
	EXPECT_EQ(1, log_lines(kmsg, "off"));
	ASSERT_OK(tt_capture_max("0"));
	EXPECT_EQ(0, log_lines(kmsg, ""));
}

/* Numbers that are none are refused, and change nothing. */
TT_TEST_F(limit, bad_numbers)
{
	static const char * const text[] = { "x", "-1", "1x", "4294967296",
					     "1 2" };
	char now[24] = "";
	size_t i, taken = 0;
	int fd;

	BEGIN(77);
	for (i = 0; i < ARRAY_SIZE(text); i++)
		taken += !tt_capture_max(text[i]);
	EXPECT_EQ(0, taken);
	fd = open(PARAMETER, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, now, sizeof(now) - 1));
	EXPECT_STREQ("77\n", now);
}

/* Only root may read or write it: an ordinary user cannot even look. */
TT_TEST_F(limit, permission)
{
	struct stat st;
	int status;
	pid_t pid;

	BEGIN(0);
	ASSERT_EQ(0, stat(PARAMETER, &st));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_EQ(0, st.st_uid);
	pid = fork();
	if (!pid) {
		int errors = 0;

		if (setgid(65534) || setuid(65534))
			_exit(100);
		errors += open(PARAMETER, O_WRONLY) < 0 && errno == EACCES;
		errors += open(PARAMETER, O_RDONLY) < 0 && errno == EACCES;
		_exit(errors);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(2, WEXITSTATUS(status));
}

/* What flows before there is a key is no TLS, and none of its business. */
TT_TEST_F(limit, before_the_key)
{
	struct tt_conn_opts o = tt_test_opts(t);
	struct tt_conn *d;

	BEGIN(WHOLE);
	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_attach(d));
	tt_fill(out, 300);
	ASSERT_EQ(100, tt_send(d, out, 100, 0));
	ASSERT_EQ(100, recv(d->peer_fd, in, 100, MSG_WAITALL));
	ASSERT_EQ(100, write(d->peer_fd, out, 100));
	ASSERT_OK(tt_recv_all(d, in, 100));
	ASSERT_OK(tt_capture_read());
	EXPECT_EQ(0, count_pieces(d));
}
