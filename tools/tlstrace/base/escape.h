/* SPDX-License-Identifier: GPL-2.0 */
/* Making foreign bytes harmless for terminals. JSON is escaped by json-c. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

size_t escape_text(char *dst, size_t size, const char *src, size_t len);
size_t escape_utf8(char *dst, size_t size, const char *src, size_t len);

#endif
