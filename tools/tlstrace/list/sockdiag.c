// SPDX-License-Identifier: GPL-2.0
/* kTLS sockets of this network namespace, from the kernel's sock_diag. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "ktls_uapi.h"
#include "sockdiag.h"
#include "tlstrace.h"

/* INET_ULP_INFO_TLS: an enumerator of headers that not all machines have. */
#define ULP_INFO_TLS	2

/* All states that have data or may still send it: no listeners, no TIME_WAIT. */
#define STATES	(1U << TCP_ESTABLISHED | 1U << TCP_FIN_WAIT1 | 1U << TCP_FIN_WAIT2 | \
		 1U << TCP_CLOSE_WAIT | 1U << TCP_LAST_ACK | 1U << TCP_CLOSING | \
		 1U << TCP_CLOSE)

static uint16_t take_u16(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) == sizeof(uint16_t) ? mnl_attr_get_u16(a) : 0;
}

static void take_tls(struct diag_socket *s, const struct nlattr *nest)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		switch (mnl_attr_get_type(a)) {
		case KTLS_INFO_VERSION:
			s->version = take_u16(a);
			break;
		case KTLS_INFO_CIPHER:
			s->cipher = take_u16(a);
			break;
		case KTLS_INFO_TXCONF:
			s->conf[0] = take_u16(a);
			break;
		case KTLS_INFO_RXCONF:
			s->conf[1] = take_u16(a);
			break;
		case KTLS_INFO_ZC_RO_TX:
			s->zerocopy = true;
			break;
		case KTLS_INFO_RX_NO_PAD:
			s->no_pad = true;
			break;
		case KTLS_INFO_TX_MAX_PAYLOAD_LEN:
			s->max_payload = take_u16(a);
			break;
		}
	}
}

/* Whether the ULP is one of ours. */
static bool take_ulp(struct diag_socket *s, const struct nlattr *nest)
{
	const struct nlattr *a;
	bool tls = false;

	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == ULP_INFO_TLS) {
			take_tls(s, a);
		} else if (mnl_attr_get_type(a) == INET_ULP_INFO_NAME) {
			const char *name = mnl_attr_get_str(a);
			size_t len = strnlen(name, mnl_attr_get_payload_len(a));

			s->traced = len == strlen(ULP_NAME) && !memcmp(name, ULP_NAME, len);
			tls = s->traced || (len == 3 && !memcmp(name, "tls", 3));
		}
	}
	return tls;
}

static void take_address(uint8_t to[16], uint8_t family, const __be32 *from)
{
	if (family == AF_INET6) {
		memcpy(to, from, 16);
		return;
	}
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, from, 4);
}

/**
 * diag_parse() - take a socket from a message
 * @nlh: answer of the kernel
 * @s: result
 *
 * Return: whether it is one with kTLS.
 */
bool diag_parse(const struct nlmsghdr *nlh, struct diag_socket *s)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;
	bool tls = false;

	memset(s, 0, sizeof(*s));
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*m))
		return false;
	s->ep.family = m->idiag_family;
	s->ep.sport = ntohs(m->id.idiag_sport);
	s->ep.dport = ntohs(m->id.idiag_dport);
	take_address(s->ep.saddr, m->idiag_family, m->id.idiag_src);
	take_address(s->ep.daddr, m->idiag_family, m->id.idiag_dst);
	s->inode = m->idiag_inode;
	s->uid = m->idiag_uid;
	s->state = m->idiag_state;
	mnl_attr_for_each(a, nlh, sizeof(*m))
		if (mnl_attr_get_type(a) == INET_DIAG_ULP_INFO)
			tls |= take_ulp(s, a);
	return tls;
}

struct walk {
	diag_each each;
	void *ctx;
};

static int take_message(const struct nlmsghdr *nlh, void *data)
{
	const struct walk *w = data;
	struct diag_socket s;

	if (diag_parse(nlh, &s) && w->each(&s, w->ctx)) {
		errno = ECANCELED;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int dump(struct mnl_socket *nl, uint8_t family, unsigned int seq, struct walk *w)
{
	char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	ssize_t n;
	int ret;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_states = STATES;
	/* Without it the kernel is silent about the ULP. */
	req->idiag_ext = 1 << (INET_DIAG_INFO - 1);
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		ret = mnl_cb_run(buf, (size_t)n, seq, mnl_socket_get_portid(nl), take_message, w);
	} while (ret > MNL_CB_STOP);
	return ret == MNL_CB_STOP ? 0 : -errno;
}

/**
 * diag_sockets() - tell of every kTLS socket of this network namespace
 * @each: called for each
 * @ctx: for @each
 *
 * Needs CAP_NET_ADMIN: without it the kernel does not tell of ULPs.
 *
 * Return: 0, -ECANCELED if @each ended it, or another error.
 */
int diag_sockets(diag_each each, void *ctx)
{
	static const uint8_t family[] = { AF_INET, AF_INET6 };
	struct walk w = { each, ctx };
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	int err = 0;

	if (!nl)
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		err = -errno;
	for (unsigned int i = 0; i < sizeof(family) && !err; i++)
		err = dump(nl, family[i], i + 1, &w);
	mnl_socket_close(nl);
	return err;
}
