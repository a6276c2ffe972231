/* SPDX-License-Identifier: GPL-2.0 */
/* Members of a JSON object, and the line that it becomes. */
#ifndef JSON_PUT_H
#define JSON_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "out.h"

struct json_object;

void json_put_u64(struct json_object *o, const char *key, uint64_t n);
void json_put_int(struct json_object *o, const char *key, int64_t n);
void json_put_bool(struct json_object *o, const char *key, bool b);
void json_put_str(struct json_object *o, const char *key, const char *s);
void json_put_hex(struct json_object *o, const char *key, const uint8_t *bytes, size_t len);
void json_put_comm(struct json_object *o, const char *comm);
void json_put_endpoints(struct json_object *o, const struct endpoints *ep);
void json_put_line(struct out *out, struct json_object *o);

#endif
