/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a test did on a kernel TLS socket, call by call, to be compared with
 * what tls_trace says about it.
 */
#ifndef TT_LEDGER_H
#define TT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

enum tt_op_kind {
	TT_OP_ATTACH,
	TT_OP_SETSOCKOPT,
	TT_OP_TX,
	TT_OP_RX,
};

/* Ways of data, numbered as in tls_trace's events */
enum tt_path {
	TT_PATH_CALL = 0,	/* send or recv */
	TT_TX_SENDFILE = 1,
	TT_TX_SPLICE = 2,
	TT_RX_SPLICE = 1,
};

/**
 * struct tt_op - one call
 * @kind:	enum tt_op_kind
 * @result:	what it returned, bytes or -errno
 * @option:	setsockopt: option
 * @version:	setsockopt: version, 0 where there is none
 * @cipher:	setsockopt: cipher, 0 where there is none
 * @path:	enum tt_path
 * @type:	content type of the data, -1 if not known
 * @flags:	message flags given
 * @len:	bytes asked for
 * @keyed:	@before and @after are known: the direction has a key
 * @before:	record sequence before the call, from getsockopt
 * @after:	record sequence after it; setsockopt: first sequence, or the value
 */
struct tt_op {
	enum tt_op_kind kind;
	long result;
	int option;
	int version;
	int cipher;
	int path;
	int type;
	int flags;
	size_t len;
	bool keyed;
	__u64 before;
	__u64 after;
};

/* Steps of a change of keys, numbered as in tls_trace's events */
enum tt_stage {
	TT_KEY_UPDATE = 0,	/* a KeyUpdate passed */
	TT_KEY_EXPIRED = 1,	/* a call failed with EKEYEXPIRED */
	TT_NEW_KEY = 2,		/* a key after the first one was taken */
};

/**
 * struct tt_step - a step of a change of keys
 * @rx:		of the receiving direction
 * @stage:	enum tt_stage
 * @request:	KeyUpdate: it asks the other side for one
 * @seq:	record of the KeyUpdate; record that cannot be read; first record
 *		under the new key
 * @rekeys:	how many keys of the direction were replaced
 */
struct tt_step {
	bool rx;
	enum tt_stage stage;
	bool request;
	__u64 seq;
	unsigned int rekeys;
};

/**
 * struct tt_alert - an alert that passed whole
 * @rx:		received, else sent
 * @level:	of the two bytes, the first
 * @desc:	the second
 * @seq:	its record
 */
struct tt_alert {
	bool rx;
	unsigned char level;
	unsigned char desc;
	__u64 seq;
};

/**
 * struct tt_ledger - calls on one socket
 * @inode:	the socket
 * @family:	AF_INET or AF_INET6
 * @sport:	local port
 * @dport:	remote port
 * @attached:	with tls_trace
 * @closed:	our end was closed
 * @unkept:	nothing is noted: several threads make the calls
 * @unordered:	several threads called, or without events: compare sums only
 * @op:		calls, in order
 * @ops:	how many
 * @alert:	alerts, in order
 * @alerts:	how many
 * @step:	steps of changes of keys, in order
 * @steps:	how many
 */
struct tt_ledger {
	unsigned long inode;
	int family;
	int sport;
	int dport;
	bool attached;
	bool closed;
	bool unkept;
	bool unordered;
	struct tt_op *op;
	size_t ops;
	struct tt_alert alert[128];
	size_t alerts;
	struct tt_step *step;
	size_t steps;
};

/**
 * tt_ledger_init() - begin with a socket
 * @l:	ledger
 * @fd: connected socket
 */
void tt_ledger_init(struct tt_ledger *l, int fd);

/**
 * tt_ledger_free() - release
 * @l: ledger
 */
void tt_ledger_free(struct tt_ledger *l);

/**
 * tt_ledger_add() - note a call
 * @l:	ledger
 * @op:	the call, copied
 */
void tt_ledger_add(struct tt_ledger *l, const struct tt_op *op);

/**
 * tt_ledger_alert() - note an alert that passed
 * @l:		ledger
 * @rx:		received, else sent
 * @data:	level and description
 * @seq:	its record
 */
void tt_ledger_alert(struct tt_ledger *l, bool rx, const unsigned char *data,
		     __u64 seq);

/**
 * tt_ledger_step() - note a step of a change of keys
 * @l:		ledger
 * @rx:		of the receiving direction
 * @stage:	enum tt_stage
 * @request:	KeyUpdate: it asks for one
 * @seq:	record, see struct tt_step
 */
void tt_ledger_step(struct tt_ledger *l, bool rx, enum tt_stage stage,
		    bool request, __u64 seq);

/**
 * tt_ledger_keys() - how many keys of a direction the kernel took
 * @l:		ledger
 * @option:	TLS_TX or TLS_RX
 * @n:		in the first so many calls
 * Return: the number.
 */
unsigned int tt_ledger_keys(const struct tt_ledger *l, int option, size_t n);

/**
 * tt_ledger_sum() - plaintext bytes or records that calls moved under TLS
 * @l:		ledger
 * @kind:	TT_OP_TX or TT_OP_RX
 * @records:	records, else bytes; peeked bytes do not count
 * Return: the sum.
 */
__u64 tt_ledger_sum(const struct tt_ledger *l, enum tt_op_kind kind,
		    bool records);

/**
 * tt_ledger_errors() - calls that failed
 * @l:		ledger
 * @kind:	TT_OP_TX or TT_OP_RX
 *
 * EAGAIN and EINTR are no errors, nor is EKEYEXPIRED, which asks for a key. A
 * peek that fails is not counted: the next read will be.
 *
 * Return: how many.
 */
unsigned int tt_ledger_errors(const struct tt_ledger *l, enum tt_op_kind kind);

/**
 * tt_ledger_stage() - how many steps there were of a stage
 * @l:		ledger
 * @rx:		of the receiving direction
 * @stage:	enum tt_stage
 * Return: the number.
 */
unsigned int tt_ledger_stage(const struct tt_ledger *l, bool rx,
			     enum tt_stage stage);

#endif
