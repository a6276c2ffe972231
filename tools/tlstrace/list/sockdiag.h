/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel's sock_diag tells of kTLS sockets, traced or not. */
#ifndef SOCKDIAG_H
#define SOCKDIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/**
 * struct diag_socket - a TCP socket whose ULP is tls or tls_trace
 * @ep: addresses
 * @inode: of the socket, 0 when no process has it any longer
 * @uid: its owner
 * @state: TCP_ESTABLISHED, ...
 * @traced: the ULP is tls_trace
 * @version: protocol version as on the wire, 0 before a key was set
 * @cipher: TLS_CIPHER_*, 0 before a key was set
 * @conf: CONF_*, [0] sending, [1] receiving
 * @zerocopy: TLS_TX_ZEROCOPY_RO is set
 * @no_pad: TLS_RX_EXPECT_NO_PAD is set
 * @max_payload: TLS_TX_MAX_PAYLOAD_LEN in bytes, 0 where the kernel does not tell
 */
struct diag_socket {
	struct endpoints ep;
	uint64_t inode;
	uint32_t uid;
	uint8_t state;
	bool traced;
	uint16_t version;
	uint16_t cipher;
	uint16_t conf[2];
	bool zerocopy;
	bool no_pad;
	uint16_t max_payload;
};

/* Called for each socket; not 0 ends the walk. */
typedef int (*diag_each)(const struct diag_socket *s, void *ctx);

struct nlmsghdr;

bool diag_parse(const struct nlmsghdr *nlh, struct diag_socket *s);
int diag_sockets(diag_each each, void *ctx);

#endif
