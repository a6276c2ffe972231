// SPDX-License-Identifier: GPL-2.0
#define CREATE_TRACE_POINTS
#include "trace.h"

/* What put.h takes for granted: fields are as far from the first in both structures. */
#define SAME_IDENTITY(event)						\
	static_assert(offsetof(struct trace_event_raw_##event, family) == \
		      offsetof(struct trace_event_raw_##event, netns) +	\
		      ID_AT(family, netns) &&				\
		      offsetof(struct trace_event_raw_##event, sport) == \
		      offsetof(struct trace_event_raw_##event, netns) +	\
		      ID_AT(sport, netns) &&				\
		      offsetof(struct trace_event_raw_##event, dport) == \
		      offsetof(struct trace_event_raw_##event, netns) +	\
		      ID_AT(dport, netns) &&				\
		      offsetof(struct trace_event_raw_##event, daddr) == \
		      offsetof(struct trace_event_raw_##event, saddr) +	\
		      ID_AT(daddr, saddr))

#define ID_AT(field, start)						\
	(offsetof(struct tlst_id, field) - offsetof(struct tlst_id, start))
#define IO_AT(field, start)						\
	(offsetof(struct tlst_io, field) - offsetof(struct tlst_io, start))
#define EVENT_IO_AT(field, start)					\
	(offsetof(struct trace_event_raw_tlst_io, field) -		\
	 offsetof(struct trace_event_raw_tlst_io, start))

SAME_IDENTITY(attach);
SAME_IDENTITY(setsockopt);
SAME_IDENTITY(tlst_io);
SAME_IDENTITY(alert);
SAME_IDENTITY(rekey);
SAME_IDENTITY(data);
SAME_IDENTITY(close);
static_assert(ID_AT(daddr, saddr) + sizeof(struct in6_addr) ==
	      sizeof(struct tlst_words4));

static_assert(EVENT_IO_AT(path, type) == IO_AT(path, type));
static_assert(EVENT_IO_AT(duration, seq) == IO_AT(duration, seq));
static_assert(EVENT_IO_AT(flags, seq) == IO_AT(flags, seq));
static_assert(EVENT_IO_AT(len, seq) == IO_AT(len, seq));
static_assert(EVENT_IO_AT(result, seq) == IO_AT(result, seq));
static_assert(EVENT_IO_AT(records, seq) == IO_AT(records, seq));
static_assert(IO_AT(records, seq) + sizeof(u32) == sizeof(struct tlst_words4));
