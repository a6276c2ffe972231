// SPDX-License-Identifier: GPL-2.0
/* JSON that holds whatever bytes others chose, with names of the kTLS world. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "escape.h"
#include "json_put.h"

/**
 * json_put_u64() - add a number
 * @o: object
 * @key: member
 * @n: number
 */
void json_put_u64(struct json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_object_new_uint64(n));
}

/**
 * json_put_int() - add a number that may be negative
 * @o: object
 * @key: member
 * @n: number
 */
void json_put_int(struct json_object *o, const char *key, int64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

/**
 * json_put_bool() - add true or false
 * @o: object
 * @key: member
 * @b: which
 */
void json_put_bool(struct json_object *o, const char *key, bool b)
{
	json_object_object_add(o, key, json_object_new_boolean(b));
}

/**
 * json_put_str() - add a text
 * @o: object
 * @key: member
 * @s: text, may hold any bytes
 */
void json_put_str(struct json_object *o, const char *key, const char *s)
{
	char clean[1024];

	escape_utf8(clean, sizeof(clean), s, strlen(s));
	json_object_object_add(o, key, json_object_new_string(clean));
}

/**
 * json_put_hex() - add bytes in hexadecimal
 * @o: object
 * @key: member
 * @bytes: any bytes
 * @len: how many
 */
void json_put_hex(struct json_object *o, const char *key, const uint8_t *bytes, size_t len)
{
	char *hex = malloc(2 * len + 1);

	if (!hex)
		return;
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	json_object_object_add(o, key, json_object_new_string_len(hex, (int)(2 * len)));
	free(hex);
}

/**
 * json_put_comm() - add the name of a process as "comm"
 * @o: object
 * @comm: up to 16 bytes; null is added for NULL or an empty name
 */
void json_put_comm(struct json_object *o, const char *comm)
{
	char name[17] = "";

	if (!comm || !comm[0]) {
		json_object_object_add(o, "comm", NULL);
		return;
	}
	memcpy(name, comm, strnlen(comm, 16));
	json_put_str(o, "comm", name);
}

/**
 * json_put_endpoints() - add the addresses of a connection as "local" and "remote"
 * @o: object
 * @ep: addresses
 */
void json_put_endpoints(struct json_object *o, const struct endpoints *ep)
{
	char buf[64];

	endpoint_print(buf, ep->saddr, ep->sport);
	json_put_str(o, "local", buf);
	endpoint_print(buf, ep->daddr, ep->dport);
	json_put_str(o, "remote", buf);
}

/**
 * json_put_line() - print an object in a line of its own, and release it
 * @out: output
 * @o: object
 */
void json_put_line(struct out *out, struct json_object *o)
{
	out_printf(out, "%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
							       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
