// SPDX-License-Identifier: GPL-2.0
/* Live sockets: the kernel's answers, the module's file, table and JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>

#include "ktls_uapi.h"
#include "proc_counts.h"
#include "sockdiag.h"
#include "socklist.h"
#include "unit.h"

static char message[1024];

/* An answer of sock_diag about 10.0.0.1:443, 10.0.0.2:50000. */
static struct nlmsghdr *answer(const char *ulp, bool tls)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(message);
	struct inet_diag_msg *m = mnl_nlmsg_put_extra_header(nlh, sizeof(*m));
	struct nlattr *info, *nest;

	m->idiag_family = AF_INET;
	m->idiag_state = TCP_ESTABLISHED;
	m->id.idiag_sport = htons(443);
	m->id.idiag_dport = htons(50000);
	m->id.idiag_src[0] = htonl(0x0a000001);
	m->id.idiag_dst[0] = htonl(0x0a000002);
	m->idiag_inode = 77;
	if (!ulp)
		return nlh;
	info = mnl_attr_nest_start(nlh, INET_DIAG_ULP_INFO);
	mnl_attr_put_strz(nlh, INET_ULP_INFO_NAME, ulp);
	if (tls) {
		nest = mnl_attr_nest_start(nlh, 2);
		mnl_attr_put_u16(nlh, KTLS_INFO_VERSION, KTLS_VERSION_13);
		mnl_attr_put_u16(nlh, KTLS_INFO_CIPHER, KTLS_AES_256_GCM);
		mnl_attr_put_u16(nlh, KTLS_INFO_TXCONF, CONF_SW);
		mnl_attr_put_u16(nlh, KTLS_INFO_RXCONF, CONF_BASE);
		mnl_attr_put(nlh, KTLS_INFO_ZC_RO_TX, 0, NULL);
		/* What a later kernel may add, and a number of another size. */
		mnl_attr_put_u32(nlh, 200, 1);
		mnl_attr_put_u32(nlh, KTLS_INFO_TX_MAX_PAYLOAD_LEN, 1);
		mnl_attr_nest_end(nlh, nest);
	}
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

static void test_diag(void)
{
	struct diag_socket s;
	struct nlmsghdr *nlh;
	char local[64];

	unit_case("sock_diag: a kTLS socket");
	CHECK(diag_parse(answer("tls", true), &s));
	endpoint_print(local, s.ep.saddr, s.ep.sport);
	EQUAL(local, "10.0.0.1:443");
	CHECK(s.inode == 77 && !s.traced && s.version == KTLS_VERSION_13);
	CHECK(s.cipher == KTLS_AES_256_GCM && s.conf[0] == CONF_SW && s.conf[1] == CONF_BASE);
	CHECK(s.zerocopy && !s.no_pad && !s.max_payload);

	unit_case("sock_diag: other sockets");
	CHECK(diag_parse(answer("tls_trace", false), &s) && s.traced && !s.version);
	CHECK(!diag_parse(answer(NULL, false), &s));
	CHECK(!diag_parse(answer("mptcp", false), &s));
	CHECK(!diag_parse(answer("tls_trac", false), &s));
	CHECK(!diag_parse(answer("tls_tracer", false), &s));
	nlh = mnl_nlmsg_put_header(message);
	CHECK(!diag_parse(nlh, &s));
}

struct got {
	unsigned int n;
	struct proc_counts last;
};

static void take(const struct proc_counts *p, void *ctx)
{
	struct got *got = ctx;

	got->n++;
	got->last = *p;
}

static int parse(const char *text, struct got *got)
{
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	int err;

	memset(got, 0, sizeof(*got));
	err = proc_counts_read(f, take, got);
	fclose(f);
	return err;
}

#define HEADER	"inode local remote version cipher tx rx tx_bytes tx_records tx_errors " \
		"tx_rekeys rx_bytes rx_records rx_errors rx_rekeys age_ms\n"

