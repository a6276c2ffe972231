// SPDX-License-Identifier: GPL-2.0
/* Comparison of what a test did with what tls_trace says. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "check.h"
#include "stat.h"
#include "trace.h"
#include "util.h"

/* Flags of a call that an event must show; the kernel adds its own. */
#define SHOWN_FLAGS	(MSG_MORE | MSG_DONTWAIT | MSG_PEEK | MSG_WAITALL)
#define CONF_BASE	1
#define CONF_SW		2

struct walk {
	const struct tt_ledger *l;
	const struct tt_event *e;	/* next event of this socket */
	const struct tt_event *end;
	unsigned int netns;
};

/* Alerts and changes of keys are compared as lists of their own; captured data
 * is the affair of other tests.
 */
static bool is_call(const struct tt_event *e)
{
	return strcmp(e->name, "alert") && strcmp(e->name, "rekey") &&
	       strcmp(e->name, "data");
}

/* The next event that is of this socket and of a call. */
static const struct tt_event *peek(struct walk *w)
{
	while (w->e < w->end && ((unsigned long)w->e->ino != w->l->inode ||
				 !is_call(w->e)))
		w->e++;
	return w->e < w->end ? w->e : NULL;
}

static int differs(const struct tt_event *e, size_t n, const char *field,
		   long long is, long long want)
{
	return tt_fail(EBADMSG,
		       "tls_trace: call %zu: event %s (result %lld, len %lld): %s is %lld, should be %lld",
		       n, e->name, e->result, e->len, field, is, want);
}

