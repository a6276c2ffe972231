// SPDX-License-Identifier: GPL-2.0
/*
 * Live sockets as JSON, one object per line. tlstrace-list(1) lists the fields; existing
 * ones keep their name and meaning.
 */
#include <json-c/json.h>

#include "json_put.h"
#include "ktls_uapi.h"
#include "names.h"
#include "socklist.h"

static struct json_object *direction(const struct sock_row *row, unsigned int dir)
{
	struct json_object *o = json_object_new_object();
	const struct proc_dir *d = &row->counts.dir[dir];

	json_put_bool(o, "ktls", row->diag.conf[dir] > CONF_BASE);
	json_put_str(o, "conf", name_conf(row->diag.conf[dir]));
	if (!row->counted)
		return o;
	json_put_u64(o, "bytes", d->bytes);
	json_put_u64(o, "records", d->records);
	json_put_u64(o, "errors", d->errors);
	json_put_u64(o, "rekeys", d->rekeys);
	return o;
}

static void print_row(struct out *out, const struct sock_row *row)
{
	struct json_object *o = json_object_new_object();
	const struct diag_socket *d = &row->diag;

	json_put_str(o, "event", "socket");
	json_put_u64(o, "ino", d->inode);
	json_put_endpoints(o, &d->ep);
	json_put_str(o, "state", name_state(d->state));
	json_put_u64(o, "uid", d->uid);
	if (row->pid)
		json_put_int(o, "pid", row->pid);
	else
		json_object_object_add(o, "pid", NULL);
	json_put_comm(o, row->comm);
	json_put_u64(o, "processes", row->processes);
	json_put_bool(o, "traced", d->traced);
	if (d->version)
		json_put_str(o, "version", name_version(d->version));
	if (d->cipher)
		json_put_str(o, "cipher", name_cipher(d->cipher));
	json_put_bool(o, "zerocopy_ro", d->zerocopy);
	json_put_bool(o, "expect_no_pad", d->no_pad);
	if (d->max_payload)
		json_put_u64(o, "max_payload", d->max_payload);
	if (row->counted)
		json_put_u64(o, "age_ms", row->counts.age_ms);
	json_object_object_add(o, "tx", direction(row, 0));
	json_object_object_add(o, "rx", direction(row, 1));
	json_put_line(out, o);
}

/**
 * json_sock_list() - print a list, a line per socket
 * @out: output
 * @list: the list
 */
void json_sock_list(struct out *out, const struct sock_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_row(out, &list->row[i]);
}
