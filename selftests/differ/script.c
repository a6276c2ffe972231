// SPDX-License-Identifier: GPL-2.0
/* The verbs, and the run of a script. */

static const struct {
	const char *name;
	df_verb *run;
} verbs[] = {
	/* options */
	{ "both", do_start }, { "tx", do_start }, { "rx", do_start },
	{ "base", do_start }, { "ulp", do_ulp }, { "getulp", do_getulp },
	{ "set", do_set }, { "get", do_get }, { "opt", do_opt },
	{ "getopt", do_getopt }, { "state", do_state }, { "diag", do_diag },
	/* sending */
	{ "send", do_send }, { "write", do_write }, { "writev", do_writev },
	{ "msg", do_msg }, { "mmsg", do_mmsg },
	{ "sendfile", do_sendfile }, { "splice", do_splice },
	/* receiving */
	{ "recv", do_recv }, { "read", do_read }, { "readv", do_readv },
	{ "rmsg", do_rmsg }, { "mrmsg", do_mrmsg },
	{ "splicein", do_splicein },
	/* readiness */
	{ "poll", do_poll }, { "select", do_select }, { "epoll", do_epoll },
	{ "ewait", do_ewait }, { "ioctl", do_ioctl },
	{ "nonblock", do_nonblock },
	/* the socket as a whole */
	{ "shut", do_shut }, { "close", do_close }, { "dup", do_dup },
	{ "pass", do_pass }, { "connect", do_connect },
	{ "listen", do_listen }, { "accept", do_accept }, { "bind", do_bind },
	{ "names", do_names }, { "fresh", do_fresh }, { "mmap", do_mmap },
	{ "sockmap", do_sockmap }, { "fork", do_fork },
	/* the far end */
	{ "in", do_in }, { "rest", do_rest }, { "again", do_again },
	{ "header", do_header }, { "plain", do_plain }, { "alert", do_alert },
	{ "keyupdate", do_keyupdate }, { "farkey", do_farkey },
	{ "hold", do_hold }, { "urgent", do_urgent }, { "fin", do_fin },
	{ "gone", do_gone },
};

static void run_verb(struct df_world *w, struct df_step *st,
		     struct df_note *n)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, st->word[0])) {
			errno = 0;
			verbs[i].run(w, st, n);
			return;
		}
	st->used[0] = false;
}

/* What the socket says of itself at the end, when it is still there. */
static void note_last_state(struct df_world *w, struct df_note *n)
{
	static const char * const last[] = {
		"get tx", "get rx", "get zc", "get nopad", "get maxlen",
		"getulp", "getopt error", "diag", "state",
	};
	const char *text;
	struct df_step st;
	int i;

	if (w->fd < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(last); i++) {
		text = last[i];
		step_cut(&text, &st);
		note(n, "end: %s ->", last[i]);
		run_verb(w, &st, n);
		note(n, "\n");
	}
}

/**
 * script_run() - run a script on one ULP
 * @s:		the script and what to run it with
 * @ulp:	"tls" or "tls_trace"
 * @pause:	step to wait after until TCP's timers have expired, counted from 1, or
 *		DF_PAUSE_NEVER or DF_PAUSE_ALWAYS
 * @n:		out: the log; the caller frees n->text
 *
 * Return: 0, or -errno with the reason noted where the script is wrong or the
 * test itself could not do its part.
 */
static int script_run(const struct df_setup *s, const char *ulp, int pause,
		      struct df_note *n)
{
	long long begin = tt_now_ms();
	struct df_world *w = world;
	const char *at = s->script;
	struct df_step st;
	char text[DF_STEP_SIZE];
	int err, i, step = 0;

	memset(n, 0, sizeof(*n));
	err = world_open(w, s, ulp);
	if (err)
		return err;
	while (step_cut(&at, &st)) {
		text[0] = 0;
		for (i = 0; i < st.words; i++)
			snprintf(text + strlen(text),
				 sizeof(text) - strlen(text), "%s%s",
				 i ? " " : "", st.word[i]);
		note(n, "step %d: %s ->", ++step, text);
		hang_limit(DF_HANG_MS);
		run_verb(w, &st, n);
		hang_limit(0);
		if (step_unused(&st)) {
			err = tt_fail(EINVAL,
				      "step %d, '%s': '%s' is not understood",
				      step, text, step_unused(&st));
			break;
		}
		settle(w);
		if (pause == step || pause == DF_PAUSE_ALWAYS) {
			poll(NULL, 0, DF_PAUSE_MS);
			settle(w);
		}
		note_ready(w, n);
		note(n, "\n");
	}
	note_last_state(w, n);
	n->ms = tt_now_ms() - begin;
	world_close(w, n);
	return err;
}
