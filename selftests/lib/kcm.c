// SPDX-License-Identifier: GPL-2.0
/* A kernel connection multiplexor. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/kcm.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "bpf.h"
#include "kcm.h"
#include "peer.h"
#include "util.h"

#define PROBE_SIZE	64

int tt_kcm_open(void)
{
	struct timeval tv = { .tv_sec = TT_WAIT_MS / 1000 };
	int room = 16 << 20;
	int fd = socket(AF_KCM, SOCK_DGRAM | SOCK_CLOEXEC,
			KCMPROTO_CONNECTED);

	if (fd < 0)
		return tt_fail(errno, "socket of AF_KCM: %s", strerror(errno));
	/* A stream parser that has to stop in the middle of a record loses the
	 * rest of it on some kernels: their tls takes a part for the whole.
	 */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	return fd;
}

int tt_kcm_attach(int kcm, int fd, int prog)
{
	struct kcm_attach arg = { .fd = fd, .bpf_fd = prog };

	return ioctl(kcm, SIOCKCMATTACH, &arg) ?
	       tt_fail(errno, "SIOCKCMATTACH: %s", strerror(errno)) : 0;
}

int tt_kcm_detach(int kcm, int fd)
{
	struct kcm_unattach arg = { .fd = fd };

	return ioctl(kcm, SIOCKCMUNATTACH, &arg) ?
	       tt_fail(errno, "SIOCKCMUNATTACH: %s", strerror(errno)) : 0;
}

/* One record; what KCM makes of its first bytes tells. */
static int probe(struct tt_conn *c, int kcm, int prog)
{
	unsigned char out[PROBE_SIZE], in[PROBE_SIZE];
	ssize_t n;
	int err;

	tt_fill(out, sizeof(out));
	err = tt_conn_start(c);
	if (!err)
		err = tt_peer_record(c, TLS_TYPE_DATA, out, sizeof(out), 0);
	/* All there before: so that it is read by a worker. */
	if (!err)
		err = tt_wait_fd(c->fd, POLLIN, "a record");
	if (!err)
		err = tt_kcm_attach(kcm, c->fd, prog);
	if (err)
		return err;
	n = recv(kcm, in, sizeof(in), 0);
	if (n != sizeof(in))
		return tt_fail(n < 0 ? errno : EBADMSG,
			       "KCM over kernel TLS: %zd bytes%s%s", n,
			       n < 0 ? ", " : "",
			       n < 0 ? strerror(errno) : "");
	if (!memcmp(in, out, sizeof(in)))
		return 1;
	if (in[0] == TLS_TYPE_DATA && in[1] == 3 && in[2] == 3)
		return 0;
	return tt_fail(EBADMSG, "KCM reads neither plaintext nor a record");
}

int tt_kcm_probe(void)
{
	struct tt_conn_opts o = {
		.cipher = &tt_ciphers[0],
		.version = TLS_1_3,
		.ulp = "tls",
		.no_handshake = true,
	};
	struct tt_conn *c = calloc(1, sizeof(*c));
	int kcm = tt_kcm_open();
	int prog, err;

	if (kcm < 0 || !c) {
		free(c);
		return kcm < 0 ? kcm : -ENOMEM;
	}
	prog = tt_bpf_fixed(PROBE_SIZE);
	err = prog < 0 ? prog : tt_conn_open(c, &o) ?: probe(c, kcm, prog);
	close(kcm);
	if (prog >= 0) {
		close(prog);
		tt_conn_close(c);
	}
	tt_ledger_free(&c->ledger);
	free(c);
	return err;
}
