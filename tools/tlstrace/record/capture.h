/* SPDX-License-Identifier: GPL-2.0 */
/* A pcapng file of what went through kTLS sockets. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn.h"
#include "event.h"

#define CAPTURE_PORTS	16	/* most ports that can be mapped */
#define CAPTURE_HINTS	8

/**
 * struct capture_options - from the command line
 * @file: its name, "-" for standard output
 * @force: replace a file that exists
 * @tcp: application data as TCP streams
 * @pdu: the rest as PDUs; without @tcp all of it
 * @metadata_only: no plaintext of applications
 * @snaplen: plaintext bytes of a record at most
 * @max_size: bytes after which the file is full, 0: never
 * @ports: show @from as @to
 * @nports: how many
 */
struct capture_options {
	const char *file;
	bool force;
	bool tcp, pdu;
	bool metadata_only;
	unsigned int snaplen;
	uint64_t max_size;
	struct { uint16_t from, to; } ports[CAPTURE_PORTS];
	unsigned int nports;
};

/**
 * struct capture_sums - what a file amounts to
 * @packets: in it
 * @bytes: of plaintext in it, [0] sent, [1] received
 * @size: of the file
 * @hints: protocols that Wireshark has to be told
 * @nhints: how many
 */
struct capture_sums {
	uint64_t packets;
	uint64_t bytes[2];
	uint64_t size;
	struct { uint16_t port; const char *proto; } hints[CAPTURE_HINTS];
	unsigned int nhints;
};

struct capture;

struct capture *capture_open(const struct capture_options *opt, char *why, size_t size);
void capture_event(struct capture *cap, const struct event *ev, struct conn *c,
		   const char *comm);
void capture_lost(struct capture *cap, uint64_t count);
void capture_gone(struct capture *cap, struct conn *c);
void capture_flush(struct capture *cap);
void capture_keep(struct capture *cap);
bool capture_is_private(const struct capture *cap);
bool capture_full(const struct capture *cap);
int capture_close(struct capture *cap, uint64_t lost, struct capture_sums *sums);

#endif
