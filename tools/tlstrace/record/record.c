// SPDX-License-Identifier: GPL-2.0
/* Recording plaintext: to a pcapng file, or to be read at once. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data_limit.h"
#include "format.h"
#include "janitor.h"
#include "ktls_uapi.h"
#include "record.h"
#include "tlstrace.h"

struct record {
	const struct record_options *opt;
	struct session *session;
	struct capture *capture;
	struct janitor janitor;
	bool limit_raised;
	bool failed;
};

static void on_event(void *ctx, const struct event *ev, struct conn *c, const char *comm)
{
	struct record *r = ctx;

	if (!filter_match(&r->opt->filter, ev, c, comm))
		return;
	if (r->capture && !capture_full(r->capture))
		capture_event(r->capture, ev, c, comm);
	if (!r->opt->decode || ev->kind != EV_DATA)
		return;
	if (r->session->out->json)
		json_event(r->session->out, ev, c, comm, r->session->tracker.start);
	else
		text_event(r->session->out, ev, c, comm, r->session->tracker.start, 1);
}

static void on_lost(void *ctx, uint64_t count)
{
	struct record *r = ctx;

	if (r->capture)
		capture_lost(r->capture, count);
}

static void on_gone(void *ctx, struct conn *c)
{
	struct record *r = ctx;

	if (r->capture)
		capture_gone(r->capture, c);
}

static void started(struct session *s)
{
	const struct record *r = s->job->ctx;
	const struct capture_options *cap = &r->opt->capture;
	const char *to = cap->file ? cap->file : "here";
	char what[120];

	if (cap->metadata_only)
		snprintf(what, sizeof(what), "what kTLS sockets do, but no plaintext,");
	else
		snprintf(what, sizeof(what), "the PLAINTEXT of kTLS sockets, up to %u bytes of a "
			 "record,", cap->snaplen);
	if (cap->file && !strcmp(cap->file, "-"))
		to = "standard output";
	msg_note("recording %s to %s%s%s", what, to,
		 r->capture && capture_is_private(r->capture) ? " (only its owner may read it)" : "",
		 s->opt->argv ? "" : ", until Ctrl-C");
}

static int begin(struct session *s)
{
	struct record *r = s->job->ctx;
	const struct record_options *opt = r->opt;
	char why[300];
	int err;

	r->session = s;
	s->tracker.quiet = !opt->decode;
	s->tracker.all = true;
	s->tracker.brief = true;
	s->tracker.hook = (struct tracker_hook){ on_event, on_gone, on_lost, r };
	if (opt->capture.file) {
		r->capture = capture_open(&opt->capture, why, sizeof(why));
		if (!r->capture)
			goto fail;
	}
	if (!opt->capture.metadata_only) {
		err = janitor_start(&r->janitor);
		if (err) {
			snprintf(why, sizeof(why), "cannot start a process: %s", strerror(err));
			goto fail;
		}
		if (data_limit_raise(opt->capture.snaplen, why, sizeof(why)))
			goto fail;
		r->limit_raised = true;
	}
	return 0;
fail:
	msg_error("%s", why);
	r->failed = true;
	return -1;
}

static void look(struct session *s)
{
	struct record *r = s->job->ctx;

	if (!r->capture)
		return;
	capture_keep(r->capture);
	capture_flush(r->capture);
	if (s->enough || !capture_full(r->capture))
		return;
	s->enough = true;
	/* The program may go on for long. */
	if (r->limit_raised && s->opt->argv && !r->opt->decode) {
		data_limit_restore();
		r->limit_raised = false;
		msg_note("nothing more is recorded");
	}
}

static void say_hints(const struct record *r, const struct capture_sums *sums)
{
	const char *file = r->opt->capture.file;
	char ports[CAPTURE_HINTS * 40] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < sums->nhints; i++)
		len += (size_t)snprintf(ports + len, sizeof(ports) - len, " -d tcp.port==%u,%s",
					sums->hints[i].port, sums->hints[i].proto);
	if (*ports)
		msg_note("to read it: wireshark%s %s", ports, strcmp(file, "-") ? file : "FILE");
}

static void end_capture(struct record *r, uint64_t lost)
{
	const char *file = r->opt->capture.file;
	struct capture_sums sums;
	int err = capture_close(r->capture, lost, &sums);

	r->capture = NULL;
	msg_note("%s: %" PRIu64 " packets, %" PRIu64 " bytes; plaintext sent %" PRIu64
		 ", received %" PRIu64 " bytes; events lost: %" PRIu64 "%s",
		 strcmp(file, "-") ? file : "standard output", sums.packets, sums.size,
		 sums.bytes[0], sums.bytes[1], lost,
		 lost ? "; a larger --buffer-size helps" : "");
	/* A reader that has gone away wanted no more; all else is a loss. */
	if (err && err != EPIPE) {
		msg_error("the record is not complete, writing to %s failed: %s", file,
			  strerror(err));
		r->failed = true;
	}
	if (sums.packets)
		say_hints(r, &sums);
}

static void end(struct session *s, int status)
{
	struct summary sum = { .status = status };
	struct record *r = s->job->ctx;

	conn_finish_all(s->tracker.conns);
	sum.totals = conn_totals(s->tracker.conns);
	sum.lost_known = trace_lost(s->trace, &sum.lost);
	if (r->opt->decode) {
		if (s->out->json)
			json_summary(s->out, &sum);
		else
			text_summary(s->out, &sum);
		out_flush(s->out);
	}
	if (r->capture)
		end_capture(r, sum.lost);
}

/**
 * record_run_session() - record until a signal, or of a program
 * @opt: options
 * @out: where to print, if that is wanted
 *
 * Return: exit status for tlstrace.
 */
int record_run_session(const struct record_options *opt, struct out *out)
{
	struct record r = { .opt = opt, .janitor.fd = -1 };
	const struct session_job job = {
		.name = "record",
		.kinds = EVENTS_NO_DATA | (opt->capture.metadata_only ? 0 : 1U << EV_DATA),
		.filter = &opt->filter,
		.begin = begin,
		.started = started,
		.round = look,
		.end = end,
		.ctx = &r,
	};
	struct capture_sums sums;
	int status = session_run(&opt->session, &job, out);

	if (r.limit_raised)
		data_limit_restore();
	janitor_dismiss(&r.janitor);
	if (r.capture)
		capture_close(r.capture, 0, &sums);
	if (r.failed && status == EXIT_OK)
		status = opt->session.argv ? EXIT_TROUBLE : EXIT_PROBLEM;
	return status;
}
