// SPDX-License-Identifier: GPL-2.0
/* Plaintext for the eye: as lines if it is text, else in hexadecimal. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "format.h"
#include "ktls_uapi.h"
#include "names.h"

#define PER_LINE	16
#define LINE_MAX_BYTES	200	/* of text in one line */

static bool is_text(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isprint(bytes[i]) && (!bytes[i] || !strchr("\t\r\n", bytes[i])))
			return false;
	return len > 0;
}

static void text_lines(struct out *out, const uint8_t *bytes, size_t len)
{
	char line[4 * LINE_MAX_BYTES + 1];

	while (len) {
		const uint8_t *end = memchr(bytes, '\n', len);
		size_t n = end ? (size_t)(end - bytes) + 1 : len, shown;

		if (n > LINE_MAX_BYTES)
			n = LINE_MAX_BYTES;
		shown = n;
		/* The end of the line shows as such. */
		while (shown && (bytes[shown - 1] == '\n' || bytes[shown - 1] == '\r'))
			shown--;
		escape_text(line, sizeof(line), (const char *)bytes, shown);
		out_printf(out, "    | %s\n", line);
		bytes += n;
		len -= n;
	}
}

static void hex_lines(struct out *out, const uint8_t *bytes, size_t len, uint32_t offset)
{
	for (size_t at = 0; at < len; at += PER_LINE) {
		size_t n = len - at < PER_LINE ? len - at : PER_LINE;
		char hex[PER_LINE * 3 + 1], chars[PER_LINE + 1];

		for (size_t i = 0; i < PER_LINE; i++) {
			if (i < n)
				snprintf(hex + 3 * i, 4, "%02x ", bytes[at + i]);
			else
				memcpy(hex + 3 * i, "   ", 4);
		}
		for (size_t i = 0; i < n; i++)
			chars[i] = isprint(bytes[at + i]) ? (char)bytes[at + i] : '.';
		chars[n] = 0;
		out_printf(out, "    %06zx  %s |%s|\n", offset + at, hex, chars);
	}
}

/**
 * text_data() - say of which record a piece of plaintext is
 * @out: output
 * @ev: event data
 */
void text_data(struct out *out, const struct event *ev)
{
	out_printf(out, "%s plaintext of %s, bytes %u-%u", ev->dir ? "rx" : "tx",
		   name_type(ev->type), ev->offset, ev->offset + (ev->size ? ev->size - 1 : 0));
	if (ev->len)
		out_printf(out, " of %u", ev->len);
	if (ev->len <= KTLS_MAX_PAYLOAD)
		out_printf(out, ", record %" PRIu64, ev->seq);
	else
		out_printf(out, ", records from %" PRIu64 " on", ev->seq);
	if (ev->missing)
		out_printf(out, ", %u at the end could not be read", ev->missing);
}

/**
 * text_dump() - print the plaintext of an event
 * @out: output
 * @ev: event data
 */
void text_dump(struct out *out, const struct event *ev)
{
	size_t len = event_readable(ev);

	if (is_text(ev->data, len))
		text_lines(out, ev->data, len);
	else
		hex_lines(out, ev->data, len, ev->offset);
}
