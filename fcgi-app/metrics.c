#include <inttypes.h>
#include <time.h>

#include "../common/base/hours.h"
#include "../common/work/render_stats.h"
#include "../common/base/version.h"
#include "../store/event.h"
#include "../store/queue.h"
#include "answer.h"
#include "count.h"
#include "handlers.h"
#include "metrics.h"
#include "route.h"

/* The text format of Prometheus, version 0.0.4. */

/* ------------------------------------------------------------------ requests */

static void
put_requests(struct buf *out)
{
	static const char name[] = "tts_http_requests_total";

	metrics_family(out, name, "counter", "Requests that the API answered.");
	for (size_t r = 0; r < count_routes(); r++)
		for (size_t t = 0; t < answer_titles_n; t++) {
			uint64_t n = count_answers(r, t);

			if (n > 0)
				buf_addf(out, "%s{route=\"%s\",status=\"%d\"} %" PRIu64 "\n", name,
				    count_route(r), answer_titles[t].status, n);
		}
}

static void
put_times_of(struct buf *out, const char *name, size_t route)
{
	const char *label = count_route(route);
	uint64_t n = 0;

	for (size_t b = 0; b < COUNT_BUCKETS; b++) {
		n += count_bucket(route, b);
		buf_addf(out, "%s_bucket{route=\"%s\",le=\"", name, label);
		if (b < COUNT_BUCKETS - 1)
			buf_addf(out, "%g", (double)count_bucket_us[b] / 1e6);
		else
			buf_adds(out, "+Inf");
		buf_addf(out, "\"} %" PRIu64 "\n", n);
	}
	buf_addf(out, "%s_sum{route=\"%s\"} %.6f\n", name, label, (double)count_us(route) / 1e6);
	buf_addf(out, "%s_count{route=\"%s\"} %" PRIu64 "\n", name, label, n);
}

static void
put_times(struct buf *out)
{
	static const char name[] = "tts_http_request_duration_seconds";

	metrics_family(out, name, "histogram", "Time from the start of a request to its answer.");
	for (size_t r = 0; r < count_routes(); r++)
		put_times_of(out, name, r);
}

/* ------------------------------------------------------------------ numbers from a table */

enum { PENDING, CLAIMED, READY, FAILED, LATER, STRANDED, OLDEST, OVERDUE, SCHEMA, QUEUE_NUMBERS };

static void
put_queue(struct buf *out, const struct queue_numbers *q, int schema)
{
	static const struct metric table[] = {
	    {"tts_queue_sentences", "gauge", "Sentences by their state.", "state=\"pending\"",
		PENDING, 0},
	    {NULL, NULL, NULL, "state=\"claimed\"", CLAIMED, 0},
	    {NULL, NULL, NULL, "state=\"ready\"", READY, 0},
	    {NULL, NULL, NULL, "state=\"failed\"", FAILED, 0},
	    {"tts_queue_later_sentences", "gauge",
		"Pending sentences that failed and wait for their next attempt.", NULL, LATER, 0},
	    {"tts_queue_stranded_sentences", "gauge",
		"Pending sentences with a time to be tried again that the clock was set back from.",
		NULL, STRANDED, 0},
	    {"tts_queue_oldest_seconds", "gauge",
		"How long the oldest pending sentence has waited since it was queued.", NULL,
		OLDEST, 0},
	    {"tts_queue_overdue_seconds", "gauge",
		"How long ago the first pending sentence could have been claimed.", NULL, OVERDUE,
		0},
	    {"tts_schema_version", "gauge", "The schema of the database.", NULL, SCHEMA, 0},
	};
	const uint64_t numbers[QUEUE_NUMBERS] = {
	    [PENDING] = q->pending,
	    [CLAIMED] = q->claimed,
	    [READY] = q->ready,
	    [FAILED] = q->failed,
	    [LATER] = q->later,
	    [STRANDED] = q->stranded,
	    [OLDEST] = q->oldest_sec,
	    [OVERDUE] = q->overdue_sec,
	    [SCHEMA] = (uint64_t)schema,
	};

	metrics_table(out, table, sizeof table / sizeof *table, numbers);
}

