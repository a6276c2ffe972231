// SPDX-License-Identifier: GPL-2.0
/* What sock_diag tells about the socket: state, shutdown and the ULP's own. */

static void diag_address(const struct sockaddr_storage *ss, __be16 *port,
			 __be32 *addr)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;

	if (ss->ss_family == AF_INET) {
		*port = in->sin_port;
		addr[0] = in->sin_addr.s_addr;
		return;
	}
	*port = in6->sin6_port;
	memcpy(addr, &in6->sin6_addr, sizeof(in6->sin6_addr));
}

static void note_hex(struct df_note *n, const void *buf, size_t len)
{
	const unsigned char *p = buf;

	while (len--)
		note(n, "%02x", *p++);
}

static void note_ulp_info(struct df_world *w, struct df_note *n,
			  const struct rtattr *ulp)
{
	int len = RTA_PAYLOAD(ulp);
	const struct rtattr *a;

	for (a = RTA_DATA(ulp); RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		int type = a->rta_type & NLA_TYPE_MASK;

		if (type == INET_ULP_INFO_NAME) {
			note(n, " ulp=%s", strcmp(RTA_DATA(a), w->ulp) ?
			     (const char *)RTA_DATA(a) : "own");
			continue;
		}
		note(n, " info.%d=", type);
		note_hex(n, RTA_DATA(a), RTA_PAYLOAD(a));
	}
}

static void note_diag_reply(struct df_world *w, struct df_note *n,
			    const struct nlmsghdr *h)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	int len = NLMSG_PAYLOAD(h, sizeof(*m));
	const struct rtattr *a;

	if (h->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = NLMSG_DATA(h);

		note_errno(n, -e->error);
		return;
	}
	note(n, " state=%d family=%d", m->idiag_state, m->idiag_family);
	for (a = (void *)(m + 1); RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		int type = a->rta_type & NLA_TYPE_MASK;

		if (type == INET_DIAG_SHUTDOWN)
			note(n, " shutdown=%d", *(unsigned char *)RTA_DATA(a));
		else if (type == INET_DIAG_ULP_INFO)
			note_ulp_info(w, n, a);
	}
}

/* diag */
static void do_diag(struct df_world *w, struct df_step *st, struct df_note *n)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} req = {
		.h.nlmsg_len = sizeof(req),
		.h.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.h.nlmsg_flags = NLM_F_REQUEST,
		.r.sdiag_protocol = IPPROTO_TCP,
		.r.idiag_states = -1,
		.r.idiag_ext = 1 << (INET_DIAG_SHUTDOWN - 1),
		.r.id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
	};
	char reply[4096] __attribute__((aligned(8)));
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	ssize_t got;
	int fd;

	(void)st;
	if (getsockname(w->fd, (void *)&ss, &len)) {
		note_errno(n, errno);
		return;
	}
	req.r.sdiag_family = ss.ss_family;
	diag_address(&ss, &req.r.id.idiag_sport, req.r.id.idiag_src);
	len = sizeof(ss);
	if (getpeername(w->fd, (void *)&ss, &len)) {
		note_errno(n, errno);
		return;
	}
	diag_address(&ss, &req.r.id.idiag_dport, req.r.id.idiag_dst);

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0 || send(fd, &req, sizeof(req), 0) != sizeof(req))
		note(n, " (no sock_diag: %s)", strerror(errno));
	else if ((got = recv(fd, reply, sizeof(reply), MSG_DONTWAIT)) < 0)
		note(n, " (no answer of sock_diag: %s)", strerror(errno));
	else if (NLMSG_OK((struct nlmsghdr *)reply, got))
		note_diag_reply(w, n, (struct nlmsghdr *)reply);
	if (fd >= 0)
		close(fd);
}
