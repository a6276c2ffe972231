// SPDX-License-Identifier: GPL-2.0
/* Verbs that send from memory. */

/* Room for every control message, and for one that is too large. */
#define CTL_SIZE	256
#define CTL_HUGE	(256 * 1024)

/*
 * A list like "10,0,edge:100,bad:5": lengths, of memory that is not there (bad),
 * or of which the second half is not (edge). Bytes count on from @base.
 */
static int iov_make(const char *list, unsigned char *base, bool out,
		    struct iovec *iov)
{
	size_t len, done = 0;
	char *end;
	int i = 0;

	while (*list && i < DF_IOVS) {
		bool bad = !strncmp(list, "bad:", 4);
		bool edge = !strncmp(list, "edge:", 5);

		list += bad ? 4 : edge ? 5 : 0;
		len = strtoul(list, &end, 0);
		if (end == list || (edge && len > GUARD_SIZE) ||
		    done + len > DF_DATA)
			return -1;
		list = end + (*end == ',');
		iov[i].iov_base = bad ? guard : edge ? guard - len / 2 :
				  base + done;
		if (edge && out)
			memcpy(guard - len / 2, base + done, len / 2);
		else if (edge)
			memset(guard - len / 2, 0xaa, len / 2);
		iov[i++].iov_len = len;
		done += len;
	}
	return *list ? -1 : i;
}

static struct cmsghdr *ctl_put(struct cmsghdr *c, int level, int type,
			       const void *data, size_t len)
{
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	return (struct cmsghdr *)((char *)c + CMSG_SPACE(len));
}

/* Control messages by name, most of them wrong. Return: their length or -1. */
static long ctl_make(const char *kind, void *buf)
{
	static const unsigned char alert = TLS_TYPE_ALERT, hs = TLS_TYPE_HANDSHAKE;
	static const int zero, wide = TLS_TYPE_HANDSHAKE;
	struct cmsghdr *c = buf;
	char *end;
	long v = strtol(kind, &end, 0);
	unsigned char type = v;

	memset(buf, 0, CTL_SIZE);
	c = ctl_put(c, SOL_TLS, TLS_SET_RECORD_TYPE, &alert, 1);
	if (end != kind && !*end) {
		*CMSG_DATA((struct cmsghdr *)buf) = type;
		return CMSG_SPACE(1);
	}
	if (!strcmp(kind, "exact"))
		return CMSG_LEN(1);
	if (!strcmp(kind, "none"))
		return 0;
	if (!strcmp(kind, "cut"))
		return 10;
	if (!strcmp(kind, "slack"))
		return CMSG_SPACE(1) + 3;
	if (!strcmp(kind, "huge"))
		return CTL_HUGE;
	if (!strcmp(kind, "two"))
		return (char *)ctl_put(c, SOL_TLS, TLS_SET_RECORD_TYPE, &hs,
				       1) - (char *)buf;
	if (!strcmp(kind, "alien"))
		return (char *)ctl_put(c, SOL_IP, IP_TTL, &zero, sizeof(zero)) -
		       (char *)buf;
	c = buf;
	if (!strcmp(kind, "empty"))
		c->cmsg_len = CMSG_LEN(0);
	else if (!strcmp(kind, "tiny"))
		c->cmsg_len = 5;
	else if (!strcmp(kind, "long"))
		c->cmsg_len = 500;
	else if (!strcmp(kind, "badtype"))
		c->cmsg_type = 77;
	else if (!strcmp(kind, "get"))
		c->cmsg_type = TLS_GET_RECORD_TYPE;
	else if (!strcmp(kind, "socket"))
		c->cmsg_level = SOL_SOCKET;
	else if (!strcmp(kind, "rights"))
		ctl_put(c, SOL_SOCKET, SCM_RIGHTS, &zero, sizeof(zero));
	else if (!strcmp(kind, "stamp"))
		ctl_put(c, SOL_SOCKET, SO_TIMESTAMPING, &zero, sizeof(zero));
	else if (!strcmp(kind, "wide"))
		ctl_put(c, SOL_TLS, TLS_SET_RECORD_TYPE, &wide, sizeof(wide));
	else
		return -1;
	return CMSG_SPACE(sizeof(int));
}

