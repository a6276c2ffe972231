// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of keys in TLS 1.3 (KeyUpdate, RFC 8446 4.6.3): by the peer, by us, by
 * both, among all kinds of traffic; what is refused; and what kernels do that
 * take one key per direction only.
 */
#include <pthread.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include "exchange.h"
#include "fixture.h"
#include "rekey.h"
#include "trace.h"

/* Kernels with rekey. */
TT_FIXTURE(rekey, TT_STARTED);
TT_VARIANTS_TLS13(rekey);

/* Kernels without. */
TT_FIXTURE(one_key, TT_STARTED);
TT_VARIANTS_TLS13(one_key);

/* What tls_trace tells of it. */
TT_FIXTURE(stages, TT_STARTED);
TT_VARIANT(stages, tls13_aes128gcm_trace, "tls_trace", AES_GCM_128, TLS_1_3,
	   true, TT_IPV4);
TT_VARIANT(stages, tls13_chacha20_trace, "tls_trace", CHACHA20_POLY1305,
	   TLS_1_3, false, TT_IPV6);

/* TLS 1.2 has no KeyUpdate. */
TT_FIXTURE(tls12, TT_STARTED);
TT_VARIANT(tls12, tls12_aes128gcm_tls, "tls", AES_GCM_128, TLS_1_2, false,
	   TT_IPV4);
TT_VARIANT(tls12, tls12_aes128gcm_trace, "tls_trace", AES_GCM_128, TLS_1_2,
	   false, TT_IPV4);

/* The kernel's end is OpenSSL's own, with its kTLS. */
TT_FIXTURE(openssl, TT_NO_CONN);
TT_VARIANTS_TLS13(openssl);

#define BUF_SIZE	(4 * TLS_MAX_PAYLOAD)

static unsigned char out[BUF_SIZE];
static unsigned char in[BUF_SIZE];

/* What poll says at once. */
static int polled(struct tt_conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN | POLLOUT };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

/* Wait until so many bytes of records have come, none of which was read. */
static int wait_queued(struct tt_conn *c, size_t bytes)
{
	long long end = tt_now_ms() + TT_WAIT_MS;
	int queued = 0;

	do {
		if (ioctl(c->fd, SIOCINQ, &queued))
			return tt_fail(errno, "SIOCINQ: %s", strerror(errno));
		if (queued >= (int)bytes)
			return 0;
		poll(NULL, 0, 1);
	} while (tt_now_ms() < end);
	return tt_fail(ETIMEDOUT, "%d of %zu bytes came", queued, bytes);
}

/* Bytes on the wire of records with so much plaintext in all. */
static size_t on_wire(const struct tt_conn *c, size_t records, size_t bytes)
{
	return bytes + records * tt_cipher_overhead(c->o.cipher, c->o.version);
}

/* OpenSSL sends a KeyUpdate that the kernel will come upon. */
static int peer_updates(struct tt_conn *c, bool request)
{
	tt_stat_expect("TlsRxRekeyReceived", 1);
	return tt_peer_key_update(c, request);
}

/* The reference layer does. */
static int layer_updates(struct tt_conn *c)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };

	tt_stat_expect("TlsRxRekeyReceived", 1);
	return tt_peer_record(c, TLS_TYPE_HANDSHAKE, update, sizeof(update),
			      0) ?: tt_peer_next_key(c);
}

/* Read the KeyUpdate that is next, and set the next key. */
static int follow(struct tt_conn *c, bool request)
{
	return tt_rekey_read_update(c, request) ?: tt_rekey_rx(c);
}

/* The kernel's state is exactly @want. */
static int key_is(struct tt_conn *c, int option, const struct tt_keys *want)
{
	struct tt_keys now;
	int err = tt_get_keys(c, option, &now);

	if (err)
		return err;
	return memcmp(&now, want, sizeof(now)) ?
	       tt_fail(EBADMSG, "getsockopt gives sequence %llu, not the key with %llu",
		       (unsigned long long)now.seq,
		       (unsigned long long)want->seq) : 0;
}

#include "rekey/receive.c"
#include "rekey/corner.c"
#include "rekey/send.c"
#include "rekey/sendfile.c"
#include "rekey/refused.c"
#include "rekey/stages.c"
#include "rekey/one_key.c"
#include "rekey/openssl.c"

TT_HARNESS_MAIN(false)
