#include "report_pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../store/alert.h"
#include "host.h"
#include "out.h"
#include "report.h"
#include "stage.h"

#define LATE_SEC 40 /* after the timers' interval */

void
report_pipeline_host(struct report *r)
{
	for (enum stage s = 0; s < STAGES; s++) {
		struct report_stage *h = &r->pipeline.hosts[s];
		uint64_t *v = pool_array(r->pool, PIPELINE_COUNTERS, sizeof *v), now;

		host_lock(r->conf->pipeline.stage[s].lock_file, &h->locked, &h->pid);
		h->has_runs = pipeline_stats_read(r->conf->metrics.stage_file[s],
				  pipeline_class_names, CLASSES, v) &&
			      v[RUN_ALIVE] != 0;
		if (!h->has_runs)
			continue;
		now = run_stats_wall(run_stats_now());
		h->seen_sec = now > v[RUN_ALIVE] ? (now - v[RUN_ALIVE]) / 1000 : 0;
		h->runs_n = pipeline_stats_notes(v, h->runs);
	}
}

enum rc
report_pipeline_read(struct report *r, struct db *db)
{
	struct report_pipeline *p = &r->pipeline;
	enum rc rc = admin_queues(db, r->pool, p->queues);

	p->engines = pool_array(r->pool, PIPELINE_ADMIN_MAX, sizeof *p->engines);
	if (rc == RC_OK)
		rc = admin_engines(db, r->pool, p->engines, &p->engines_n);
	return rc != RC_OK ? rc : alert_unsent(db, &p->unsent);
}

/* ---------------------------------------------------------------- what is wrong */

static uint64_t
late_sec(const struct report *r)
{
	return (uint64_t)r->conf->pipeline.interval_sec + LATE_SEC;
}

static void
judge_stage(struct report *r, enum stage stage)
{
	const struct admin_queue *q = &r->pipeline.queues[stage];
	const struct report_stage *h = &r->pipeline.hosts[stage];
	const char *name = stage_name(stage);

	if (h->has_runs && !h->locked && h->seen_sec > late_sec(r))
		report_find(r, true,
		    pool_printf(r->pool,
			"tts-pipeline has not run for the stage %s on this host "
			"for %s",
			name, text_span(h->seen_sec)),
		    pool_printf(r->pool,
			"its timer is stopped: systemctl status "
			"tts-pipeline@%s.timer; systemctl start tts.target",
			name));
	if (r->rc != RC_OK)
		return;
	if (q->overdue_sec > late_sec(r) && q->outstanding == 0 && !h->locked)
		report_find(r, true,
		    pool_printf(r->pool, "the stage %s has waited for %s, and nobody does it", name,
			text_span(q->overdue_sec)),
		    pool_printf(r->pool,
			"see whether its timer runs: systemctl status "
			"tts-pipeline@%s.timer; or start \"tts-pipeline --stage %s\" "
			"by hand and read what it says",
			name, name));
	if (q->paused)
		report_find(r, false,
		    pool_printf(r->pool, "the stage %s is paused by %s: %s", name, q->changed_by,
			q->reason),
		    pool_printf(r->pool, "to go on: ttsctl stage resume %s", name));
	if (q->dead > 0)
		report_find(r, false,
		    pool_printf(r->pool, "%s of the stage %s",
			text_count(q->dead, "dead letter", "dead letters"), name),
		    pool_printf(r->pool,
			"ttsctl dead list --stage %s says why; when the cause is "
			"gone: ttsctl dead retry --stage %s",
			name, name));
}

static void
judge_engine(struct report *r, const struct admin_engine *e)
{
	if (e->disabled)
		report_find(r, true,
		    pool_printf(r->pool, "the engine %s is disabled: %s", e->name, e->reason),
		    pool_printf(r->pool,
			"when the cause is gone, such as a key that is refused: "
			"ttsctl engine enable %s",
			e->name));
	else if (e->held_sec > 0)
		report_find(r, false,
		    pool_printf(r->pool, "the engine %s is not asked for %s: %s", e->name,
			text_span(e->held_sec), e->reason),
		    pool_printf(r->pool,
			"it is asked again by itself, or at once: ttsctl engine "
			"release %s",
			e->name));
}

