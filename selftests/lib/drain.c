// SPDX-License-Identifier: GPL-2.0
/* A thread that reads all by OpenSSL while the test sends. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include "peer.h"
#include "util.h"

#define CHUNK	65536

static void *drain(void *arg)
{
	struct tt_drain *d = arg;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	static __thread char buf[CHUNK];
	size_t n;

	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	while (d->bytes < d->want) {
		n = d->want - d->bytes < CHUNK ? d->want - d->bytes : CHUNK;
		d->err = tt_peer_read(d->c, buf, n);
		if (d->err) {
			snprintf(d->why, sizeof(d->why),
				 "after %llu of %llu bytes: %s",
				 (unsigned long long)d->bytes,
				 (unsigned long long)d->want, tt_why());
			break;
		}
		EVP_DigestUpdate(md, buf, n);
		d->bytes += n;
	}
	EVP_DigestFinal_ex(md, d->sha256, NULL);
	EVP_MD_CTX_free(md);
	return NULL;
}

int tt_drain_start(struct tt_drain *d, struct tt_conn *c, __u64 want)
{
	int err;

	memset(d, 0, sizeof(*d));
	d->c = c;
	d->want = want;
	c->headers_only = true;
	err = pthread_create(&d->thread, NULL, drain, d);
	if (err)
		return tt_fail(err, "thread: %s", strerror(err));
	d->running = true;
	return 0;
}

int tt_drain_join(struct tt_drain *d)
{
	if (d->running)
		pthread_join(d->thread, NULL);
	d->running = false;
	return d->err ? tt_fail(-d->err, "%s", d->why) : 0;
}
