#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "../common/work/pipeline_stats.h"
#include "metrics.h"

/* ------------------------------------------------------------------ as the database has them */

static void
put_stages(struct buf *out, const struct admin_queue v[STAGES])
{
	static const struct {
		const char *name, *help;
		size_t at; /* of the number in struct admin_queue */
	} table[] = {
	    {"tts_stage_pending", "Runs of a stage that are to be claimed, now or later.",
		offsetof(struct admin_queue, pending)},
	    {"tts_stage_later", "Pending runs whose time has not come.",
		offsetof(struct admin_queue, later)},
	    {"tts_stage_outstanding", "Runs of a stage that are being done, here or at a service.",
		offsetof(struct admin_queue, outstanding)},
	    {"tts_stage_waiting", "Runs of a stage that wait for sentences.",
		offsetof(struct admin_queue, waiting)},
	    {"tts_stage_dead", "Runs of a stage that failed for good, and were not dealt with.",
		offsetof(struct admin_queue, dead)},
	    {"tts_stage_overdue_seconds", "How long the first run that is due has waited.",
		offsetof(struct admin_queue, overdue_sec)},
	};

	for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
		metrics_family(out, table[k].name, "gauge", table[k].help);
		for (enum stage s = 0; s < STAGES; s++) {
			uint64_t n;

			memcpy(&n, (const char *)&v[s] + table[k].at, sizeof n);
			buf_addf(
			    out, "%s{stage=\"%s\"} %" PRIu64 "\n", table[k].name, stage_name(s), n);
		}
	}
	metrics_family(out, "tts_stage_paused", "gauge", "Whether an operator paused the stage.");
	for (enum stage s = 0; s < STAGES; s++)
		buf_addf(out, "tts_stage_paused{stage=\"%s\"} %d\n", stage_name(s), v[s].paused);
}

/* The names of engines are those of our own table. */
static void
put_engine(struct buf *out, const char *name, const struct admin_engine *e, uint64_t n)
{
	buf_addf(out, "%s{engine=\"%s\",stage=\"%s\"} %" PRIu64 "\n", name, e->name, e->stage, n);
}

static void
put_engines(struct buf *out, const struct admin_engine *v, size_t n)
{
	metrics_family(out, "tts_engine_disabled", "gauge",
	    "Whether the engine is not asked until somebody enables it.");
	for (size_t i = 0; i < n; i++)
		put_engine(out, "tts_engine_disabled", &v[i], v[i].disabled);
	metrics_family(
	    out, "tts_engine_held", "gauge", "For how many seconds the engine is not asked.");
	for (size_t i = 0; i < n; i++)
		put_engine(out, "tts_engine_held", &v[i], v[i].held_sec);
	metrics_family(out, "tts_engine_calls_minute", "gauge",
	    "Requests of the last minute that began something at the engine.");
	for (size_t i = 0; i < n; i++)
		put_engine(out, "tts_engine_calls_minute", &v[i], v[i].calls);
	metrics_family(out, "tts_engine_calls_total", "counter",
	    "Requests that began something at the engine, of all hosts.");
	for (size_t i = 0; i < n; i++)
		put_engine(out, "tts_engine_calls_total", &v[i], v[i].calls_total);
	metrics_family(
	    out, "tts_engine_paid_total", "counter", "Requests that cost, of all hosts.");
	for (size_t i = 0; i < n; i++)
		put_engine(out, "tts_engine_paid_total", &v[i], v[i].paid_total);
}

enum rc
metrics_pipeline_read(struct db *db, struct pool *pool, struct metrics_pipeline *v)
{
	enum rc rc = admin_queues(db, pool, v->stages);

	v->engines = pool_array(pool, PIPELINE_ADMIN_MAX, sizeof *v->engines);
	return rc != RC_OK ? rc : admin_engines(db, pool, v->engines, &v->engines_n);
}

void
metrics_pipeline_queue(struct buf *out, const struct metrics_pipeline *v)
{
	put_stages(out, v->stages);
	put_engines(out, v->engines, v->engines_n);
}

/* ------------------------------------------------------------------ the programs of this host */

/* What each stage counted on this host; the stages that have run. */
struct counted {
	uint64_t v[STAGES][PIPELINE_COUNTERS];
	bool has[STAGES];
};

static void
put_counters(struct buf *out, const struct counted *c)
{
	static const struct {
		const char *name, *type, *help;
		size_t at;
	} table[] = {
	    {"tts_stage_claimed_total", "counter", "Runs that this host claimed.",
		PIPELINE_CLAIMED},
	    {"tts_stage_taken_back_total", "counter",
		"Claims that were not finished, taken back by this host.", PIPELINE_TAKEN_BACK},
	    {"tts_stage_done_total", "counter", "Runs that this host completed.", PIPELINE_DONE},
	    {"tts_stage_waits_total", "counter", "Steps that ended with waiting for somebody else.",
		PIPELINE_WAITS},
	    {"tts_stage_released_total", "counter", "Claims given back, to be continued later.",
		PIPELINE_RELEASED},
	    {"tts_stage_stale_total", "counter", "Results that came after the claim had ended.",
		PIPELINE_STALE},
	    {"tts_stage_expired_total", "counter", "Runs that failed because the pipeline expired.",
		PIPELINE_EXPIRED},
	};

	for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
		metrics_family(out, table[k].name, table[k].type, table[k].help);
		for (enum stage s = 0; s < STAGES; s++)
			if (c->has[s])
				buf_addf(out, "%s{stage=\"%s\"} %" PRIu64 "\n", table[k].name,
				    stage_name(s), c->v[s][table[k].at]);
	}
}

