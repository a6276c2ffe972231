// SPDX-License-Identifier: GPL-2.0
/*
 * splice: from pipes to a connection and back, by content, with the records on the
 * wire counted.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include "fixture.h"

#define PAGE	4096
#define RECORD	TLS_MAX_PAYLOAD

TT_FIXTURE(splice, TT_STARTED);
TT_VARIANTS(splice);

/* What is of the pipe, not of the cipher. */
TT_FIXTURE(pipe, TT_STARTED);
TT_VARIANTS_FEW(pipe);

static unsigned char out[2 * 65536];
static unsigned char in[2 * 65536];

struct ends {
	int read;
	int write;
};

static int make_pipe(struct ends *p)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		return tt_fail(errno, "pipe: %s", strerror(errno));
	p->read = fd[0];
	p->write = fd[1];
	return 0;
}

#include "splice/out.c"
#include "splice/in.c"

TT_HARNESS_MAIN(false)
