/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sock_diag, and so ss, tells of a TCP socket.
 */
#ifndef TT_DIAG_H
#define TT_DIAG_H

#include <stdbool.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

/* Attributes of a TLS socket (include/uapi/linux/tls.h) */
enum tt_tls_info {
	TT_INFO_VERSION = 1,
	TT_INFO_CIPHER,
	TT_INFO_TXCONF,
	TT_INFO_RXCONF,
	TT_INFO_ZC_RO_TX,
	TT_INFO_RX_NO_PAD,
	TT_INFO_TX_MAX_PAYLOAD_LEN,
};

/* Values of TT_INFO_TXCONF and TT_INFO_RXCONF */
#define TT_CONF_BASE	1
#define TT_CONF_SW	2

/* Room for an answer. */
#define TT_DIAG_REPLY	4096

/**
 * struct tt_diag_req - whom to ask about; good after the socket is closed too
 * @h:	netlink header
 * @r:	request
 */
struct tt_diag_req {
	struct nlmsghdr h;
	struct inet_diag_req_v2 r;
};

/**
 * struct tt_diag - an answer; what is not told is -1
 * @state:	TCP state
 * @rqueue:	bytes received and not read
 * @wqueue:	bytes sent and not acknowledged
 * @mem:	SK_MEMINFO_*
 * @ulp:	name of the upper layer protocol, empty if there is none
 * @tls:	there is a nest of TLS attributes
 * @version:	TLS_1_2 or TLS_1_3
 * @cipher:	TLS_CIPHER_*
 * @txconf:	TT_CONF_*
 * @rxconf:	TT_CONF_*
 * @zc_ro:	flag
 * @no_pad:	flag
 * @max_payload: bytes
 * @unknown:	attributes of TLS that are none of these, or of another size
 */
struct tt_diag {
	int state;
	long rqueue;
	long wqueue;
	long mem[SK_MEMINFO_VARS];
	char ulp[16];
	bool tls;
	int version;
	int cipher;
	int txconf;
	int rxconf;
	bool zc_ro;
	bool no_pad;
	int max_payload;
	int unknown;
};

/**
 * tt_diag_prepare() - make the request
 * @req:	out
 * @fd:		connected socket
 * Return: 0 or -errno.
 */
int tt_diag_prepare(struct tt_diag_req *req, int fd);

/**
 * tt_diag_query() - ask, and have the answer as it is
 * @req:	request
 * @reply:	out: TT_DIAG_REPLY bytes, aligned for a netlink header
 * Return: its bytes or -errno.
 */
int tt_diag_query(const struct tt_diag_req *req, void *reply);

/**
 * tt_diag_ask() - ask, and have the answer taken apart
 * @req:	request
 * @d:		out
 * Return: 0; -ENOENT if there is no such socket; or -errno.
 */
int tt_diag_ask(const struct tt_diag_req *req, struct tt_diag *d);

/**
 * tt_diag() - all that is told of a socket
 * @fd:	connected socket
 * @d:	out
 * Return: 0 or -errno.
 */
int tt_diag(int fd, struct tt_diag *d);

#endif
