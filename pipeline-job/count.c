#include "count.h"

#include <inttypes.h>

#include "../common/base/log.h"
#include "../common/work/pipeline_stats.h"

_Static_assert(CLASSES <= PIPELINE_STATS_CLASSES, "every class has its counters");

static struct counters counters;
static struct pipeline_note sum; /* of this run; the times are not used */
static enum stage counted;

static void
count_add(size_t counter, uint64_t n, uint64_t *of_run)
{
	counters_add(&counters, counter, n);
	if (of_run != NULL)
		*of_run += n;
	run_stats_alive(&counters);
}

static void
count_progress(void)
{
	counters_set(&counters, PIPELINE_LAST, run_stats_now());
}

void
count_open(const struct conf *conf, enum stage stage)
{
	counted = stage;
	counters =
	    pipeline_stats_open(conf->metrics.stage_file[stage], pipeline_class_names, CLASSES);
	sum = (struct pipeline_note){.claimed = 0};
	run_stats_begin(&counters, pipeline_notes);
}

void
count_claimed(size_t n)
{
	count_add(PIPELINE_CLAIMED, n, &sum.claimed);
}

void
count_taken_back(uint64_t n)
{
	count_add(PIPELINE_TAKEN_BACK, n, NULL);
}

void
count_expired(uint64_t n)
{
	count_add(PIPELINE_EXPIRED, n, NULL);
	count_add(PIPELINE_FAILED + CLASS_EXPIRED, n, &sum.failed);
}

void
count_pruned(uint64_t n)
{
	count_add(PIPELINE_PRUNED, n, NULL);
}

void
count_waits(void)
{
	count_add(PIPELINE_WAITS, 1, &sum.waits);
	count_progress();
}

void
count_result(const struct stage_result *r)
{
	if (r->stale) {
		count_add(PIPELINE_STALE, 1, NULL);
	} else if (r->released) {
		count_add(PIPELINE_RELEASED, 1, &sum.released);
	} else if (r->done) {
		count_add(PIPELINE_DONE, 1, &sum.done);
		pipeline_stats_took(&counters, r->claim->age_ms);
		count_progress();
	} else if (r->failed) {
		count_add(PIPELINE_FAILED + (size_t)r->class, 1, &sum.failed);
	} else if (r->class == CLASS_OK || r->class == CLASS_WAIT) {
		count_waits();
	} else {
		count_add(PIPELINE_AGAIN + (size_t)r->class, 1, &sum.again);
	}
}

void
count_end(const struct db *db, int status)
{
	const uint64_t own[PIPELINE_NOTE_WORDS - RUN_NOTE_WORDS] = {
	    sum.claimed, sum.done, sum.waits, sum.again, sum.failed, sum.released};
	uint64_t ms = run_stats_ms(&counters);

	(sum.claimed > 0 ? log_notice : log_debug)(
	    "%s: claimed %" PRIu64 ", done %" PRIu64 ", waiting %" PRIu64
	    ", to be tried again %" PRIu64 ", failed %" PRIu64 ", given back %" PRIu64 "; %" PRIu64
	    ".%03u s",
	    stage_name(counted), sum.claimed, sum.done, sum.waits, sum.again, sum.failed,
	    sum.released, ms / 1000, (unsigned)(ms % 1000));
	run_stats_end(&counters, pipeline_notes, status, sum.claimed > 0,
	    db != NULL ? db_retries(db) : 0, db != NULL ? db_events(db) : 0, own);
}
