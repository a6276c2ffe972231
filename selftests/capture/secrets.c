// SPDX-License-Identifier: GPL-2.0
/*
 * Keys, IVs and salts are in no event, file or log: whatever the application makes
 * of setsockopt, with every event enabled and all plaintext captured.
 */

#define TEXT_SIZE	(32 << 20)
#define PROC_NET	"/proc/net/"
#define EVENTS		"/sys/kernel/tracing/events/tls_trace"

static unsigned char *text;
static int kmsg;

/* All that can be read of a file without waiting. */
static size_t read_all(FILE *f, int fd, size_t at)
{
	ssize_t n;

	if (f)
		fd = fileno(f);
	if (fd < 0)
		return at;
	while (at < TEXT_SIZE && (n = read(fd, text + at, TEXT_SIZE - at)) > 0)
		at += n;
	if (f)
		fclose(f);
	return at;
}

static size_t read_path(const char *dir, const char *name, size_t at)
{
	char path[400];
	int fd;

	snprintf(path, sizeof(path), "%s%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	at = read_all(NULL, fd, at);
	if (fd >= 0)
		close(fd);
	return at;
}

/* Text of the trace; it stays in the ring buffer. */
static size_t read_trace(void)
{
	return read_all(tt_capture_file("trace"), -1, 0);
}

/* The pages of the ring buffer as they are, which uses them up. */
static size_t read_raw(void)
{
	char name[60];
	size_t at = 0;
	FILE *f;
	int cpu;

	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(name, sizeof(name), "per_cpu/cpu%d/trace_pipe_raw",
			 cpu);
		f = tt_capture_file(name);
		if (f)
			at = read_all(f, -1, at);
	}
	return at;
}

/* Files of /proc, the parameters, the formats of the events and the log. */
static size_t read_files(void)
{
	size_t at = 0;
	struct dirent *e;
	DIR *d;

	d = opendir(PROC_NET);
	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, "tls", 3))
			at = read_path(PROC_NET, e->d_name, at);
	if (d)
		closedir(d);
	d = opendir(EVENTS);
	while (d && (e = readdir(d))) {
		char name[260];

		snprintf(name, sizeof(name), "/%.240s/format", e->d_name);
		at = read_path(EVENTS, name, at);
	}
	if (d)
		closedir(d);
	d = opendir("/sys/module/tls_trace/parameters");
	while (d && (e = readdir(d)))
		at = read_path("/sys/module/tls_trace/parameters/", e->d_name,
			       at);
	if (d)
		closedir(d);
	return read_all(NULL, kmsg, at);
}

struct verdict {
	bool found;
	bool chance;
	char what[200];
};

static void look(size_t len, const char *where, struct verdict *v)
{
	struct tt_find find;

	if (!tt_secret_search(text, len, &find) || (v->found && !v->chance))
		return;
	v->found = true;
	v->chance = find.chance;
	snprintf(v->what, sizeof(v->what), "%s as %s at %zu of %zu in %s",
		 find.what, find.form, find.at, len, where);
}

/* Search everything for the secrets. The sockets are still there. */
static struct verdict look_everywhere(struct __test_metadata *_metadata)
{
	struct verdict v = {};
	size_t n;

	n = read_trace();
	EXPECT_LT(1000, n);
	look(n, "the trace", &v);
	n = read_raw();
	EXPECT_LT(1000, n);
	look(n, "the ring buffer", &v);
	n = read_files();
	EXPECT_LT(1000, n);
	look(n, "files and log", &v);
	return v;
}

static void secret_keys(const struct tt_cipher *c, struct tt_keys *keys)
{
	tt_keys_random(c, keys);
	tt_secret_keys(c, keys);
}

/* A refused call, whatever the reason. */
static void refused(struct tt_conn *c, int option, const void *value,
		    socklen_t len)
{
	if (c->ledger.attached)
		tt_set(c, option, value, len);
	else
		setsockopt(c->fd, SOL_TLS, option, value, len);
}

