// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts made at random. The steps are drawn by weight from templates, in which
 * %N is a size, %I one that fits a record, %S a small one, %T a content type, %F
 * flags of a send, %G flags of a receive, %X a short list of lengths.
 */

struct template {
	int weight;
	const char *text;
};

static const char * const starts[] = {
	"both", "both", "both", "both", "both", "both", "both", "both",
	"tx", "tx", "rx", "rx", "base", "ulp own; send 20; set tx key; set rx key",
	"in 23 50; both", "in 23 300 hold=100; both; rest",
	"both; nonblock 1", "both; nonblock 1",
	"both; set zc 1", "both; set nopad 1", "both; set maxlen 100",
	"both; opt sndbuf 4608", "both; dup", "both; pass", "both; epoll et in out",
};

static const struct template steps[] = {
	/* sending */
	{ 30, "send %N %F" }, { 8, "write %S" }, { 6, "writev %X" },
	{ 12, "msg %X %F" }, { 10, "msg %S ctl=%T %F" }, { 4, "send %S more" },
	{ 6, "send %N more dontwait" }, { 3, "mmsg 3 %S %F" },
	{ 2, "send %S bad %F" }, { 2, "send %N edge %F" },
	{ 2, "msg 5,bad:10 %F" }, { 2, "msg %S,edge:40,3 %F" },
	{ 1, "msg %S ctl=tiny" }, { 1, "msg %S ctl=two" },
	{ 1, "msg %S ctl=badtype" }, { 1, "msg %S ctl=empty" },
	{ 1, "msg %S ctl=slack %F" }, { 1, "msg %S ctl=stamp" },
	{ 1, "send 0 %F" }, { 1, "send %S oob" }, { 1, "send %S zerocopy" },
	{ 6, "sendfile %N at=%S" }, { 4, "sendfile %N" },
	{ 3, "sendfile %N src=tmp at=299000" }, { 2, "sendfile %S src=proc" },
	{ 2, "sendfile %N src=exe at=%S" }, { 5, "splice %N" },
	{ 5, "splice %S more" }, { 3, "splice %N fill=%N" },
	{ 3, "splice %S by=vmsplice" }, { 3, "splice %N by=file more" },
	{ 2, "splice %S by=tee" },
	/* what comes in */
	{ 34, "in 23 %I" }, { 10, "in 23 %S x=3" }, { 9, "in %T %S" },
	{ 5, "in 23 %I hold=%S" }, { 9, "rest" }, { 3, "in 23 %I split=1000" },
	{ 3, "in 23 0" }, { 3, "in 22 0" }, { 5, "in 23 %S pad=%S" },
	{ 1, "in 23 %S fliptag" }, { 1, "in 23 %S flip=%S" },
	{ 1, "in 23 %S version=0x0301" }, { 1, "in 23 %S len=3" },
	{ 1, "in 23 %S len=20000" }, { 1, "in 23 %S skip" }, { 1, "again" },
	{ 1, "in 23 %S cut=%S" }, { 1, "plain %S" }, { 2, "alert 1 0" },
	{ 1, "alert 2 40" }, { 2, "in 23 %S outer=22" }, { 1, "urgent" },
	/* receiving */
	{ 30, "recv %N dontwait %G" }, { 12, "rmsg %N dontwait %G" },
	{ 8, "recv %N dontwait" }, { 5, "recv %N peek dontwait" },
	{ 4, "rmsg %N peek dontwait" }, { 4, "recv %N waitall dontwait" },
	{ 4, "rmsg %X dontwait %G" }, { 3, "rmsg %N dontwait room=%S" },
	{ 2, "rmsg %N dontwait room=0" }, { 2, "rmsg %S dontwait ctl=bad room=24" },
	{ 3, "readv %X nowait" }, { 2, "mrmsg 3 %S dontwait" },
	{ 2, "recv %S bad dontwait" }, { 2, "recv %N edge dontwait" },
	{ 2, "recv %S errqueue" }, { 1, "recv %S oob" }, { 2, "recv 0 dontwait" },
	{ 3, "recv %N" }, { 2, "read %N" }, { 5, "splicein %N nonblock" },
	{ 2, "splicein %S" }, { 2, "fork recv %N dontwait" },
	{ 2, "fork send %S" },
	/* readiness */
	{ 3, "ewait" }, { 3, "epoll et in out" }, { 2, "epoll in oneshot" },
	{ 3, "select" }, { 3, "poll in" }, { 1, "ioctl outq" },
	{ 1, "ioctl atmark" }, { 1, "nonblock 0" }, { 1, "nonblock 1" },
	/* options */
	{ 2, "opt rcvlowat %S" }, { 1, "getopt error" }, { 1, "get tx" },
	{ 1, "get rx" }, { 1, "set tx key" }, { 1, "set rx key" },
	{ 1, "set zc 1" }, { 1, "set nopad 1" }, { 1, "set maxlen %S" },
	{ 1, "keyupdate" }, { 1, "keyupdate; farkey; set rx key" },
	{ 1, "keyupdate; recv 10 dontwait; farkey; set rx key; in 23 30" },
	{ 1, "ulp own" }, { 1, "connect unspec" }, { 1, "diag" },
	{ 1, "opt cork 1" }, { 1, "opt cork 0" }, { 1, "opt nodelay 0" },
	{ 2, "dup" }, { 2, "pass" }, { 2, "hold 1" }, { 2, "hold 0" },
	{ 1, "names" }, { 1, "sockmap" },
};

