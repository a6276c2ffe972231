// SPDX-License-Identifier: GPL-2.0
/* Messages that tell who sent them, which of his they are, and whether they are whole. */

#define MESSAGE_MAX	65536
#define MESSAGE_MAGIC	0x6d

/**
 * struct message - what a message begins with
 * @magic: MESSAGE_MAGIC
 * @writer: who
 * @number: which of his
 * @len: bytes in all
 * @seed: what the rest is made from
 */
struct message {
	__u8 magic;
	__u8 writer;
	__u16 number;
	__u32 len;
	__u64 seed;
};

static __u64 next_random(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Of no other thread's numbers: threads cannot share the test's stream. */
static void message_fill(void *buf, int writer, int number, size_t len,
			 __u64 seed)
{
	struct message *m = buf;
	__u64 state = seed, word;
	size_t i;

	m->magic = MESSAGE_MAGIC;
	m->writer = writer;
	m->number = number;
	m->len = len;
	m->seed = seed;
	for (i = sizeof(*m); i < len; i += sizeof(word)) {
		word = next_random(&state);
		memcpy((char *)buf + i, &word, least(len - i, sizeof(word)));
	}
}

/* Whether these bytes begin with a whole message. Return: its length or -errno. */
static long message_check(const void *buf, size_t have)
{
	const struct message *m = buf;
	__u64 state, word;
	size_t i;

	if (have < sizeof(*m) || m->magic != MESSAGE_MAGIC)
		return tt_fail(EBADMSG, "no message begins here");
	if (m->len < sizeof(*m) || m->len > MESSAGE_MAX || m->len > have)
		return tt_fail(EBADMSG,
			       "message %d of writer %d: %u bytes, %zu came",
			       m->number, m->writer, m->len, have);
	state = m->seed;
	for (i = sizeof(*m); i < m->len; i += sizeof(word)) {
		word = next_random(&state);
		if (memcmp((const char *)buf + i, &word,
			   least(m->len - i, sizeof(word))))
			return tt_fail(EBADMSG,
				       "message %d of writer %d: wrong from byte %zu of %u on",
				       m->number, m->writer, i, m->len);
	}
	return m->len;
}
