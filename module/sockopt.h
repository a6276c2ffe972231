/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Socket options of level SOL_TLS.
 */
#ifndef TLS_TRACE_SOCKOPT_H
#define TLS_TRACE_SOCKOPT_H

#include <linux/sockptr.h>
#include <net/sock.h>

/**
 * struct tlst_option - a socket option that was set
 * @option: TLS_TX, TLS_RX and so on
 * @version: protocol version asked for, with a key
 * @cipher: TLS_CIPHER_* asked for, with a key
 * @conf: TLS_CONF_* of the direction after the call, with a key
 * @rekey: how many keys of the direction were replaced, with a key
 * @seq: number of the first record, with a key that was taken
 * @value: the value, of other options that are known
 * @result: 0 or -errno
 */
struct tlst_option {
	u32 option;
	u8 conf;
	u16 version;
	u16 cipher;
	u32 rekey;
	u64 seq;
	u32 value;
	int result;
};

int tlst_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen);

#endif
