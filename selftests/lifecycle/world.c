// SPDX-License-Identifier: GPL-2.0
/* What is around a test: module, namespace, counters, kernel log, children. */

#define TRACE_LIST	"/proc/net/tls_trace"

/**
 * struct world - how it was before the test
 * @was_loaded: the module was loaded and has to be again
 * @kmsg: the kernel log, from the test's begin on
 * @tls_refs: references to tls
 */
struct world {
	bool was_loaded;
	int kmsg;
	int tls_refs;
};

/* TLS_TEST_ONLY is a list of patterns for fixture.test or fixture.variant.test. */
static bool selected(const char *name)
{
	const char *only = getenv("TLS_TEST_ONLY");
	char list[1000], *item, *save;

	if (!only || !*only)
		return true;
	snprintf(list, sizeof(list), "%s", only);
	for (item = strtok_r(list, ",", &save); item;
	     item = strtok_r(NULL, ",", &save))
		if (!fnmatch(item, name, 0))
			return true;
	return false;
}

/* Why a test cannot run, NULL if it can. */
static const char *cannot_run(const char *name)
{
	if (!selected(name))
		return "not selected";
	return tt_ko_untestable();
}

/* A network namespace of the test's own, with the loopback interface. */
static int own_net(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd, err;

	if (unshare(CLONE_NEWNET))
		return tt_fail(errno, "network namespace: %s", strerror(errno));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return tt_fail(errno, "socket: %s", strerror(errno));
	err = ioctl(fd, SIOCSIFFLAGS, &ifr) ?
	      tt_fail(errno, "lo: %s", strerror(errno)) : 0;
	close(fd);
	return err;
}

static int world_begin(struct world *w)
{
	int err;

	/* The harness kills a test that hangs; nothing of it may live on. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	w->was_loaded = !tt_ko_refs(TT_KO);
	w->tls_refs = tt_ko_refs("tls");
	if (w->was_loaded) {
		err = tt_ko_unload(TT_KO);
		if (err)
			return tt_fail(-err, "unload: %s", strerror(-err));
		w->tls_refs = tt_ko_refs("tls");
	}
	err = tt_ko_load();
	if (err)
		return tt_fail(-err, "load: %s", strerror(-err));
	w->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->kmsg < 0 || lseek(w->kmsg, 0, SEEK_END) < 0)
		return tt_fail(errno, "/dev/kmsg: %s", strerror(errno));
	return own_net();
}

/* A counter of this namespace, of tls or of tls_trace. */
static long long total(const char *name)
{
	struct tt_stats st;

	return tt_stats_read(&st) ? -1 : tt_stats_get(&st, name);
}

/* Wait for references to the module to become @want; what there were at last. */
static int refs_become(int want)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int refs;

	while ((refs = tt_ko_refs(TT_KO)) != want && tt_now_ms() < end)
		poll(NULL, 0, 1);
	return refs;
}

static int check_log(int kmsg)
{
	static const char * const bad[] = {
		"WARNING:", "BUG:", "Oops", "general protection", "KASAN",
		"UBSAN", "refcount_t:", "suspicious RCU", "blocked for more",
	};
	char line[8192];
	ssize_t n;
	size_t i;

	/* EPIPE: lines were overwritten; go on with the next one. */
	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		line[n < 0 ? 0 : n] = 0;
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			if (strstr(line, bad[i]))
				return tt_fail(EBADMSG, "kernel log: %.300s",
					       line);
	}
	return 0;
}

/* The current sessions of tls and of tls_trace, all of which must be over. */
static int check_sessions(void)
{
	struct tt_stats st;
	size_t i;
	int err;

	err = tt_stats_read(&st);
	for (i = 0; !err && i < st.n; i++)
		if (strstr(st.s[i].name, "Curr") && st.s[i].value)
			err = tt_fail(EBUSY, "%s is %lld at the end",
				      st.s[i].name, st.s[i].value);
	return err;
}

/* Nothing is left: no process, socket, reference or complaint of the kernel. */
static int world_end(struct world *w)
{
	int err = 0, refs;

	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		err = tt_fail(ECHILD, "a child process is left");
	if (!err && tt_ko_refs(TT_KO) >= 0) {
		refs = refs_become(0);
		if (refs)
			err = tt_fail(EBUSY, "%d references at the end", refs);
		err = err ?: check_sessions();
	}
	if (!err && tt_ko_refs(TT_KO) >= 0) {
		err = tt_ko_unload(TT_KO);
		if (err)
			err = tt_fail(-err, "unload: %s", strerror(-err));
	}
	if (!err && w->tls_refs >= 0 && tt_ko_refs("tls") != w->tls_refs)
		err = tt_fail(EBUSY, "%d references to tls, not %d",
			      tt_ko_refs("tls"), w->tls_refs);
	err = err ?: check_log(w->kmsg);
	close(w->kmsg);
	/* The tests that follow may have no other way to get at it. */
	if (w->was_loaded && tt_ko_refs(TT_KO) < 0 && tt_ko_load() && !err)
		err = tt_fail(ENOENT, "the module cannot be loaded again");
	return err;
}

/* Lines of a socket list: how many, and whether one is of @inode. */
static int list_count(const char *path, unsigned long inode, bool *found)
{
	FILE *f = fopen(path, "re");
	unsigned long ino;
	char line[512];
	int n = -1;

	if (found)
		*found = false;
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (found && sscanf(line, "%lu ", &ino) == 1 && ino == inode)
			*found = true;
		n++;
	}
	fclose(f);
	return n;
}

/* Confs of a socket in the list, "sw base"; what is there if it is none. */
static int list_confs(unsigned long inode, char *confs, size_t size)
{
	FILE *f = fopen(TRACE_LIST, "re");
	char line[512], tx[16], rx[16];
	unsigned long ino;
	int err = -ENOENT;

	while (f && err && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lu %*s %*s %*s %*s %15s %15s", &ino, tx,
			   rx) != 3 || ino != inode)
			continue;
		snprintf(confs, size, "%s %s", tx, rx);
		err = 0;
	}
	if (f)
		fclose(f);
	return err;
}

/* A child process, which dies with the test. */
static pid_t child_start(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

/* Its exit status, 128 + signal, or -ETIMEDOUT: then it is killed. */
static int child_wait(pid_t pid)
{
	long long end = tt_now_ms() + 3 * TT_WAIT_MS;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (tt_now_ms() > end) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -ETIMEDOUT;
		}
		poll(NULL, 0, 1);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static int sock_addr(struct sockaddr_in *a, int fd, bool peer)
{
	socklen_t len = sizeof(*a);

	return peer ? getpeername(fd, (struct sockaddr *)a, &len) :
		      getsockname(fd, (struct sockaddr *)a, &len);
}

/* Close sends a reset, at once. */
static void linger(int fd, int on, int seconds)
{
	struct linger l = { .l_onoff = on, .l_linger = seconds };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

static void reset(int *fd)
{
	linger(*fd, 1, 0);
	close(*fd);
	*fd = -1;
}

/* Fill a connection whose other end does not read; bytes taken or -errno. */
static long fill(int fd)
{
	static unsigned char data[TT_PAIR_BLOCK];
	long sum = 0;
	ssize_t n;

	while ((n = send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL)) >
	       0)
		sum += n;
	return errno == EAGAIN ? sum : -errno;
}

/* Receive all up to the end; bytes or -errno. */
static long drain_all(int fd)
{
	static unsigned char data[TT_PAIR_BLOCK];
	long sum = 0;
	ssize_t n;

	while ((n = recv(fd, data, sizeof(data), 0)) > 0)
		sum += n;
	return n ? -errno : sum;
}
