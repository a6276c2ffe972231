/* SPDX-License-Identifier: GPL-2.0 */
/* What GnuTLS needs for kTLS. */
#ifndef GNUTLS_CONF_H
#define GNUTLS_CONF_H

#include <stdbool.h>
#include <stdio.h>

int gnutls_built_with_ktls(const char *path);
bool gnutls_conf_ktls(FILE *f);
const char *gnutls_conf_path(void);

#endif