static void
put_events(struct buf *out, const struct event_numbers *e)
{
	static const struct metric table[] = {
	    {"tts_events_kept", "gauge", "Events that were not pruned yet.", NULL, 0, 0},
	    {"tts_events_newest_age_seconds", "gauge", "Age of the newest event.", NULL, 1, 0},
	    {"tts_events_oldest_age_seconds", "gauge", "Age of the oldest event that is kept.",
		NULL, 2, 0},
	};
	const uint64_t numbers[] = {e->kept, e->newest_sec, e->oldest_sec};

	metrics_table(out, table, sizeof table / sizeof *table, numbers);
}

/* ------------------------------------------------------------------ the renderer of this host */

static void
put_renderer(struct buf *out, const uint64_t v[RENDER_COUNTERS])
{
	static const struct metric table[] = {
	    {"tts_render_sentences_total", "counter",
		"Outcomes of the sentences that this host claimed; stale results were discarded.",
		"outcome=\"ready\"", RENDER_READY, 0},
	    {NULL, NULL, NULL, "outcome=\"failed\"", RENDER_FAILED, 0},
	    {NULL, NULL, NULL, "outcome=\"retried\"", RENDER_RETRIED, 0},
	    {NULL, NULL, NULL, "outcome=\"released\"", RENDER_RELEASED, 0},
	    {NULL, NULL, NULL, "outcome=\"stale\"", RENDER_STALE, 0},
	    {"tts_render_claimed_total", "counter", "Sentences that this host claimed.", NULL,
		RENDER_CLAIMED, 0},
	    {"tts_render_taken_back_total", "counter",
		"Claims that a renderer did not finish, taken back by this host.", NULL,
		RENDER_TAKEN_BACK, 0},
	    {"tts_render_sound_seconds_total", "counter", "Seconds of sound that became ready.",
		NULL, RENDER_SOUND_MS, 1000},
	    {"tts_render_mp3_bytes_total", "counter", "Bytes of MP3 that became ready.", NULL,
		RENDER_BYTES, 0},
	    {"tts_render_last_result_timestamp_seconds", "gauge",
		"When this host last finished a sentence, with any outcome.", NULL,
		RENDER_LAST_RESULT, 1000},
	    {"tts_render_alive_timestamp_seconds", "gauge",
		"When a renderer of this host was last active.", NULL, RUN_ALIVE, 1000},
	    {"tts_render_last_run_start_timestamp_seconds", "gauge",
		"When the last run of this host began.", NULL, RUN_LAST_BEGAN, 1000},
	    {"tts_render_last_run_end_timestamp_seconds", "gauge",
		"When a run of this host last ended.", NULL, RUN_LAST_ENDED, 1000},
	    {"tts_media_usable", "gauge", "Whether sounds could be stored when the last run began.",
		NULL, RENDER_MEDIA_OK, 0},
	    {"tts_media_size_bytes", "gauge", "Size of the file system of media.root.", NULL,
		RENDER_MEDIA_SIZE, 0},
	    {"tts_media_free_bytes", "gauge", "Room left on it when the last run began.", NULL,
		RENDER_MEDIA_FREE, 0},
	    {"tts_media_inodes", "gauge", "Inodes of the file system of media.root.", NULL,
		RENDER_MEDIA_FILES, 0},
	    {"tts_media_free_inodes", "gauge", "Inodes left on it when the last run began.", NULL,
		RENDER_MEDIA_FILES_FREE, 0},
	};

	metrics_table(out, table, sizeof table / sizeof *table, v);
	metrics_family(out, "tts_render_failures_total", "counter",
	    "Attempts to speak a sentence that failed, by reason.");
	metrics_named(
	    out, "tts_render_failures_total", "reason", render_reasons, REASONS, v + RENDER_REASON);
	metrics_family(
	    out, "tts_render_runs_total", "counter", "Runs of the renderer by their end.");
	metrics_named(out, "tts_render_runs_total", "end", run_ends, RUN_ENDS, v + RUN_COUNT);
}

/* ------------------------------------------------------------------ the whole document */

