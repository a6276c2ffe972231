// SPDX-License-Identifier: GPL-2.0
/* All of them. */

static struct one *alive[MANY_ALIVE];

static int prepare(void)
{
	struct rlimit r = { 2 * MANY_ALIVE + 100, 2 * MANY_ALIVE + 100 };

	setrlimit(RLIMIT_NOFILE, &r);
	memset(&tally, 0, sizeof(tally));
	file = tt_file(FILE_SIZE, NULL);
	if (file < 0)
		return file;
	file_data = mmap(NULL, FILE_SIZE, PROT_READ, MAP_SHARED, file, 0);
	return file_data == MAP_FAILED ? tt_fail(errno, "mmap") : 0;
}

/* Something happens to a connection: data, or its end. */
static int step(struct one **slot, const char *ulp)
{
	struct one *o = *slot;
	int end = tt_random() & 1;

	if (o->count[0] + o->count[1] > 2 && tt_random() % 3 == 0) {
		/* Most with nothing left to read. */
		for (end = 0; end < 2; end++)
			if (o->waiting[end] && tt_random() % 8 &&
			    one_read(o, end, ulp))
				return -EBADMSG;
		one_close(o);
		free(o);
		*slot = NULL;
		return 0;
	}
	return o->waiting[end] ? one_read(o, end, ulp) : one_send(o, end, ulp);
}

/* So many connections are opened, and all are closed. */
static int many(unsigned int *id, unsigned int n, const char *ulp)
{
	unsigned int end = *id + n, live = 0;
	struct one **slot;
	int err;

	while (*id < end || live) {
		slot = &alive[tt_random() % MANY_ALIVE];
		if (*slot) {
			err = step(slot, ulp);
			live -= !*slot;
		} else if (*id < end) {
			*slot = malloc(sizeof(**slot));
			if (!*slot)
				return tt_fail(ENOMEM, "connection");
			live++;
			err = one_open(*slot, ++*id, ulp);
		} else {
			continue;
		}
		if (err)
			return err;
	}
	return 0;
}

static int counter(const char *name, long long want)
{
	long long is = tt_stat_delta(name);

	return is == want ? 0 : tt_fail(EBADMSG, "%s is %lld, not %lld", name,
					is, want);
}

static int counters(const char *ulp)
{
	return counter("TlsCurrTxSw", 0) ?: counter("TlsCurrRxSw", 0) ?:
	       counter("TlsTxSw", tally.keys / 2) ?:
	       counter("TlsRxSw", tally.keys / 2) ?:
	       counter("TlsDecryptError", 0) ?:
	       (strcmp(ulp, "tls_trace") && !tally.attached ? 0 :
		counter("TlsTraceAttach", tally.attached) ?:
		counter("TlsTraceClose", tally.attached) ?:
		counter("TlsTraceCurr", 0) ?:
		counter("TlsTraceTxBytes", tally.sent) ?:
		counter("TlsTraceRxBytes", tally.received));
}

static int all(struct tt_test *t)
{
	unsigned int id = 0, n = tt_rounds(MANY_ALL);
	unsigned int warm = n < 3 * MANY_WARM ? n / 3 : MANY_WARM;
	const char *ulp = t->v->ulp;
	static struct tt_memory m[3];
	int i, err;

	/* Sums are compared here, for there is no ledger. */
	t->unchecked = true;
	err = prepare() ?: many(&id, warm, ulp) ?: tt_memory_read(&m[0]);
	for (i = 1; i < 3 && !err; i++)
		err = many(&id, (n - warm) / 2, ulp) ?: tt_memory_read(&m[i]);
	if (err)
		return err;
	err = tt_memory_left(m, n / 20 + 30);
	fprintf(stderr, "# %u connections, %lld messages compared\n", id,
		tally.reads);
	return err ?: counters(ulp);
}

/* Every byte of every connection is its own, and nothing stays of any. */
TEST_F_TIMEOUT(many, connections, 600)
{
	if (*self->t.skip)
		SKIP(return, "%s", self->t.skip);
	ASSERT_OK(all(&self->t));
}
