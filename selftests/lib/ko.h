/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading and unloading of tls_trace.ko.
 */
#ifndef TT_KO_H
#define TT_KO_H

#include <stdbool.h>

#define TT_KO	"tls_trace"

/**
 * tt_ko_find() - find the file that modprobe would load, or the one built here
 * Return: whether there is one.
 */
bool tt_ko_find(void);

/**
 * tt_ko_untestable() - why tls_trace cannot be loaded and unloaded here
 *
 * Where TLS_REQUIRE is set, a kernel without tls is no reason.
 *
 * Return: text, NULL if it can; then tt_ko_find() has found the file.
 */
const char *tt_ko_untestable(void);

/**
 * tt_ko_load() - load it; tt_ko_find() has found it
 * Return: 0 or -errno.
 */
int tt_ko_load(void);

/**
 * tt_ko_unload() - unload a module at once
 * @name: module
 * Return: 0 or -errno: -EAGAIN while it is in use.
 */
int tt_ko_unload(const char *name);

/**
 * tt_ko_unload_soon() - unload tls_trace, within a limit
 *
 * A closed socket keeps the module until TCP is done with it.
 *
 * Return: as tt_ko_unload().
 */
int tt_ko_unload_soon(void);

/**
 * tt_ko_refs() - references to a module, as lsmod shows them
 * @name: module
 * Return: how many, -1 if it is not loaded.
 */
int tt_ko_refs(const char *name);

#endif
