// SPDX-License-Identifier: GPL-2.0
/* Checks: every cipher, version and direction, on real sockets. */
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "ktls_probe.h"
#include "ktls_uapi.h"
#include "module.h"
#include "names.h"
#include "privilege.h"
#include "tlstrace.h"

static const char *outcome(int err, char buf[NAME_SIZE])
{
	if (!err)
		return "ok";
	if (err == PROBE_NOT_TRIED)
		return "not tried";
	if (err == PROBE_MISMATCH)
		return "wrong data";
	return name_errno(err, buf);
}

/* How bad is it when the kernel lacks this cipher? */
static enum verdict when_missing(unsigned int cipher)
{
	switch (cipher) {
	case KTLS_AES_128_GCM:
	case KTLS_AES_256_GCM:
		return V_FAIL;
	case KTLS_AES_128_CCM:
	case KTLS_CHACHA20_POLY1305:
		return V_WARN;
	default:
		/* No TLS library gives these to the kernel. */
		return V_SKIP;
	}
}

static const char *missing_advice(unsigned int cipher)
{
	switch (cipher) {
	case KTLS_AES_128_GCM:
	case KTLS_AES_256_GCM:
		return "the kernel needs CONFIG_CRYPTO_GCM and CONFIG_CRYPTO_AES";
	case KTLS_AES_128_CCM:
		return "the kernel needs CONFIG_CRYPTO_CCM";
	case KTLS_CHACHA20_POLY1305:
		return "the kernel needs CONFIG_CRYPTO_CHACHA20POLY1305";
	case KTLS_SM4_GCM:
	case KTLS_SM4_CCM:
		return "a kernel with CONFIG_CRYPTO_SM4_GENERIC has it";
	default:
		return "a kernel with CONFIG_CRYPTO_ARIA has it";
	}
}

/* Returns true if the crypto API lacks the cipher. */
static bool check_cipher(struct check *ck, const char *ulp, unsigned int version,
			 unsigned int cipher)
{
	char what[80], detail[160], tx[NAME_SIZE], rx[NAME_SIZE], data[NAME_SIZE];
	struct ktls_result res;
	struct check_extra extra[6];
	enum verdict v;
	int err;

	snprintf(what, sizeof(what), "%s TLS %s %s", strcmp(ulp, "tls") ? ulp : "kTLS",
		 name_version(version), name_cipher(cipher));
	err = ktls_probe(ulp, version, cipher, &res);
	if (err) {
		check_say(ck, V_FAIL, what, "bring loopback up: ip link set lo up",
			  "no TCP connection over loopback: %s", strerror(err));
		return false;
	}
	extra[0] = (struct check_extra){ "ulp", ulp };
	extra[1] = (struct check_extra){ "version", name_version(version) };
	extra[2] = (struct check_extra){ "cipher", name_cipher(cipher) };
	extra[3] = (struct check_extra){ "tx", outcome(res.tx, tx) };
	extra[4] = (struct check_extra){ "rx", outcome(res.rx, rx) };
	extra[5] = (struct check_extra){ "data", outcome(res.data, data) };
	if (res.ulp) {
		char buf[NAME_SIZE];

		snprintf(detail, sizeof(detail), "the ULP is refused: %s",
			 name_errno(res.ulp, buf));
		check_say_extra(ck, V_FAIL, what, "see the check of this ULP", detail, extra, 3);
		return false;
	}
	snprintf(detail, sizeof(detail), "TX %s, RX %s, data %s", extra[3].value, extra[4].value,
		 extra[5].value);
	if (!res.tx && !res.rx && !res.data)
		v = V_OK;
	else if (res.data == PROBE_NOT_TRIED && (res.tx == ENOENT || res.tx == EINVAL || !res.tx) &&
		 (res.rx == ENOENT || res.rx == EINVAL || res.rx <= 0))
		v = when_missing(cipher);
	else
		v = V_FAIL;
	check_say_extra(ck, v, what, v == V_OK ? NULL : res.data == PROBE_NOT_TRIED ?
			missing_advice(cipher) : "report this: the kernel accepted the keys, but data "
			"did not come through", detail, extra, 6);
	return res.tx == ENOENT;
}

/*
 * The kernel looks for a module, in vain, for every cipher that it lacks; that
 * takes time, and need not be done for each TLS version.
 */
