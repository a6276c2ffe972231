/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The differential test: the same script of operations on a tls socket and on
 * tls_trace sockets, and a log of all that an application could notice.
 *
 * A script is text, such as "both; send 100 more; in 22 40; recv 200 dontwait":
 * steps with a verb, numbers, words and key=value. Verbs are listed in script.c.
 * The socket under test is connected to a plain TCP socket, the far end, which
 * keeps every byte that comes and seals records in userspace.
 */
#ifndef TT_DIFFER_H
#define TT_DIFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>
#include "cipher.h"
#include "record.h"
#include "stat.h"
#include "tcp.h"

#define DF_WORDS	16
#define DF_STEP_SIZE	256
#define DF_IOVS		12
#define DF_CHILD_NOTE	4096
/* More than any one call of a script moves. */
#define DF_DATA		(512 * 1024)
/* What a blocking call may wait, and then a hanging one until interrupted. */
#define DF_BLOCK_MS	4
#define DF_HANG_MS	3000
/*
 * What TCP holds back (Nagle, MSG_MORE) it sends after this time: the kernel's
 * TCP_RTO_MIN. What a slower run finds may come from that alone.
 */
#define DF_TIMER_MS	200
/* A pause that outlasts the timer. */
#define DF_PAUSE_MS	(DF_TIMER_MS + 50)
/* Instead of the number of a step. */
#define DF_PAUSE_NEVER	0
#define DF_PAUSE_ALWAYS	(-1)

/**
 * struct df_note - the log of a run: text, a line per step
 * @text:	zero-terminated
 * @len:	its bytes
 * @room:	bytes allocated
 * @ms:		milliseconds that the run took
 */
struct df_note {
	char *text;
	size_t len;
	size_t room;
	long long ms;
};

/**
 * struct df_step - one step of a script, split into words
 * @text:	the words' memory
 * @word:	words; the first one is the verb
 * @used:	which of them the verb has understood
 * @words:	how many
 */
struct df_step {
	char text[DF_STEP_SIZE];
	char *word[DF_WORDS];
	bool used[DF_WORDS];
	int words;
};

/**
 * struct df_setup - what a script is run with
 * @script:	its steps
 * @cipher:	cipher
 * @version:	TLS_1_2 or TLS_1_3
 * @family:	address family
 */
struct df_setup {
	const char *script;
	const struct tt_cipher *cipher;
	int version;
	enum tt_family family;
};

/**
 * struct df_world - a running script
 * @s:		what it was started with
 * @ulp:	"tls" or "tls_trace"
 * @fd:		the socket under test, -1 once closed
 * @extra:	a second descriptor of it, -1 if there is none
 * @far:	the far end, -1 once closed
 * @epoll:	epoll descriptor, -1 if there is none
 * @to:		pipe towards the socket
 * @from:	pipe from the socket
 * @pos:	how much of the data the socket was given
 * @far_pos:	how much of the data the far end was given
 * @tx_gen:	next generation of TLS_TX keys
 * @rx_gen:	next generation of TLS_RX keys
 * @far_tx:	the reference layer that seals for the socket
 * @hold:	the far end does not read
 * @spoiled:	what the far end sent is not what tls expects
 * @ended:	the far end sent FIN or RST
 * @sigpipes:	SIGPIPEs so far
 * @wire:	all bytes that the far end got
 * @wire_len:	how many
 * @wire_room:	bytes allocated
 * @tls_at:	where on the wire TLS begins
 * @far_end:	how the far end's stream ended, NULL while it has not
 * @rest:	the part of a record still to be sent by the far end
 * @rest_len:	its bytes
 * @last:	the last record that the far end sealed
 * @last_len:	its bytes
 * @before:	counters at the beginning
 */
struct df_world {
	const struct df_setup *s;
	const char *ulp;
	int fd;
	int extra;
	int far;
	int epoll;
	int to[2];
	int from[2];
	size_t pos;
	size_t far_pos;
	int tx_gen;
	int rx_gen;
	struct tt_layer far_tx;
	bool hold;
	bool spoiled;
	bool ended;
	int sigpipes;
	unsigned char *wire;
	size_t wire_len;
	size_t wire_room;
	size_t tls_at;
	const char *far_end;
	unsigned char rest[TLS_MAX_RECORD];
	size_t rest_len;
	unsigned char last[TLS_MAX_RECORD];
	size_t last_len;
	struct tt_stats before;
};

/* A verb: does its step and notes what came out. */
typedef void df_verb(struct df_world *w, struct df_step *st,
		     struct df_note *n);

#endif
