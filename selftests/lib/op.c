// SPDX-License-Identifier: GPL-2.0
/* Calls on the kernel's end of a connection. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>
#include "op.h"
#include "stat.h"
#include "util.h"

int tt_get(struct tt_conn *c, int option, void *value, socklen_t *len)
{
	return getsockopt(c->fd, SOL_TLS, option, value, len) ? -errno : 0;
}

/* A key moves the counter of sessions, or one of rekeys (where the kernel has
 * those) if it is not the first of its direction.
 */
static void expect_key(struct tt_conn *c, int option, const void *value,
		       socklen_t len, long result)
{
	bool again = tt_ledger_keys(&c->ledger, option, c->ledger.ops);
	bool tx = option == TLS_TX;

	if (c->ledger.unkept)
		return;
	if (!result && !again)
		tt_stat_expect(tx ? "TlsTxSw" : "TlsRxSw", 1);
	else if (!result)
		tt_stat_expect(tx ? "TlsTxRekeyOk" : "TlsRxRekeyOk", 1);
	/* What cannot be a key is refused before it is counted. */
	else if (again && value && len >= sizeof(struct tls_crypto_info))
		tt_stat_expect(tx ? "TlsTxRekeyError" : "TlsRxRekeyError", 1);
}

int tt_set(struct tt_conn *c, int option, const void *value, socklen_t len)
{
	struct tt_op op = { .kind = TT_OP_SETSOCKOPT, .option = option };
	bool key = option == TLS_TX || option == TLS_RX;
	struct tls_crypto_info head;

	op.result = setsockopt(c->fd, SOL_TLS, option, value, len) ? -errno : 0;
	if (op.result)
		tt_fail(-op.result, "SOL_TLS option %d: %s", option,
			strerror(-op.result));
	if (key) {
		if (value && len >= sizeof(head) + TLS_SEQ_SIZE) {
			memcpy(&head, value, sizeof(head));
			op.version = head.version;
			op.cipher = head.cipher_type;
			op.after = tt_get64((const unsigned char *)value +
					    len - TLS_SEQ_SIZE);
		}
		expect_key(c, option, value, len, op.result);
	}
	if (option == TLS_TX_MAX_PAYLOAD_LEN && value && len == sizeof(__u16))
		op.after = *(const __u16 *)value;
	else if (option >= TLS_TX_ZEROCOPY_RO && value && len >= sizeof(__u32))
		op.after = *(const __u32 *)value;
	tt_ledger_add(&c->ledger, &op);
	if (key && !op.result &&
	    tt_ledger_keys(&c->ledger, option, c->ledger.ops) > 1)
		tt_ledger_step(&c->ledger, option == TLS_RX, TT_NEW_KEY, false,
			       op.after);
	return op.result;
}

int tt_set_keys(struct tt_conn *c, int option, const struct tt_keys *keys)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	size_t len;

	len = tt_cipher_pack(c->o.cipher, c->o.version, keys, info);
	return tt_set(c, option, info, len);
}

int tt_get_keys(struct tt_conn *c, int option, struct tt_keys *keys)
{
	unsigned char info[TLS_CRYPTO_INFO_MAX];
	socklen_t len = tt_cipher_info_size(c->o.cipher);
	int err;

	err = tt_get(c, option, info, &len);
	if (err)
		return tt_fail(-err, "getsockopt of option %d: %s", option,
			       strerror(-err));
	tt_cipher_unpack(c->o.cipher, info, keys);
	return 0;
}

__u64 tt_seq(struct tt_conn *c, int option)
{
	struct tt_keys keys;

	return tt_get_keys(c, option, &keys) ? 0 : keys.seq;
}

static void begin(struct tt_conn *c, struct tt_op *op, enum tt_op_kind kind,
		  size_t len, int flags)
{
	struct tt_keys keys;

	memset(op, 0, sizeof(*op));
	op->kind = kind;
	op->len = len;
	op->flags = flags;
	op->type = TLS_TYPE_DATA;
	op->keyed = !tt_get_keys(c, kind == TT_OP_TX ? TLS_TX : TLS_RX, &keys);
	op->before = op->keyed ? keys.seq : 0;
}

static long end(struct tt_conn *c, struct tt_op *op, long result)
{
	struct tt_keys keys;

	op->result = result < 0 ? -errno : result;
	op->after = op->before;
	if (op->keyed &&
	    !tt_get_keys(c, op->kind == TT_OP_TX ? TLS_TX : TLS_RX, &keys))
		op->after = keys.seq;
	tt_ledger_add(&c->ledger, op);
	if (op->result == -EKEYEXPIRED && !(op->flags & MSG_PEEK))
		tt_ledger_step(&c->ledger, op->kind == TT_OP_RX, TT_KEY_EXPIRED,
			       false, op->after);
	if (result < 0)
		tt_fail(-op->result, "%s of %zu bytes: %s",
			op->kind == TT_OP_TX ? "sending" : "receiving",
			op->len, strerror(-op->result));
	return op->result;
}

/* Note an alert that passed whole, or a handshake record that begins with a
 * KeyUpdate: the last record of the call.
 */