static const char * const ends[] = {
	"", "", "", "", "close", "fin; recv 99999 dontwait; close",
	"shut wr; recv 99999 dontwait", "shut rdwr; send 5; recv 5 dontwait",
	"shut rd; recv 99999 dontwait; recv 5 dontwait",
	"gone; recv 99999 dontwait; send 10; send 10", "opt linger 0; close",
	"gone rst; send 10; recv 99999 dontwait; recv 10 dontwait",
	"alert 1 0; fin; rmsg 99999 dontwait; rmsg 100 dontwait; rmsg 100 dontwait",
	"recv 99999 dontwait; recv 99999 dontwait; recv 99999 dontwait",
	"rmsg 99999 dontwait; rmsg 99999 dontwait; rmsg 99999 dontwait",
	"in 23 100; close", "send 3000 more; close", "send 100 more; shut wr",
};

static const int sizes[] = {
	1, 2, 3, 13, 16, 17, 63, 64, 100, 255, 256, 1000, 1400, 4095, 4096,
	4097, 8192, 16383, 16384, 16385, 20000, 32768, 40000, 65536,
};

/* So many of them from the start are small, or fit a record. */
#define SMALL_SIZES	12
#define RECORD_SIZES	19

static int below(int n)
{
	return tt_random() % n;
}

static void add(char *out, size_t size, const char *text)
{
	size_t have = strlen(out);

	snprintf(out + have, size - have, "%s", text);
}

static void add_num(char *out, size_t size, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	add(out, size, text);
}

static const char *pick_flags(bool sending)
{
	static const char * const tx[] = {
		"", "", "", "", "more", "dontwait", "nosignal", "eor",
		"dontwait more", "waitall", "confirm", "batch", "notlast",
	};
	static const char * const rx[] = {
		"", "", "", "", "", "peek", "trunc", "waitall", "cloexec",
		"nosignal", "peek trunc", "peek waitall",
	};

	return sending ? tx[below(ARRAY_SIZE(tx))] : rx[below(ARRAY_SIZE(rx))];
}

static void add_template(char *out, size_t size, const char *t)
{
	static const int types[] = { 20, 21, 22, 22, 23, 24, 99 };
	char c[2] = "";
	int i;

	for (; *t; t++) {
		if (*t != '%') {
			c[0] = *t;
			add(out, size, c);
			continue;
		}
		switch (*++t) {
		case 'N':
			add_num(out, size, sizes[below(ARRAY_SIZE(sizes))]);
			break;
		case 'I':
			add_num(out, size, sizes[below(RECORD_SIZES)]);
			break;
		case 'S':
			add_num(out, size, sizes[below(SMALL_SIZES)]);
			break;
		case 'T':
			add_num(out, size, types[below(ARRAY_SIZE(types))]);
			break;
		case 'X':
			for (i = below(4); i >= 0; i--) {
				add_num(out, size, below(5) ?
					sizes[below(SMALL_SIZES)] : 0);
				add(out, size, i ? "," : "");
			}
			break;
		default:
			add(out, size, pick_flags(*t == 'F'));
		}
	}
}

static const char *pick_step(void)
{
	int i, at, total = 0;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		total += steps[i].weight;
	at = below(total);
	for (i = 0; at >= steps[i].weight; i++)
		at -= steps[i].weight;
	return steps[i].text;
}

/* A script from the test's stream of numbers. Return: it, to be freed. */
static char *random_script(void)
{
	char text[3000] = "";
	int n = 5 + below(12);

	add(text, sizeof(text), starts[below(ARRAY_SIZE(starts))]);
	while (n--) {
		add(text, sizeof(text), "; ");
		add_template(text, sizeof(text), pick_step());
	}
	add(text, sizeof(text), "; ");
	add(text, sizeof(text), ends[below(ARRAY_SIZE(ends))]);
	return strdup(text);
}
