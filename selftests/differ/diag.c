// SPDX-License-Identifier: GPL-2.0
/* What sock_diag tells about the socket: state, shutdown and the ULP's own. */

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
	char reply[TT_DIAG_REPLY] __attribute__((aligned(8)));
	struct tt_diag_req req;

	(void)st;
	if (tt_diag_prepare(&req, w->fd))
		note_errno(n, errno);
	else if (tt_diag_query(&req, reply) < 0)
		note(n, " (%s)", tt_why());
	else
		note_diag_reply(w, n, (struct nlmsghdr *)reply);
}
