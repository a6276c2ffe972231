// SPDX-License-Identifier: GPL-2.0
/* Printing verdicts, as text or JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "check.h"
#include "escape.h"
#include "json_put.h"

static const char * const words[V_COUNT] = { "ok", "warn", "FAIL", "skip" };

static void say_text(struct check *ck, enum verdict v, const char *what, const char *detail,
		     const char *advice)
{
	static const enum color colors[V_COUNT] = {
		COLOR_GREEN, COLOR_YELLOW, COLOR_RED, COLOR_YELLOW,
	};
	char clean[2048];

	escape_text(clean, sizeof(clean), detail, strlen(detail));
	out_color(ck->out, colors[v]);
	out_printf(ck->out, "%-4s", words[v]);
	out_color(ck->out, COLOR_NONE);
	out_printf(ck->out, "  %s: %s", what, clean);
	if (advice) {
		escape_text(clean, sizeof(clean), advice, strlen(advice));
		out_printf(ck->out, " -> %s", clean);
	}
	out_printf(ck->out, "\n");
}

static void say_json(struct check *ck, enum verdict v, const char *what, const char *detail,
		     const char *advice, const struct check_extra *extra, int nextra)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "check", json_object_new_string(what));
	json_object_object_add(o, "verdict", json_object_new_string(v == V_FAIL ? "fail" :
								    words[v]));
	json_put_str(o, "detail", detail);
	if (advice)
		json_put_str(o, "advice", advice);
	for (int i = 0; i < nextra; i++)
		json_put_str(o, extra[i].key, extra[i].value);
	json_put_line(ck->out, o);
}

/**
 * check_say_extra() - give a verdict, with more fields for JSON
 * @ck: the run
 * @v: verdict
 * @what: what was checked
 * @advice: what to do about it, or NULL; may hold foreign bytes
 * @detail: what was found; may hold foreign bytes
 * @extra: fields
 * @nextra: how many
 */
void check_say_extra(struct check *ck, enum verdict v, const char *what, const char *advice,
		     const char *detail, const struct check_extra *extra, int nextra)
{
	ck->counts[v]++;
	if (ck->out->json)
		say_json(ck, v, what, detail, advice, extra, nextra);
	else
		say_text(ck, v, what, detail, advice);
	/* A check may take a moment: show what is known. */
	out_flush(ck->out);
}

/**
 * check_say() - give a verdict
 * @ck: the run
 * @v: verdict
 * @what: what was checked
 * @advice: what to do about it, or NULL; may hold foreign bytes
 * @fmt: printf format: what was found; may hold foreign bytes
 */
void check_say(struct check *ck, enum verdict v, const char *what, const char *advice,
	       const char *fmt, ...)
{
	char detail[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	check_say_extra(ck, v, what, advice, detail, NULL, 0);
}

/**
 * check_end() - the last line: how many of each verdict
 * @ck: the run
 */
void check_end(struct check *ck)
{
	struct json_object *o;

	if (!ck->out->json) {
		out_printf(ck->out, "%u ok, %u warnings, %u failed, %u skipped\n",
			   ck->counts[V_OK], ck->counts[V_WARN], ck->counts[V_FAIL],
			   ck->counts[V_SKIP]);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "check", json_object_new_string("summary"));
	for (int v = 0; v < V_COUNT; v++)
		json_object_object_add(o, v == V_FAIL ? "fail" : words[v],
				       json_object_new_int64(ck->counts[v]));
	out_printf(ck->out, "%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}
