// SPDX-License-Identifier: GPL-2.0
/* Changes of keys on the kernel's end. */
#include <errno.h>
#include "op.h"
#include "rekey.h"
#include "util.h"

int tt_rekey_send_update(struct tt_conn *c, bool request)
{
	const unsigned char update[TLS_KEY_UPDATE_SIZE] = {
		TLS_KEY_UPDATE, 0, 0, 1, request,
	};
	long n = tt_send_type(c, TLS_TYPE_HANDSHAKE, update, sizeof(update), 0);

	if (n < 0)
		return n;
	return n == sizeof(update) ? 0 :
	       tt_fail(EIO, "%ld bytes of a KeyUpdate were sent", n);
}

int tt_rekey_tx(struct tt_conn *c, bool request)
{
	int err = tt_rekey_send_update(c, request);

	if (!err)
		err = tt_traffic_next(&c->traffic, TLS_TX, c->o.cipher, &c->tx);
	return err ?: tt_set_keys(c, TLS_TX, &c->tx);
}

int tt_rekey_rx(struct tt_conn *c)
{
	int err = tt_traffic_next(&c->traffic, TLS_RX, c->o.cipher, &c->rx);

	return err ?: tt_set_keys(c, TLS_RX, &c->rx);
}

int tt_rekey_read_update(struct tt_conn *c, bool request)
{
	unsigned char buf[64];
	int type;
	long n = tt_recv_type(c, &type, buf, sizeof(buf), 0);

	if (n < 0)
		return n;
	if (n != TLS_KEY_UPDATE_SIZE || type != TLS_TYPE_HANDSHAKE ||
	    buf[0] != TLS_KEY_UPDATE || buf[1] || buf[2] || buf[3] != 1 ||
	    buf[4] != request)
		return tt_fail(EBADMSG,
			       "%ld bytes of type %d, not a KeyUpdate %s request",
			       n, type, request ? "with" : "without");
	return 0;
}
