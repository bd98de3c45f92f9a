#include <inttypes.h>

#include "metrics.h"

static const char *
kind_name(size_t kind)
{
	return work_kind_name((enum work_kind)kind);
}

/* ------------------------------------------------------------------ the queue */

void
metrics_work_queue(struct buf *out, const struct work_stats v[WORK_KINDS])
{
	metrics_family(out, "tts_work_pieces", "gauge",
	    "Work too long for a request that is not done, by kind and state.");
	for (size_t i = 0; i < WORK_KINDS; i++) {
		const struct {
			const char *state;
			uint64_t n;
		} states[] = {
		    {"pending", v[i].pending},
		    {"claimed", v[i].claimed},
		    {"waiting", v[i].waiting},
		    {"failed", v[i].failed},
		};

		for (size_t k = 0; k < sizeof states / sizeof *states; k++)
			buf_addf(out, "tts_work_pieces{kind=\"%s\",state=\"%s\"} %" PRIu64 "\n",
			    kind_name(i), states[k].state, states[k].n);
	}
	metrics_family(out, "tts_work_later_pieces", "gauge",
	    "Pending work that failed and waits for its next attempt.");
	for (size_t i = 0; i < WORK_KINDS; i++)
		buf_addf(out, "tts_work_later_pieces{kind=\"%s\"} %" PRIu64 "\n", kind_name(i),
		    v[i].later);
	metrics_family(out, "tts_work_oldest_seconds", "gauge",
	    "Time since the oldest unfinished work was added.");
	for (size_t i = 0; i < WORK_KINDS; i++)
		buf_addf(out, "tts_work_oldest_seconds{kind=\"%s\"} %" PRIu64 "\n", kind_name(i),
		    v[i].oldest_sec);
}

/* ------------------------------------------------------------------ the program on this host */

bool
metrics_work_read(const struct conf *conf, uint64_t v[WORK_COUNTERS])
{
	const char *kinds[WORK_KINDS];

	for (size_t i = 0; i < WORK_KINDS; i++)
		kinds[i] = kind_name(i);
	return work_stats_read(conf, kinds, WORK_KINDS, v);
}

static void
put_outcomes(struct buf *out, const char *outcome, const uint64_t *numbers)
{
	for (size_t i = 0; i < WORK_KINDS; i++)
		buf_addf(out, "tts_work_outcomes_total{kind=\"%s\",outcome=\"%s\"} %" PRIu64 "\n",
		    kind_name(i), outcome, numbers[i]);
}

void
metrics_work_program(struct buf *out, const uint64_t v[WORK_COUNTERS])
{
	static const struct metric table[] = {
	    {"tts_work_claimed_total", "counter", "Work that this host claimed.", NULL,
		WORK_CLAIMED, 0},
	    {"tts_work_taken_back_total", "counter",
		"Claims of work that were not finished, taken back by this host.", NULL,
		WORK_TAKEN_BACK, 0},
	    {"tts_events_pruned_total", "counter", "Old events that this host removed.", NULL,
		WORK_EVENTS_PRUNED, 0},
	    {"tts_work_steps_total", "counter", "Steps of work that this host did.", NULL,
		WORK_STEPS, 0},
	    {"tts_work_released_total", "counter", "Claims given back, to be continued later.",
		NULL, WORK_RELEASED, 0},
	    {"tts_work_stale_total", "counter",
		"Results refused because the work had been cancelled or claimed by another host.",
		NULL, WORK_STALE, 0},
	    {"tts_trash_removed_total", "counter",
		"Deleted or replaced things whose files this host removed.", NULL,
		WORK_TRASH_REMOVED, 0},
	    {"tts_trash_failures_total", "counter",
		"Attempts to remove files of such a thing that failed.", NULL, WORK_TRASH_FAILED,
		0},
	    {"tts_work_last_step_timestamp_seconds", "gauge",
		"When this host last made progress with work or the trash.", NULL, WORK_LAST_STEP,
		1000},
	    {"tts_work_alive_timestamp_seconds", "gauge",
		"When tts-work was last active on this host.", NULL, RUN_ALIVE, 1000},
	    {"tts_work_last_run_start_timestamp_seconds", "gauge",
		"When the last run of tts-work on this host began.", NULL, RUN_LAST_BEGAN, 1000},
	    {"tts_work_last_run_end_timestamp_seconds", "gauge",
		"When a run of tts-work on this host last ended.", NULL, RUN_LAST_ENDED, 1000},
	};

	metrics_table(out, table, sizeof table / sizeof *table, v);
	metrics_family(
	    out, "tts_work_outcomes_total", "counter", "Outcomes of work, by kind and outcome.");
	put_outcomes(out, "done", v + WORK_KIND_DONE);
	put_outcomes(out, "failed", v + WORK_KIND_FAILED);
	put_outcomes(out, "retried", v + WORK_KIND_AGAIN);
	metrics_family(out, "tts_work_runs_total", "counter", "Runs of tts-work by their end.");
	metrics_named(out, "tts_work_runs_total", "end", run_ends, RUN_ENDS, v + RUN_COUNT);
}
