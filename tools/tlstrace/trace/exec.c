// SPDX-License-Identifier: GPL-2.0
/* Running a program, showing its events, and saying what became of its TLS. */
#include "exec.h"
#include "format.h"
#include "libs.h"
#include "ossl.h"
#include "tlstrace.h"
#include "why.h"

#define LOOK_NS		500000000ULL
#define LOOK_AT_PIDS	64

struct exec {
	const struct exec_options *opt;
	struct libs libs;
	uint64_t next_look;
};

static int begin(struct session *s)
{
	const struct exec *e = s->job->ctx;

	s->tracker.keep = e->opt->keep;
	s->tracker.quiet = e->opt->quiet;
	s->tracker.all = e->opt->all;
	return 0;
}

/* Libraries of processes that live long enough to be looked at. */
static void look_at_processes(struct session *s)
{
	struct exec *e = s->job->ctx;
	uint64_t now = trace_now();
	pid_t pids[LOOK_AT_PIDS];
	int n;

	if (now < e->next_look)
		return;
	e->next_look = now + LOOK_NS;
	n = cgroup_pids(&s->cg, pids, LOOK_AT_PIDS);
	for (int i = 0; i < n && i < LOOK_AT_PIDS; i++)
		libs_of_process(&e->libs, pids[i]);
}

/* The OpenSSL that the program uses, if it is one. */
static void ask_openssl(const struct libs *libs, struct evidence *ev, struct ossl_info *info)
{
	ev->ossl_ktls = -1;
	for (unsigned int i = 0; i < libs->count; i++) {
		if (libs->lib[i].kind != LIB_OPENSSL)
			continue;
		ossl_probe(libs->lib[i].path, libs->libcrypto, info);
		if (!info->found)
			return;
		ev->ossl_version = info->number;
		ev->ossl_text = info->version;
		ev->ossl_conf_on = info->conf_on;
		if (info->v12.done || info->v13.done)
			ev->ossl_ktls = ossl_built_with_ktls(info);
	}
}

static void summarise(struct session *s, int status)
{
	struct exec *e = s->job->ctx;
	struct evidence ev = { .libs = &e->libs };
	struct summary sum = { .status = status };
	struct ossl_info info;
	char path[PATH_MAX];

	conn_finish_all(s->tracker.conns);
	sum.totals = conn_totals(s->tracker.conns);
	sum.lost_known = trace_lost(s->trace, &sum.lost);
	ev.counts_known = redirect_counts(s->rd, ev.counts);
	if (libs_find_program(s->opt->argv[0], path))
		libs_of_program(&e->libs, path);
	if (!sum.totals->with_any || sum.totals->with_rx < sum.totals->with_any)
		ask_openssl(&e->libs, &ev, &info);
	if (sum.totals->with_any)
		why_partly(&sum, &ev);
	else
		why_no_ktls(&sum, &ev);
	tracker_print_conns(&s->tracker);
	if (s->out->json)
		json_summary(s->out, &sum);
	else
		text_summary(s->out, &sum);
	summary_free(&sum);
}

/**
 * exec_show() - run a program, traced
 * @opt: options; with a program
 * @out: where the trace goes
 *
 * Return: exit status for tlstrace.
 */
int exec_show(const struct exec_options *opt, struct out *out)
{
	struct exec e = { .opt = opt };
	const struct session_job job = {
		.name = "exec",
		.kinds = EVENTS_NO_DATA,
		.begin = begin,
		.round = look_at_processes,
		.end = summarise,
		.ctx = &e,
	};

	return session_run(&opt->session, &job, out);
}
