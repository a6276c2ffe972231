// SPDX-License-Identifier: GPL-2.0
/* Verbs that send from files and pipes, and receive into pipes. */

static const struct df_word splice_flags[] = {
	{ "move", SPLICE_F_MOVE }, { "nonblock", SPLICE_F_NONBLOCK },
	{ "more", SPLICE_F_MORE }, { "gift", SPLICE_F_GIFT }, { }
};

/* A file by name. Return: descriptor, to be closed if @own. */
static int source_open(struct df_world *w, const char *src, bool *own)
{
	*own = true;
	if (!strcmp(src, "mem") || !strcmp(src, "tmp")) {
		*own = false;
		return !strcmp(src, "mem") ? mem_file : tmp_file;
	}
	if (!strcmp(src, "exe"))
		return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (!strcmp(src, "zero"))
		return open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (!strcmp(src, "proc"))
		return open("/proc/version", O_RDONLY | O_CLOEXEC);
	if (!strcmp(src, "dir"))
		return open("/", O_RDONLY | O_CLOEXEC);
	if (!strcmp(src, "writeonly"))
		return open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (!strcmp(src, "self"))
		return dup(w->fd);
	if (!strcmp(src, "pipe"))
		return dup(w->to[0]);
	*own = false;
	return -1;
}

static void pipe_drain(int fd, struct df_note *n)
{
	size_t have = 0;
	ssize_t got;
	int left;

	while (!ioctl(fd, FIONREAD, &left) && left && have < DF_DATA) {
		got = read(fd, in_buf + have, DF_DATA - have);
		if (got <= 0)
			break;
		have += got;
	}
	note(n, " pipe=%zu", have);
	note_data(n, in_buf, have);
}

/*
 * sendfile N [src=FILE] [at=O] [big]: with at= the offset is handed in, else the
 * file's own is used, which is where the last step left it
 */
static void do_sendfile(struct df_world *w, struct df_step *st,
			struct df_note *n)
{
	const char *src = step_key(st, "src") ?: "mem";
	long at = step_val(st, "at", -1);
	size_t len = step_num(st, 1);
	int sigpipes = w->sigpipes;
	off_t off = at;
	bool own;
	int file;
	long ret;

	file = source_open(w, src, &own);
	if (!strcmp(src, "pipe") && write(w->to[1], data_out(w), len) < 0)
		note(n, " (pipe: %s)", strerror(errno));
	ret = sendfile(w->fd, file, at < 0 ? NULL : &off, len);
	note_ret(n, ret);
	if (w->sigpipes != sigpipes)
		note(n, " SIGPIPE");
	if (at >= 0)
		note(n, " off=%lld", (long long)off);
	else if (strcmp(src, "pipe") && strcmp(src, "self"))
		note(n, " pos=%lld", (long long)lseek(file, 0, SEEK_CUR));
	if (!strcmp(src, "pipe"))
		pipe_drain(w->to[0], n);
	if (own && file >= 0)
		close(file);
}

/*
 * splice N [fill=M] [by=write|vmsplice|file|tee] FLAGS: have M bytes in the pipe,
 * then move N into the socket
 */
static void do_splice(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	const char *by = step_key(st, "by") ?: "write";
	unsigned int flags = step_flags(st, splice_flags);
	long len = step_num(st, 1), fill = step_val(st, "fill", len);
	int sigpipes = w->sigpipes;
	struct iovec iov = { data_out(w), fill };
	loff_t off = w->pos % (FILE_SIZE / 2);
	int twin[2] = { -1, -1 };
	long got = 0;

	/* An empty pipe would block for good. */
	if (fill <= 0)
		flags |= SPLICE_F_NONBLOCK;
	if (fcntl(w->to[1], F_GETPIPE_SZ) < fill)
		fcntl(w->to[1], F_SETPIPE_SZ, fill * 2);
	if (!fill)
		got = 0;
	else if (!strcmp(by, "vmsplice"))
		got = vmsplice(w->to[1], &iov, 1,
			       flags & SPLICE_F_GIFT ? SPLICE_F_GIFT : 0);
	else if (!strcmp(by, "file"))
		got = splice(mem_file, &off, w->to[1], NULL, fill, 0);
	else
		got = write(w->to[1], iov.iov_base, fill);
	if (got != fill)
		note(n, " (pipe holds %ld)", got);
	if (!strcmp(by, "tee") && !pipe2(twin, O_CLOEXEC)) {
		fcntl(twin[1], F_SETPIPE_SZ, fill * 2);
		got = tee(w->to[0], twin[1], fill, 0);
		note(n, " tee=%ld", got);
	}
	note_ret(n, splice(twin[0] < 0 ? w->to[0] : twin[0], NULL, w->fd, NULL,
			   len, flags));
	if (w->sigpipes != sigpipes)
		note(n, " SIGPIPE");
	if (twin[0] >= 0) {
		close(twin[0]);
		close(twin[1]);
	}
	pipe_drain(w->to[0], n);
	w->pos += fill;
}

/* splicein N [off] FLAGS: from the socket into a pipe; off: hand an offset in */
static void do_splicein(struct df_world *w, struct df_step *st,
			struct df_note *n)
{
	unsigned int flags = step_flags(st, splice_flags);
	bool with_off = step_has(st, "off");
	loff_t off = 0;

	note_ret(n, splice(w->fd, with_off ? &off : NULL, w->from[1], NULL,
			   step_num(st, 1), flags));
	pipe_drain(w->from[0], n);
}
