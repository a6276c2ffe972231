/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls on the kernel's end of a connection. Each is the plain system call,
 * returns its result or -errno, and is noted in the connection's ledger
 * together with the record sequence before and after it.
 */
#ifndef TT_OP_H
#define TT_OP_H

#include <sys/socket.h>
#include <sys/types.h>
#include "conn.h"

/**
 * tt_set() - setsockopt at level SOL_TLS
 * @c:		connection
 * @option:	TLS_TX, ...
 * @value:	value, may be NULL
 * @len:	its bytes
 * Return: 0 or -errno.
 */
int tt_set(struct tt_conn *c, int option, const void *value, socklen_t len);

/**
 * tt_get() - getsockopt at level SOL_TLS
 * @c:		connection
 * @option:	TLS_TX, ...
 * @value:	buffer
 * @len:	in and out: its bytes
 * Return: 0 or -errno.
 */
int tt_get(struct tt_conn *c, int option, void *value, socklen_t *len);

/**
 * tt_set_keys() - set the key of a direction
 * @c:		connection
 * @option:	TLS_TX or TLS_RX
 * @keys:	for the connection's cipher and version
 * Return: 0 or -errno.
 */
int tt_set_keys(struct tt_conn *c, int option, const struct tt_keys *keys);

/**
 * tt_get_keys() - read a direction's state back
 * @c:		connection
 * @option:	TLS_TX or TLS_RX
 * @keys:	out
 * Return: 0 or -errno.
 */
int tt_get_keys(struct tt_conn *c, int option, struct tt_keys *keys);

/**
 * tt_seq() - sequence number of a direction's next record, from the kernel
 * @c:		connection
 * @option:	TLS_TX or TLS_RX
 * Return: the number, 0 before the direction has a key.
 */
__u64 tt_seq(struct tt_conn *c, int option);

/**
 * tt_send() - send(2)
 * @c:		connection
 * @buf:	data
 * @len:	bytes
 * @flags:	MSG_*; MSG_NOSIGNAL is added
 * Return: bytes or -errno.
 */
long tt_send(struct tt_conn *c, const void *buf, size_t len, int flags);

/**
 * tt_write() - write(2)
 * @c:		connection
 * @buf:	data
 * @len:	bytes
 * Return: bytes or -errno.
 */
long tt_write(struct tt_conn *c, const void *buf, size_t len);

/**
 * tt_send_type() - one sendmsg(2) with a TLS_SET_RECORD_TYPE
 * @c:		connection
 * @type:	content type
 * @buf:	data
 * @len:	bytes
 * @flags:	MSG_*
 * Return: bytes or -errno.
 */
long tt_send_type(struct tt_conn *c, unsigned char type, const void *buf,
		  size_t len, int flags);

/**
 * tt_sendmsg() - sendmsg(2)
 * @c:		connection
 * @m:		message
 * @flags:	MSG_*; MSG_NOSIGNAL is added
 * @type:	content type that it asks for, for the ledger
 * Return: bytes or -errno.
 */
long tt_sendmsg(struct tt_conn *c, const struct msghdr *m, int flags,
		int type);

/**
 * tt_recv() - recv(2): no room for a control message
 * @c:		connection
 * @buf:	buffer
 * @len:	bytes
 * @flags:	MSG_*
 * Return: bytes or -errno.
 */
long tt_recv(struct tt_conn *c, void *buf, size_t len, int flags);

/**
 * tt_recv_type() - recvmsg(2) with room for TLS_GET_RECORD_TYPE
 * @c:		connection
 * @type:	out: content type, -1 if none was reported
 * @buf:	buffer
 * @len:	bytes
 * @flags:	MSG_*
 * Return: bytes or -errno.
 */
long tt_recv_type(struct tt_conn *c, int *type, void *buf, size_t len,
		  int flags);

/**
 * tt_recvmsg() - recvmsg(2)
 * @c:		connection
 * @m:		message
 * @flags:	MSG_*
 * @type:	out: content type reported, -1 if none
 * Return: bytes or -errno.
 */
long tt_recvmsg(struct tt_conn *c, struct msghdr *m, int flags, int *type);

/**
 * tt_sendfile() - sendfile(2) to the connection
 * @c:		connection
 * @file:	descriptor
 * @off:	in and out: offset; NULL uses the file's own
 * @len:	bytes
 * Return: bytes or -errno.
 */
long tt_sendfile(struct tt_conn *c, int file, off_t *off, size_t len);

/**
 * tt_splice_out() - splice(2) from a pipe to the connection
 * @c:		connection
 * @pipe:	reading end
 * @len:	bytes
 * @flags:	SPLICE_F_*
 * Return: bytes or -errno.
 */
long tt_splice_out(struct tt_conn *c, int pipe, size_t len,
		   unsigned int flags);

/**
 * tt_splice_in() - splice(2) from the connection to a pipe
 * @c:		connection
 * @pipe:	writing end
 * @len:	bytes
 * @flags:	SPLICE_F_*
 * Return: bytes or -errno.
 */
long tt_splice_in(struct tt_conn *c, int pipe, size_t len, unsigned int flags);

/**
 * struct tt_flow - calls of one direction that are not noted one by one, since
 *	others make them: the kernel, or several threads or processes
 * @c:		connection
 * @kind:	TT_OP_TX or TT_OP_RX
 * @before:	record sequence at the beginning
 */
struct tt_flow {
	struct tt_conn *c;
	enum tt_op_kind kind;
	__u64 before;
};

/**
 * tt_flow_begin() - before such calls
 * @c:		connection
 * @kind:	TT_OP_TX or TT_OP_RX
 * Return: for tt_flow_end().
 */
struct tt_flow tt_flow_begin(struct tt_conn *c, enum tt_op_kind kind);

/**
 * tt_flow_end() - after them: note what they come to
 * @f:		flow
 * @result:	bytes in all, or an error that counts
 */
void tt_flow_end(const struct tt_flow *f, long result);

/**
 * tt_recv_all() - recv until a number of bytes came
 * @c:		connection
 * @buf:	buffer
 * @len:	bytes
 * Return: 0, or -errno with the reason noted.
 */
int tt_recv_all(struct tt_conn *c, void *buf, size_t len);

#endif
