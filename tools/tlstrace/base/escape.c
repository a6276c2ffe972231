// SPDX-License-Identifier: GPL-2.0
/*
 * Process names, arguments and file names are chosen by others. A terminal
 * must never see a control byte of theirs, nor a byte sequence that some
 * terminals take for one (C1 controls, also in their UTF-8 form).
 */
#include <stdio.h>
#include <string.h>

#include "escape.h"

/* Length of a well-formed UTF-8 sequence at @s, 0 if there is none; RFC 3629. */
static size_t utf8_len(const unsigned char *s, size_t len)
{
	unsigned int cp, min;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if ((s[0] & 0xe0) == 0xc0) {
		n = 2;
		cp = s[0] & 0x1f;
		min = 0x80;
	} else if ((s[0] & 0xf0) == 0xe0) {
		n = 3;
		cp = s[0] & 0x0f;
		min = 0x800;
	} else if ((s[0] & 0xf8) == 0xf0) {
		n = 4;
		cp = s[0] & 0x07;
		min = 0x10000;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (cp < min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	return n;
}

/**
 * escape_text() - copy text with everything but printable ASCII as \xNN
 * @dst: result, always terminated if @size is not 0
 * @size: room at @dst
 * @src: text, may hold any byte, NUL too
 * @len: bytes at @src
 *
 * A backslash is doubled, so that the result is unambiguous. What does not
 * fit is cut at a whole character.
 *
 * Return: length of the result.
 */
size_t escape_text(char *dst, size_t size, const char *src, size_t len)
{
	size_t out = 0;

	if (!size)
		return 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)src[i];
		char buf[5];
		int n;

		if (c == '\\')
			n = snprintf(buf, sizeof(buf), "\\\\");
		else if (c >= 0x20 && c < 0x7f)
			n = snprintf(buf, sizeof(buf), "%c", c);
		else
			n = snprintf(buf, sizeof(buf), "\\x%02x", c);
		if (out + (size_t)n >= size)
			break;
		memcpy(dst + out, buf, (size_t)n);
		out += (size_t)n;
	}
	dst[out] = 0;
	return out;
}

/**
 * escape_utf8() - copy text so that it is well-formed UTF-8
 * @dst: result, always terminated if @size is not 0
 * @size: room at @dst
 * @src: text, may hold any byte but NUL
 * @len: bytes at @src
 *
 * JSON text must be UTF-8 (RFC 8259 8.1), and the JSON library passes bytes
 * above 0x7f as they are: bytes that are not UTF-8 become U+FFFD here. The
 * library escapes the controls below 0x20; DEL and the C1 controls are
 * replaced as well, because JSON lines get printed on terminals too.
 *
 * Return: length of the result.
 */
size_t escape_utf8(char *dst, size_t size, const char *src, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t out = 0;

	if (!size)
		return 0;
	for (size_t i = 0; i < len;) {
		const unsigned char *s = (const unsigned char *)src + i;
		size_t n = utf8_len(s, len - i);
		const char *from = src + i;
		size_t take = n;

		if (!n || *s == 0x7f || (n == 2 && s[0] == 0xc2 && s[1] < 0xa0)) {
			from = replacement;
			take = 3;
		}
		if (out + take >= size)
			break;
		memcpy(dst + out, from, take);
		out += take;
		i += n ? n : 1;
	}
	dst[out] = 0;
	return out;
}
