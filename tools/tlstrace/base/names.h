/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers of the kTLS world in words. No function here allocates. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Where an errno came from: the same number means different things. */
enum errno_where { WHERE_ATTACH, WHERE_KEY, WHERE_OPTION, WHERE_TX, WHERE_RX };

#define NAME_SIZE 32	/* room that name_*() with a buffer need */

const char *name_cipher(unsigned int cipher);
const char *name_version(unsigned int version);
const char *name_type(unsigned int type);
const char *name_conf(unsigned int conf);
const char *name_option(unsigned int option, char buf[NAME_SIZE]);
const char *name_path(int tx, unsigned int path);
const char *name_alert_level(unsigned int level);
const char *name_alert(unsigned int desc, char buf[NAME_SIZE]);
const char *name_state(uint8_t state);
const char *name_errno(int err, char buf[NAME_SIZE]);
const char *errno_meaning(enum errno_where where, int err);
size_t name_msg_flags(unsigned int flags, char *buf, size_t size);

#endif
