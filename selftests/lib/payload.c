// SPDX-License-Identifier: GPL-2.0
/* Pseudo-random data from a printed seed. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "payload.h"
#include "util.h"

#define CHUNK	65536

static __u64 base;
static __u64 state;

__u64 tt_seed_init(void)
{
	const char *s = getenv("TLS_TEST_SEED");
	struct timespec ts;

	if (s && *s) {
		base = strtoull(s, NULL, 0);
	} else {
		clock_gettime(CLOCK_REALTIME, &ts);
		base = (__u64)ts.tv_sec * 1000000007ULL ^ ts.tv_nsec ^
		       (__u64)getpid() << 40;
	}
	state = base;
	return base;
}

/* FNV-1a, so that each test has a stream of its own under the same seed. */
static __u64 mix_name(__u64 h, const char *s)
{
	for (; s && *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3ULL;
	return (h ^ '.') * 0x100000001b3ULL;
}

void tt_seed_test(const char *fixture, const char *variant, const char *test)
{
	__u64 h = 0xcbf29ce484222325ULL;

	h = mix_name(h, fixture);
	h = mix_name(h, variant);
	h = mix_name(h, test);
	state = base ^ h;
}

/* SplitMix64: a counter through a mixing function, so any seed is good. */
__u64 tt_random(void)
{
	__u64 z;

	state += 0x9e3779b97f4a7c15ULL;
	z = state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

void tt_fill(void *buf, size_t len)
{
	unsigned char *p = buf;
	__u64 v;

	for (; len >= sizeof(v); p += sizeof(v), len -= sizeof(v)) {
		v = tt_random();
		memcpy(p, &v, sizeof(v));
	}
	v = tt_random();
	memcpy(p, &v, len);
}

void tt_sha256(const void *buf, size_t len, unsigned char *out)
{
	if (!EVP_Digest(buf, len, out, NULL, EVP_sha256(), NULL))
		abort();
}

int tt_file(size_t size, unsigned char *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *chunk = malloc(CHUNK);
	size_t done, n;
	int fd;

	fd = memfd_create("tls_test", MFD_CLOEXEC);
	if (fd < 0 || !md || !chunk)
		goto fail;
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	for (done = 0; done < size; done += n) {
		n = size - done < CHUNK ? size - done : CHUNK;
		tt_fill(chunk, n);
		if (write(fd, chunk, n) != (ssize_t)n)
			goto fail;
		if (out)
			EVP_DigestUpdate(md, chunk, n);
	}
	if (out)
		EVP_DigestFinal_ex(md, out, NULL);
	lseek(fd, 0, SEEK_SET);
	EVP_MD_CTX_free(md);
	free(chunk);
	return fd;
fail:
	EVP_MD_CTX_free(md);
	free(chunk);
	if (fd >= 0)
		close(fd);
	return tt_fail(errno ?: ENOMEM, "test file of %zu bytes: %s", size,
		       strerror(errno));
}

int tt_file_sha256(int fd, __u64 off, __u64 len, unsigned char *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *chunk = malloc(CHUNK);
	ssize_t n;

	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	while (len) {
		n = pread(fd, chunk, len < CHUNK ? len : CHUNK, off);
		if (n <= 0)
			break;
		EVP_DigestUpdate(md, chunk, n);
		off += n;
		len -= n;
	}
	EVP_DigestFinal_ex(md, out, NULL);
	EVP_MD_CTX_free(md);
	free(chunk);
	return len ? tt_fail(EIO, "test file is shorter than it should be") : 0;
}
