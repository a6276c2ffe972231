// SPDX-License-Identifier: GPL-2.0
/*
 * Ten thousand connections, some hundred of them alive at once: garbage after
 * many connections was a bug of OpenSSL's first kernel TLS. Each has data of
 * its own in each direction, so that a mix-up of keys, pages or buffers shows.
 * The far end is the kernel too, with either ULP, or the reference record layer;
 * keys come from handshakes, most of them resumed, or are made up.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include "fixture.h"
#include "memory.h"

/* Versions, ciphers, roles and families are mixed: the variant's say nothing. */
TT_FIXTURE(many, TT_NO_CONN);
TT_VARIANT(many, tls13_aes256gcm_tls, "tls", AES_GCM_256, TLS_1_3, false,
	   TT_IPV4);
TT_VARIANT(many, tls13_aes256gcm_trace, "tls_trace", AES_GCM_256, TLS_1_3,
	   false, TT_IPV4);

/* Connections of a test, how many of them at once, and every how manieth comes
 * from a handshake.
 */
#define MANY_ALL	5000
#define MANY_WARM	600
#define MANY_ALIVE	250
#define MANY_SHAKEN	10

#define MESSAGE_MAX	16000
#define FILE_SIZE	(1 << 20)

#include "many/shake.c"
#include "many/one.c"
#include "many/run.c"

TT_HARNESS_MAIN(false)
