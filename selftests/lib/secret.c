// SPDX-License-Identifier: GPL-2.0
/* A search for what must not be found. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "secret.h"

/* A power of two, several times the patterns of a test. */
#define TABLE		(1 << 17)
/* Of these bytes at the beginning of a pattern the hash is made. */
#define HEAD		4
#define LONGEST		(2 * TT_SECRET_WINDOW)

struct pattern {
	unsigned char len;	/* 0: no pattern here */
	bool chance;
	const char *what;
	const char *form;
	unsigned char bytes[LONGEST];
};

static struct pattern *table;
static size_t patterns;

static size_t slot(const unsigned char *p)
{
	__u32 head;

	memcpy(&head, p, HEAD);
	return (head * 2654435761u) >> 15;
}

void tt_secret_reset(void)
{
	if (!table)
		table = malloc(TABLE * sizeof(*table));
	if (!table)
		abort();
	memset(table, 0, TABLE * sizeof(*table));
	patterns = 0;
}

static void add(const void *bytes, size_t len, bool chance, const char *what,
		const char *form)
{
	size_t i = slot(bytes);
	struct pattern *p;

	if (++patterns > TABLE / 2)
		abort();
	for (p = &table[i]; p->len; p = &table[i = (i + 1) % TABLE])
		if (p->len == len && !memcmp(p->bytes, bytes, len))
			return;
	*p = (struct pattern){ len, chance, what, form, {} };
	memcpy(p->bytes, bytes, len);
}

static void add_window(const unsigned char *w, size_t len, const char *what,
		       bool reverse)
{
	bool chance = len < TT_SECRET_WINDOW;
	char text[LONGEST + 1];
	size_t i;

	add(w, len, chance, what, reverse ? "bytes in reverse" : "bytes");
	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", w[i]);
	add(text, 2 * len, chance, what, reverse ? "hex in reverse" : "hex");
	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02X", w[i]);
	add(text, 2 * len, chance, what, reverse ? "HEX in reverse" : "HEX");
}

void tt_secret_add(const void *secret, size_t len, const char *what)
{
	size_t window = len < TT_SECRET_WINDOW ? len : TT_SECRET_WINDOW, i;
	const unsigned char *p = secret;
	unsigned char back[64];

	for (i = 0; i < len; i++)
		back[i] = p[len - 1 - i];
	for (i = 0; i + window <= len; i++) {
		add_window(p + i, window, what, false);
		add_window(back + i, window, what, true);
	}
}

void tt_secret_keys(const struct tt_cipher *c, const struct tt_keys *keys)
{
	tt_secret_add(keys->key, c->key, "key");
	tt_secret_add(keys->nonce + c->salt, c->iv, "IV");
	if (c->salt)
		tt_secret_add(keys->nonce, c->salt, "salt");
}

bool tt_secret_search(const void *buf, size_t len, struct tt_find *find)
{
	const unsigned char *b = buf;
	bool found = false;
	struct pattern *p;
	size_t at, i;

	for (at = 0; at + HEAD <= len; at++) {
		i = slot(b + at);
		for (p = &table[i]; p->len; p = &table[i = (i + 1) % TABLE]) {
			if (at + p->len > len ||
			    memcmp(p->bytes, b + at, p->len))
				continue;
			*find = (struct tt_find){ p->what, p->form, at,
						  p->chance };
			found = true;
			/* One that is no chance is worth more. */
			if (!p->chance)
				return true;
		}
	}
	return found;
}