static void
put_times(struct buf *out, const struct counted *c)
{
	static const struct {
		const char *name, *help;
		size_t at;
	} table[] = {
	    {"tts_stage_alive_timestamp_seconds",
		"When tts-pipeline was last active for the stage.", RUN_ALIVE},
	    {"tts_stage_last_timestamp_seconds", "When it last made progress.", PIPELINE_LAST},
	};

	for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
		metrics_family(out, table[k].name, "gauge", table[k].help);
		for (enum stage s = 0; s < STAGES; s++)
			if (c->has[s])
				buf_addf(out, "%s{stage=\"%s\"} %.3f\n", table[k].name,
				    stage_name(s), (double)c->v[s][table[k].at] / 1000);
	}
}

static void
put_classes(struct buf *out, const struct counted *c, const char *name, const char *help, size_t at)
{
	metrics_family(out, name, "counter", help);
	for (enum stage s = 0; s < STAGES; s++)
		for (size_t i = 0; i < CLASSES && c->has[s]; i++)
			buf_addf(out, "%s{stage=\"%s\",class=\"%s\"} %" PRIu64 "\n", name,
			    stage_name(s), pipeline_class_names[i], c->v[s][at + i]);
}

static void
put_seconds(struct buf *out, const struct counted *c)
{
	static const char name[] = "tts_stage_duration_seconds";

	metrics_family(
	    out, name, "histogram", "Time from when a stage was queued until it was done.");
	for (enum stage s = 0; s < STAGES; s++) {
		const uint64_t *v = c->v[s];
		uint64_t n = 0;

		for (size_t b = 0; b < PIPELINE_STATS_BUCKETS && c->has[s]; b++) {
			n += v[PIPELINE_BUCKET + b];
			buf_addf(out, "%s_bucket{stage=\"%s\",le=\"", name, stage_name(s));
			if (b < PIPELINE_STATS_BUCKETS - 1)
				buf_addf(out, "%u", pipeline_bucket_sec[b]);
			else
				buf_adds(out, "+Inf");
			buf_addf(out, "\"} %" PRIu64 "\n", n);
		}
		if (c->has[s])
			buf_addf(out,
			    "%s_sum{stage=\"%s\"} %.3f\n%s_count{stage=\"%s\"} %" PRIu64 "\n", name,
			    stage_name(s), (double)v[PIPELINE_TOOK_MS] / 1000, name, stage_name(s),
			    n);
	}
}

static void
put_runs(struct buf *out, const struct counted *c)
{
	metrics_family(
	    out, "tts_stage_runs_total", "counter", "Runs of tts-pipeline by stage and end.");
	for (enum stage s = 0; s < STAGES; s++)
		for (size_t i = 0; i < RUN_ENDS && c->has[s]; i++)
			buf_addf(out, "tts_stage_runs_total{stage=\"%s\",end=\"%s\"} %" PRIu64 "\n",
			    stage_name(s), run_ends[i], c->v[s][RUN_COUNT + i]);
}

void
metrics_pipeline_programs(struct buf *out, struct pool *pool, const struct conf *conf)
{
	struct counted *c = pool_alloc(pool, sizeof *c);
	bool any = false;

	for (enum stage s = 0; s < STAGES; s++) {
		c->has[s] = pipeline_stats_read(
		    conf->metrics.stage_file[s], pipeline_class_names, CLASSES, c->v[s]);
		any = any || c->has[s];
	}
	metrics_family(out, "tts_pipeline_enabled", "gauge", "Whether stages are worked on.");
	buf_addf(out, "tts_pipeline_enabled %d\n", conf->pipeline.enabled);
	metrics_family(out, "tts_pipeline_interval_seconds", "gauge",
	    "How often the timers start tts-pipeline.");
	buf_addf(out, "tts_pipeline_interval_seconds %d\n", conf->pipeline.interval_sec);
	if (!any)
		return;
	put_counters(out, c);
	put_times(out, c);
	put_classes(out, c, "tts_stage_failed_total",
	    "Runs that failed for good, by the class of the error.", PIPELINE_FAILED);
	put_classes(out, c, "tts_stage_retries_total",
	    "Steps that failed and are tried again, by the class of the error.", PIPELINE_AGAIN);
	put_seconds(out, c);
	put_runs(out, c);
}