/* Every way to have setsockopt refuse a key, without changing the state. */
static void refuse_all(struct tt_conn *c, int option, int version)
{
	const struct tt_cipher *cipher = c->o.cipher;
	size_t want = tt_cipher_info_size(cipher);
	static const int other[] = { 0x0302, 0x0305, 0 };
	unsigned char info[2 * TLS_CRYPTO_INFO_MAX] = {};
	struct tls_crypto_info *head = (struct tls_crypto_info *)info;
	struct tt_keys keys;
	size_t len;
	int i;

	secret_keys(cipher, &keys);
	tt_cipher_pack(cipher, version, &keys, info);
	/* What comes behind the structure is the application's secret too. */
	tt_fill(info + want, sizeof(info) - want);
	tt_secret_add(info + want, 32, "memory behind the key");
	for (len = 0; len < want + 10; len++)
		if (len != want)
			refused(c, option, info, len);
	refused(c, option, info, sizeof(info));
	for (i = 0; i < 70; i++) {
		head->cipher_type = i;
		if (i != cipher->number && !tt_cipher_find(i))
			refused(c, option, info, want);
	}
	head->cipher_type = cipher->number;
	for (i = 0; i < 3; i++) {
		head->version = other[i];
		refused(c, option, info, want);
	}
	head->version = version;
	/* Other options, with a key by mistake. */
	for (i = TLS_TX_ZEROCOPY_RO; i < 10; i++)
		refused(c, i, info, want);
	refused(c, 77, info, want);
	refused(c, option, NULL, want);
}

/* One connection from its making on, with all that can go wrong about keys. */
static int use_keys(struct tt_test *t)
{
	struct tt_conn_opts o = tt_test_opts(t);
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	struct tt_keys keys;
	struct tt_conn *c;
	int err, i;

	o.no_handshake = true;
	err = tt_test_conn(t, &o, &c);
	if (err)
		return err;
	tt_secret_keys(o.cipher, &c->tx);
	tt_secret_keys(o.cipher, &c->rx);
	refuse_all(c, TLS_TX, o.version);
	err = tt_conn_attach(c);
	if (err)
		return err;
	refuse_all(c, TLS_TX, o.version);
	refuse_all(c, TLS_RX, o.version);
	err = tt_set_keys(c, TLS_TX, &c->tx) ?: tt_set_keys(c, TLS_RX, &c->rx);
	if (err)
		return err;
	tt_get_keys(c, TLS_TX, &keys);
	tt_get_keys(c, TLS_RX, &keys);

	/* Data and a control record, both ways. */
	tt_fill(out, 6000);
	out[3000] = 11;
	if (tt_send(c, out, 3000, 0) != 3000 ||
	    tt_send_type(c, TLS_TYPE_HANDSHAKE, out + 3000, 3000, 0) != 3000)
		return tt_fail(EIO, "sending: %s", tt_why());
	err = tt_peer_expect(c, 0, TLS_TYPE_DATA, out, 3000) ?:
	      tt_peer_record(c, TLS_TYPE_DATA, out, 3000, 0);
	if (err)
		return err;
	if (tt_recv(c, in, 3000, 0) != 3000)
		return tt_fail(EIO, "receiving: %s", tt_why());

	refuse_all(c, TLS_TX, o.version);
	refuse_all(c, TLS_RX, o.version);
	/* A further key: refused, or taken where the kernel can. */
	for (i = 0; i < 2; i++) {
		secret_keys(o.cipher, &keys);
		tt_cipher_pack(o.cipher, o.version, &keys, info);
		refused(c, TLS_TX, info, tt_cipher_info_size(o.cipher));
		secret_keys(o.cipher, &keys);
		tt_cipher_pack(o.cipher, o.version, &keys, info);
		refused(c, TLS_RX, info, tt_cipher_info_size(o.cipher));
	}
	tt_send(c, out, 100, 0);
	return 0;
}

static void prepare(void)
{
	text = malloc(TEXT_SIZE);
	/* What is older than the secrets cannot have them. */
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(kmsg, 0, SEEK_END);
	tt_secret_reset();
}

/* What is short may be found by chance: then not twice. */
TT_TEST_F(secrets, nowhere)
{
	struct verdict all;
	int round;

	BEGIN(WHOLE);
	prepare();
	ASSERT_LE(0, kmsg);
	for (round = 0; round < 3; round++) {
		tt_secret_reset();
		ASSERT_OK(use_keys(t));
		all = look_everywhere(_metadata);
		if (!all.found || !all.chance)
			break;
	}
	EXPECT_FALSE(all.found) TH_LOG("%s", all.what);
}