void
report_pipeline_judge(struct report *r)
{
	const struct report_pipeline *p = &r->pipeline;

	if (!r->conf->pipeline.enabled)
		return;
	for (enum stage s = 0; s < STAGES; s++)
		judge_stage(r, s);
	for (size_t i = 0; i < p->engines_n && r->rc == RC_OK; i++)
		judge_engine(r, &p->engines[i]);
}

/* ---------------------------------------------------------------- for people */

static void
put_queue(const struct report *r, enum stage stage)
{
	const struct admin_queue *q = &r->pipeline.queues[stage];
	const struct report_stage *h = &r->pipeline.hosts[stage];

	printf("%-12s %s: ", stage == 0 ? "pipelines" : "", stage_name(stage));
	if (h->locked && h->pid > 0)
		printf("at work, process %d", h->pid);
	else
		printf(h->locked ? "at work" : "at rest");
	if (h->has_runs)
		printf(", seen %s ago", text_span(h->seen_sec));
	if (r->rc == RC_OK && q->pending + q->outstanding + q->waiting + q->dead > 0) {
		printf("; pending %s", text_uint(q->pending));
		printf(", being done %s", text_uint(q->outstanding));
		printf(", waiting %s", text_uint(q->waiting));
		printf(", dead %s", text_uint(q->dead));
	}
	if (r->rc == RC_OK && q->paused)
		printf("; paused");
	putchar('\n');
}

void
report_pipeline_text(const struct report *r)
{
	if (!r->conf->pipeline.enabled) {
		printf("%-12s off: pipeline.enabled is 0\n", "pipelines");
		return;
	}
	for (enum stage s = 0; s < STAGES; s++)
		put_queue(r, s);
}

/* ---------------------------------------------------------------- for programs */

static void
put_json_run(const struct pipeline_note *n)
{
	out_open(NULL, '{');
	out_time("began", n->run.began / 1000);
	out_time("ended", n->run.ended / 1000);
	out_string("end", run_end_name(n->run.end));
	out_uint("claimed", n->claimed);
	out_uint("done", n->done);
	out_uint("waits", n->waits);
	out_uint("again", n->again);
	out_uint("failed", n->failed);
	out_uint("released", n->released);
	out_close('}');
}

static void
put_json_host(enum stage stage, const struct report_stage *h)
{
	out_open(NULL, '{');
	out_string("stage", stage_name(stage));
	out_bool("at_work", h->locked);
	if (h->pid > 0)
		out_uint("pid", (uint64_t)h->pid);
	else
		out_null("pid");
	if (h->has_runs)
		out_uint("seen_sec", h->seen_sec);
	else
		out_null("seen_sec");
	out_open("runs", '[');
	for (size_t i = 0; i < h->runs_n; i++)
		put_json_run(&h->runs[i]);
	out_close(']');
	out_close('}');
}

void
report_pipeline_json(const struct report *r)
{
	const struct report_pipeline *p = &r->pipeline;

	out_open("pipelines", '{');
	out_bool("enabled", r->conf->pipeline.enabled != 0);
	out_open("programs", '[');
	for (enum stage s = 0; s < STAGES; s++)
		put_json_host(s, &p->hosts[s]);
	out_close(']');
	if (r->rc == RC_OK) {
		out_open("stages", '[');
		for (enum stage s = 0; s < STAGES; s++)
			stage_put_json(s, &p->queues[s]);
		out_close(']');
		out_open("engines", '[');
		for (size_t i = 0; i < p->engines_n; i++)
			engine_put_json(&p->engines[i]);
		out_close(']');
		out_uint("alerts_unsent", p->unsent);
	}
	out_close('}');
}
