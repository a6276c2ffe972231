/* SPDX-License-Identifier: GPL-2.0 */
/* Trying kTLS out on real connected sockets of this process. */
#ifndef KTLS_PROBE_H
#define KTLS_PROBE_H

#define PROBE_NOT_TRIED	(-1)
#define PROBE_MISMATCH	(-2)	/* data came out different from what went in */

/**
 * struct ktls_result - what one cipher and version did
 * @ulp: 0 or errno of TCP_ULP
 * @tx: 0 or errno of TLS_TX, or PROBE_NOT_TRIED
 * @rx: 0 or errno of TLS_RX, or PROBE_NOT_TRIED
 * @data: 0 if data sent through the kernel came out again, errno,
 *	PROBE_MISMATCH or PROBE_NOT_TRIED
 */
struct ktls_result {
	int ulp, tx, rx, data;
};

/**
 * struct ktls_features - what came to kernel TLS after its beginnings
 * @rekey: 0 or errno of a second key for a direction, TLS 1.3
 * @max_payload: 0 or errno of TLS_TX_MAX_PAYLOAD_LEN
 * @zerocopy_ro: 0 or errno of TLS_TX_ZEROCOPY_RO
 * @expect_no_pad: 0 or errno of TLS_RX_EXPECT_NO_PAD
 */
struct ktls_features {
	int rekey, max_payload, zerocopy_ro, expect_no_pad;
};

int tcp_pair(int fds[2]);
int ktls_probe_ulp(const char *ulp);
int ktls_probe(const char *ulp, unsigned int version, unsigned int cipher,
	       struct ktls_result *res);
int ktls_probe_features(const char *ulp, struct ktls_features *f);

#endif
