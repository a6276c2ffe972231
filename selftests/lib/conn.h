/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TLS connection whose one end is handed to the kernel.
 *
 * tt_conn_open() makes a TCP connection and runs a real OpenSSL handshake over
 * it. Then our end's OpenSSL is done; its traffic keys, derived from the
 * handshake, go to the kernel with tt_conn_start() (or step by step). The other
 * end, the peer, stays with OpenSSL in userspace (peer.h). What our end does
 * goes through op.h, which keeps a ledger for the comparison with tls_trace.
 */
#ifndef TT_CONN_H
#define TT_CONN_H

#include "ledger.h"
#include "proxy.h"
#include "record.h"
#include "ssl_end.h"
#include "tcp.h"

/**
 * struct tt_conn_opts - what connection to make
 * @cipher:	cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @server:	our end is the server
 * @family:	address family
 * @ulp:	"tls" or "tls_trace"
 * @tickets:	TLS 1.3: session tickets the server sends after the handshake
 * @read_tickets: our end is the client: its OpenSSL reads the tickets, so the
 *		kernel's first sequence is not zero; else they wait in the
 *		socket for the kernel
 * @no_handshake: made-up keys instead of a handshake; the peer is then the
 *		reference record layer alone
 * @proxied:	a proxy stands between the two ends
 */
struct tt_conn_opts {
	const struct tt_cipher *cipher;
	int version;
	bool server;
	enum tt_family family;
	const char *ulp;
	int tickets;
	bool read_tickets;
	bool no_handshake;
	bool proxied;
};

/**
 * struct tt_conn - a connection
 * @o:		what it was made from
 * @fd:		our end, the kernel's
 * @peer_fd:	the other end
 * @inode:	of @fd
 * @proxy:	between them, NULL if there is none
 * @tx:		keys for TLS_TX at hand-over, or of the last rekey
 * @rx:		keys for TLS_RX at hand-over, or of the last rekey
 * @traffic:	TLS 1.3: secrets of @tx and @rx
 * @peer_traffic: those that the peer is at
 * @us:		our end's OpenSSL, used up by the handshake
 * @peer:	the peer's OpenSSL; peer.ssl is NULL with made-up keys
 * @peer_rx:	reference layer that opens what the kernel sends
 * @peer_tx:	reference layer that seals for the kernel
 * @layered:	@peer_tx was used: OpenSSL's write state is out of date
 * @eof:	the peer read end of file (or a reset, @peer_errno)
 * @peer_errno:	errno of the peer's read, 0
 * @headers_only: do not open and keep what the kernel sends, note lengths only
 * @wire:	bytes the peer has of a record still incomplete
 * @have:	how many
 * @rec:	records that the kernel sent, in order
 * @recs:	how many
 * @first_rec:	the first of them under the current key
 * @first_seq:	its sequence
 * @key_updates: KeyUpdates that the peer's OpenSSL wrote
 * @ledger:	what our end did
 */
struct tt_conn {
	struct tt_conn_opts o;
	int fd;
	int peer_fd;
	unsigned long inode;
	struct tt_proxy *proxy;
	struct tt_keys tx;
	struct tt_keys rx;
	struct tt_traffic traffic;
	struct tt_traffic peer_traffic;
	struct tt_ssl_end us;
	struct tt_ssl_end peer;
	struct tt_layer peer_rx;
	struct tt_layer peer_tx;
	bool layered;
	bool eof;
	int peer_errno;
	bool headers_only;
	unsigned char wire[TLS_MAX_RECORD];
	size_t have;
	struct tt_record *rec;
	size_t recs;
	size_t first_rec;
	__u64 first_seq;
	size_t key_updates;
	struct tt_ledger ledger;
};

/**
 * tt_conn_open() - connect, shake hands, derive the keys
 * @c: connection, all of it is initialised
 * @o: options
 *
 * No ULP is set yet.
 *
 * Return: 0, -ENOSYS where OpenSSL lacks the suite, or -errno. On an error
 * there is still to call tt_conn_close().
 */
int tt_conn_open(struct tt_conn *c, const struct tt_conn_opts *o);

/**
 * tt_conn_attach() - set the ULP on our end
 * @c: connection
 * Return: 0 or -errno.
 */
int tt_conn_attach(struct tt_conn *c);

/**
 * tt_conn_start() - attach, then TLS_TX and TLS_RX with the handshake's keys
 * @c: connection
 * Return: 0 or -errno.
 */
int tt_conn_start(struct tt_conn *c);

/**
 * tt_conn_shut_fd() - close our end only, noting it in the ledger
 * @c: connection
 */
void tt_conn_shut_fd(struct tt_conn *c);

/**
 * tt_conn_close() - close and release everything
 * @c: connection; the ledger stays until tt_ledger_free()
 */
void tt_conn_close(struct tt_conn *c);

#endif
