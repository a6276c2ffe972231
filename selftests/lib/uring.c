// SPDX-License-Identifier: GPL-2.0
/* io_uring by the bare system calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "uring.h"
#include "util.h"

#define ENTRIES	8

static unsigned int *word(unsigned char *ring, unsigned int offset)
{
	return (unsigned int *)(ring + offset);
}

static void *map(const struct tt_uring *u, size_t size, off_t what)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->fd, what);

	return p == MAP_FAILED ? NULL : p;
}

static size_t sq_size(const struct tt_uring *u)
{
	return u->p.sq_off.array + u->p.sq_entries * sizeof(unsigned int);
}

static size_t cq_size(const struct tt_uring *u)
{
	return u->p.cq_off.cqes + u->p.cq_entries * sizeof(struct io_uring_cqe);
}

int tt_uring_open(struct tt_uring *u)
{
	memset(u, 0, sizeof(*u));
	u->fd = syscall(SYS_io_uring_setup, ENTRIES, &u->p);
	if (u->fd < 0)
		return tt_fail(errno, "io_uring: %s", strerror(errno));
	u->sq = map(u, sq_size(u), IORING_OFF_SQ_RING);
	u->cq = map(u, cq_size(u), IORING_OFF_CQ_RING);
	u->sqe = map(u, u->p.sq_entries * sizeof(*u->sqe), IORING_OFF_SQES);
	if (u->sq && u->cq && u->sqe)
		return 0;
	tt_uring_close(u);
	return tt_fail(ENOMEM, "io_uring cannot be mapped");
}

void tt_uring_close(struct tt_uring *u)
{
	if (u->sq)
		munmap(u->sq, sq_size(u));
	if (u->cq)
		munmap(u->cq, cq_size(u));
	if (u->sqe)
		munmap(u->sqe, u->p.sq_entries * sizeof(*u->sqe));
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

const char *tt_uring_missing(void)
{
	static char reason[TT_WHY_SIZE];
	struct tt_uring u;

	if (tt_uring_open(&u)) {
		strcpy(reason, tt_why());
		return reason;
	}
	tt_uring_close(&u);
	return NULL;
}

int tt_uring_start(struct tt_uring *u, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = word(u->sq, u->p.sq_off.tail);
	unsigned int i = *tail & *word(u->sq, u->p.sq_off.ring_mask);

	u->sqe[i] = *sqe;
	word(u->sq, u->p.sq_off.array)[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, u->fd, 1, 0, 0, NULL, 0) == 1 ? 0 :
	       tt_fail(errno, "io_uring_enter: %s", strerror(errno));
}

long tt_uring_wait(struct tt_uring *u, unsigned int *flags)
{
	unsigned int *head = word(u->cq, u->p.cq_off.head);
	unsigned int *tail = word(u->cq, u->p.cq_off.tail);
	unsigned int mask = *word(u->cq, u->p.cq_off.ring_mask);
	const struct io_uring_cqe *cqe;
	long result;

	while (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
		if (syscall(SYS_io_uring_enter, u->fd, 0, 1,
			    IORING_ENTER_GETEVENTS, NULL, 0) < 0 &&
		    errno != EINTR)
			return tt_fail(errno, "io_uring_enter: %s",
				       strerror(errno));
	cqe = (const struct io_uring_cqe *)(u->cq + u->p.cq_off.cqes) +
	      (*head & mask);
	result = cqe->res;
	if (flags)
		*flags = cqe->flags;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

long tt_uring_do(struct tt_uring *u, const struct io_uring_sqe *sqe)
{
	int err = tt_uring_start(u, sqe);

	return err ?: tt_uring_wait(u, NULL);
}