static void test_counts(void)
{
	struct got got;

	unit_case("/proc/net/tls_trace: lines");
	CHECK(!parse(HEADER "5 a:1 b:2 1.3 X sw sw 1 2 3 4 5 6 7 8 9\n"
		     "6 a:1 b:2 1.3 X sw - 10 20 30 40 50 60 70 80 18446744073709551615\n", &got));
	CHECK(got.n == 2 && got.last.inode == 6 && got.last.age_ms == UINT64_MAX);
	CHECK(got.last.dir[0].bytes == 10 && got.last.dir[0].records == 20 &&
	      got.last.dir[0].errors == 30 && got.last.dir[0].rekeys == 40);
	CHECK(got.last.dir[1].bytes == 50 && got.last.dir[1].rekeys == 80);
	CHECK(!parse(HEADER, &got) && !got.n);

	unit_case("/proc/net/tls_trace: other versions of it");
	CHECK(!parse("new age_ms rx_rekeys rx_errors rx_records rx_bytes tx_rekeys tx_errors "
		     "tx_records tx_bytes inode\nx 9 8 7 6 5 4 3 2 1 44\n", &got));
	CHECK(got.n == 1 && got.last.inode == 44 && got.last.dir[0].bytes == 1 &&
	      got.last.dir[1].errors == 7);
	CHECK(parse("inode tx_bytes\n1 2\n", &got) == -EPROTO && !got.n);
	CHECK(parse("", &got) == -EPROTO);
	CHECK(parse(HEADER "5 a:1 b:2 1.3\n", &got) == -EPROTO && !got.n);
	CHECK(parse(HEADER "z a:1 b:2 1.3 X sw sw 1 2 3 4 5 6 7 8 9\n", &got) == -EPROTO);
}

static void test_table(void)
{
	struct sock_row row[2] = { 0 };
	struct sock_list list = { .row = row, .count = 2, .counts_known = true };
	struct out out = { .fd = -1 };

	diag_parse(answer("tls", true), &row[0].diag);
	row[1] = row[0];
	row[0].pid = 12;
	row[0].processes = 3;
	strcpy(row[0].comm, "we\033b");
	row[1].diag.traced = true;
	row[1].diag.state = TCP_FIN_WAIT2;
	row[1].diag.conf[1] = CONF_HW;
	row[1].diag.max_payload = 1000;
	row[1].counted = true;
	row[1].counts.dir[0] = (struct proc_dir){ 5000, 40, 1, 2 };
	row[1].counts.dir[1] = (struct proc_dir){ 7, 1, 0, 0 };
	row[1].counts.age_ms = 123;

	unit_case("list: table");
	text_sock_list(&out, &list);
	EQUAL(unit_output(&out),
	      "LOCAL         REMOTE          PROCESS       TLS  CIPHER       TX  RX  "
	      "TX-RECORDS  TX-BYTES  RX-RECORDS  RX-BYTES  ERRORS  NOTES\n"
	      "10.0.0.1:443  10.0.0.2:50000  we\\x1bb/12+2  1.3  AES-256-GCM  sw  -   "
	      "         -         -           -         -       -  untraced,zerocopy\n"
	      "10.0.0.1:443  10.0.0.2:50000  -             1.3  AES-256-GCM  sw  hw  "
	      "        40      5000           1         7       1  "
	      "fin-wait-2,zerocopy,max-payload=1000,rekeys=2\n"
	      "2 kTLS sockets, 1 traced\n"
	      "records and bytes are counted of traced sockets only: "
	      "\"tlstrace exec -- PROGRAM\"\n");
	list.count = 0;
	text_sock_list(&out, &list);
	EQUAL(unit_output(&out), "no kTLS sockets in this network namespace\n");

	unit_case("list: JSON");
	list.count = 2;
	json_sock_list(&out, &list);
	EQUAL(unit_output(&out),
	      "{\"event\":\"socket\",\"ino\":77,\"local\":\"10.0.0.1:443\","
	      "\"remote\":\"10.0.0.2:50000\",\"state\":\"established\",\"uid\":0,\"pid\":12,"
	      "\"comm\":\"we\\u001bb\",\"processes\":3,\"traced\":false,\"version\":\"1.3\","
	      "\"cipher\":\"AES-256-GCM\",\"zerocopy_ro\":true,\"expect_no_pad\":false,"
	      "\"tx\":{\"ktls\":true,\"conf\":\"sw\"},\"rx\":{\"ktls\":false,\"conf\":\"base\"}}\n"
	      "{\"event\":\"socket\",\"ino\":77,\"local\":\"10.0.0.1:443\","
	      "\"remote\":\"10.0.0.2:50000\",\"state\":\"fin-wait-2\",\"uid\":0,\"pid\":null,"
	      "\"comm\":null,\"processes\":0,\"traced\":true,\"version\":\"1.3\","
	      "\"cipher\":\"AES-256-GCM\",\"zerocopy_ro\":true,\"expect_no_pad\":false,"
	      "\"max_payload\":1000,\"age_ms\":123,"
	      "\"tx\":{\"ktls\":true,\"conf\":\"sw\",\"bytes\":5000,\"records\":40,\"errors\":1,"
	      "\"rekeys\":2},\"rx\":{\"ktls\":true,\"conf\":\"hw\",\"bytes\":7,\"records\":1,"
	      "\"errors\":0,\"rekeys\":0}}\n");
	out_free(&out);
}

void test_list(void)
{
	test_diag();
	test_counts();
	test_table();
}
