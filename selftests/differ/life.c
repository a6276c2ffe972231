// SPDX-License-Identifier: GPL-2.0
/* Verbs about the socket as a whole: who has it, whom it talks to, its end. */

static const struct df_word shuts[] = {
	{ "rd", SHUT_RD }, { "wr", SHUT_WR }, { "rdwr", SHUT_RDWR },
	{ "bad", 9 }, { }
};

/* shut rd|wr|rdwr|bad */
static void do_shut(struct df_world *w, struct df_step *st, struct df_note *n)
{
	note_ret(n, shutdown(w->fd, step_one(st, 1, shuts)));
}

/* close */
static void do_close(struct df_world *w, struct df_step *st, struct df_note *n)
{
	(void)st;
	note_ret(n, close(w->fd));
	w->fd = -1;
}

/* dup: go on with a duplicate; dup keep: and keep the first one open */
static void do_dup(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0);

	note(n, " %d", fd >= 0 ? 0 : -1);
	if (fd < 0)
		return;
	if (step_has(st, "keep") && w->extra < 0)
		w->extra = w->fd;
	else
		close(w->fd);
	w->fd = fd;
}

/* pass: go on with a descriptor that went through a Unix socket */
static void do_pass(struct df_world *w, struct df_step *st, struct df_note *n)
{
	union {
		struct cmsghdr c;
		char room[CMSG_SPACE(sizeof(int))];
	} ctl = { };
	struct iovec iov = { "x", 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &ctl, .msg_controllen = sizeof(ctl),
	};
	char byte;
	int un[2], ret;

	(void)st;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, un)) {
		note_errno(n, errno);
		return;
	}
	ctl_put(&ctl.c, SOL_SOCKET, SCM_RIGHTS, &w->fd, sizeof(w->fd));
	ret = sendmsg(un[0], &m, 0);
	note_ret(n, ret);
	if (ret > 0) {
		/* For a moment the message alone holds the socket. */
		close(w->fd);
		iov.iov_base = &byte;
		m.msg_controllen = sizeof(ctl);
		note_ret(n, recvmsg(un[1], &m, MSG_CMSG_CLOEXEC));
		memcpy(&w->fd, CMSG_DATA(&ctl.c), sizeof(w->fd));
	}
	close(un[0]);
	close(un[1]);
}

/* connect unspec|same */
static void do_connect(struct df_world *w, struct df_step *st,
		       struct df_note *n)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(ss);

	if (step_has(st, "same"))
		getpeername(w->fd, (void *)&ss, &len);
	else if (!step_has(st, "unspec"))
		st->used[0] = false;
	note_ret(n, connect(w->fd, (void *)&ss, len));
	note(n, " state=%d", tcp_state(w->fd));
}

static void do_listen(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	(void)st;
	note_ret(n, listen(w->fd, 4));
	note(n, " state=%d", tcp_state(w->fd));
}

static void do_accept(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	(void)st;
	note_ret(n, accept4(w->fd, NULL, NULL, SOCK_NONBLOCK));
}

static void do_bind(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	(void)st;
	note_ret(n, bind(w->fd, (void *)&in, sizeof(in)));
}

/* names: of both ends, without the ports, which differ each time */
static void do_names(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int i, ret;

	(void)st;
	for (i = 0; i < 2; i++) {
		memset(&ss, 0, sizeof(ss));
		len = sizeof(ss);
		ret = i ? getpeername(w->fd, (void *)&ss, &len) :
			  getsockname(w->fd, (void *)&ss, &len);
		note_ret(n, ret);
		((struct sockaddr_in *)&ss)->sin_port = 0;
		note_hash(n, i ? "peer" : "own", &ss, len);
		note(n, " len=%u", len);
	}
}

/* fresh [listen]: go on with a socket that is not connected, or listens */
static void do_fresh(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int fd;

	if (step_has(st, "listen"))
		fd = tt_tcp_listener(w->s->family);
	else
		fd = socket(w->s->family == TT_IPV4 ? AF_INET : AF_INET6,
			    SOCK_STREAM | SOCK_CLOEXEC, 0);
	note(n, " %d", fd >= 0 ? 0 : -1);
	close(w->fd);
	w->fd = fd;
	if (fd >= 0)
		set_ms(fd, SO_RCVTIMEO, DF_BLOCK_MS);
}

/* mmap: of the socket, as TCP's zero-copy receive does */
static void do_mmap(struct df_world *w, struct df_step *st, struct df_note *n)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, w->fd, 0);

	(void)st;
	note_ret(n, p == MAP_FAILED ? -1 : 0);
	if (p != MAP_FAILED)
		munmap(p, 4096);
}

/* sockmap: put the socket into one */
static void do_sockmap(struct df_world *w, struct df_step *st,
		       struct df_note *n)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_SOCKMAP, .key_size = 4,
		.value_size = 4, .max_entries = 1,
	};
	__u32 key = 0, value = w->fd;
	int map;

	(void)st;
	map = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	if (map < 0) {
		note(n, " (no sockmap: %s)", strerror(errno));
		return;
	}
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = map;
	attr.key = (unsigned long)&key;
	attr.value = (unsigned long)&value;
	note_ret(n, syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)));
	/* With the map, the socket's membership ends. */
	close(map);
}

static void run_verb(struct df_world *w, struct df_step *st,
		     struct df_note *n);

/* fork STEP: a child does it */
static void do_fork(struct df_world *w, struct df_step *st, struct df_note *n)
{
	char text[DF_CHILD_NOTE];
	struct df_note child = { };
	int up[2], i, fd = w->fd;
	size_t have = 0;
	ssize_t got;
	pid_t pid;

	if (st->words < 2 || pipe2(up, O_CLOEXEC)) {
		st->used[0] = false;
		return;
	}
	for (i = 1; i < st->words; i++)
		st->word[i - 1] = st->word[i];
	st->words--;
	pid = fork();
	if (!pid) {
		hang_limit(DF_HANG_MS / 2);
		run_verb(w, st, &child);
		if (step_unused(st))
			note(&child, " (unknown word: %s)", step_unused(st));
		_exit(write(up[1], child.text ?: "", child.len) < 0);
	}
	close(up[1]);
	while ((got = read(up[0], text + have, sizeof(text) - have)) > 0)
		have += got;
	close(up[0]);
	waitpid(pid, &i, 0);
	/* The child may have closed its own. */
	w->fd = fd;
	note(n, "%.*s", (int)have, text);
	if (i)
		note(n, " (child: status %#x)", i);
	memset(st->used, 1, sizeof(st->used));
}
