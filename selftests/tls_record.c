// SPDX-License-Identifier: GPL-2.0
/*
 * Records: content types both ways, their sizes and borders, the rules of
 * control messages. The peer is a real OpenSSL in userspace, and each record the
 * kernel sends is also opened by the reference record layer.
 */
#include "fixture.h"

TT_FIXTURE(record, TT_STARTED);
TT_VARIANTS(record);

/* What only TLS 1.3 has. */
TT_FIXTURE(record13, TT_STARTED);
TT_VARIANTS_TLS13(record13);

/* Room for several records; every test fills what it sends. */
#define BUF_SIZE	(7 * TLS_MAX_PAYLOAD)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* Content types that no standard gives a meaning to, 24 (heartbeat) aside. */
static const unsigned char unknown_types[] = { 1, 19, 24, 64, 99, 127, 128,
					       200, 255 };

/* Sizes around the borders of blocks, pages and records. */
static const size_t sizes[] = { 1, 2, 15, 16, 17, 255, 256, 257, 1400, 4095,
				4096, 4097, 8191, 8192, 8193, 16382, 16383,
				16384 };

/* Random bytes as a handshake message: kernels with rekey look at the first one,
 * and stop at a KeyUpdate.
 */
static void fill_message(unsigned char *p, size_t len)
{
	tt_fill(p, len);
	p[0] = SSL3_MT_FINISHED;
}

/* Whether OpenSSL told of a record of this type since its message @from. */
static bool openssl_saw(const struct tt_conn *c, size_t from, int type)
{
	int what = c->o.version == TLS_1_3 ? SSL3_RT_INNER_CONTENT_TYPE :
					     SSL3_RT_HEADER;
	size_t i;

	for (i = from; i < c->peer.msgs; i++)
		if (!c->peer.msg[i].out && c->peer.msg[i].what == what &&
		    c->peer.msg[i].first == type)
			return true;
	return false;
}

/* What OpenSSL's protocol message of a type began with, since @from. */
static const struct tt_msg *openssl_read(const struct tt_conn *c, size_t from,
					 int type)
{
	size_t i;

	for (i = from; i < c->peer.msgs; i++)
		if (!c->peer.msg[i].out && c->peer.msg[i].what == type)
			return &c->peer.msg[i];
	return NULL;
}

#include "record/tx_types.c"
#include "record/tx_sizes.c"
#include "record/rx_types.c"
#include "record/rx_sizes.c"

TT_HARNESS_MAIN(false)