#define MUST(field, want)						\
	do {								\
		long long __want = (want);				\
									\
		if (e->field != __want)					\
			return differs(e, n, #field, e->field, __want);	\
	} while (0)

static int check_identity(struct walk *w, const struct tt_event *e, size_t n)
{
	MUST(family, w->l->family);
	MUST(sport, w->l->sport);
	MUST(dport, w->l->dport);
	MUST(netns, w->netns);
	return 0;
}

static int check_setsockopt(const struct tt_ledger *l, const struct tt_event *e,
			    const struct tt_op *op, size_t n)
{
	unsigned int keys;

	MUST(option, op->option);
	MUST(result, op->result);
	if (op->option == TLS_TX || op->option == TLS_RX) {
		keys = tt_ledger_keys(l, op->option, n + 1);
		MUST(rekey, keys ? keys - 1 : 0);
	}
	if (op->result) {
		/* What was refused may be a piece of a key: nothing is told. */
		MUST(seq, 0);
		if (op->option == TLS_TX || op->option == TLS_RX)
			MUST(value, 0);
		return 0;
	}
	MUST(version, op->version);
	MUST(cipher, op->cipher);
	if (op->option == TLS_TX || op->option == TLS_RX) {
		MUST(conf, CONF_SW);
		MUST(seq, op->after);
	} else {
		MUST(value, op->after);
	}
	return 0;
}

static int check_call(const struct tt_event *e, const struct tt_op *op,
		      size_t n)
{
	MUST(path, op->path);
	MUST(len, op->len);
	MUST(result, op->result);
	if ((e->flags ^ op->flags) & SHOWN_FLAGS)
		return differs(e, n, "flags", e->flags, op->flags);
	if (op->keyed) {
		MUST(records, op->after - op->before);
		MUST(seq, op->before);
	} else {
		MUST(records, 0);
	}
	if (op->result > 0 && op->type >= 0)
		MUST(type, op->keyed ? op->type : 0);
	return 0;
}

/* Whether an event after the last byte of a call belongs to the call still: the
 * error that made it short, or the end of file that closed a record; but not
 * what the next call of the ledger must find.
 */
static bool is_epilogue(const struct tt_event *e, const struct tt_ledger *l,
			size_t n, size_t pieces)
{
	const struct tt_op *op = &l->op[n];
	const struct tt_op *next = n + 1 < l->ops ? op + 1 : NULL;

	if (e->result > 0)
		return false;
	if (!pieces)
		return true;
	if (!e->result)
		return !e->len;
	if (op->result < 0)
		return false;
	return !next || next->kind != op->kind || next->path != op->path ||
	       next->result >= 0;
}

/* One sendfile or splice shows as any number of events, which must add up. */
static int check_pieces(struct walk *w, const struct tt_op *op, size_t n)
{
	const char *name = op->kind == TT_OP_TX ? "tx" : "rx";
	long long want = op->result > 0 ? op->result : 0;
	long long bytes = 0, records = 0;
	const struct tt_event *e;
	size_t pieces = 0;

	while ((e = peek(w)) && !strcmp(e->name, name) && e->path == op->path) {
		if (bytes >= want && !is_epilogue(e, w->l, n, pieces))
			break;
		if (!records && e->records && op->keyed)
			MUST(seq, op->before);
		bytes += e->result > 0 ? e->result : 0;
		records += e->records;
		if (e->result > 0 && op->keyed)
			MUST(type, op->type);
		pieces++;
		w->e++;
	}
	if (bytes != want)
		return tt_fail(EBADMSG,
			       "tls_trace: call %zu: events of the %s path %d have %lld bytes, the call %ld",
			       n, name, op->path, bytes, op->result);
	if (op->keyed && records != (long long)(op->after - op->before))
		return tt_fail(EBADMSG,
			       "tls_trace: call %zu: events of the %s path %d have %lld records, the kernel %lld",
			       n, name, op->path, records,
			       (long long)(op->after - op->before));
	return 0;
}

static int check_op(struct walk *w, const struct tt_op *op, size_t n)
{
	static const char * const names[] = {
		[TT_OP_ATTACH] = "attach", [TT_OP_SETSOCKOPT] = "setsockopt",
		[TT_OP_TX] = "tx", [TT_OP_RX] = "rx",
	};
	const struct tt_event *e;
	int err;

	if (op->path && (op->kind == TT_OP_TX || op->kind == TT_OP_RX))
		return check_pieces(w, op, n);
	e = peek(w);
	if (!e)
		return tt_fail(ENOMSG, "tls_trace: call %zu: no event %s", n,
			       names[op->kind]);
	if (strcmp(e->name, names[op->kind]))
		return tt_fail(EBADMSG,
			       "tls_trace: call %zu: event %s instead of %s",
			       n, e->name, names[op->kind]);
	err = check_identity(w, e, n);
	if (err)
		return err;
	w->e++;
	if (op->kind == TT_OP_ATTACH)
		MUST(result, op->result);
	else if (op->kind == TT_OP_SETSOCKOPT)
		return check_setsockopt(w->l, e, op, n);
	else
		return check_call(e, op, n);
	return 0;
}

static bool is_keyed(const struct tt_ledger *l, int option)
{
	return tt_ledger_keys(l, option, l->ops);
}

static unsigned int rekeys(const struct tt_ledger *l, bool rx)
{
	return tt_ledger_stage(l, rx, TT_NEW_KEY);
}

static int check_close(const struct tt_ledger *l, const struct tt_event *e,
		       const struct tt_cipher *cipher, int version)
{
	bool tx = is_keyed(l, TLS_TX), rx = is_keyed(l, TLS_RX);
	size_t n = l->ops;

	MUST(version, tx || rx ? version : 0);
	MUST(cipher, tx || rx ? cipher->number : 0);
	MUST(tx_conf, tx ? CONF_SW : CONF_BASE);
	MUST(rx_conf, rx ? CONF_SW : CONF_BASE);
	MUST(tx_bytes, tt_ledger_sum(l, TT_OP_TX, false));
	MUST(rx_bytes, tt_ledger_sum(l, TT_OP_RX, false));
	MUST(tx_records, tt_ledger_sum(l, TT_OP_TX, true));
	MUST(rx_records, tt_ledger_sum(l, TT_OP_RX, true));
	MUST(tx_errors, tt_ledger_errors(l, TT_OP_TX));
	MUST(rx_errors, tt_ledger_errors(l, TT_OP_RX));
	MUST(tx_rekeys, rekeys(l, false));
	MUST(rx_rekeys, rekeys(l, true));
	return 0;
}

static int check_alerts(const struct walk *w)
{
	const struct tt_ledger *l = w->l;
	const struct tt_event *e;
	const struct tt_alert *a;
	size_t n = 0;

	for (e = w->e; e < w->end; e++) {
		if ((unsigned long)e->ino != l->inode ||
		    strcmp(e->name, "alert"))
			continue;
		if (n >= l->alerts)
			return tt_fail(EBADMSG,
				       "tls_trace: more than %zu events alert",
				       l->alerts);
		a = &l->alert[n++];
		if (e->dir != a->rx || e->level != a->level ||
		    e->desc != a->desc || (__u64)e->seq != a->seq)
			return tt_fail(EBADMSG,
				       "tls_trace: event alert %zu: dir %lld level %lld desc %lld seq %lld, should be %d %d %d %llu",
				       n - 1, e->dir, e->level, e->desc, e->seq,
				       a->rx, a->level, a->desc,
				       (unsigned long long)a->seq);
	}
	if (n != l->alerts)
		return tt_fail(EBADMSG,
			       "tls_trace: %zu events alert, should be %zu", n,
			       l->alerts);
	return 0;
}

static int check_steps(const struct walk *w)
{
	const struct tt_ledger *l = w->l;
	const struct tt_event *e;
	const struct tt_step *s;
	size_t n = 0;

	for (e = w->e; e < w->end; e++) {
		if ((unsigned long)e->ino != l->inode ||
		    strcmp(e->name, "rekey"))
			continue;
		if (n >= l->steps)
			return tt_fail(EBADMSG,
				       "tls_trace: more than %zu events rekey",
				       l->steps);
		s = &l->step[n++];
		if (e->dir != s->rx || e->stage != s->stage ||
		    e->request != s->request || (__u64)e->seq != s->seq ||
		    e->rekeys != s->rekeys)
			return tt_fail(EBADMSG,
				       "tls_trace: event rekey %zu: dir %lld stage %lld request %lld seq %lld rekeys %lld, should be %d %d %d %llu %u",
				       n - 1, e->dir, e->stage, e->request,
				       e->seq, e->rekeys, s->rx, s->stage,
				       s->request, (unsigned long long)s->seq,
				       s->rekeys);
	}
	if (n != l->steps)
		return tt_fail(EBADMSG,
			       "tls_trace: %zu events rekey, should be %zu", n,
			       l->steps);
	return 0;
}

int tt_check_events(const struct tt_ledger *l, const struct tt_cipher *cipher,
		    int version)
{
	const struct tt_event *e;
	struct walk w = { .l = l };
	struct stat st;
	size_t i, n;
	int err;

	if (!l->attached)
		return 0;
	if (!stat("/proc/self/ns/net", &st))
		w.netns = st.st_ino;
	w.e = tt_trace_events(&n);
	w.end = w.e + n;
	err = check_alerts(&w) ?: check_steps(&w);
	for (i = 0; !err && !l->unordered && i < l->ops; i++)
		err = check_op(&w, &l->op[i], i);
	if (err || !l->closed)
		return err;
	while ((e = peek(&w)) && l->unordered && strcmp(e->name, "close"))
		w.e++;
	if (!e || strcmp(e->name, "close"))
		return tt_fail(EBADMSG,
			       "tls_trace: event %s after the last call, should be close",
			       e ? e->name : "none");
	return check_close(l, e, cipher, version);
}

int tt_check_live(struct tt_conn *c)
{
	char line[512], version[16], cipher[32], tx[8], rx[8];
	unsigned long long txb, txr, rxb, rxr;
	struct tt_ledger *l = &c->ledger;
	unsigned int txe, rxe, txk, rxk;
	unsigned long inode;
	bool found = false;
	FILE *f;

	if (!l->attached || c->fd < 0)
		return 0;
	f = fopen("/proc/net/tls_trace", "r");
	if (!f)
		return tt_fail(errno, "/proc/net/tls_trace: %s",
			       strerror(errno));
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line,
			       "%lu %*s %*s %15s %31s %7s %7s %llu %llu %u %u %llu %llu %u %u",
			       &inode, version, cipher, tx, rx, &txb, &txr,
			       &txe, &txk, &rxb, &rxr, &rxe, &rxk) == 13 &&
			inode == l->inode;
	fclose(f);
	if (!found)
		return tt_fail(ENOENT,
			       "/proc/net/tls_trace has no line for inode %lu",
			       l->inode);
	if (strcmp(tx, is_keyed(l, TLS_TX) ? "sw" : "base") ||
	    strcmp(rx, is_keyed(l, TLS_RX) ? "sw" : "base") ||
	    ((is_keyed(l, TLS_TX) || is_keyed(l, TLS_RX)) &&
	     (strcmp(cipher, c->o.cipher->name) ||
	      strcmp(version, c->o.version == TLS_1_3 ? "1.3" : "1.2"))) ||
	    txb != tt_ledger_sum(l, TT_OP_TX, false) ||
	    rxb != tt_ledger_sum(l, TT_OP_RX, false) ||
	    txr != tt_ledger_sum(l, TT_OP_TX, true) ||
	    rxr != tt_ledger_sum(l, TT_OP_RX, true) ||
	    txe != tt_ledger_errors(l, TT_OP_TX) || rxe != tt_ledger_errors(l, TT_OP_RX) ||
	    txk != rekeys(l, false) || rxk != rekeys(l, true))
		return tt_fail(EBADMSG,
			       "/proc/net/tls_trace does not fit (tx %llu bytes %llu records %u errors %u rekeys, rx %llu %llu %u %u expected): %s",
			       tt_ledger_sum(l, TT_OP_TX, false),
			       tt_ledger_sum(l, TT_OP_TX, true),
			       tt_ledger_errors(l, TT_OP_TX), rekeys(l, false),
			       tt_ledger_sum(l, TT_OP_RX, false),
			       tt_ledger_sum(l, TT_OP_RX, true),
			       tt_ledger_errors(l, TT_OP_RX), rekeys(l, true),
			       line);
	return 0;
}

