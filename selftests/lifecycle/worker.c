// SPDX-License-Identifier: GPL-2.0
/* Threads that do one thing, perhaps blocking in it, perhaps over and over. */

/* What a worker may do with a socket. */
enum job {
	JOB_RECV,
	JOB_PEEK,
	JOB_SPLICE_IN,		/* from the socket */
	JOB_POLL,
	JOB_SEND,
	JOB_SPLICE_OUT,		/* to the socket */
	JOB_SENDFILE,
	JOB_GETSOCKOPT,
	JOB_CLOSE,
	JOB_ATTACH,
	JOB_SHUTDOWN,
	JOB_ACCEPT,
	NR_JOBS
};

static const char * const job_name[NR_JOBS] = {
	"recv", "peek", "splice in", "poll", "send", "splice out", "sendfile",
	"getsockopt", "close", "attach", "shutdown", "accept",
};

/* The system calls in which the blocking ones wait. */
static const int job_call[NR_JOBS] = {
	[JOB_RECV] = SYS_recvfrom,
	[JOB_PEEK] = SYS_recvfrom,
	[JOB_SPLICE_IN] = SYS_splice,
	[JOB_POLL] = SYS_poll,
	[JOB_SEND] = SYS_sendto,
	[JOB_SPLICE_OUT] = SYS_splice,
	[JOB_SENDFILE] = SYS_sendfile,
	[JOB_CLOSE] = SYS_close,
};

#define JOB_SIZE	65536

/**
 * struct worker - a thread
 * @job: what it does
 * @fd: the socket
 * @ulp: for %JOB_ATTACH
 * @delay: how long to be busy first
 * @start: where to wait for the others, NULL for none
 * @stop: go on until this is set, NULL to do it once
 * @result: of the last time
 * @err: errno of it, 0
 * @rounds: times done
 * @tid: thread, for the kernel; 0 before it runs
 * @thread: thread
 * @pipe: for splice
 * @file: for sendfile
 * @buf: JOB_SIZE bytes
 */
struct worker {
	enum job job;
	int fd;
	const char *ulp;
	unsigned int delay;
	pthread_barrier_t *start;
	volatile bool *stop;
	long result;
	int err;
	long rounds;
	volatile pid_t tid;
	pthread_t thread;
	int pipe[2];
	int file;
	char *buf;
};

static long do_splice_in(struct worker *w)
{
	unsigned int flags = w->stop ? SPLICE_F_NONBLOCK : 0;
	long n = splice(w->fd, NULL, w->pipe[1], NULL, JOB_SIZE, flags);
	int err = errno;

	if (n > 0 && read(w->pipe[0], w->buf, n) != n)
		return -1;
	errno = err;
	return n;
}

static long do_splice_out(struct worker *w)
{
	unsigned int flags = w->stop ? SPLICE_F_NONBLOCK : 0;

	/* What a short splice left in the pipe goes first. */
	if (write(w->pipe[1], w->buf, 4096) < 0 && errno != EAGAIN)
		return -1;
	return splice(w->pipe[0], NULL, w->fd, NULL, 4096, flags);
}

