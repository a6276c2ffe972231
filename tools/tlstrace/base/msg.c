// SPDX-License-Identifier: GPL-2.0
/* Messages to the user, and reading what the user typed. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"
#include "tlstrace.h"

/*
 * The whole line goes out in one write, so that it cannot be torn by what
 * the traced program prints to the same terminal. What a message quotes may
 * come from a file name or a program's arguments: escape it all.
 */
static void say(const char *fmt, va_list ap)
{
	char raw[1024], line[2048];
	size_t len;

	vsnprintf(raw, sizeof(raw), fmt, ap);
	len = (size_t)snprintf(line, sizeof(line), "tlstrace: ");
	len += escape_text(line + len, sizeof(line) - len - 1, raw, strlen(raw));
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
}

/**
 * msg_error() - say what is wrong, in one line on stderr
 * @fmt: printf format, without "tlstrace: " and newline
 */
void msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

/**
 * msg_note() - say something worth knowing, in one line on stderr
 * @fmt: printf format, without "tlstrace: " and newline
 */
void msg_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

/**
 * parse_number() - read a decimal number, all of the string and nothing else
 * @s: the string
 * @min: smallest value allowed
 * @max: largest value allowed
 * @value: result
 *
 * Return: true if @s is a number within the limits.
 */
bool parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	unsigned long long n;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

/**
 * color_parse() - read the argument of --color
 * @s: "auto", "always" or "never"
 * @when: result
 *
 * Return: false if @s is none of them.
 */
bool color_parse(const char *s, enum color_when *when)
{
	static const char * const names[] = { "auto", "always", "never" };

	for (unsigned int i = 0; i < 3; i++) {
		if (!strcmp(s, names[i])) {
			*when = (enum color_when)i;
			return true;
		}
	}
	return false;
}

/**
 * color_wanted() - decide about colours for one output
 * @when: what the user asked for
 * @fd: where the output goes
 *
 * Return: true if escape sequences for colours may be written to @fd.
 */
bool color_wanted(enum color_when when, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	if (!term || !strcmp(term, "dumb"))
		return false;
	return isatty(fd);
}
