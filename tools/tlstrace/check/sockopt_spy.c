// SPDX-License-Identifier: GPL-2.0
/*
 * tlstrace exports a setsockopt() of its own, so that libraries it loads call
 * this one. It does what libc's does and notes what was asked about kTLS: an
 * OpenSSL that was built without kTLS never asks, whatever the kernel can do.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktls_uapi.h"
#include "ossl.h"

struct sockopt_spy sockopt_spy;

int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	int ret = (int)syscall(SYS_setsockopt, fd, level, optname, optval, optlen);
	int err = ret ? errno : 0;

	if (level == KTLS_SOL_TCP && optname == KTLS_TCP_ULP) {
		sockopt_spy.ulp++;
		sockopt_spy.ulp_errno = err;
	} else if (level == KTLS_SOL_TLS && optname == KTLS_TX) {
		sockopt_spy.tx++;
		sockopt_spy.tx_errno = err;
	} else if (level == KTLS_SOL_TLS && optname == KTLS_RX) {
		sockopt_spy.rx++;
		sockopt_spy.rx_errno = err;
	}
	if (err)
		errno = err;
	return ret;
}
