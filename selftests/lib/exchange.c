// SPDX-License-Identifier: GPL-2.0
/* Data between the kernel's end and the peer. */
#include <errno.h>
#include <string.h>
#include "exchange.h"
#include "op.h"
#include "payload.h"
#include "peer.h"
#include "util.h"

static unsigned char out[TT_EXCHANGE_MAX];
static unsigned char in[TT_EXCHANGE_MAX];

int tt_kernel_sends(struct tt_conn *c, size_t len)
{
	/* Records since the hand-over: this one's index. */
	size_t n = tt_ledger_sum(&c->ledger, TT_OP_TX, true);
	__u64 seq = tt_seq(c, TLS_TX);
	long sent;
	int err;

	tt_fill(out, len);
	sent = tt_send(c, out, len, 0);
	if (sent != (long)len)
		return sent < 0 ? sent : tt_fail(EIO, "sent %ld", sent);
	if (tt_seq(c, TLS_TX) != seq + 1)
		return tt_fail(EBADMSG, "the kernel did not count the record");
	err = tt_peer_expect(c, n, TLS_TYPE_DATA, out, len);
	if (!err && c->peer.ssl)
		err = tt_peer_expect_data(c, out, len);
	return err;
}

int tt_kernel_receives(struct tt_conn *c, size_t len)
{
	__u64 seq = tt_seq(c, TLS_RX);
	int err;

	tt_fill(out, len);
	err = c->peer.ssl && !c->layered ?
	      tt_peer_write(c, out, len) :
	      tt_peer_record(c, TLS_TYPE_DATA, out, len, 0);
	err = err ?: tt_recv_all(c, in, len);
	if (err)
		return err;
	if (memcmp(in, out, len))
		return tt_fail(EBADMSG, "the kernel decrypted other data");
	if (tt_seq(c, TLS_RX) != seq + 1)
		return tt_fail(EBADMSG, "the kernel did not count the record");
	return 0;
}

int tt_exchange(struct tt_conn *c)
{
	int i, err = 0;

	for (i = 0; !err && i < 3; i++) {
		err = tt_kernel_sends(c, 1 + tt_random() % sizeof(out));
		if (!err)
			err = tt_kernel_receives(c, 1 + tt_random() %
						    sizeof(in));
	}
	return err;
}
