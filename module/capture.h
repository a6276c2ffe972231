/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plaintext capture: the event data.
 *
 * Off unless root has asked for it twice, by the module parameter data_max and by
 * enabling the event.
 */
#ifndef TLS_TRACE_CAPTURE_H
#define TLS_TRACE_CAPTURE_H

#include <linux/uio.h>
#include <net/sock.h>

#include "record.h"
#include "sock.h"
#include "trace.h"

struct pipe_inode_info;

extern unsigned int tlst_data_max;

/* Whether to look at plaintext. Costs nothing while the event is not enabled. */
static __always_inline bool tlst_capture_on(void)
{
	return trace_data_enabled() && READ_ONCE(tlst_data_max);
}

void tlst_capture_iter(struct tlst_sock *ts, const struct tlst_io *io,
		       struct iov_iter *body, size_t size, bool rx);
bool tlst_capture_hold(const struct iov_iter *body);
void tlst_capture_release(const struct iov_iter *body);
void tlst_capture_page(struct tlst_sock *ts, const struct tlst_io *io,
		       struct page *page, int offset);
void tlst_capture_pipe(struct tlst_sock *ts, const struct tlst_io *io,
		       struct pipe_inode_info *pipe, unsigned int head);
int tlst_capture_read(struct tlst_sock *ts, const struct tlst_io *io,
		      struct sock *sk, read_descriptor_t *desc,
		      sk_read_actor_t actor);

#endif