/* The search finds what is there: a key that is sent as data. */
TT_TEST_F(secrets, search_finds)
{
	struct tt_conn_opts o = tt_test_opts(t);
	unsigned char key[32], plain[400];
	struct tt_find find;
	struct tt_conn *d;
	size_t n;

	BEGIN(WHOLE);
	prepare();
	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_start(d));
	tt_fill(key, sizeof(key));
	tt_secret_add(key, sizeof(key), "planted");
	tt_fill(plain, sizeof(plain));
	ASSERT_EQ(400, tt_send(d, plain, 400, 0));
	n = read_trace();
	ASSERT_LT(0, n);
	EXPECT_FALSE(tt_secret_search(text, n, &find));

	/* Part of it is enough, and text shows the beginning of the data. */
	memcpy(plain + 5, key + 20, 9);
	ASSERT_EQ(400, tt_send(d, plain, 400, 0));
	n = read_trace();
	ASSERT_TRUE(tt_secret_search(text, n, &find));
	EXPECT_STREQ("hex", find.form);
	n = read_raw();
	ASSERT_TRUE(tt_secret_search(text, n, &find));
	EXPECT_STREQ("planted", find.what);
	EXPECT_STREQ("bytes", find.form);

	/* The other way round. */
	for (n = 0; n < 16; n++)
		plain[100 + n] = key[15 - n];
	ASSERT_EQ(400, tt_send(d, plain + 90, 310, 0) + 90);
	n = read_raw();
	ASSERT_TRUE(tt_secret_search(text, n, &find));
	EXPECT_STREQ("bytes in reverse", find.form);

	n = sprintf((char *)text, "key=%02X%02X%02x%02X%02X%02X%02X%02X%02X%02X",
		    key[0], key[1], key[2], key[10], key[11], key[12], key[13],
		    key[14], key[15], key[16]);
	/* Seven bytes in a row are none. */
	EXPECT_FALSE(tt_secret_search(text, n, &find));
	n += sprintf((char *)text + n, "%02X", key[17]);
	ASSERT_TRUE(tt_secret_search(text, n, &find));
	EXPECT_STREQ("HEX", find.form);
}

/* Whether a word of hexadecimal digits looks like an address: 16 of them, which are
 * no decimal number, or 20 decimal ones near 2^64 (%llu of an address).
 */
static bool is_address(const char *word, size_t digits)
{
	static const char letters[] = "abcdefABCDEF";
	char w[24] = "";

	if (digits != 16 && digits != 20)
		return false;
	memcpy(w, word, digits);
	if (digits == 16)
		return strpbrk(w, letters) || !strncmp(w, "00000000", 8);
	return !strpbrk(w, letters) && strcmp(w, "18446603336221196288") >= 0 &&
	       strcmp(w, "18446744073709547520") < 0;
}

/* The first word of text that looks like an address. */
static bool address_in(size_t len, char *word)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t i, digits = 0;

	for (i = 0; i < len; i++) {
		if (text[i] && strchr(hex, text[i])) {
			digits++;
			continue;
		}
		if (is_address((char *)text + i - digits, digits)) {
			memcpy(word, text + i - digits, digits);
			return true;
		}
		digits = 0;
	}
	return false;
}

/* No value of an event or of a line in /proc is an address of the kernel's. */
TT_TEST_F(secrets, no_address)
{
	struct tt_conn_opts o = tt_test_opts(t);
	char word[24] = "";
	struct tt_conn *d;
	size_t n;

	BEGIN(0);
	prepare();
	o.no_handshake = true;
	ASSERT_OK(tt_test_conn(t, &o, &d));
	ASSERT_OK(tt_conn_start(d));
	tt_fill(out, 100);
	ASSERT_EQ(100, tt_send(d, out, 100, 0));
	ASSERT_EQ(-EAGAIN, tt_recv(d, in, 100, MSG_DONTWAIT));
	tt_conn_shut_fd(d);
	n = read_trace();
	EXPECT_LT(100, n);
	EXPECT_FALSE(address_in(n, word)) TH_LOG("trace: %s", word);
	n = read_files();
	EXPECT_LT(100, n);
	EXPECT_FALSE(address_in(n, word)) TH_LOG("files: %s", word);
	n = sprintf((char *)text, "at ffff888100a0b000, ");
	EXPECT_TRUE(address_in(n, word));
	n = sprintf((char *)text, "at 18446614835000000000, ");
	EXPECT_TRUE(address_in(n, word));
	ASSERT_OK(tt_capture_read());
	EXPECT_EQ(NULL, tt_capture_address()) TH_LOG("%s", tt_capture_address());
}
