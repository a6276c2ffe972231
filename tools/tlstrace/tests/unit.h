/* SPDX-License-Identifier: GPL-2.0 */
/* The few things the unit tests need. */
#ifndef UNIT_H
#define UNIT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "out.h"

extern unsigned int unit_failed;

void unit_case(const char *name);
void unit_check(bool ok, const char *file, int line, const char *what);
void unit_equal(const char *got, const char *want, const char *file, int line);
const char *unit_output(struct out *out);
struct event unit_event(enum event_kind kind, uint64_t ino);

#define CHECK(cond)		unit_check(cond, __FILE__, __LINE__, #cond)
#define EQUAL(got, want)	unit_equal(got, want, __FILE__, __LINE__)

void test_event(void);
void test_format(void);
void test_conn(void);
void test_sweep(void);
void test_misc(void);
void test_list(void);
void test_record(void);
void test_stat(void);
void test_program(void);
void test_server(void);

#endif