static void note_sent(struct df_world *w, struct df_note *n, long ret,
		      int sigpipes)
{
	note_ret(n, ret);
	if (w->sigpipes != sigpipes)
		note(n, " SIGPIPE");
	if (ret > 0)
		w->pos += ret;
}

/* send N [bad|edge] FLAGS */
static void do_send(struct df_world *w, struct df_step *st, struct df_note *n)
{
	bool bad = step_has(st, "bad"), edge = step_has(st, "edge");
	int flags = step_flags(st, msg_flags);
	size_t len = step_num(st, 1);
	unsigned char *p = data_out(w);
	int sigpipes = w->sigpipes;

	if (bad)
		p = guard;
	if (edge)
		p = memcpy(guard - len / 2, p, len / 2);
	note_sent(w, n, send(w->fd, p, len, flags), sigpipes);
}

/* write N */
static void do_write(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int sigpipes = w->sigpipes;

	note_sent(w, n, write(w->fd, data_out(w), step_num(st, 1)), sigpipes);
}

/* writev LIST [nowait] */
static void do_writev(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	bool nowait = step_has(st, "nowait");
	int sigpipes = w->sigpipes;
	struct iovec iov[DF_IOVS];
	int iovs = iov_make(step_word(st, 1), data_out(w), true, iov);

	note_sent(w, n, pwritev2(w->fd, iov, iovs, -1, nowait ? RWF_NOWAIT : 0),
		  sigpipes);
}

/* sendmsg and sendmmsg have the same words. */
static bool msg_make(struct df_world *w, struct df_step *st, int at,
		     struct msghdr *m, struct iovec *iov, char *ctl)
{
	static struct sockaddr_in name = { .sin_family = AF_INET };
	const char *kind = step_key(st, "ctl");
	long len = 0;

	memset(m, 0, sizeof(*m));
	m->msg_iov = iov;
	m->msg_iovlen = iov_make(step_word(st, at), data_out(w), true, iov);
	if (kind && !strcmp(kind, "bad")) {
		m->msg_control = guard;
		len = CMSG_SPACE(1);
	} else if (kind) {
		len = ctl_make(kind, ctl);
		m->msg_control = ctl;
	}
	if (step_has(st, "name")) {
		m->msg_name = &name;
		m->msg_namelen = sizeof(name);
	}
	m->msg_controllen = len;
	return len >= 0 && (int)m->msg_iovlen >= 0;
}

/* msg LIST [ctl=KIND|TYPE] [name] FLAGS */
static void do_msg(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int flags = step_flags(st, msg_flags);
	static char ctl[CTL_HUGE];
	int sigpipes = w->sigpipes;
	struct iovec iov[DF_IOVS];
	struct msghdr m;

	if (msg_make(w, st, 1, &m, iov, ctl))
		note_sent(w, n, sendmsg(w->fd, &m, flags), sigpipes);
	else
		st->used[1] = false;
}

/* mmsg COUNT LIST [ctl=KIND|TYPE] FLAGS: the same message COUNT times */
static void do_mmsg(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int flags = step_flags(st, msg_flags);
	static char ctl[CTL_HUGE];
	struct mmsghdr mm[8] = { };
	struct iovec iov[DF_IOVS];
	long count = step_num(st, 1), ret;
	int i;

	if (count > ARRAY_SIZE(mm) || !msg_make(w, st, 2, &mm[0].msg_hdr, iov,
						ctl)) {
		st->used[1] = false;
		return;
	}
	for (i = 1; i < count; i++)
		mm[i].msg_hdr = mm[0].msg_hdr;
	ret = sendmmsg(w->fd, mm, count, flags);
	note_ret(n, ret);
	for (i = 0; i < count; i++)
		note(n, "%s%u", i ? "," : " ", mm[i].msg_len);
}
