// SPDX-License-Identifier: GPL-2.0
/* After a loss of events: who has ended unseen, and who has not. */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format.h"
#include "sweep.h"
#include "unit.h"

#define NOBODYS_NETNS	1
#define GONE		1	/* sockets have larger inodes */
#define SECOND		1000000000ULL

static struct out out = { .fd = -1 };

static void appear(struct tracker *t, uint64_t ino, uint64_t ts)
{
	struct event ev = unit_event(EV_ATTACH, ino);

	ev.netns = NOBODYS_NETNS;
	ev.ts = ts;
	tracker_event(t, &ev);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) ? st.st_ino : 0;
}

static unsigned int look_and_end(struct sweep *s, struct tracker *t, uint64_t now)
{
	sweep_look(s, t, now);
	CHECK(!sweep_ripe(s, now) && sweep_ripe(s, now + SECOND));
	return sweep_end(s, t);
}

/**
 * test_sweep() - connections that end unseen
 */
void test_sweep(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t open = inode_of(fd);
	struct sweep s = { 0 };
	struct tracker t;

	unit_case("sweep: only after a loss, and not too often");
	tracker_init(&t, &out, NULL, 0);
	t.keep = 10;
	t.own_pids = false;
	CHECK(open && !sweep_due(&s, &t, 100 * SECOND));
	tracker_lost(&t, 1);
	CHECK(sweep_due(&s, &t, 100 * SECOND));
	sweep_look(&s, &t, 100 * SECOND);
	tracker_lost(&t, 1);
	CHECK(!sweep_due(&s, &t, 200 * SECOND));
	CHECK(!sweep_end(&s, &t) && !sweep_ripe(&s, 200 * SECOND));
	CHECK(!sweep_due(&s, &t, 101 * SECOND) && sweep_due(&s, &t, 110 * SECOND));

	unit_case("sweep: what cannot be looked up stays");
	appear(&t, GONE, SECOND);
	appear(&t, open, SECOND);
	CHECK(!look_and_end(&s, &t, 110 * SECOND) && conn_live(t.conns) == 2);

	unit_case("sweep: a socket that nobody has open is no more");
	t.own_pids = true;
	unit_output(&out);
	CHECK(look_and_end(&s, &t, 120 * SECOND) == 1 && conn_find(t.conns, open));
	CHECK(!conn_find(t.conns, GONE) && conn_totals(t.conns)->end_lost == 1);
	tracker_print_conns(&t);
	CHECK(strstr(unit_output(&out), "inode 1, closed unseen, after more than 0.000 s\n"));

	unit_case("sweep: what is younger than the look, or was heard of since, stays");
	appear(&t, GONE, 130 * SECOND);
	CHECK(!look_and_end(&s, &t, 130 * SECOND));
	sweep_look(&s, &t, 140 * SECOND);
	conn_find(t.conns, GONE)->last_ts = 140 * SECOND + 1;
	CHECK(!sweep_end(&s, &t) && conn_live(t.conns) == 2);
	CHECK(look_and_end(&s, &t, 150 * SECOND) == 1 && conn_live(t.conns) == 1);

	unit_case("sweep: its end frees the socket that was found before");
	close(fd);
	CHECK(look_and_end(&s, &t, 160 * SECOND) == 1 && !conn_live(t.conns));
	CHECK(!conn_totals(t.conns)->open && conn_totals(t.conns)->end_lost == 3);
	sweep_free(&s);
	tracker_end(&t);
	unit_output(&out);
}
