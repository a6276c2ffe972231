// SPDX-License-Identifier: GPL-2.0
/* Verbs that ask whether there is something to read or room to write. */

#define POLL_ALL	(POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLRDBAND | \
			 POLLWRNORM | POLLWRBAND | POLLRDHUP)

static int poll_now(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

/* What every step's line ends with. */
static void note_ready(struct df_world *w, struct df_note *n)
{
	int in = -1;

	if (w->fd < 0)
		return;
	note(n, " | ");
	note_bits(n, poll_bits, poll_now(w->fd, POLL_ALL));
	if (ioctl(w->fd, SIOCINQ, &in))
		note_errno(n, errno);
	else
		note(n, " inq=%d", in);
}

/* poll BITS */
static void do_poll(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct pollfd p = { .fd = w->fd,
			    .events = step_flags(st, poll_bits) };
	int ret = poll(&p, 1, step_val(st, "wait", 0));

	note_ret(n, ret);
	note(n, " ");
	note_bits(n, poll_bits, p.revents);
}

/* select */
static void do_select(struct df_world *w, struct df_step *st,
		      struct df_note *n)
{
	struct timeval tv = { };
	fd_set in, out, err;

	(void)st;
	if (w->fd < 0)
		return;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&err);
	FD_SET(w->fd, &in);
	FD_SET(w->fd, &out);
	FD_SET(w->fd, &err);
	note_ret(n, select(w->fd + 1, &in, &out, &err, &tv));
	note(n, " in=%d out=%d err=%d", !!FD_ISSET(w->fd, &in),
	     !!FD_ISSET(w->fd, &out), !!FD_ISSET(w->fd, &err));
}

/* epoll [et] [oneshot] [excl] BITS: watch the socket, or watch it otherwise */
static void do_epoll(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct epoll_event e = { .events = step_flags(st, poll_bits) };
	int ret;

	if (step_has(st, "et"))
		e.events |= EPOLLET;
	if (step_has(st, "oneshot"))
		e.events |= EPOLLONESHOT;
	if (step_has(st, "excl"))
		e.events |= EPOLLEXCLUSIVE;
	if (w->epoll < 0)
		w->epoll = epoll_create1(EPOLL_CLOEXEC);
	ret = epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->fd, &e);
	if (ret && errno == EEXIST)
		ret = epoll_ctl(w->epoll, EPOLL_CTL_MOD, w->fd, &e);
	note_ret(n, ret);
}

/* ewait: what epoll reports now */
static void do_ewait(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct epoll_event e = { };

	(void)st;
	note_ret(n, epoll_wait(w->epoll, &e, 1, 0));
	note(n, " ");
	note_bits(n, poll_bits, e.events);
}

static const struct df_word ioctls[] = {
	{ "inq", SIOCINQ }, { "outq", SIOCOUTQ }, { "outqnsd", SIOCOUTQNSD },
	{ "atmark", SIOCATMARK }, { "stamp", SIOCGSTAMP_OLD },
	{ "pgrp", SIOCGPGRP }, { "unknown", 0x89f0 + 99 }, { }
};

/* ioctl NAME [bad] */
static void do_ioctl(struct df_world *w, struct df_step *st, struct df_note *n)
{
	int request = step_one(st, 1, ioctls);
	int value = -77, ret;

	ret = ioctl(w->fd, request, step_has(st, "bad") ? (void *)guard :
							  &value);
	note_ret(n, ret);
	if (!ret)
		note(n, " value=%d", value);
}

/* nonblock 0|1 */
static void do_nonblock(struct df_world *w, struct df_step *st,
			struct df_note *n)
{
	int on = step_num(st, 1);

	note_ret(n, ioctl(w->fd, FIONBIO, &on));
	note(n, " getfl=%#x", fcntl(w->fd, F_GETFL));
}
