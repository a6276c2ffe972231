// SPDX-License-Identifier: GPL-2.0
/* Key derivation: the example of RFC 8448, and OpenSSL's own records. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "cert.h"
#include "check.h"
#include "conn.h"
#include "payload.h"
#include "peer.h"

/*
 * RFC 8448 section 3, "Simple 1-RTT Handshake": the application traffic secrets
 * and the write keys that both sides derive from them.
 */
static const struct {
	const char *secret;
	const char *key;
	const char *iv;
} rfc8448[] = {
	{ /* server */
		"a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
		"9f02283b6c9c07efc26bb9f2ac92e356",
		"cf782b88dd83549aadf1e984",
	},
	{ /* client */
		"9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
		"17422dda596ed5d9acd890e3c63f5051",
		"5b78923dee08579033e523d9",
	},
};

static void check_rfc8448(void)
{
	unsigned char secret[32], key[16], iv[12];
	const struct tt_cipher *c = tt_cipher_find(TLS_CIPHER_AES_GCM_128);
	struct tt_keys keys;
	size_t i;

	for (i = 0; i < sizeof(rfc8448) / sizeof(rfc8448[0]); i++) {
		unhex(rfc8448[i].secret, secret);
		unhex(rfc8448[i].key, key);
		unhex(rfc8448[i].iv, iv);
		CHECK(!tt_keys_tls13(c, "SHA256", secret, 32, &keys), "%s",
		      tt_why());
		CHECK(!memcmp(keys.key, key, 16), "RFC 8448 key %zu", i);
		CHECK(!memcmp(keys.nonce, iv, 12), "RFC 8448 iv %zu", i);
		CHECK(!keys.seq, "RFC 8448 sequence %zu", i);
	}
}

/* A handshake; then what OpenSSL writes at either end opens with the keys that we
 * derived, and OpenSSL reads what the reference layer seals with them.
 */
static void check_openssl(const struct tt_cipher *cipher, int version,
			  bool server)
{
	struct tt_conn_opts o = { .cipher = cipher, .version = version,
				  .server = server, .ulp = "none" };
	unsigned char data[600], wire[TLS_MAX_RECORD];
	struct tt_layer ours;
	struct tt_record r = {};
	struct tt_conn c;
	int n, err;

	err = tt_conn_open(&c, &o);
	if (err == -ENOSYS) {
		tt_conn_close(&c);
		return;
	}
	CHECK(!err, "%s %04x: %s", cipher->name, version, tt_why());
	if (err)
		return;
	tt_fill(data, sizeof(data));

	/* peer's OpenSSL -> keys for our receiving */
	CHECK(!tt_layer_init(&ours, cipher, version, &c.rx), "%s", tt_why());
	CHECK(!tt_peer_write(&c, data, sizeof(data)), "%s", tt_why());
	n = sizeof(data) + tt_cipher_overhead(cipher, version);
	CHECK(recv(c.fd, wire, n, MSG_WAITALL) == n, "%s %04x: record length",
	      cipher->name, version);
	CHECK(!tt_layer_open(&ours, wire, n, &r) && r.authentic,
	      "%s %04x: OpenSSL's record does not open", cipher->name, version);
	CHECK(r.authentic && r.len == sizeof(data) &&
	      !memcmp(r.data, data, r.len),
	      "%s %04x: content", cipher->name, version);
	free(r.data);
	tt_layer_free(&ours);

	/* keys for our sending -> peer's OpenSSL, and the tap agrees */
	CHECK(!tt_layer_init(&ours, cipher, version, &c.tx), "%s", tt_why());
	n = tt_layer_seal(&ours, TLS_TYPE_DATA, data, sizeof(data), 0, wire);
	CHECK(n > 0 && !tt_write_all(c.fd, wire, n), "%s", tt_why());
	CHECK(!tt_peer_expect(&c, 0, TLS_TYPE_DATA, data, sizeof(data)),
	      "%s %04x: %s", cipher->name, version, tt_why());
	CHECK(!tt_peer_expect_data(&c, data, sizeof(data)), "%s %04x: %s",
	      cipher->name, version, tt_why());

	/* the same record again: both must refuse it */
	CHECK(!tt_write_all(c.fd, wire, n), "%s", tt_why());
	CHECK(tt_peer_expect(&c, 1, TLS_TYPE_DATA, data, sizeof(data)),
	      "%s %04x: a replayed record opened", cipher->name, version);
	CHECK(tt_peer_poll(&c) == -EPROTO, "%s %04x: OpenSSL took a replay",
	      cipher->name, version);
	tt_layer_free(&ours);
	tt_conn_close(&c);
	tt_ledger_free(&c.ledger);
}