static void note_control(struct tt_conn *c, const struct tt_op *op,
			 const struct msghdr *m)
{
	const unsigned char *p = m->msg_iov[0].iov_base;
	long len = m->msg_iov[0].iov_len;
	bool rx = op->kind == TT_OP_RX;
	bool whole;

	if (op->result <= 0 || len < op->result || !op->keyed)
		return;
	whole = op->result == TLS_KEY_UPDATE_SIZE;
	if (op->type == TLS_TYPE_ALERT && op->result >= 2)
		tt_ledger_alert(&c->ledger, rx, p, op->after - 1);
	else if (op->type == TLS_TYPE_HANDSHAKE && c->o.version == TLS_1_3 &&
		 p[0] == TLS_KEY_UPDATE &&
		 (op->after != op->before || (whole && p[3] == 1)))
		tt_ledger_step(&c->ledger, rx, TT_KEY_UPDATE,
			       op->result > 4 && p[4], op->after - 1);
}

static size_t iov_bytes(const struct msghdr *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->msg_iovlen; i++)
		n += m->msg_iov[i].iov_len;
	return n;
}

long tt_send(struct tt_conn *c, const void *buf, size_t len, int flags)
{
	struct tt_op op;

	flags |= MSG_NOSIGNAL;
	begin(c, &op, TT_OP_TX, len, flags);
	return end(c, &op, send(c->fd, buf, len, flags));
}

long tt_write(struct tt_conn *c, const void *buf, size_t len)
{
	struct tt_op op;

	begin(c, &op, TT_OP_TX, len, 0);
	return end(c, &op, write(c->fd, buf, len));
}

long tt_sendmsg(struct tt_conn *c, const struct msghdr *m, int flags, int type)
{
	struct tt_op op;
	long n;

	flags |= MSG_NOSIGNAL;
	begin(c, &op, TT_OP_TX, iov_bytes(m), flags);
	op.type = type;
	n = end(c, &op, sendmsg(c->fd, m, flags));
	note_control(c, &op, m);
	return n;
}

long tt_send_type(struct tt_conn *c, unsigned char type, const void *buf,
		  size_t len, int flags)
{
	union {
		char buf[CMSG_SPACE(sizeof(type))];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { (void *)buf, len };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);

	cmsg->cmsg_level = SOL_TLS;
	cmsg->cmsg_type = TLS_SET_RECORD_TYPE;
	cmsg->cmsg_len = CMSG_LEN(sizeof(type));
	*CMSG_DATA(cmsg) = type;
	return tt_sendmsg(c, &m, flags, type);
}

long tt_recv(struct tt_conn *c, void *buf, size_t len, int flags)
{
	struct tt_op op;

	begin(c, &op, TT_OP_RX, len, flags);
	return end(c, &op, recv(c->fd, buf, len, flags));
}

long tt_recvmsg(struct tt_conn *c, struct msghdr *m, int flags, int *type)
{
	struct cmsghdr *cmsg;
	struct tt_op op;
	long n;

	begin(c, &op, TT_OP_RX, iov_bytes(m), flags);
	n = recvmsg(c->fd, m, flags);
	*type = -1;
	for (cmsg = n < 0 ? NULL : CMSG_FIRSTHDR(m); cmsg;
	     cmsg = CMSG_NXTHDR(m, cmsg))
		if (cmsg->cmsg_level == SOL_TLS &&
		    cmsg->cmsg_type == TLS_GET_RECORD_TYPE &&
		    cmsg->cmsg_len == CMSG_LEN(1))
			*type = *CMSG_DATA(cmsg);
	op.type = *type;
	n = end(c, &op, n);
	if (!(flags & MSG_PEEK))
		note_control(c, &op, m);
	return n;
}

long tt_recv_type(struct tt_conn *c, int *type, void *buf, size_t len,
		  int flags)
{
	union {
		char buf[CMSG_SPACE(sizeof(unsigned char))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { buf, len };
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.buf),
	};

	return tt_recvmsg(c, &m, flags, type);
}

long tt_sendfile(struct tt_conn *c, int file, off_t *off, size_t len)
{
	struct tt_op op;

	begin(c, &op, TT_OP_TX, len, 0);
	op.path = TT_TX_SENDFILE;
	return end(c, &op, sendfile(c->fd, file, off, len));
}

long tt_splice_out(struct tt_conn *c, int pipe, size_t len, unsigned int flags)
{
	struct tt_op op;

	begin(c, &op, TT_OP_TX, len, 0);
	op.path = TT_TX_SPLICE;
	return end(c, &op, splice(pipe, NULL, c->fd, NULL, len, flags));
}

long tt_splice_in(struct tt_conn *c, int pipe, size_t len, unsigned int flags)
{
	struct tt_op op;

	begin(c, &op, TT_OP_RX, len, 0);
	op.path = TT_RX_SPLICE;
	return end(c, &op, splice(c->fd, NULL, pipe, NULL, len, flags));
}

struct tt_flow tt_flow_begin(struct tt_conn *c, enum tt_op_kind kind)
{
	/* Nobody knows how many calls it will be. */
	c->ledger.unordered = true;
	return (struct tt_flow){
		c, kind, tt_seq(c, kind == TT_OP_TX ? TLS_TX : TLS_RX)
	};
}

void tt_flow_end(const struct tt_flow *f, long result)
{
	struct tt_op op = {
		.kind = f->kind,
		.result = result,
		.type = -1,
		.keyed = true,
		.before = f->before,
	};

	op.after = tt_seq(f->c, f->kind == TT_OP_TX ? TLS_TX : TLS_RX);
	tt_ledger_add(&f->c->ledger, &op);
}

int tt_recv_all(struct tt_conn *c, void *buf, size_t len)
{
	size_t done = 0;
	long n;

	while (done < len) {
		n = tt_recv(c, (char *)buf + done, len - done, 0);
		if (n < 0)
			return n;
		if (!n)
			return tt_fail(EPIPE, "end of file after %zu of %zu",
				       done, len);
		done += n;
	}
	return 0;
}
