/* SPDX-License-Identifier: GPL-2.0 */
/* The whole of a terminal for ourselves, and giving it back. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <termios.h>

/**
 * struct term - a terminal
 * @fd: where it is written to
 * @keys: where keys are read from, -1: none
 * @saved: its modes before
 * @changed: they are not these
 * @entered: we have the screen
 */
struct term {
	int fd;
	int keys;
	struct termios saved;
	bool changed, entered;
};

bool term_usable(int fd);
void term_open(struct term *t, int fd);
void term_enter(struct term *t);
void term_leave(struct term *t);
void term_close(struct term *t);
void term_size(const struct term *t, unsigned int *rows, unsigned int *columns);
bool term_changed(struct term *t);
int term_key(const struct term *t);

#endif
