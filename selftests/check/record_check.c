// SPDX-License-Identifier: GPL-2.0
/* The record parser, the reference layer by itself, packing, payloads. */
#include <stdlib.h>
#include "check.h"
#include "payload.h"
#include "keys.h"
#include "record.h"

static void check_parse(void)
{
	static const unsigned char wire[] = { 22, 3, 1, 0x01, 0x02, 0xff };
	struct tt_record r;

	CHECK(!tt_record_parse(wire, 4, &r), "half a header");
	CHECK(tt_record_parse(wire, 5, &r) == 5 + 258, "length");
	CHECK(r.outer == 22 && r.wire_version == 0x0301 && r.wire_len == 258,
	      "header fields");
}

static void check_seal(const struct tt_cipher *c, int version)
{
	static const size_t sizes[] = { 1, 16, 1000, TLS_MAX_PAYLOAD };
	unsigned char *data = malloc(TLS_MAX_PAYLOAD);
	unsigned char wire[TLS_MAX_RECORD];
	struct tt_layer out, in;
	struct tt_record r;
	struct tt_keys k;
	size_t i, pad;
	int n;

	tt_keys_random(c, &k);
	if (tt_layer_init(&out, c, version, &k)) {
		free(data);
		return;
	}
	tt_layer_init(&in, c, version, &k);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		pad = version == TLS_1_3 ? 17 * i : 0;
		tt_fill(data, sizes[i]);
		n = tt_layer_seal(&out, 99, data, sizes[i], pad, wire);
		CHECK(n == (int)(sizes[i] + pad +
				 tt_cipher_overhead(c, version)),
		      "%s: %d bytes on the wire", c->name, n);
		CHECK(wire[0] == (version == TLS_1_3 ? 23 : 99), "outer type");
		CHECK(!tt_layer_open(&in, wire, n, &r), "%s", tt_why());
		CHECK(r.authentic && r.type == 99 && r.len == sizes[i] &&
		      r.pad == pad && !memcmp(r.data, data, r.len),
		      "%s %04x: size %zu does not come back", c->name, version,
		      sizes[i]);
		CHECK(!memcmp(r.nonce, r.expected, 8), "explicit nonce");
		free(r.data);
	}
	/* every byte of a record is protected, but TLS 1.3's outer type */
	for (i = 1; i < 40; i += 3) {
		tt_layer_seal(&out, 23, data, 10, 0, wire);
		n = 10 + tt_cipher_overhead(c, version);
		if (i >= (size_t)n || (i >= 1 && i < 5)) {
			in.keys = out.keys;
			continue;
		}
		wire[i] ^= 0x10;
		CHECK(!tt_layer_open(&in, wire, n, &r) && !r.authentic &&
		      !r.data, "%s %04x: byte %zu changed unseen", c->name,
		      version, i);
	}
	tt_layer_free(&out);
	tt_layer_free(&in);
	free(data);
}

static void check_pack(const struct tt_cipher *c)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys k, back;
	size_t n;

	tt_keys_random(c, &k);
	n = tt_cipher_pack(c, TLS_1_2, &k, info);
	CHECK(n == tt_cipher_info_size(c), "%s: size", c->name);
	CHECK(c->salt + c->iv == TT_NONCE_SIZE, "%s: nonce size", c->name);
	tt_cipher_unpack(c, info, &back);
	CHECK(!memcmp(&k, &back, sizeof(k)), "%s: pack and unpack", c->name);
	CHECK(tt_get64(info + n - 8) == k.seq, "%s: sequence stands last",
	      c->name);
}

static void check_payload(void)
{
	unsigned char a[100], b[100];

	tt_seed_test("f", "v", "t");
	tt_fill(a, sizeof(a));
	tt_seed_test("f", "v", "t");
	tt_fill(b, sizeof(b));
	CHECK(!memcmp(a, b, sizeof(a)), "the same test has the same stream");
	tt_seed_test("f", "vt", "");
	tt_fill(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)), "another test has another stream");
}

int main(void)
{
	size_t i;

	tt_seed_init();
	check_parse();
	check_payload();
	for (i = 0; i < tt_cipher_count; i++) {
		check_pack(&tt_ciphers[i]);
		check_seal(&tt_ciphers[i], TLS_1_2);
		check_seal(&tt_ciphers[i], TLS_1_3);
	}
	return check_end("record_check");
}