static void say_lacking(struct check *ck, unsigned int version, unsigned int cipher)
{
	struct check_extra extra[3] = {
		{ "ulp", "tls" }, { "version", name_version(version) },
		{ "cipher", name_cipher(cipher) },
	};
	char what[80];

	snprintf(what, sizeof(what), "kTLS TLS %s %s", name_version(version),
		 name_cipher(cipher));
	check_say_extra(ck, when_missing(cipher), what, missing_advice(cipher),
			"the crypto API lacks the cipher, as for TLS 1.2", extra, 3);
}

/**
 * check_ulp_harmless() - may a ULP be asked for?
 * @ck: the run
 * @ulp: its name
 *
 * The kernel loads the module of a ULP that somebody with CAP_NET_ADMIN asks for.
 *
 * Return: false if that would load a module, and none is to be loaded.
 */
bool check_ulp_harmless(const struct check *ck, const char *ulp)
{
	return ck->may_load || !host_capability(CAP_NET_ADMIN) || ulp_registered(ulp) == 1;
}

static void check_ulp(struct check *ck, const char *ulp, bool *have)
{
	char what[32], advice[64], buf[NAME_SIZE];
	int err;

	snprintf(what, sizeof(what), "ULP %s", ulp);
	if (!*have && !check_ulp_harmless(ck, ulp)) {
		check_say(ck, V_SKIP, what, NULL, "not tried: asking for it could load its module");
		return;
	}
	err = ktls_probe_ulp(ulp);
	if (err < 0) {
		check_say(ck, V_FAIL, what, "bring loopback up: ip link set lo up",
			  "no TCP connection over loopback: %s", strerror(-err));
		*have = false;
		return;
	}
	*have = !err;
	snprintf(advice, sizeof(advice), "%s: modprobe %s", ck->container.inside ?
		 "on the host, as root" : "as root", ulp);
	if (!err)
		check_say(ck, V_OK, what, NULL, "a connected socket gets it%s",
			  ck->container.inside ? ", in this container too" : "");
	else
		check_say(ck, err != ENOENT ? V_FAIL : V_SKIP, what, advice,
			  "%s: %s", name_errno(err, buf),
			  errno_meaning(WHERE_ATTACH, err) ? errno_meaning(WHERE_ATTACH, err) :
			  strerror(err));
}

static void say_feature(struct check *ck, const char *what, int err, const char *advice)
{
	char buf[NAME_SIZE];

	if (!err)
		check_say(ck, V_OK, what, NULL, "this kernel has it");
	else
		check_say(ck, V_SKIP, what, advice, "not in this kernel (%s)",
			  name_errno(err, buf));
}

static void check_features(struct check *ck)
{
	struct ktls_features f;

	/* Why it cannot be tried is said by the checks of ciphers. */
	if (ktls_probe_features("tls", &f))
		return;
	say_feature(ck, "rekey", f.rekey,
		    "a TLS 1.3 connection ends when one side updates its keys; Linux 6.14 and "
		    "later can go on");
	say_feature(ck, "TLS_TX_MAX_PAYLOAD_LEN", f.max_payload, NULL);
	say_feature(ck, "TLS_TX_ZEROCOPY_RO", f.zerocopy_ro, NULL);
	say_feature(ck, "TLS_RX_EXPECT_NO_PAD", f.expect_no_pad, NULL);
}

/**
 * check_ktls() - try the kernel's kTLS
 * @ck: the run; have_tls and have_trace are corrected to what really works
 */
void check_ktls(struct check *ck)
{
	bool lacking[KTLS_CIPHER_COUNT] = { false };

	check_ulp(ck, "tls", &ck->have_tls);
	check_ulp(ck, ULP_NAME, &ck->have_trace);
	for (unsigned int v = KTLS_VERSION_12; ck->have_tls && v <= KTLS_VERSION_13; v++)
		for (unsigned int i = 0; i < KTLS_CIPHER_COUNT; i++) {
			unsigned int cipher = KTLS_CIPHER_FIRST + i;

			/* RFC 8446 has no ARIA; the kernel refuses it with 1.3. */
			if (v == KTLS_VERSION_13 && cipher >= KTLS_ARIA_128_GCM)
				continue;
			if (lacking[i])
				say_lacking(ck, v, cipher);
			else
				lacking[i] = check_cipher(ck, "tls", v, cipher);
		}
	if (ck->have_tls)
		check_features(ck);
	for (unsigned int v = KTLS_VERSION_12; ck->have_trace && v <= KTLS_VERSION_13; v++)
		check_cipher(ck, ULP_NAME, v, KTLS_AES_128_GCM);
}
