/* SPDX-License-Identifier: GPL-2.0 */
/* After a loss of events: which connections have ended unseen? */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tracker.h"

/**
 * struct sweep - a look at the sockets that there are
 * @asked: when it was taken, ns; 0: there is none
 * @next: the next look is not before that, ns
 * @losses: the tracker's, when it was taken
 * @inode: sockets that are open, in ascending order
 * @inodes: how many
 * @inode_room: for how many there is room
 * @netns: namespaces whose sockets were all seen
 * @netns_count: how many
 * @all: every open descriptor was seen as well, whatever its namespace
 * @failed: out of memory: it says nothing
 */
struct sweep {
	uint64_t asked, next, losses;
	uint64_t *inode;
	size_t inodes, inode_room;
	uint32_t *netns;
	size_t netns_count;
	bool all;
	bool failed;
};

bool sweep_due(const struct sweep *s, const struct tracker *t, uint64_t now);
void sweep_look(struct sweep *s, const struct tracker *t, uint64_t now);
bool sweep_ripe(const struct sweep *s, uint64_t seen);
unsigned int sweep_end(struct sweep *s, struct tracker *t);
void sweep_free(struct sweep *s);

#endif
