// SPDX-License-Identifier: GPL-2.0
/*
 * Plain control sequences that every terminal of today knows: a second screen, the cursor
 * hidden, no wrapping. Ctrl-C stays a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "term.h"

static volatile sig_atomic_t resized, stopped;

static void on_signal(int sig)
{
	if (sig == SIGTSTP)
		stopped = 1;
	else
		resized = 1;
}

/* Past struct out, which drops everything once a write has failed. */
static void put(const struct term *t, const char *s)
{
	ssize_t n;

	do {
		n = write(t->fd, s, strlen(s));
	} while (n < 0 && errno == EINTR);
}

/**
 * term_usable() - can this show a screen?
 * @fd: descriptor
 *
 * Return: false if it is no terminal, or one that knows no control sequences.
 */
bool term_usable(int fd)
{
	const char *name = getenv("TERM");

	return isatty(fd) && name && *name && strcmp(name, "dumb");
}

/**
 * term_open() - get ready; changes nothing yet
 * @t: result
 * @fd: a terminal
 */
void term_open(struct term *t, int fd)
{
	struct sigaction sa = { .sa_handler = on_signal };

	memset(t, 0, sizeof(*t));
	t->fd = fd;
	/* Not standard input, which may be something else and whose flags are shared. */
	t->keys = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	sigaction(SIGWINCH, &sa, NULL);
	sigaction(SIGTSTP, &sa, NULL);
}

/**
 * term_enter() - take the screen
 * @t: from term_open()
 */
void term_enter(struct term *t)
{
	struct termios raw;

	if (t->entered)
		return;
	if (t->keys >= 0 && !tcgetattr(t->keys, &t->saved)) {
		raw = t->saved;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 0;
		raw.c_cc[VTIME] = 0;
		t->changed = !tcsetattr(t->keys, TCSADRAIN, &raw);
	}
	put(t, "\033[?1049h\033[?25l\033[?7l\033[H\033[2J");
	t->entered = true;
}

/**
 * term_leave() - give the screen back as it was
 * @t: from term_open()
 */
void term_leave(struct term *t)
{
	if (!t->entered)
		return;
	put(t, "\033[0m\033[?7h\033[?25h\033[?1049l");
	if (t->changed)
		tcsetattr(t->keys, TCSADRAIN, &t->saved);
	t->changed = false;
	t->entered = false;
}

/**
 * term_close() - give back and release
 * @t: from term_open()
 */
void term_close(struct term *t)
{
	term_leave(t);
	signal(SIGWINCH, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	if (t->keys >= 0)
		close(t->keys);
	t->keys = -1;
}

/**
 * term_size() - how much there is room for
 * @t: from term_open()
 * @rows: result
 * @columns: result
 */
void term_size(const struct term *t, unsigned int *rows, unsigned int *columns)
{
	struct winsize ws;

	*rows = 24;
	*columns = 80;
	if (ioctl(t->fd, TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col)
		return;
	*rows = ws.ws_row;
	*columns = ws.ws_col;
}

/**
 * term_changed() - does the screen have to be drawn again?
 * @t: from term_open()
 *
 * Where Ctrl-Z was pressed, this returns when the process goes on.
 *
 * Return: true if so.
 */
bool term_changed(struct term *t)
{
	bool was_entered = t->entered;

	if (stopped) {
		stopped = 0;
		term_leave(t);
		raise(SIGSTOP);
		if (was_entered)
			term_enter(t);
		resized = 1;
	}
	if (!resized)
		return false;
	resized = 0;
	return true;
}

/**
 * term_key() - a key that was pressed
 * @t: from term_open()
 *
 * Return: the key, 0 if there is none, -1 if there will not be any more.
 */
int term_key(const struct term *t)
{
	unsigned char c;
	ssize_t n;

	if (t->keys < 0)
		return 0;
	n = read(t->keys, &c, 1);
	if (n == 1)
		return c;
	/* Without canonical mode no byte is no end: the terminal says EIO when it is gone. */
	return n == 0 || errno == EAGAIN || errno == EINTR ? 0 : -1;
}