/* Take a record from OpenSSL and compare it. */
static void check_opens(struct tt_conn *c, struct tt_layer *l, int type,
			const void *data, size_t len)
{
	size_t n = len + tt_cipher_overhead(l->cipher, l->version);
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_record r = {};

	CHECK(recv(c->fd, wire, n, MSG_WAITALL) == (ssize_t)n,
	      "%s: record length", l->cipher->name);
	CHECK(!tt_layer_open(l, wire, n, &r) && r.authentic && r.type == type &&
	      r.len == len && !memcmp(r.data, data, len),
	      "%s: OpenSSL's record after a KeyUpdate", l->cipher->name);
	free(r.data);
}

/* KeyUpdates both ways: the keys that we go on to are those of OpenSSL. */
static void check_rekey(const struct tt_cipher *cipher, bool server)
{
	static const unsigned char update[] = { TLS_KEY_UPDATE, 0, 0, 1, 0 };
	struct tt_conn_opts o = { .cipher = cipher, .version = TLS_1_3,
				  .server = server, .ulp = "none" };
	unsigned char data[100], wire[TLS_MAX_RECORD];
	struct tt_layer in, out;
	struct tt_conn c;
	int i, n;

	if (!cipher->suite13)
		return;
	CHECK(!tt_conn_open(&c, &o), "%s: %s", cipher->name, tt_why());
	CHECK(!tt_layer_init(&in, cipher, TLS_1_3, &c.rx), "%s", tt_why());
	CHECK(!tt_layer_init(&out, cipher, TLS_1_3, &c.tx), "%s", tt_why());
	for (i = 0; i < 3; i++) {
		tt_fill(data, sizeof(data));
		CHECK(!tt_peer_key_update(&c, false) &&
		      !tt_peer_write(&c, data, sizeof(data)), "%s", tt_why());
		check_opens(&c, &in, TLS_TYPE_HANDSHAKE, update,
			    sizeof(update));
		CHECK(!tt_traffic_next(&c.traffic, TLS_RX, cipher, &c.rx), "%s",
		      tt_why());
		tt_layer_rekey(&in, &c.rx);
		check_opens(&c, &in, TLS_TYPE_DATA, data, sizeof(data));

		n = tt_layer_seal(&out, TLS_TYPE_HANDSHAKE, update,
				  sizeof(update), 0, wire);
		CHECK(n > 0 && !tt_write_all(c.fd, wire, n), "%s", tt_why());
		CHECK(!tt_traffic_next(&c.traffic, TLS_TX, cipher, &c.tx), "%s",
		      tt_why());
		tt_layer_rekey(&out, &c.tx);
		n = tt_layer_seal(&out, TLS_TYPE_DATA, data, sizeof(data), 0,
				  wire);
		CHECK(n > 0 && !tt_write_all(c.fd, wire, n), "%s", tt_why());
		CHECK(!tt_peer_expect(&c, 2 * i + 1, TLS_TYPE_DATA, data,
				      sizeof(data)), "%s: %s", cipher->name,
		      tt_why());
		CHECK(!tt_peer_expect_data(&c, data, sizeof(data)), "%s: %s",
		      cipher->name, tt_why());
	}
	tt_layer_free(&in);
	tt_layer_free(&out);
	tt_conn_close(&c);
	tt_ledger_free(&c.ledger);
}

int main(void)
{
	size_t i;
	int server;

	tt_seed_init();
	check_rfc8448();
	CHECK(!tt_cert_init(), "%s", tt_why());
	for (i = 0; i < tt_cipher_count; i++)
		for (server = 0; server < 2; server++) {
			check_openssl(&tt_ciphers[i], TLS_1_2, server);
			check_openssl(&tt_ciphers[i], TLS_1_3, server);
			check_rekey(&tt_ciphers[i], server);
		}
	/* four ciphers and two versions at least must have been there */
	CHECK(done > 400, "only %d checks were made", done);
	return check_end("keys_check");
}