static long do_job(struct worker *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	int flags = w->stop ? MSG_DONTWAIT : 0;
	struct tt_pair_key key;
	socklen_t len = sizeof(key);
	off_t zero = 0;

	switch (w->job) {
	case JOB_RECV:
		return recv(w->fd, w->buf, JOB_SIZE, flags);
	case JOB_PEEK:
		return recv(w->fd, w->buf, JOB_SIZE, flags | MSG_PEEK);
	case JOB_SPLICE_IN:
		return do_splice_in(w);
	case JOB_POLL:
		return poll(&p, 1, w->stop ? 0 : TT_WAIT_MS) < 0 ?
		       -1 : p.revents;
	case JOB_SEND:
		return send(w->fd, w->buf, JOB_SIZE, flags | MSG_NOSIGNAL);
	case JOB_SPLICE_OUT:
		return do_splice_out(w);
	case JOB_SENDFILE:
		return sendfile(w->fd, w->file, &zero, JOB_SIZE);
	case JOB_GETSOCKOPT:
		return getsockopt(w->fd, SOL_TLS, w->rounds & 1 ? TLS_TX :
				  TLS_RX, &key, &len);
	case JOB_CLOSE:
		return close(w->fd);
	case JOB_ATTACH:
		return setsockopt(w->fd, IPPROTO_TCP, TCP_ULP, w->ulp,
				  strlen(w->ulp));
	case JOB_SHUTDOWN:
		return shutdown(w->fd, SHUT_RDWR);
	case JOB_ACCEPT:
		return accept4(w->fd, NULL, NULL, SOCK_CLOEXEC);
	default:
		errno = EINVAL;
		return -1;
	}
}

static void spin(volatile unsigned int n)
{
	while (n)
		n--;
}

/* A while, so that racers meet at ever other moments. */
static unsigned int random_delay(void)
{
	return tt_random() % 3000;
}

static void jitter(void)
{
	spin(random_delay());
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;

	w->tid = gettid();
	if (w->start)
		pthread_barrier_wait(w->start);
	spin(w->delay);
	do {
		errno = 0;
		w->result = do_job(w);
		w->err = w->result < 0 ? errno : 0;
		w->rounds++;
	} while (w->stop && !*w->stop);
	return NULL;
}

/* Get what its job needs; job, fd and the like are set, all else is 0. */
static int worker_prepare(struct worker *w)
{
	w->pipe[0] = -1;
	w->pipe[1] = -1;
	w->file = -1;
	w->tid = 0;
	w->buf = calloc(1, JOB_SIZE);
	if (!w->buf)
		return tt_fail(ENOMEM, "worker");
	if ((w->job == JOB_SPLICE_IN || w->job == JOB_SPLICE_OUT) &&
	    pipe2(w->pipe, O_CLOEXEC | (w->stop ? O_NONBLOCK : 0)))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	if (w->job == JOB_SENDFILE) {
		w->file = tt_file(JOB_SIZE, NULL);
		if (w->file < 0)
			return w->file;
	}
	return 0;
}

static int worker_start(struct worker *w)
{
	int err = worker_prepare(w);

	if (err)
		return err;
	err = pthread_create(&w->thread, NULL, worker_main, w);
	return err ? tt_fail(err, "thread: %s", strerror(err)) : 0;
}

/* Wait for its end, within the limit. */
static int worker_join(struct worker *w)
{
	int ms = tt_limit(2 * TT_WAIT_MS);
	struct timespec ts;
	int err;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += ms / 1000;
	err = pthread_timedjoin_np(w->thread, NULL, &ts);
	if (err)
		return tt_fail(err, "%s does not return", job_name[w->job]);
	if (w->pipe[0] >= 0) {
		close(w->pipe[0]);
		close(w->pipe[1]);
	}
	if (w->file >= 0)
		close(w->file);
	free(w->buf);
	return 0;
}

/* Whether a thread sleeps in a system call. */
static bool sleeps_in(pid_t pid, pid_t tid, int call)
{
	char path[64], state = 0;
	int nr = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%d", &nr) != 1)
		nr = -1;
	fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return nr == call && (state == 'S' || state == 'D');
}

/* Wait until a thread sleeps in a system call, seen so several times. */
static int wait_sleeps(pid_t pid, volatile pid_t *tid, int call)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int seen = 0;

	while (seen < 5) {
		if (tt_now_ms() > end)
			return tt_fail(ETIMEDOUT, "call %d does not block",
				       call);
		poll(NULL, 0, 1);
		seen = *tid && sleeps_in(pid, *tid, call) ? seen + 1 : 0;
	}
	return 0;
}

static int worker_blocks(struct worker *w)
{
	return wait_sleeps(getpid(), &w->tid, job_call[w->job]);
}
