// SPDX-License-Identifier: GPL-2.0
/* The log's text, and the words of a step. */

struct df_word {
	const char *name;
	int value;
};

static void __attribute__((format(printf, 2, 3)))
note(struct df_note *n, const char *fmt, ...)
{
	va_list ap;
	int len;

	for (;;) {
		va_start(ap, fmt);
		len = vsnprintf(n->text + n->len, n->room - n->len, fmt, ap);
		va_end(ap);
		if (len < 0)
			abort();
		if (n->len + len < n->room)
			break;
		n->room = n->room * 2 + len + 256;
		n->text = realloc(n->text, n->room);
		if (!n->text)
			abort();
	}
	n->len += len;
}

static void note_errno(struct df_note *n, int err)
{
	const char *name = strerrorname_np(err);

	if (name)
		note(n, " -%s", name);
	else
		note(n, " -%d", err);
}

/* What a system call returned. */
static void note_ret(struct df_note *n, long ret)
{
	if (ret < 0)
		note_errno(n, errno);
	else
		note(n, " %ld", ret);
}

/* Names of the bits that are set, the unknown ones as a number. */
static void note_bits(struct df_note *n, const struct df_word *table,
		      unsigned int bits)
{
	const char *sep = "";

	if (!bits)
		note(n, "-");
	for (; table->name; table++) {
		if (!(bits & table->value))
			continue;
		note(n, "%s%s", sep, table->name);
		bits &= ~table->value;
		sep = "+";
	}
	if (bits)
		note(n, "%s%#x", sep, bits);
}

/* Not cryptographic, but every byte and its place count. */
static __u64 hash(const void *buf, size_t len)
{
	const unsigned char *p = buf;
	__u64 h = 0xcbf29ce484222325ULL ^ len, v;

	for (; len >= sizeof(v); p += sizeof(v), len -= sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	for (; len; p++, len--)
		h = (h ^ *p) * 0x100000001b3ULL;
	return h ^ h >> 32;
}

static void note_hash(struct df_note *n, const char *what, const void *buf,
		      size_t len)
{
	note(n, " %s=%016llx", what, (unsigned long long)hash(buf, len));
}

/* Cut the next step off a script. Return: whether there was one. */
static bool step_cut(const char **script, struct df_step *st)
{
	size_t len;
	char *save, *word;

	*script += strspn(*script, "; \t\n");
	len = strcspn(*script, ";");
	if (!len)
		return false;
	memset(st, 0, sizeof(*st));
	if (len >= sizeof(st->text))
		abort();
	memcpy(st->text, *script, len);
	*script += len;
	for (word = strtok_r(st->text, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (st->words == DF_WORDS)
			abort();
		st->word[st->words++] = word;
	}
	st->used[0] = true;
	return true;
}

/* The word at a place, "" if there is none. */
static const char *step_word(struct df_step *st, int i)
{
	if (i >= st->words)
		return "";
	st->used[i] = true;
	return st->word[i];
}

static long step_num(struct df_step *st, int i)
{
	return strtol(step_word(st, i), NULL, 0);
}

static bool step_has(struct df_step *st, const char *word)
{
	int i;

	for (i = 1; i < st->words; i++)
		if (!strcmp(st->word[i], word)) {
			st->used[i] = true;
			return true;
		}
	return false;
}

/* What stands behind "key=", NULL if nothing does. */
static const char *step_key(struct df_step *st, const char *key)
{
	size_t len = strlen(key);
	int i;

	for (i = 1; i < st->words; i++)
		if (!strncmp(st->word[i], key, len) && st->word[i][len] == '=') {
			st->used[i] = true;
			return st->word[i] + len + 1;
		}
	return NULL;
}

static long step_val(struct df_step *st, const char *key, long otherwise)
{
	const char *text = step_key(st, key);

	return text ? strtol(text, NULL, 0) : otherwise;
}

static int step_flags(struct df_step *st, const struct df_word *table)
{
	int flags = 0;

	for (; table->name; table++)
		if (step_has(st, table->name))
			flags |= table->value;
	return flags;
}

/* The value of the word at a place. A word that is not in the table stays unused. */
static int step_one(struct df_step *st, int i, const struct df_word *table)
{
	for (; table->name && i < st->words; table++)
		if (!strcmp(st->word[i], table->name)) {
			st->used[i] = true;
			return table->value;
		}
	return -1;
}

/* A word that no verb asked for, NULL if all were used. */
static const char *step_unused(const struct df_step *st)
{
	int i;

	for (i = 0; i < st->words; i++)
		if (!st->used[i])
			return st->word[i];
	return NULL;
}

static const struct df_word msg_flags[] = {
	{ "oob", MSG_OOB }, { "peek", MSG_PEEK }, { "dontroute", MSG_DONTROUTE },
	{ "ctrunc", MSG_CTRUNC }, { "probe", 0x10 }, { "trunc", MSG_TRUNC },
	{ "dontwait", MSG_DONTWAIT }, { "eor", MSG_EOR },
	{ "waitall", MSG_WAITALL }, { "fin", MSG_FIN }, { "syn", MSG_SYN },
	{ "confirm", MSG_CONFIRM }, { "rst", MSG_RST },
	{ "errqueue", MSG_ERRQUEUE }, { "nosignal", MSG_NOSIGNAL },
	{ "more", MSG_MORE }, { "waitforone", 0x10000 },
	{ "notlast", 0x20000 }, { "batch", 0x40000 },
	{ "noshared", 0x80000 }, { "decrypted", 0x100000 },
	{ "devmem", 0x2000000 }, { "zerocopy", 0x4000000 },
	{ "splicepages", 0x8000000 }, { "fastopen", 0x20000000 },
	{ "cloexec", MSG_CMSG_CLOEXEC }, { }
};

static const struct df_word poll_bits[] = {
	{ "in", POLLIN }, { "pri", POLLPRI }, { "out", POLLOUT },
	{ "err", POLLERR }, { "hup", POLLHUP }, { "nval", POLLNVAL },
	{ "rdnorm", POLLRDNORM }, { "rdband", POLLRDBAND },
	{ "wrnorm", POLLWRNORM }, { "wrband", POLLWRBAND },
	{ "msg", POLLMSG }, { "rdhup", POLLRDHUP }, { }
};
