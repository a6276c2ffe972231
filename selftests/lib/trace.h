/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of tls_trace, from a tracefs instance of the program's own, read
 * raw and by field name (libtracefs, libtraceevent).
 */
#ifndef TT_TRACE_H
#define TT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* Fields of all events; one that an event lacks is 0. */
#define TT_EVENT_FIELDS(F)						\
	F(ino) F(netns) F(family) F(sport) F(dport)			\
	F(result) F(option) F(version) F(cipher) F(conf) F(rekey) F(seq) \
	F(value) F(type) F(path) F(flags) F(len) F(records) F(dir) F(level) \
	F(desc) F(tx_conf) F(rx_conf) F(tx_bytes) F(rx_bytes)		\
	F(tx_records) F(rx_records) F(tx_errors) F(rx_errors)		\
	F(tx_rekeys) F(rx_rekeys) F(state) F(unacked)			\
	F(stage) F(request) F(rekeys)					\
	F(common_pid)

/**
 * struct tt_event - one event
 * @name: "attach", "setsockopt", "tx", "rx", "alert", "rekey", "close"
 *
 * Beyond that, the fields, as signed 64 bit numbers.
 */
struct tt_event {
	char name[16];
#define TT_EVENT_MEMBER(f)	long long f;
	TT_EVENT_FIELDS(TT_EVENT_MEMBER)
#undef TT_EVENT_MEMBER
};

/**
 * tt_trace_open() - make the instance and enable the events
 *
 * Needs the module. Instances that killed programs left are removed.
 *
 * Return: 0 or -errno with the reason noted.
 */
int tt_trace_open(void);

/**
 * tt_trace_has() - whether the loaded module has an event
 * @name: event
 * Return: true if so; only after tt_trace_open().
 */
bool tt_trace_has(const char *name);

/**
 * tt_trace_quiet() - have no events of calls that send and receive
 *
 * The next tt_trace_begin() has them all on again.
 *
 * Return: 0 or -errno with the reason noted.
 */
int tt_trace_quiet(void);

/**
 * tt_trace_close() - remove the instance
 */
void tt_trace_close(void);

/**
 * tt_trace_begin() - forget all events so far, and have all on
 * Return: 0 or -errno.
 */
int tt_trace_begin(void);

/**
 * tt_trace_read() - read all events since tt_trace_begin()
 *
 * They stay available through tt_trace_events().
 *
 * Return: 0, -EOVERFLOW where some were lost, or -errno.
 */
int tt_trace_read(void);

/**
 * tt_trace_events() - what tt_trace_read() read, in order
 * @n: out: how many
 * Return: events, owned by the library.
 */
const struct tt_event *tt_trace_events(size_t *n);

#endif
