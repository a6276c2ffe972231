/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events that say nothing, as large as those of tls_trace.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tls_floor

#if !defined(TLS_FLOOR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TLS_FLOOR_TRACE_H

#include <linux/tracepoint.h>
#include <linux/uaccess.h>

/* Bytes after the common fields: of the events tx and rx, and of data but for its
 * bytes. in-guest compares them with what the kernel says of those events.
 */
#define FLOOR_IO_SIZE	88
#define FLOOR_DATA_SIZE	76

/* Bytes could not be read: the count is of less than it says. */
extern bool floor_missed;

TRACE_EVENT(io,
	    TP_PROTO(int unused),
	    TP_ARGS(unused),
	    TP_STRUCT__entry(__array(u64, room, FLOOR_IO_SIZE / 8)),
	    TP_fast_assign(),
	    TP_printk("%d", __entry->room[0] == 0)
);

TRACE_EVENT(data,
	    TP_PROTO(const void __user *from, unsigned int size),
	    TP_ARGS(from, size),
	    TP_STRUCT__entry(__array(u32, room, FLOOR_DATA_SIZE / 4)
			     __dynamic_array(u8, data, size)),
	    TP_fast_assign(
			   pagefault_disable();
			   if (__copy_from_user_inatomic(__get_dynamic_array(data),
							 from, size))
				floor_missed = true;
			   pagefault_enable();),
	    TP_printk("%d", __entry->room[0] == 0)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE floor_trace
#include <trace/define_trace.h>
