// SPDX-License-Identifier: GPL-2.0
/* What a test did, call by call. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "ledger.h"
#include "tcp.h"
#include "uapi.h"

static int port(const struct sockaddr_storage *ss)
{
	/* The port is at the same place in both families. */
	return ntohs(((const struct sockaddr_in *)ss)->sin_port);
}

void tt_ledger_init(struct tt_ledger *l, int fd)
{
	struct sockaddr_storage ss = {};
	socklen_t len = sizeof(ss);

	memset(l, 0, sizeof(*l));
	l->inode = tt_tcp_inode(fd);
	getsockname(fd, (struct sockaddr *)&ss, &len);
	l->family = ss.ss_family;
	l->sport = port(&ss);
	len = sizeof(ss);
	getpeername(fd, (struct sockaddr *)&ss, &len);
	l->dport = port(&ss);
}

void tt_ledger_free(struct tt_ledger *l)
{
	free(l->op);
	free(l->step);
	memset(l, 0, sizeof(*l));
}

void tt_ledger_add(struct tt_ledger *l, const struct tt_op *op)
{
	struct tt_op *p;

	if (l->unkept)
		return;
	p = realloc(l->op, (l->ops + 1) * sizeof(*p));
	if (!p)
		abort();
	l->op = p;
	l->op[l->ops++] = *op;
}

void tt_ledger_alert(struct tt_ledger *l, bool rx, const unsigned char *data,
		     __u64 seq)
{
	if (!l->unkept && l->alerts < sizeof(l->alert) / sizeof(l->alert[0]))
		l->alert[l->alerts++] = (struct tt_alert){
			rx, data[0], data[1], seq
		};
}

unsigned int tt_ledger_keys(const struct tt_ledger *l, int option, size_t n)
{
	unsigned int keys = 0;
	size_t i;

	for (i = 0; i < n && i < l->ops; i++)
		keys += l->op[i].kind == TT_OP_SETSOCKOPT &&
			!l->op[i].result && l->op[i].option == option;
	return keys;
}

void tt_ledger_step(struct tt_ledger *l, bool rx, enum tt_stage stage,
		    bool request, __u64 seq)
{
	unsigned int keys = tt_ledger_keys(l, rx ? TLS_RX : TLS_TX, l->ops);
	struct tt_step *s;

	if (l->unkept)
		return;
	s = realloc(l->step, (l->steps + 1) * sizeof(*s));
	if (!s)
		abort();
	l->step = s;
	s += l->steps++;
	s->rx = rx;
	s->stage = stage;
	s->request = request;
	s->seq = seq;
	s->rekeys = keys ? keys - 1 : 0;
}

unsigned int tt_ledger_stage(const struct tt_ledger *l, bool rx,
			     enum tt_stage stage)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < l->steps; i++)
		n += l->step[i].rx == rx && l->step[i].stage == stage;
	return n;
}

__u64 tt_ledger_sum(const struct tt_ledger *l, enum tt_op_kind kind,
		    bool records)
{
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < l->ops; i++) {
		const struct tt_op *op = &l->op[i];

		if (op->kind != kind || !op->keyed)
			continue;
		if (records)
			sum += op->after - op->before;
		else if (op->result > 0 && !(op->flags & MSG_PEEK))
			sum += op->result;
	}
	return sum;
}

unsigned int tt_ledger_errors(const struct tt_ledger *l, enum tt_op_kind kind)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < l->ops; i++)
		n += l->op[i].kind == kind && l->op[i].result < 0 &&
		     l->op[i].keyed && !(l->op[i].flags & MSG_PEEK) &&
		     l->op[i].result != -EAGAIN &&
		     l->op[i].result != -EINTR &&
		     l->op[i].result != -EKEYEXPIRED;
	return n;
}
