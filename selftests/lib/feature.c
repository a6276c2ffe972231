// SPDX-License-Identifier: GPL-2.0
/* What this kernel can do. */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cipher.h"
#include "feature.h"
#include "keys.h"
#include "tcp.h"
#include "util.h"

extern char **environ;

struct feature {
	char name[40];
	char missing[160];	/* empty: it is there */
};

static struct feature feature[40];
static size_t features;

void tt_feature_add(const char *name, const char *missing)
{
	struct feature *f = &feature[features];

	if (features == sizeof(feature) / sizeof(feature[0]))
		abort();
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->missing, sizeof(f->missing), "%s", missing ?: "");
	features++;
}

const char *tt_feature_missing(const char *name)
{
	size_t i;

	for (i = 0; i < features; i++)
		if (!strcmp(feature[i].name, name))
			return *feature[i].missing ? feature[i].missing : NULL;
	return "unknown feature";
}

/* "aes-gcm-128" stands for "tls1.2-aes-gcm-128" and "tls1.3-aes-gcm-128". */
static bool matches(const char *item, const char *name)
{
	size_t i = strlen(item), n = strlen(name);

	if (!strcmp(item, "all") || !strcmp(item, name))
		return true;
	return !strncmp(name, "tls1.", 5) && n > i + 6 &&
	       name[n - i - 1] == '-' && n - i == 7 &&
	       !strcmp(name + n - i, item);
}

static bool for_items(const char *name, bool check)
{
	char *list = strdup(getenv("TLS_REQUIRE") ?: ""), *save, *item;
	bool found, hit = false;
	size_t i;

	for (item = strtok_r(list, ", ", &save); item;
	     item = strtok_r(NULL, ", ", &save)) {
		if (!check) {
			hit |= matches(item, name);
			continue;
		}
		found = false;
		for (i = 0; i < features; i++)
			found |= matches(item, feature[i].name);
		if (!found) {
			tt_fail(EINVAL, "TLS_REQUIRE: no feature '%s'", item);
			hit = true;
		}
	}
	free(list);
	return hit;
}

bool tt_feature_required(const char *name)
{
	return for_items(name, false);
}

int tt_feature_check_require(void)
{
	return for_items(NULL, true) ? -EINVAL : 0;
}

const char *tt_feature_cipher(int cipher, int version)
{
	static char name[40];
	const struct tt_cipher *c = tt_cipher_find(cipher);

	snprintf(name, sizeof(name), "tls1.%d-%s", version == TLS_1_3 ? 3 : 2,
		 c ? c->feature : "?");
	return name;
}

void tt_feature_print(void)
{
	size_t i;

	for (i = 0; i < features; i++)
		if (*feature[i].missing &&
		    strcmp(feature[i].missing, "not probed"))
			fprintf(stderr, "# missing: %s: %s\n", feature[i].name,
				feature[i].missing);
}

static void modprobe(const char *module)
{
	char *argv[] = { "modprobe", "-q", (char *)module, NULL };
	int status;
	pid_t pid;

	if (!posix_spawnp(&pid, "modprobe", NULL, NULL, argv, environ))
		waitpid(pid, &status, 0);
}

static void probe_ulp(const char *name)
{
	char reason[120];
	int fd, peer, err;

	if (tt_tcp_pair(TT_IPV4, &fd, &peer)) {
		tt_feature_add(name, tt_why());
		return;
	}
	err = tt_tcp_ulp(fd, name);
	if (err == -ENOENT) {
		modprobe(name);
		err = tt_tcp_ulp(fd, name);
	}
	snprintf(reason, sizeof(reason), err == -ENOENT ?
		 "this kernel has no ULP %s, nor a module of that name (%s)" :
		 "the ULP %s does not start: %s", name, strerror(-err));
	tt_feature_add(name, err ? reason : NULL);
	close(fd);
	close(peer);
}

static int set_tx(int fd, const struct tt_cipher *c, int version)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	size_t len;

	tt_keys_random(c, &keys);
	len = tt_cipher_pack(c, version, &keys, info);
	return setsockopt(fd, SOL_TLS, TLS_TX, info, len) ? -errno : 0;
}

static void add_cipher(const struct tt_cipher *c, const char *missing)
{
	tt_feature_add(tt_feature_cipher(c->number, TLS_1_2), missing);
	if (c->tls13)
		tt_feature_add(tt_feature_cipher(c->number, TLS_1_3), missing);
}

/* One try does for both versions: they need the same of the crypto API. */
static void probe_cipher(const struct tt_cipher *c)
{
	char reason[120];
	int fd, peer, err;

	if (tt_feature_missing("tls")) {
		add_cipher(c, tt_feature_missing("tls"));
		return;
	}
	err = tt_tcp_pair(TT_IPV4, &fd, &peer);
	if (!err)
		err = tt_tcp_ulp(fd, "tls");
	if (!err)
		err = set_tx(fd, c, TLS_1_2);
	/* Every kernel of interest knows the first four: an EINVAL there is a
	 * defect, which a test must report.
	 */
	if (err == -ENOENT)
		snprintf(reason, sizeof(reason),
			 "the kernel's crypto API has no %s", c->name);
	else if (err == -EINVAL && c->number >= TLS_CIPHER_SM4_GCM)
		snprintf(reason, sizeof(reason),
			 "kernel TLS of this kernel does not know %s", c->name);
	else
		err = 0;
	add_cipher(c, err ? reason : NULL);
	close(fd);
	close(peer);
}

/* A second key for the same direction, and the option for the record size. */
static void probe_options(void)
{
	const struct tt_cipher *c = &tt_ciphers[0];
	int fd, peer, rekey, limit;
	__u16 max = TLS_MAX_PAYLOAD;

	if (tt_feature_missing("tls") || tt_tcp_pair(TT_IPV4, &fd, &peer)) {
		tt_feature_add("rekey", "no kernel TLS");
		tt_feature_add("tx-max-payload", "no kernel TLS");
		return;
	}
	tt_tcp_ulp(fd, "tls");
	set_tx(fd, c, TLS_1_3);
	rekey = set_tx(fd, c, TLS_1_3);
	limit = setsockopt(fd, SOL_TLS, TLS_TX_MAX_PAYLOAD_LEN, &max,
			   sizeof(max)) ? -errno : 0;
	tt_feature_add("rekey", rekey == -EBUSY ?
		       "this kernel takes one key per direction (EBUSY)" :
		       NULL);
	tt_feature_add("tx-max-payload", limit == -ENOPROTOOPT ?
		       "this kernel has no TLS_TX_MAX_PAYLOAD_LEN" : NULL);
	close(fd);
	close(peer);
}

static void probe_ipv6(void)
{
	int fd, peer;
	int err = tt_tcp_pair(TT_IPV6, &fd, &peer);

	tt_feature_add("ipv6", err ? tt_why() : NULL);
	if (!err) {
		close(fd);
		close(peer);
	}
}

void tt_feature_probe(bool others)
{
	size_t i;

	probe_ulp("tls");
	probe_ulp("tls_trace");
	for (i = 0; i < tt_cipher_count; i++)
		if (others || tt_ciphers[i].number < TLS_CIPHER_SM4_GCM)
			probe_cipher(&tt_ciphers[i]);
		else
			add_cipher(&tt_ciphers[i], "not probed");
	probe_options();
	probe_ipv6();
}
