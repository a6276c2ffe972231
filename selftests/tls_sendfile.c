// SPDX-License-Identifier: GPL-2.0
/*
 * sendfile: what arrives at a userspace OpenSSL is compared with the file by
 * SHA-256, and the records on the wire are counted.
 */
#include <fcntl.h>
#include <linux/loop.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "fixture.h"
#include "module.h"

#define PAGE	4096
#define RECORD	TLS_MAX_PAYLOAD

TT_FIXTURE(sendfile, TT_STARTED);
TT_VARIANTS(sendfile);

/* What is of the file, not of the cipher. */
TT_FIXTURE(file, TT_STARTED);
TT_VARIANTS_FEW(file);

/* 32 MiB takes its time: one cipher of each version. */
TT_FIXTURE(large, TT_STARTED);
TT_VARIANTS_FEW(large);

static unsigned char out[2 * 65536];
static unsigned char in[2 * 65536];

/* The records since @from carry @bytes, in full records and a rest. */
static int check_records(const struct tt_conn *c, size_t from, __u64 bytes)
{
	size_t overhead = tt_cipher_overhead(c->o.cipher, c->o.version);
	size_t want = (bytes + RECORD - 1) / RECORD, i, len;
	__u64 sum = 0;

	for (i = from; i < c->recs; i++) {
		len = c->rec[i].wire_len + TLS_HEADER_SIZE - overhead;
		if (c->rec[i].wire_version != 0x0303 || !len || len > RECORD)
			return tt_fail(EBADMSG,
				       "record %zu: version %04x, %zu bytes", i,
				       c->rec[i].wire_version, len);
		sum += len;
	}
	if (sum != bytes || c->recs - from != want)
		return tt_fail(EBADMSG,
			       "%llu bytes in %zu records on the wire, not %llu in %zu",
			       (unsigned long long)sum, c->recs - from,
			       (unsigned long long)bytes, want);
	return 0;
}

/* Both hashes as text in the message of a failure would help nobody. */
static int same_hash(const unsigned char *a, const unsigned char *b)
{
	return memcmp(a, b, TT_SHA256_SIZE) ?
	       tt_fail(EBADMSG, "the content at the peer is not the file's") :
	       0;
}

/*
 * Send @count bytes of a file from @off on (or from its own position on, if NULL)
 * and check that @want bytes come, with the file's hash.
 */
static int send_part(struct tt_test *t, struct tt_conn *c, int file, off_t *off,
		     size_t count, size_t want)
{
	__u64 seq = tt_seq(c, TLS_TX), at = off ? *off : lseek(file, 0, SEEK_CUR);
	unsigned char sha[TT_SHA256_SIZE];
	size_t from = c->recs;
	long n;
	int err;

	err = tt_drain_start(&t->drain, c, want);
	if (err)
		return err;
	n = tt_sendfile(c, file, off, count);
	err = n < 0 ? n : tt_drain_join(&t->drain);
	if (err)
		return err;
	if (n != (long)want)
		return tt_fail(EIO, "sendfile returned %ld, not %zu", n, want);
	err = tt_file_sha256(file, at, want, sha) ?:
	      same_hash(t->drain.sha256, sha) ?: check_records(c, from, want);
	if (!err && tt_seq(c, TLS_TX) != seq + c->recs - from)
		err = tt_fail(EBADMSG, "the kernel counted other records");
	return err;
}

#include "sendfile/file.c"
#include "sendfile/mixed.c"
#include "sendfile/changing.c"
#include "sendfile/nonblock.c"
#include "sendfile/far.c"
#include "sendfile/places.c"

TT_HARNESS_MAIN(false)
