// SPDX-License-Identifier: GPL-2.0
/* Bugs of stock kernels that the suite finds. */
#include <string.h>
#include "known.h"

const struct tt_known tt_known[] = {
	{
		.id = "kcm-over-record",
		.kernels = "6.12 and 7.3",
		.what = "KCM gives wrong bytes for a message that begins in one record and "
			"ends in the next: what kernel TLS leaves behind the plaintext of the "
			"first gets into it",
	},
	{
		.id = "send-after-shutdown",
		.kernels = "6.1 and 7.3",
		.what = "A send after shutdown(SHUT_WR) returns the number of bytes, as if "
			"they were sent, instead of EPIPE: a record counts before TCP refuses "
			"it, and the error is taken off the socket with it",
	},
	{
		.id = "sendpage-unpushed",
		.kernels = "6.1",
		.what = "After EAGAIN of a non-blocking sendfile, and after a sendfile or "
			"splice that a signal cut short, the rest of a record is put into "
			"TCP's queue as if more came at once, without a push: it is sent with "
			"the next call; with a send buffer smaller than a record poll never "
			"says that there is room",
	},
	{
		.id = "short-read-takes-error",
		.kernels = "6.1",
		.what = "a read that waits for all and is cut short by a reset takes the error "
			"with it: the next one sees end of file, as if the peer had ended",
		.fix = "one that 6.12.117 and 7.3 have",
	},
	{
		.id = "splice-ignores-nonblock",
		.kernels = "6.1, 6.12 and 7.3",
		.what = "splice from a socket with O_NONBLOCK waits for a record",
	},
	{
		.id = "send-after-reset",
		.kernels = "6.1, 6.12 and 7.3",
		.what = "on a connection that was reset send goes on to take data, call after "
			"call, once the error was told to another call",
	},
	{
		.id = "waitall-loses-error",
		.kernels = "6.1",
		.what = "a read with MSG_WAITALL that meets a header that cannot be, behind "
			"data, returns the data and loses the error: the next read waits for "
			"good",
	},
	{
		.id = "async-empty-is-end",
		.kernels = "6.1, 6.12 and 7.3",
		.what = "with TLS 1.2 and a cipher that answers later, a read that does not "
			"wait and finds an empty record only returns 0, as at the end of the "
			"connection, instead of EAGAIN",
	},
};

const size_t tt_known_count = sizeof(tt_known) / sizeof(tt_known[0]);

const struct tt_known *tt_known_find(const char *id)
{
	size_t i;

	for (i = 0; i < tt_known_count; i++)
		if (!strcmp(tt_known[i].id, id))
			return &tt_known[i];
	return NULL;
}
