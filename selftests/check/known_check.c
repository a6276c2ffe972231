// SPDX-License-Identifier: GPL-2.0
/*
 * Whether Documentation/known-bugs.rst has the list of known kernel bugs as it is
 * in the library. With -p print that part of the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "known.h"

/* Its first line; the list goes on to the end of the file. */
#define BEGIN	".. the list: known_check -p prints it\n"

static char *file_text(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return n ? text : NULL;
}

/* In lines of at most 80, with an indent. */
static void wrap(FILE *out, const char *text)
{
	char word[200];
	int at = 0, n;

	while (sscanf(text, "%199s%n", word, &n) == 1) {
		if (at && at + 1 + strlen(word) > 78) {
			fputc('\n', out);
			at = 0;
		}
		at += fprintf(out, "%s%s", at ? " " : "  ", word);
		text += n;
	}
	fputc('\n', out);
}

static char *list(void)
{
	const struct tt_known *k;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs(BEGIN, out);
	for (k = tt_known; k < tt_known + tt_known_count; k++) {
		fprintf(out, "\n``%s``\n", k->id);
		wrap(out, k->what);
		fprintf(out, "\n  :seen on: %s\n", k->kernels);
		fprintf(out, "  :fixed by: %s\n", k->fix ?: "nothing yet");
	}
	fclose(out);
	return text;
}

int main(int argc, char **argv)
{
	const char *path = "../Documentation/known-bugs.rst";
	char *text, *want = list(), *have;

	if (argc > 1 && !strcmp(argv[1], "-p")) {
		fputs(want, stdout);
		return 0;
	}
	text = file_text(path);
	have = text ? strstr(text, BEGIN) : NULL;
	if (!have || strcmp(have, want)) {
		printf("FAILED known_check: %s has not the list of lib/known.c\n", path);
		printf("known_check: 0 passed, 1 failed\n");
		return 1;
	}
	printf("known_check: 1 passed, 0 failed\n");
	return 0;
}
