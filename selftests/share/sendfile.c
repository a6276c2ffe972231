// SPDX-License-Identifier: GPL-2.0
/* sendfile while others send. */

#define FILE_SIZE	300000
/* A byte's highest bit tells the file's from the senders'. */
#define OF_FILE		0x80

struct file_sender {
	int fd;
	int file;
	int times;
	long sent;
	struct tt_call call;
};

static long file_sends(void *arg)
{
	struct file_sender *f = arg;
	off_t off;
	long n;
	int i;

	for (i = 0; i < f->times; i++)
		for (off = 0; off < FILE_SIZE; f->sent += n) {
			n = sendfile(f->fd, f->file, &off, FILE_SIZE - off);
			if (n <= 0)
				return n ? -errno : -EPIPE;
		}
	return 0;
}

struct byte_sender {
	int fd;
	const unsigned char *data;
	size_t len;
	int type;
	int flags;
	struct tt_call call;
};

/* The sender's bytes: as data in pieces, or each piece as a control record. */
static long byte_sends(void *arg)
{
	struct byte_sender *b = arg;
	struct writer w = { .fd = b->fd, .type = b->type, .flags = b->flags };
	size_t at, n;

	for (at = 0; at < b->len; at += n) {
		n = b->len - at < 2000 ? b->len - at : 2000;
		if (write_one(&w, (void *)(b->data + at), n) != (long)n)
			return -errno;
	}
	return 0;
}

static const unsigned char *fill_low(unsigned char *p, size_t len, __u8 bit)
{
	size_t i;

	tt_fill(p, len);
	for (i = 0; i < len; i++)
		p[i] = (p[i] & ~OF_FILE) | bit;
	return p;
}

/* One stream of three that the records of the kernel are made of. */
struct strand {
	const unsigned char *data;
	size_t len;	/* over and over */
	size_t at;
};

static int strand_next(struct strand *s, __u8 byte, size_t record)
{
	if (s->data[s->at % s->len] != byte)
		return tt_fail(EBADMSG, "record %zu: other content at %zu",
			       record, s->at);
	s->at++;
	return 0;
}

/*
 * Two that send data and one that sends control records while a file goes out: of
 * the file and of each sender every byte comes once and in order, and a control
 * record has nothing of anybody else.
 */
TT_TEST_F(share, sendfile_and_send)
{
	static unsigned char file[FILE_SIZE], data[60000], control[40000];
	struct file_sender f = { .fd = c->fd, .times = 2 };
	struct byte_sender plain = { .fd = c->fd, .len = sizeof(data),
				     .type = TLS_TYPE_DATA };
	struct byte_sender typed = { .fd = c->fd, .len = sizeof(control),
				     .type = 99 };
	struct strand strand[3] = { { file, sizeof(file), 0 },
				    { data, sizeof(data), 0 },
				    { control, sizeof(control), 0 } };
	struct tt_flow tx = tt_flow_begin(c, TT_OP_TX);
	long want = 2 * FILE_SIZE + sizeof(data) + sizeof(control);
	size_t i, k = 0;
	long sum = 0;

	small_buffers(c);
	fill_low(file, sizeof(file), OF_FILE);
	plain.data = fill_low(data, sizeof(data), 0);
	typed.data = fill_low(control, sizeof(control), 0);
	f.file = tt_file(0, NULL);
	ASSERT_EQ(FILE_SIZE, pwrite(f.file, file, FILE_SIZE, 0));
	ASSERT_OK(tt_call_start(&f.call, file_sends, &f));
	ASSERT_OK(tt_call_start(&plain.call, byte_sends, &plain));
	ASSERT_OK(tt_call_start(&typed.call, byte_sends, &typed));
	while (sum < want) {
		ASSERT_OK(tt_peer_records(c, k + 1));
		for (; k < c->recs; k++)
			sum += c->rec[k].len;
	}
	EXPECT_EQ(want, sum);
	ASSERT_OK(tt_call_join(&f.call));
	ASSERT_OK(tt_call_join(&plain.call));
	ASSERT_OK(tt_call_join(&typed.call));
	EXPECT_EQ(0, f.call.result);
	EXPECT_EQ(0, plain.call.result);
	EXPECT_EQ(0, typed.call.result);
	for (k = 0; k < c->recs; k++) {
		const struct tt_record *r = &c->rec[k];

		ASSERT_TRUE(r->authentic);
		ASSERT_TRUE(r->type == TLS_TYPE_DATA ||
			    (r->type == 99 && r->len == 2000));
		for (i = 0; i < r->len; i++)
			ASSERT_OK(strand_next(&strand[r->type == 99 ? 2 :
						      !(r->data[i] & OF_FILE)],
					      r->data[i], k));
	}
	EXPECT_EQ(2 * FILE_SIZE, strand[0].at);
	EXPECT_EQ(sizeof(data), strand[1].at);
	EXPECT_EQ(sizeof(control), strand[2].at);
	tt_flow_end(&tx, want);
	close(f.file);
}
