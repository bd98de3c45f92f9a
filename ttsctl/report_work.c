#include "report_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "out.h"
#include "report.h"

#define RUNS_SHOWN 3 /* for people */
#define LATE_SEC 40  /* after the timer's interval */

void
report_work_host(struct report *r)
{
	struct report_work *w = &r->work;
	uint64_t *v = pool_array(r->pool, WORK_COUNTERS, sizeof *v), now;
	const char *kinds[WORK_KINDS];

	host_lock(r->conf->work.lock_file, &w->locked, &w->pid);
	for (size_t i = 0; i < WORK_KINDS; i++)
		kinds[i] = work_kind_name((enum work_kind)i);
	w->has_runs = work_stats_read(r->conf, kinds, WORK_KINDS, v) && v[RUN_ALIVE] != 0;
	if (!w->has_runs)
		return;
	now = run_stats_wall(run_stats_now());
	w->seen_sec = now > v[RUN_ALIVE] ? (now - v[RUN_ALIVE]) / 1000 : 0;
	w->runs_n = work_stats_notes(v, w->runs);
}

enum rc
report_work_read(struct report *r, struct db *db)
{
	return work_stats(db, r->work.kinds);
}

/* ---------------------------------------------------------------- what is wrong */

static uint64_t
late_sec(const struct report *r)
{
	return (uint64_t)r->conf->work.interval_sec + LATE_SEC;
}

static void
judge_kind(struct report *r, enum work_kind kind)
{
	const struct report_work *w = &r->work;
	const struct work_stats *k = &w->kinds[kind];

	if (k->pending > k->later && k->claimed == 0 && k->oldest_sec > late_sec(r) && !w->locked)
		report_find(r, true,
		    pool_printf(r->pool, "%s has waited for %s, and tts-work is not running",
			work_kind_name(kind), text_span(k->oldest_sec)),
		    "see whether its timer runs: systemctl status tts-work.timer; or start "
		    "tts-work "
		    "by hand and read what it says");
	if (k->failed > 0)
		report_find(r, true,
		    pool_printf(r->pool, "%s of %s failed for good",
			text_count(k->failed, "piece of work", "pieces of work"),
			work_kind_name(kind)),
		    "ttsctl work list says why; when the cause is gone: ttsctl work retry --all");
}

void
report_work_judge(struct report *r)
{
	const struct report_work *w = &r->work;

	if (r->host.work_kick_error != 0)
		report_find(r, true,
		    pool_printf(r->pool, "work.kick_file %s cannot be made: %s",
			r->conf->work.kick_file, strerror(r->host.work_kick_error)),
		    "make its directory; until then only the timer starts tts-work");
	if (w->has_runs && !w->locked && w->seen_sec > late_sec(r))
		report_find(r, true,
		    pool_printf(r->pool, "tts-work has not run on this host for %s",
			text_span(w->seen_sec)),
		    "its timer is stopped: systemctl status tts-work.timer; systemctl start "
		    "tts.target");
	for (size_t i = 0; i < WORK_KINDS && r->rc == RC_OK; i++)
		judge_kind(r, (enum work_kind)i);
}

/* ---------------------------------------------------------------- for people */

static uint64_t
unfinished(const struct work_stats *k)
{
	return k->pending + k->claimed + k->waiting;
}

void
report_work_text(const struct report *r)
{
	const struct report_work *w = &r->work;

	printf("%-12s ", "tts-work");
	if (!w->locked)
		printf("at rest");
	else if (w->pid > 0)
		printf("at work on this host, process %d", w->pid);
	else
		printf("at work on this host");
	if (w->has_runs)
		printf(", seen %s ago", text_span(w->seen_sec));
	putchar('\n');
	for (size_t i = 0; i < WORK_KINDS && r->rc == RC_OK; i++) {
		const struct work_stats *k = &w->kinds[i];

		if (unfinished(k) + k->failed > 0)
			printf("%-12s %s: pending %s, claimed %s, waiting %s, failed %s\n", "work",
			    work_kind_name((enum work_kind)i), text_uint(k->pending),
			    text_uint(k->claimed), text_uint(k->waiting), text_uint(k->failed));
	}
	for (size_t i = 0; i < w->runs_n && i < RUNS_SHOWN; i++) {
		const struct work_note *n = &w->runs[i];

		printf(
		    "%-12s %.20s, %s done, %s failed, %s to be tried again, %s out of the trash, "
		    "end %s\n",
		    i == 0 ? "its last runs" : "", text_time(n->run.began / 1000),
		    text_uint(n->done), text_uint(n->failed), text_uint(n->again),
		    text_uint(n->trash), run_end_name(n->run.end));
	}
}

/* ---------------------------------------------------------------- for programs */

static void
put_json_kinds(const struct report_work *w)
{
	out_open("kinds", '[');
	for (size_t i = 0; i < WORK_KINDS; i++) {
		const struct work_stats *k = &w->kinds[i];

		out_open(NULL, '{');
		out_string("kind", work_kind_name((enum work_kind)i));
		out_uint("pending", k->pending);
		out_uint("pending_later", k->later);
		out_uint("claimed", k->claimed);
		out_uint("waiting", k->waiting);
		out_uint("failed", k->failed);
		out_uint("oldest_sec", k->oldest_sec);
		out_close('}');
	}
	out_close(']');
}

static void
put_json_run(const struct work_note *n)
{
	out_open(NULL, '{');
	out_time("began", n->run.began / 1000);
	out_time("ended", n->run.ended / 1000);
	out_string("end", run_end_name(n->run.end));
	out_uint("claimed", n->claimed);
	out_uint("steps", n->steps);
	out_uint("done", n->done);
	out_uint("failed", n->failed);
	out_uint("again", n->again);
	out_uint("released", n->released);
	out_uint("trash", n->trash);
	out_close('}');
}

void
report_work_json(const struct report *r)
{
	const struct report_work *w = &r->work;

	out_open("work", '{');
	out_bool("at_work", w->locked);
	if (w->pid > 0)
		out_uint("pid", (uint64_t)w->pid);
	else
		out_null("pid");
	if (w->has_runs)
		out_uint("seen_sec", w->seen_sec);
	else
		out_null("seen_sec");
	if (r->rc == RC_OK)
		put_json_kinds(w);
	out_open("runs", '[');
	for (size_t i = 0; i < w->runs_n; i++)
		put_json_run(&w->runs[i]);
	out_close(']');
	out_close('}');
}