static void
put_programs(struct buf *out, const uint64_t *render, const uint64_t *work)
{
	metrics_family(out, "tts_build_info", "gauge", "The version of the API.");
	buf_addf(out, "tts_build_info{version=\"%s\"} 1\n", TTS_VERSION);
	metrics_family(out, "tts_api_workers_started_total", "counter",
	    "Workers of the API that were started.");
	buf_addf(out, "tts_api_workers_started_total %" PRIu64 "\n", count_workers());
	metrics_family(out, "tts_database_retries_total", "counter",
	    "Transactions that were run again after a deadlock or another conflict.");
	buf_addf(out,
	    "tts_database_retries_total{program=\"api\"} %" PRIu64 "\n"
	    "tts_database_retries_total{program=\"renderer\"} %" PRIu64 "\n"
	    "tts_database_retries_total{program=\"work\"} %" PRIu64 "\n",
	    count_db_retries(), render[RUN_DB_RETRIES], work[RUN_DB_RETRIES]);
	metrics_family(out, "tts_events_written_total", "counter",
	    "Events written; those of a run are counted when it ends.");
	buf_addf(out,
	    "tts_events_written_total{program=\"api\"} %" PRIu64 "\n"
	    "tts_events_written_total{program=\"renderer\"} %" PRIu64 "\n"
	    "tts_events_written_total{program=\"work\"} %" PRIu64 "\n",
	    count_events(), render[RUN_EVENTS], work[RUN_EVENTS]);
}

/* The settings of tts.conf(5) that the alert rules need. */
static void
put_schedule(struct buf *out, const struct conf *conf)
{
	metrics_family(out, "tts_scheduler_interval_seconds", "gauge",
	    "How often the timer starts the renderer.");
	buf_addf(out, "tts_scheduler_interval_seconds %d\n", conf->scheduler.interval_sec);
	metrics_family(
	    out, "tts_work_interval_seconds", "gauge", "How often the timer starts tts-work.");
	buf_addf(out, "tts_work_interval_seconds %d\n", conf->work.interval_sec);
	metrics_family(out, "tts_events_keep_seconds", "gauge", "How long events are kept.");
	buf_addf(out, "tts_events_keep_seconds %d\n", conf->events.keep_days * 86400);
	metrics_family(out, "tts_scheduler_active", "gauge",
	    "Whether this is one of the hours in which sentences are spoken.");
	buf_addf(
	    out, "tts_scheduler_active %d\n", hours_include(conf->scheduler.hours, time(NULL)));
}

/* Always answers: a database that is unavailable is reported as a metric too. */
struct answer
handle_metrics(const struct req *req)
{
	uint64_t render[RENDER_COUNTERS] = {0}, work[WORK_COUNTERS] = {0};
	bool has_renderer = render_stats_read(req->api->conf, render);
	bool has_work = metrics_work_read(req->api->conf, work);
	struct work_stats kinds[WORK_KINDS];
	struct queue_numbers queue;
	struct event_numbers events;
	struct delivery_stats deliveries;
	struct metrics_pipeline pipelines;
	struct buf body;
	enum rc rc = db_ready(req->api->db);

	if (rc == RC_OK)
		rc = queue_numbers(req->api->db, &queue);
	if (rc == RC_OK)
		rc = work_stats(req->api->db, kinds);
	if (rc == RC_OK)
		rc = event_numbers(req->api->db, &events);
	if (rc == RC_OK)
		rc = delivery_stats(req->api->db, &deliveries);
	if (rc == RC_OK)
		rc = metrics_pipeline_read(req->api->db, req->pool, &pipelines);
	buf_init(&body, req->pool, 32768);
	put_programs(&body, render, work);
	metrics_family(&body, "tts_database_up", "gauge",
	    "Whether the database answers and its schema matches.");
	buf_addf(&body, "tts_database_up %d\n", rc == RC_OK);
	if (rc == RC_OK) {
		put_queue(&body, &queue, db_schema(req->api->db));
		metrics_work_queue(&body, kinds);
		put_events(&body, &events);
		metrics_notify_queue(&body, &deliveries);
		metrics_pipeline_queue(&body, &pipelines);
	}
	put_schedule(&body, req->api->conf);
	if (has_renderer)
		put_renderer(&body, render);
	if (has_work)
		metrics_work_program(&body, work);
	metrics_notify_program(&body, req->api->conf);
	metrics_tier(&body, req->api->conf);
	metrics_stream(&body, req->api->conf);
	metrics_pipeline_programs(&body, req->pool, req->api->conf);
	put_requests(&body);
	put_times(&body);
	return (struct answer){.status = req->route->success,
	    .type = "text/plain; version=0.0.4; charset=utf-8",
	    .cache = "no-store",
	    .body = body.data,
	    .len = body.len};
}
