// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tls_trace: a header with the names of the columns, and a line per socket.
 * Columns are found by name, so that another version of the module may have more.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proc_counts.h"

#define COLUMNS_MAX	40

#define DIR_COLUMNS	4

static const char * const columns[] = {
	"inode", "age_ms",
	"tx_bytes", "tx_records", "tx_errors", "tx_rekeys",
	"rx_bytes", "rx_records", "rx_errors", "rx_rekeys",
};

#define NCOLUMNS	(sizeof(columns) / sizeof(columns[0]))

static unsigned int split(char *line, char *word[COLUMNS_MAX])
{
	unsigned int n = 0;
	char *save;

	for (char *w = strtok_r(line, " \n", &save); w && n < COLUMNS_MAX;
	     w = strtok_r(NULL, " \n", &save))
		word[n++] = w;
	return n;
}

/* Where the columns are; false if one is missing. */
static bool find_columns(char *header, unsigned int at[NCOLUMNS])
{
	char *word[COLUMNS_MAX];
	unsigned int n = split(header, word);

	for (size_t i = 0; i < NCOLUMNS; i++) {
		for (at[i] = 0; at[i] < n; at[i]++)
			if (!strcmp(word[at[i]], columns[i]))
				break;
		if (at[i] == n)
			return false;
	}
	return true;
}

static bool take_line(char *line, const unsigned int at[NCOLUMNS], struct proc_counts *p)
{
	uint64_t *to[NCOLUMNS] = { &p->inode, &p->age_ms };
	char *word[COLUMNS_MAX], *end;
	unsigned int n = split(line, word);

	for (unsigned int d = 0; d < 2; d++) {
		uint64_t **column = to + 2 + d * DIR_COLUMNS;

		column[0] = &p->dir[d].bytes;
		column[1] = &p->dir[d].records;
		column[2] = &p->dir[d].errors;
		column[3] = &p->dir[d].rekeys;
	}
	for (size_t i = 0; i < NCOLUMNS; i++) {
		if (at[i] >= n)
			return false;
		*to[i] = strtoull(word[at[i]], &end, 10);
		if (*end)
			return false;
	}
	return true;
}

/**
 * proc_counts_read() - read the file
 * @f: open at its beginning
 * @each: called for each socket
 * @ctx: for @each
 *
 * Return: 0; -EPROTO if it is of a version that this program does not understand.
 */
int proc_counts_read(FILE *f, void (*each)(const struct proc_counts *p, void *ctx), void *ctx)
{
	unsigned int at[NCOLUMNS];
	struct proc_counts p;
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	if (getline(&line, &room, f) < 0 || !find_columns(line, at))
		err = -EPROTO;
	while (!err && getline(&line, &room, f) > 0) {
		if (take_line(line, at, &p))
			each(&p, ctx);
		else
			err = -EPROTO;
	}
	free(line);
	return err;
}