void tt_check_expect(const struct tt_ledger *l)
{
	size_t i;

	if (!l->attached)
		return;
	for (i = 0; i < l->ops; i++) {
		if (l->op[i].kind == TT_OP_ATTACH)
			tt_stat_expect("TlsTraceAttach", 1);
		if (l->op[i].kind == TT_OP_SETSOCKOPT)
			tt_stat_expect(l->op[i].result ?
				       "TlsTraceSetsockoptError" :
				       "TlsTraceSetsockopt", 1);
	}
	for (i = 0; i < l->alerts; i++)
		tt_stat_expect(l->alert[i].rx ? "TlsTraceRxAlert" :
			       "TlsTraceTxAlert", 1);
	tt_stat_expect("TlsTraceTxBytes", tt_ledger_sum(l, TT_OP_TX, false));
	tt_stat_expect("TlsTraceRxBytes", tt_ledger_sum(l, TT_OP_RX, false));
	tt_stat_expect("TlsTraceTxRecords", tt_ledger_sum(l, TT_OP_TX, true));
	tt_stat_expect("TlsTraceRxRecords", tt_ledger_sum(l, TT_OP_RX, true));
	tt_stat_expect("TlsTraceTxError", tt_ledger_errors(l, TT_OP_TX));
	tt_stat_expect("TlsTraceRxError", tt_ledger_errors(l, TT_OP_RX));
	tt_stat_expect("TlsTraceTxRekey", rekeys(l, false));
	tt_stat_expect("TlsTraceRxRekey", rekeys(l, true));
	tt_stat_expect("TlsTraceTxKeyUpdate",
		       tt_ledger_stage(l, false, TT_KEY_UPDATE));
	tt_stat_expect("TlsTraceRxKeyUpdate",
		       tt_ledger_stage(l, true, TT_KEY_UPDATE));
	tt_stat_expect("TlsTraceRxKeyExpired",
		       tt_ledger_stage(l, true, TT_KEY_EXPIRED));
	tt_stat_expect("TlsTraceClose", l->closed);
}
