// SPDX-License-Identifier: GPL-2.0
/* What sock_diag tells of a TCP socket. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "diag.h"
#include "util.h"

/* INET_ULP_INFO_TLS of the uAPI, which older headers lack. */
#define ULP_INFO_TLS	2

static void put_address(const struct sockaddr_storage *ss, __be16 *port,
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

int tt_diag_prepare(struct tt_diag_req *req, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(req, 0, sizeof(*req));
	req->h.nlmsg_len = sizeof(*req);
	req->h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	req->h.nlmsg_flags = NLM_F_REQUEST;
	req->r.sdiag_protocol = IPPROTO_TCP;
	req->r.idiag_states = -1;
	/* Without INET_DIAG_INFO the kernel is silent about the ULP. */
	req->r.idiag_ext = 1 << (INET_DIAG_INFO - 1) |
			   1 << (INET_DIAG_SKMEMINFO - 1) |
			   1 << (INET_DIAG_SHUTDOWN - 1);
	req->r.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	req->r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return tt_fail(errno, "getsockname: %s", strerror(errno));
	req->r.sdiag_family = ss.ss_family;
	put_address(&ss, &req->r.id.idiag_sport, req->r.id.idiag_src);
	len = sizeof(ss);
	if (getpeername(fd, (struct sockaddr *)&ss, &len))
		return tt_fail(errno, "getpeername: %s", strerror(errno));
	put_address(&ss, &req->r.id.idiag_dport, req->r.id.idiag_dst);
	return 0;
}

int tt_diag_query(const struct tt_diag_req *req, void *reply)
{
	ssize_t n;
	int fd, err = 0;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0)
		return tt_fail(errno, "sock_diag: %s", strerror(errno));
	if (send(fd, req, sizeof(*req), 0) != sizeof(*req))
		err = tt_fail(errno, "sock_diag: %s", strerror(errno));
	n = err ? err : recv(fd, reply, TT_DIAG_REPLY, MSG_DONTWAIT);
	if (!err && n < 0)
		n = tt_fail(errno, "answer of sock_diag: %s", strerror(errno));
	close(fd);
	if (n >= 0 && !NLMSG_OK((struct nlmsghdr *)reply, n))
		return tt_fail(EPROTO, "answer of sock_diag: %zd bytes", n);
	return n;
}

static void take_u16(int *out, const struct rtattr *a, int *unknown)
{
	if (RTA_PAYLOAD(a) == sizeof(__u16))
		*out = *(const __u16 *)RTA_DATA(a);
	else
		(*unknown)++;
}

static void take_tls(struct tt_diag *d, const struct rtattr *nest)
{
	int len = RTA_PAYLOAD(nest);
	const struct rtattr *a;

	d->tls = true;
	for (a = RTA_DATA(nest); RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case TT_INFO_VERSION:
			take_u16(&d->version, a, &d->unknown);
			break;
		case TT_INFO_CIPHER:
			take_u16(&d->cipher, a, &d->unknown);
			break;
		case TT_INFO_TXCONF:
			take_u16(&d->txconf, a, &d->unknown);
			break;
		case TT_INFO_RXCONF:
			take_u16(&d->rxconf, a, &d->unknown);
			break;
		case TT_INFO_ZC_RO_TX:
			d->zc_ro = true;
			d->unknown += !!RTA_PAYLOAD(a);
			break;
		case TT_INFO_RX_NO_PAD:
			d->no_pad = true;
			d->unknown += !!RTA_PAYLOAD(a);
			break;
		case TT_INFO_TX_MAX_PAYLOAD_LEN:
			take_u16(&d->max_payload, a, &d->unknown);
			break;
		default:
			d->unknown++;
		}
	}
}

static void take_ulp(struct tt_diag *d, const struct rtattr *nest)
{
	int len = RTA_PAYLOAD(nest);
	const struct rtattr *a;

	for (a = RTA_DATA(nest); RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		int type = a->rta_type & NLA_TYPE_MASK;

		if (type == INET_ULP_INFO_NAME)
			snprintf(d->ulp, sizeof(d->ulp), "%.*s",
				 (int)RTA_PAYLOAD(a), (char *)RTA_DATA(a));
		else if (type == ULP_INFO_TLS)
			take_tls(d, a);
	}
}

static void take_mem(struct tt_diag *d, const struct rtattr *a)
{
	const __u32 *mem = RTA_DATA(a);
	size_t i;

	for (i = 0; i < SK_MEMINFO_VARS; i++)
		if ((i + 1) * sizeof(*mem) <= RTA_PAYLOAD(a))
			d->mem[i] = mem[i];
}

int tt_diag_ask(const struct tt_diag_req *req, struct tt_diag *d)
{
	char reply[TT_DIAG_REPLY] __attribute__((aligned(8)));
	const struct nlmsghdr *h = (void *)reply;
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	const struct rtattr *a;
	int n, len;

	memset(d, 0xff, sizeof(*d));
	memset(d->ulp, 0, sizeof(d->ulp));
	d->tls = false;
	d->zc_ro = false;
	d->no_pad = false;
	d->unknown = 0;
	n = tt_diag_query(req, reply);
	if (n < 0)
		return n;
	if (h->nlmsg_type == NLMSG_ERROR) {
		n = ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
		return tt_fail(-n, "sock_diag: %s", strerror(-n));
	}
	d->state = m->idiag_state;
	d->rqueue = m->idiag_rqueue;
	d->wqueue = m->idiag_wqueue;
	len = NLMSG_PAYLOAD(h, sizeof(*m));
	for (a = (void *)(m + 1); RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		int type = a->rta_type & NLA_TYPE_MASK;

		if (type == INET_DIAG_ULP_INFO)
			take_ulp(d, a);
		else if (type == INET_DIAG_SKMEMINFO)
			take_mem(d, a);
	}
	return 0;
}

int tt_diag(int fd, struct tt_diag *d)
{
	struct tt_diag_req req;
	int err = tt_diag_prepare(&req, fd);

	return err ?: tt_diag_ask(&req, d);
}
