// SPDX-License-Identifier: GPL-2.0
/* The two ends a script runs on, and what passes between them. */

/* A pattern in which every offset looks different; in and out buffers. */
static unsigned char *pool;
static unsigned char *in_buf;
/* The first byte that is not there. */
static unsigned char *guard;
/* A file of pool's first bytes, and one on the file system of /tmp. */
static int mem_file = -1;
static int tmp_file = -1;
static struct df_world *world;

#define GUARD_SIZE	65536
#define FILE_SIZE	300000

static void on_sigpipe(int sig)
{
	(void)sig;
	world->sigpipes++;
}

/* To interrupt what would hang; the result is then EINTR, and not hidden. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void hang_limit(int ms)
{
	struct itimerval it = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static int make_tmp_file(void)
{
	char path[] = "/tmp/tls_differ.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	return fd;
}

/* Memory and files that all scripts of the process share. */
static int world_prepare(void)
{
	struct sigaction pipe = { .sa_handler = on_sigpipe };
	struct sigaction alarm = { .sa_handler = on_alarm };
	unsigned char *p;
	cpu_set_t one;

	if (world)
		return 0;
	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pool = malloc(2 * DF_DATA);
	in_buf = malloc(DF_DATA);
	p = mmap(NULL, 2 * GUARD_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (world == MAP_FAILED || !pool || !in_buf || p == MAP_FAILED)
		return tt_fail(ENOMEM, "memory for the test");
	guard = p + GUARD_SIZE;
	mprotect(guard, GUARD_SIZE, PROT_NONE);
	tt_seed_test("differ", "pool", NULL);
	tt_fill(pool, DF_DATA);
	memcpy(pool + DF_DATA, pool, DF_DATA);

	mem_file = memfd_create("tls_differ", MFD_CLOEXEC);
	tmp_file = make_tmp_file();
	if (write(mem_file, pool, FILE_SIZE) != FILE_SIZE ||
	    write(tmp_file, pool, FILE_SIZE) != FILE_SIZE)
		return tt_fail(errno, "test file: %s", strerror(errno));
	sigaction(SIGPIPE, &pipe, NULL);
	sigaction(SIGALRM, &alarm, NULL);

	/* On one processor what is sent over loopback has come when the call
	 * returns, but for rare cases; settle() waits for those.
	 */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	return 0;
}

/* What makes TCP remember connections, or act by the clock, is switched off. */
static void quiet_tcp(void)
{
	static const struct {
		const char *path;
		const char *value;
	} set[] = {
		{ "/proc/sys/net/ipv4/tcp_no_metrics_save", "1" },
		{ "/proc/sys/net/ipv4/tcp_moderate_rcvbuf", "0" },
		{ "/proc/sys/net/ipv4/tcp_autocorking", "0" },
		{ "/proc/sys/net/ipv4/tcp_slow_start_after_idle", "0" },
	};
	int i, fd;

	for (i = 0; i < ARRAY_SIZE(set); i++) {
		fd = open(set[i].path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (write(fd, set[i].value, 1) < 0)
			fprintf(stderr, "# %s: %s\n", set[i].path,
				strerror(errno));
		close(fd);
	}
}

/* The next bytes of the application's data; whoever sends them moves pos. */
static unsigned char *data_out(struct df_world *w)
{
	return pool + w->pos % DF_DATA;
}

/* A buffer to receive into, whose bytes tell what was written to it. */
static unsigned char *data_in(size_t len)
{
	memset(in_buf, 0xaa, len);
	return in_buf;
}

/* Keys of a direction and generation, the same whatever the ULP. */
static void make_keys(struct df_world *w, const char *dir, int gen,
		      struct tt_keys *keys)
{
	char name[16];

	snprintf(name, sizeof(name), "%s%d", dir, gen);
	tt_seed_test(w->s->script, "keys", name);
	tt_keys_random(w->s->cipher, keys);
}

static int far_keys(struct df_world *w, int gen)
{
	struct tt_keys keys;

	make_keys(w, "rx", gen, &keys);
	tt_layer_free(&w->far_tx);
	return tt_layer_init(&w->far_tx, w->s->cipher, w->s->version, &keys);
}

static void far_read(struct df_world *w)
{
	ssize_t n;

	while (w->far >= 0 && !w->far_end) {
		if (w->wire_room - w->wire_len < 65536) {
			w->wire_room += 262144;
			w->wire = realloc(w->wire, w->wire_room);
			if (!w->wire)
				abort();
		}
		n = recv(w->far, w->wire + w->wire_len,
			 w->wire_room - w->wire_len, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			w->far_end = strerrorname_np(errno) ?: "error";
		else if (!n)
			w->far_end = "eof";
		else
			w->wire_len += n;
	}
}

static int tcp_state(int fd)
{
	struct tcp_info info = { };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return TCP_CLOSE;
	return info.tcpi_state;
}

/* Whether something that was sent has not been acknowledged yet. */
static bool in_flight(int fd)
{
	int queued = 0, unsent = 0;

	if (fd < 0 || ioctl(fd, SIOCOUTQ, &queued) ||
	    ioctl(fd, SIOCOUTQNSD, &unsent) || queued == unsent)
		return false;
	return tcp_state(fd) != TCP_CLOSE;
}

/*
 * Members of the kernel's struct tcp_info that libc's need not have; its own
 * header (linux/tcp.h) cannot be included beside libc's.
 */
#define INFO_SIZE		216
#define INFO_BYTES_RECEIVED	128
#define INFO_BYTES_SENT		200
#define INFO_BYTES_RETRANS	208

static __u64 info_get(const void *info, int offset)
{
	__u64 v;

	memcpy(&v, (const char *)info + offset, sizeof(v));
	return v;
}

/* Whether what one end sent has come to the other, acknowledged or not. */
static bool arrived(int from, int to)
{
	char out[INFO_SIZE] = { }, in[INFO_SIZE] = { };
	socklen_t len = sizeof(out);

	if (to < 0 || !in_flight(from) || tcp_state(to) == TCP_CLOSE)
		return true;
	getsockopt(from, IPPROTO_TCP, TCP_INFO, out, &len);
	len = sizeof(in);
	getsockopt(to, IPPROTO_TCP, TCP_INFO, in, &len);
	return info_get(out, INFO_BYTES_SENT) -
	       info_get(out, INFO_BYTES_RETRANS) ==
	       info_get(in, INFO_BYTES_RECEIVED);
}

/* The far end sends a delayed acknowledgment at once, unless data is unread. */
static void acknowledge(int fd)
{
	int one = 1;

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
}

/*
 * What the socket sent must be acknowledged too, as that makes room for more. But
 * an end that has sent its FIN takes its time.
 */
static bool sent(struct df_world *w)
{
	int state = w->far < 0 ? TCP_CLOSE : tcp_state(w->far);

	if (w->hold || state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT)
		return !in_flight(w->fd);
	return arrived(w->fd, w->far);
}

/* Whether the far end's FIN or RST, if it sent one, has come. */
static bool end_seen(struct df_world *w)
{
	int state = w->ended && w->fd >= 0 ? tcp_state(w->fd) : TCP_CLOSE;

	return state != TCP_ESTABLISHED && state != TCP_FIN_WAIT1 &&
	       state != TCP_FIN_WAIT2;
}

/* Wait until what either end sent has come, so that what follows is certain. */
static void settle(struct df_world *w)
{
	long long end = tt_now_ms() + tt_limit(300);
	struct pollfd p = { .events = POLLIN };

	for (;;) {
		if (!w->hold)
			far_read(w);
		if (in_flight(w->fd))
			acknowledge(w->far);
		if ((sent(w) && arrived(w->far, w->fd) && end_seen(w)) ||
		    tt_now_ms() >= end)
			break;
		p.fd = w->hold ? -1 : w->far;
		poll(&p, 1, 1);
	}
	if (!w->hold)
		far_read(w);
}

static void set_ms(int fd, int option, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv));
}

static int world_open(struct df_world *w, const struct df_setup *s,
		      const char *ulp)
{
	unsigned char *wire = w->wire;
	size_t room = w->wire_room;
	int err;

	memset(w, 0, offsetof(struct df_world, rest));
	w->rest_len = 0;
	w->last_len = 0;
	w->wire = wire;
	w->wire_room = room;
	w->s = s;
	w->ulp = ulp;
	w->extra = -1;
	w->epoll = -1;
	w->tls_at = SIZE_MAX;
	w->pos = hash(s->script, strlen(s->script)) % (DF_DATA / 2);
	w->far_pos = w->pos / 3;
	err = tt_stats_read(&w->before);
	if (!err)
		err = tt_tcp_pair(s->family, &w->fd, &w->far);
	if (err)
		return err;
	lseek(mem_file, 0, SEEK_SET);
	lseek(tmp_file, 0, SEEK_SET);
	set_ms(w->fd, SO_RCVTIMEO, DF_BLOCK_MS);
	set_ms(w->fd, SO_SNDTIMEO, DF_BLOCK_MS);
	if (pipe2(w->to, O_CLOEXEC) || pipe2(w->from, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	return far_keys(w, 0);
}

static void world_free(struct df_world *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		close(w->to[i]);
		close(w->from[i]);
	}
	if (w->epoll >= 0)
		close(w->epoll);
	if (w->far >= 0)
		close(w->far);
	tt_layer_free(&w->far_tx);
}

/* Everything that came out of the socket, record by record from where TLS began. */
static void note_wire(struct df_world *w, struct df_note *n)
{
	size_t at = w->tls_at < w->wire_len ? w->tls_at : w->wire_len, len;
	struct tt_record r;
	int i;

	note(n, "wire %zu bytes, far end %s", w->wire_len,
	     w->far < 0 ? "closed" : w->far_end ?: "open");
	note_hash(n, "all", w->wire, w->wire_len);
	note(n, "\n");
	if (at) {
		note(n, "wire before TLS: %zu bytes", at);
		note_hash(n, "hash", w->wire, at);
		note(n, "\n");
	}
	for (i = 0; at < w->wire_len && i < 64; i++, at += len) {
		len = tt_record_parse(w->wire + at, w->wire_len - at, &r);
		if (!len || len > w->wire_len - at)
			len = w->wire_len - at;
		note(n, "wire record %d: type %d version %04x length %zu", i,
		     w->wire[at], r.wire_version, len);
		note_hash(n, "hash", w->wire + at, len);
		note(n, "\n");
	}
}

static void note_stats(struct df_world *w, struct df_note *n)
{
	struct tt_stats now;
	long long delta;
	size_t i;

	note(n, "tls_stat");
	if (tt_stats_read(&now)) {
		note(n, " %s\n", tt_why());
		return;
	}
	for (i = 0; i < now.n; i++) {
		delta = now.s[i].value - tt_stats_get(&w->before, now.s[i].name);
		if (delta && strncmp(now.s[i].name, "TlsTrace", 8))
			note(n, " %s%+lld", now.s[i].name, delta);
	}
	note(n, "\n");
}

/* Close what is still open, and note what is left behind. */
static void world_close(struct df_world *w, struct df_note *n)
{
	struct pollfd p = { .fd = w->far, .events = POLLIN };
	long long end = tt_now_ms() + 2000;

	hang_limit(DF_HANG_MS);
	if (w->extra >= 0)
		close(w->extra);
	w->extra = -1;
	if (w->fd >= 0 && close(w->fd))
		note(n, "close: %s\n", strerror(errno));
	w->fd = -1;
	hang_limit(0);
	w->hold = false;
	far_read(w);
	while (w->far >= 0 && !w->far_end && tt_now_ms() < end) {
		poll(&p, 1, 100);
		far_read(w);
	}
	note_wire(w, n);
	note_stats(w, n);
	world_free(w);
}
