/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A search for what must not be found: keys, IVs and salts, in any order of their
 * bytes and as text, whole or in part.
 */
#ifndef TT_SECRET_H
#define TT_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include "cipher.h"

/* Any so many bytes of a secret that stand together are a find. */
#define TT_SECRET_WINDOW	8

/**
 * struct tt_find - a find
 * @what:	which secret, as given to tt_secret_add()
 * @form:	"bytes", "hex", ...
 * @at:		where in the memory searched, bytes
 * @chance:	it is short enough to be there by chance
 */
struct tt_find {
	const char *what;
	const char *form;
	size_t at;
	bool chance;
};

/**
 * tt_secret_reset() - forget all secrets
 */
void tt_secret_reset(void);

/**
 * tt_secret_add() - search for a secret from now on
 * @secret:	bytes
 * @len:	how many, at least 4
 * @what:	name, a constant
 *
 * Both in this and in reverse order; as bytes and as hexadecimal digits, small
 * and capital. Of one shorter than a window only the whole is a find.
 */
void tt_secret_add(const void *secret, size_t len, const char *what);

/**
 * tt_secret_keys() - add key, IV and salt
 * @c:		cipher
 * @keys:	keys
 */
void tt_secret_keys(const struct tt_cipher *c, const struct tt_keys *keys);

/**
 * tt_secret_search() - search memory
 * @buf:	bytes
 * @len:	how many
 * @find:	out
 * Return: true if there is one.
 */
bool tt_secret_search(const void *buf, size_t len, struct tt_find *find);

#endif
