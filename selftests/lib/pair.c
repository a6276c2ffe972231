// SPDX-License-Identifier: GPL-2.0
/* Connections with kernel TLS on both ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cipher.h"
#include "pair.h"
#include "payload.h"
#include "tcp.h"

void tt_pair_key(struct tt_pair_key *key)
{
	memset(key, 0, sizeof(*key));
	tt_fill(key, sizeof(*key));
	key->info.version = TLS_1_3;
	key->info.cipher_type = TLS_CIPHER_AES_GCM_128;
	/* Far from where a sequence wraps. */
	key->seq[0] = 0;
}

int tt_pair_set(int fd, int option, const struct tt_pair_key *key)
{
	return setsockopt(fd, SOL_TLS, option, key, sizeof(*key)) ? -errno : 0;
}

int tt_pair_open_as(int fd[2], const char *const ulp[2])
{
	struct tt_pair_key key[2];
	int i, err;

	err = tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]);
	if (err)
		return err;
	tt_pair_key(&key[0]);
	tt_pair_key(&key[1]);
	for (i = 0; i < 2 && !err; i++)
		err = tt_tcp_ulp(fd[i], ulp[i]) ?:
		      tt_pair_set(fd[i], TLS_TX, &key[i]) ?:
		      tt_pair_set(fd[i], TLS_RX, &key[!i]);
	if (err)
		tt_pair_close(fd);
	return err;
}

int tt_pair_open(int fd[2], const char *ulp)
{
	const char *const both[2] = { ulp, ulp };

	return tt_pair_open_as(fd, both);
}

void tt_pair_close(int fd[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

int tt_pair_send(int from, int to, size_t len)
{
	static unsigned char out[TT_PAIR_BLOCK], in[TT_PAIR_BLOCK];
	size_t have = 0;
	ssize_t n;

	tt_fill(out, len);
	n = send(from, out, len, MSG_NOSIGNAL);
	if (n != (ssize_t)len)
		return n < 0 ? -errno : -EIO;
	while (have < len) {
		n = recv(to, in + have, len - have, 0);
		if (n <= 0)
			return n ? -errno : -EPIPE;
		have += n;
	}
	return memcmp(in, out, len) ? -EBADMSG : 0;
}

int tt_pair_talk(int fd[2])
{
	return tt_pair_send(fd[0], fd[1], TT_PAIR_BLOCK) ?:
	       tt_pair_send(fd[1], fd[0], TT_PAIR_BLOCK);
}
