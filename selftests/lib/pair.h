/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections with kernel TLS on both ends and made-up keys: for tests of
 * what holds a socket and when it ends, where no peer but the kernel is needed.
 */
#ifndef TT_PAIR_H
#define TT_PAIR_H

#include <stddef.h>
#include "uapi.h"

/* tls12_crypto_info_aes_gcm_128 of the uAPI, by its field sizes. */
struct tt_pair_key {
	struct tls_crypto_info info;
	unsigned char iv[8];
	unsigned char key[16];
	unsigned char salt[4];
	unsigned char seq[8];
};

/**
 * tt_pair_key() - make up a key of TLS 1.3 with AES-128-GCM
 * @key: out
 */
void tt_pair_key(struct tt_pair_key *key);

/**
 * tt_pair_set() - set a key
 * @fd:		socket with the ULP
 * @option:	TLS_TX or TLS_RX
 * @key:	key
 * Return: 0 or -errno.
 */
int tt_pair_set(int fd, int option, const struct tt_pair_key *key);

/**
 * tt_pair_open() - a connection over IPv4 whose ends have each other's keys
 * @fd:		out: the two ends
 * @ulp:	their ULP
 * Return: 0 or -errno.
 */
int tt_pair_open(int fd[2], const char *ulp);

/**
 * tt_pair_open_as() - the same, with a ULP for each end
 * @fd:		out: the two ends
 * @ulp:	their ULPs
 * Return: 0 or -errno.
 */
int tt_pair_open_as(int fd[2], const char *const ulp[2]);

/**
 * tt_pair_close() - close both ends that are open
 * @fd: the two ends, -1 where closed; both are afterwards
 */
void tt_pair_close(int fd[2]);

/* What a message of tt_pair_talk() has: a full record and a part of one. */
#define TT_PAIR_BLOCK	20000

/**
 * tt_pair_send() - send from one end to the other and compare every byte
 * @from:	sending end
 * @to:		receiving end
 * @len:	bytes, TT_PAIR_BLOCK at most
 *
 * For one thread at a time.
 *
 * Return: 0, -EBADMSG where something else arrives, -EPIPE at an early end, or
 * -errno.
 */
int tt_pair_send(int from, int to, size_t len);

/**
 * tt_pair_talk() - both ways, TT_PAIR_BLOCK bytes
 * @fd: the two ends
 * Return: as tt_pair_send().
 */
int tt_pair_talk(int fd[2]);

#endif
