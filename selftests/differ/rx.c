// SPDX-License-Identifier: GPL-2.0
/* Verbs that receive into memory. */

static void note_data(struct df_note *n, const void *buf, size_t len)
{
	if (len)
		note_hash(n, "data", buf, len);
}

/*
 * All of a buffer that was handed in, whatever the call returned. But what is
 * behind the result after a record that could not be opened is nobody's promise.
 */
static void note_buffer(struct df_world *w, struct df_note *n, const void *buf,
			size_t len, long ret)
{
	if (w->spoiled && ret < (long)len)
		len = ret < 0 ? 0 : ret;
	note_data(n, buf, len);
}

/* recv N [bad|edge] FLAGS */
static void do_recv(struct df_world *w, struct df_step *st, struct df_note *n)
{
	bool bad = step_has(st, "bad"), edge = step_has(st, "edge");
	int flags = step_flags(st, msg_flags);
	size_t len = step_num(st, 1);
	unsigned char *p = data_in(len);
	long ret;

	if (bad)
		p = guard;
	if (edge)
		p = memset(guard - len / 2, 0xaa, len / 2);
	ret = recv(w->fd, p, len, flags);
	note_ret(n, ret);
	if (!bad)
		note_buffer(w, n, p, edge ? len / 2 : len, ret);
}

/* read N */
static void do_read(struct df_world *w, struct df_step *st, struct df_note *n)
{
	size_t len = step_num(st, 1);
	unsigned char *p = data_in(len);
	long ret = read(w->fd, p, len);

	note_ret(n, ret);
	note_buffer(w, n, p, len, ret);
}

static size_t iov_room(const struct iovec *iov, int iovs)
{
	size_t room = 0;
	int i;

	for (i = 0; i < iovs; i++)
		room += iov[i].iov_len;
	return room;
}

/* readv LIST [nowait] */
static void do_readv(struct df_world *w, struct df_step *st, struct df_note *n)
{
	bool nowait = step_has(st, "nowait");
	struct iovec iov[DF_IOVS];
	int iovs = iov_make(step_word(st, 1), in_buf, false, iov);
	long ret;

	data_in(iov_room(iov, iovs));
	ret = preadv2(w->fd, iov, iovs, -1, nowait ? RWF_NOWAIT : 0);
	note_ret(n, ret);
	note_buffer(w, n, in_buf, iov_room(iov, iovs), ret);
}

static void note_control(struct df_note *n, struct msghdr *m)
{
	struct cmsghdr *c;
	size_t i, len;

	note(n, " flags=");
	note_bits(n, msg_flags, m->msg_flags);
	note(n, " controllen=%zu", (size_t)m->msg_controllen);
	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		len = c->cmsg_len - CMSG_LEN(0);
		note(n, " cmsg=%d.%d.%zu", c->cmsg_level, c->cmsg_type,
		     (size_t)c->cmsg_len);
		/* The time is another one each time. */
		if (c->cmsg_level == SOL_SOCKET)
			continue;
		for (i = 0; i < len && i < 16; i++)
			note(n, "%c%02x", i ? ' ' : ':', CMSG_DATA(c)[i]);
	}
}

/*
 * rmsg LIST [room=N] [ctl=bad|edge] [name] FLAGS: room for control messages in
 * bytes, 64 if not given; at a bad address, or of which the end is not there
 */
static void do_rmsg(struct df_world *w, struct df_step *st, struct df_note *n)
{
	static unsigned char ctl[CTL_SIZE];
	int flags = step_flags(st, msg_flags);
	const char *kind = step_key(st, "ctl") ?: "";
	struct sockaddr_storage name;
	size_t room = step_val(st, "room", 64);
	struct iovec iov[DF_IOVS];
	struct msghdr m = { .msg_iov = iov };
	long ret;

	memset(ctl, 0x55, sizeof(ctl));
	m.msg_iovlen = iov_make(step_word(st, 1), in_buf, false, iov);
	data_in(iov_room(iov, m.msg_iovlen));
	m.msg_control = !strcmp(kind, "bad") ? guard :
			!strcmp(kind, "edge") ? guard - 16 : ctl;
	m.msg_controllen = room;
	if (step_has(st, "name")) {
		m.msg_name = &name;
		m.msg_namelen = sizeof(name);
	}
	/* It tells what is out only, but a kernel might read it. */
	m.msg_flags = 0x1234;
	ret = recvmsg(w->fd, &m, flags);
	note_ret(n, ret);
	if (ret < 0)
		note(n, " flags=%#x controllen=%zu", m.msg_flags,
		     (size_t)m.msg_controllen);
	else if (*kind || !room)
		note(n, " flags=%#x controllen=%zu", m.msg_flags,
		     (size_t)m.msg_controllen);
	else
		note_control(n, &m);
	if (m.msg_name)
		note(n, " namelen=%u", m.msg_namelen);
	note_hash(n, "ctl", ctl, room < sizeof(ctl) ? room : sizeof(ctl));
	note_buffer(w, n, in_buf, iov_room(iov, m.msg_iovlen), ret);
}

/* mrmsg COUNT N FLAGS: recvmmsg with room for a record type */
static void do_mrmsg(struct df_world *w, struct df_step *st, struct df_note *n)
{
	static char ctl[8][64];
	int flags = step_flags(st, msg_flags);
	int count = step_num(st, 1), i, ret;
	size_t len = step_num(st, 2);
	struct mmsghdr mm[8] = { };
	struct iovec iov[8];

	if (count > ARRAY_SIZE(mm) || len * count > DF_DATA) {
		st->used[1] = false;
		return;
	}
	data_in(len * count);
	for (i = 0; i < count; i++) {
		iov[i].iov_base = in_buf + i * len;
		iov[i].iov_len = len;
		mm[i].msg_hdr.msg_iov = &iov[i];
		mm[i].msg_hdr.msg_iovlen = 1;
		mm[i].msg_hdr.msg_control = ctl[i];
		mm[i].msg_hdr.msg_controllen = sizeof(ctl[i]);
	}
	ret = recvmmsg(w->fd, mm, count, flags, NULL);
	note_ret(n, ret);
	for (i = 0; i < ret; i++) {
		note(n, " %u", mm[i].msg_len);
		note_control(n, &mm[i].msg_hdr);
	}
	if (!w->spoiled)
		note_data(n, in_buf, len * count);
}
