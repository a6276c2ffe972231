// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/userfaultfd.h>
#include "late.h"
#include "util.h"

int tt_late_open(struct tt_late *l)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	/* One that blocks cannot be polled. */
	l->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (l->uffd < 0)
		return tt_fail(errno, "userfaultfd: %s", strerror(errno));
	l->page = mmap(NULL, TT_LATE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (unsigned long)l->page;
	reg.range.len = TT_LATE_SIZE;
	if (l->page != MAP_FAILED && !ioctl(l->uffd, UFFDIO_API, &api) &&
	    !ioctl(l->uffd, UFFDIO_REGISTER, &reg))
		return 0;
	close(l->uffd);
	return tt_fail(errno, "memory for userfaultfd: %s", strerror(errno));
}

int tt_late_touched(const struct tt_late *l)
{
	return tt_wait_fd(l->uffd, POLLIN, "the first touch of a page");
}

int tt_late_fill(const struct tt_late *l, const void *data, size_t len)
{
	unsigned char buf[TT_LATE_SIZE] __attribute__((aligned(TT_LATE_SIZE)));
	struct uffdio_copy copy = { .dst = (unsigned long)l->page,
				    .src = (unsigned long)buf,
				    .len = TT_LATE_SIZE };

	memset(buf, 0, sizeof(buf));
	memcpy(buf, data, len);
	if (!ioctl(l->uffd, UFFDIO_COPY, &copy))
		return 0;
	return tt_fail(errno, "UFFDIO_COPY: %s", strerror(errno));
}

void tt_late_close(struct tt_late *l)
{
	close(l->uffd);
	munmap(l->page, TT_LATE_SIZE);
}
