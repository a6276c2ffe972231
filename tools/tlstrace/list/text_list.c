// SPDX-License-Identifier: GPL-2.0
/* Live sockets as a table. */
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "ktls_uapi.h"
#include "names.h"
#include "socklist.h"
#include "tlstrace.h"

#define CELL_SIZE	128

enum column {
	COL_LOCAL, COL_REMOTE, COL_PROCESS, COL_TLS, COL_CIPHER, COL_TX, COL_RX,
	COL_TX_RECORDS, COL_TX_BYTES, COL_RX_RECORDS, COL_RX_BYTES, COL_ERRORS, COL_REST,
	NCOLUMNS
};

static const struct {
	const char *title;
	bool right;
} columns[NCOLUMNS] = {
	[COL_LOCAL] = { "LOCAL", false },
	[COL_REMOTE] = { "REMOTE", false },
	[COL_PROCESS] = { "PROCESS", false },
	[COL_TLS] = { "TLS", false },
	[COL_CIPHER] = { "CIPHER", false },
	[COL_TX] = { "TX", false },
	[COL_RX] = { "RX", false },
	[COL_TX_RECORDS] = { "TX-RECORDS", true },
	[COL_TX_BYTES] = { "TX-BYTES", true },
	[COL_RX_RECORDS] = { "RX-RECORDS", true },
	[COL_RX_BYTES] = { "RX-BYTES", true },
	[COL_ERRORS] = { "ERRORS", true },
	[COL_REST] = { "NOTES", false },
};

static void process_cell(char cell[CELL_SIZE], const struct sock_row *row)
{
	char comm[4 * sizeof(row->comm)];

	if (!row->pid) {
		strcpy(cell, "-");
		return;
	}
	escape_text(comm, sizeof(comm), row->comm, strlen(row->comm));
	if (row->processes > 1)
		snprintf(cell, CELL_SIZE, "%s/%d+%u", comm, (int)row->pid, row->processes - 1);
	else
		snprintf(cell, CELL_SIZE, "%s/%d", comm, (int)row->pid);
}

/* A direction without a key has no kTLS. */
static const char *conf_cell(uint16_t conf)
{
	return conf > CONF_BASE ? name_conf(conf) : "-";
}

static void number_cell(char cell[CELL_SIZE], bool known, uint64_t n)
{
	if (known)
		snprintf(cell, CELL_SIZE, "%" PRIu64, n);
	else
		strcpy(cell, "-");
}

/* Add a word, and its number if it has one. */
static void note(char cell[CELL_SIZE], const char *word, uint64_t n)
{
	size_t len = strlen(cell);

	len += (size_t)snprintf(cell + len, CELL_SIZE - len, "%s%s", len ? "," : "", word);
	if (n && len < CELL_SIZE)
		snprintf(cell + len, CELL_SIZE - len, "=%" PRIu64, n);
}

static void rest_cell(char cell[CELL_SIZE], const struct sock_row *row)
{
	const struct diag_socket *d = &row->diag;
	uint64_t rekeys = row->counts.dir[0].rekeys + row->counts.dir[1].rekeys;

	cell[0] = 0;
	if (!d->traced)
		note(cell, "untraced", 0);
	if (d->state != TCP_ESTABLISHED)
		note(cell, name_state(d->state), 0);
	if (d->zerocopy)
		note(cell, "zerocopy", 0);
	if (d->no_pad)
		note(cell, "no-pad", 0);
	if (d->max_payload && d->max_payload != KTLS_MAX_PAYLOAD)
		note(cell, "max-payload", d->max_payload);
	if (row->counted && rekeys)
		note(cell, "rekeys", rekeys);
}

static void make_cell(char cell[CELL_SIZE], const struct sock_row *row, enum column column)
{
	const struct diag_socket *d = &row->diag;
	const struct proc_dir *tx = &row->counts.dir[0], *rx = &row->counts.dir[1];
	char endpoint[64];

	switch (column) {
	case COL_LOCAL:
		endpoint_print(endpoint, d->ep.saddr, d->ep.sport);
		strcpy(cell, endpoint);
		break;
	case COL_REMOTE:
		endpoint_print(endpoint, d->ep.daddr, d->ep.dport);
		strcpy(cell, endpoint);
		break;
	case COL_PROCESS:
		process_cell(cell, row);
		break;
	case COL_TLS:
		strcpy(cell, name_version(d->version));
		break;
	case COL_CIPHER:
		strcpy(cell, name_cipher(d->cipher));
		break;
	case COL_TX:
		strcpy(cell, conf_cell(d->conf[0]));
		break;
	case COL_RX:
		strcpy(cell, conf_cell(d->conf[1]));
		break;
	case COL_TX_RECORDS:
		number_cell(cell, row->counted, tx->records);
		break;
	case COL_TX_BYTES:
		number_cell(cell, row->counted, tx->bytes);
		break;
	case COL_RX_RECORDS:
		number_cell(cell, row->counted, rx->records);
		break;
	case COL_RX_BYTES:
		number_cell(cell, row->counted, rx->bytes);
		break;
	case COL_ERRORS:
		number_cell(cell, row->counted, tx->errors + rx->errors);
		break;
	default:
		rest_cell(cell, row);
	}
}

static void print_cell(struct out *out, const char *cell, enum column column, int width)
{
	if (column == NCOLUMNS - 1)
		out_printf(out, "%s", cell);
	else
		out_printf(out, "%*s  ", columns[column].right ? width : -width, cell);
}

static void print_row(struct out *out, const struct sock_row *row, const int width[NCOLUMNS])
{
	char cell[CELL_SIZE];

	for (unsigned int i = 0; i < NCOLUMNS; i++) {
		bool bad = i == COL_ERRORS && row->counted &&
			   (row->counts.dir[0].errors || row->counts.dir[1].errors);

		make_cell(cell, row, i);
		if (bad)
			out_color(out, COLOR_RED);
		print_cell(out, cell, i, width[i]);
		if (bad)
			out_color(out, COLOR_NONE);
	}
	out_printf(out, "\n");
}

/**
 * text_sock_list() - print a list as a table, and what it comes to
 * @out: output
 * @list: the list
 */
void text_sock_list(struct out *out, const struct sock_list *list)
{
	int width[NCOLUMNS], n;
	char cell[CELL_SIZE];
	size_t traced = 0;

	if (!list->count) {
		out_printf(out, "no kTLS sockets in this network namespace\n");
		return;
	}
	for (unsigned int i = 0; i < NCOLUMNS; i++) {
		width[i] = (int)strlen(columns[i].title);
		for (size_t r = 0; r < list->count; r++) {
			make_cell(cell, &list->row[r], i);
			n = (int)strlen(cell);
			if (n > width[i])
				width[i] = n;
		}
	}
	out_color(out, COLOR_BOLD);
	for (unsigned int i = 0; i < NCOLUMNS; i++)
		print_cell(out, columns[i].title, i, width[i]);
	out_color(out, COLOR_NONE);
	out_printf(out, "\n");
	for (size_t r = 0; r < list->count; r++) {
		traced += list->row[r].diag.traced;
		print_row(out, &list->row[r], width);
	}
	out_printf(out, "%zu kTLS socket%s, %zu traced\n", list->count, list->count == 1 ? "" : "s",
		   traced);
	if (traced < list->count)
		out_printf(out, "records and bytes are counted of traced sockets only: "
			   "\"tlstrace exec -- PROGRAM\"\n");
	if (traced && !list->counts_known)
		out_printf(out, "the module %s does not tell what it counts: it is of another "
			   "version, or there is no /proc/net/%s here\n", MODULE_NAME, MODULE_NAME);
}
