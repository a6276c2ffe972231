/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ciphers of the kernel that answer later: pcrypt hands each request to another
 * processor or worker. What kernel TLS does for hardware that works beside the
 * processor runs then, as it does with no cipher that a kernel takes by itself.
 */
#ifndef TT_PCRYPT_H
#define TT_PCRYPT_H

#include <stdbool.h>

/**
 * tt_pcrypt_use() - from now on the kernel's sockets get such a cipher
 * @alg: algorithm, as the crypto API names it: "gcm(aes)"
 *
 * Of the whole machine, not only of this network namespace.
 *
 * Return: 0 (also where it was so before), or -errno with the reason noted.
 */
int tt_pcrypt_use(const char *alg);

/**
 * tt_pcrypt_drop() - no more
 * @alg: algorithm
 *
 * Waits until no socket has it any longer.
 *
 * Return: 0 (also where it was so before), or -errno with the reason noted.
 */
int tt_pcrypt_drop(const char *alg);

/**
 * tt_pcrypt_gather() - let the ciphers work on the first processor only
 * Return: 0 or -errno with the reason noted.
 */
int tt_pcrypt_gather(void);

/**
 * tt_pcrypt_spread() - let them work on all processors, as they do at first
 * Return: 0 or -errno with the reason noted.
 */
int tt_pcrypt_spread(void);

/**
 * tt_pcrypt_hold() - from now on nothing is answered before the caller sleeps
 *
 * It takes the first processor for itself; to be called after tt_pcrypt_gather().
 *
 * Return: 0 or -errno with the reason noted.
 */
int tt_pcrypt_hold(void);

/**
 * tt_pcrypt_let_go() - end of tt_pcrypt_hold()
 * Return: 0 or -errno with the reason noted.
 */
int tt_pcrypt_let_go(void);

/**
 * tt_pcrypt_users() - how many keys are set up with such a cipher
 * @alg: algorithm
 * Return: the number, or -errno with the reason noted.
 */
int tt_pcrypt_users(const char *alg);

#endif
