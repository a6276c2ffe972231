/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Modules that a test needs beside the ULPs.
 */
#ifndef TT_MODULE_H
#define TT_MODULE_H

/**
 * tt_load_module() - have a module loaded
 * @name: module
 * Return: 0, or -ENOENT with the reason noted where the kernel has none.
 */
int tt_load_module(const char *name);

/**
 * tt_kernel_config() - whether this kernel was built with an option
 * @line: as in the configuration, "CONFIG_NAME=y"
 * Return: 1 if so, 0 if not or if nothing tells.
 */
int tt_kernel_config(const char *line);

#endif
