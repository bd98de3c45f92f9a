#include "count.h"

#include <inttypes.h>

#include "../common/base/log.h"
#include "../common/work/work_stats.h"

_Static_assert(WORK_KINDS <= WORK_STATS_KINDS, "every kind has its counters");

static struct counters counters;
static struct work_note sum; /* of this run; the times are not used */

static void
count_add(enum work_counter counter, uint64_t n, uint64_t *of_run)
{
	counters_add(&counters, counter, n);
	if (of_run != NULL)
		*of_run += n;
	run_stats_alive(&counters);
}

static void
count_progress(void)
{
	counters_set(&counters, WORK_LAST_STEP, run_stats_now());
}

void
count_open(const struct conf *conf)
{
	const char *kinds[WORK_KINDS];

	for (size_t i = 0; i < WORK_KINDS; i++)
		kinds[i] = work_kind_name((enum work_kind)i);
	counters = work_stats_open(conf, kinds, WORK_KINDS);
	sum = (struct work_note){.claimed = 0};
	run_stats_begin(&counters, work_notes);
}

void
count_media(bool usable)
{
	counters_set(&counters, WORK_MEDIA_OK, usable);
}

void
count_claimed(size_t n)
{
	count_add(WORK_CLAIMED, n, &sum.claimed);
}

void
count_taken_back(uint64_t n)
{
	count_add(WORK_TAKEN_BACK, n, NULL);
}

void
count_step(void)
{
	count_add(WORK_STEPS, 1, &sum.steps);
	count_progress();
}

void
count_pruned(uint64_t n)
{
	count_add(WORK_PRUNED, n, NULL);
}

void
count_events_pruned(uint64_t n)
{
	count_add(WORK_EVENTS_PRUNED, n, NULL);
}

void
count_result(enum work_kind kind, const struct work_result *result)
{
	if (result->stale) {
		count_add(WORK_STALE, 1, NULL);
		return;
	}
	switch (result->outcome) {
	case WORK_OUTCOME_DONE:
		count_add(WORK_KIND_DONE + kind, 1, &sum.done);
		break;
	case WORK_OUTCOME_FAILED:
		count_add(WORK_KIND_FAILED + kind, 1, &sum.failed);
		break;
	case WORK_OUTCOME_AGAIN:
		count_add(WORK_KIND_AGAIN + kind, 1, &sum.again);
		break;
	case WORK_OUTCOME_RELEASED:
		count_add(WORK_RELEASED, 1, &sum.released);
		break;
	default: /* it waits for others */
		break;
	}
}

void
count_trash(const struct trash_sum *trash)
{
	count_add(WORK_TRASH_REMOVED, trash->removed, &sum.trash);
	count_add(WORK_TRASH_FAILED, trash->failed, NULL);
	if (trash->removed > 0 || trash->partly)
		count_progress();
}

void
count_end(const struct db *db, int status)
{
	const uint64_t own[WORK_NOTE_WORDS - RUN_NOTE_WORDS] = {
	    sum.claimed, sum.steps, sum.done, sum.failed, sum.again, sum.released, sum.trash};
	uint64_t ms = run_stats_ms(&counters);

	(sum.claimed > 0 ? log_notice : log_debug)(
	    "claimed %" PRIu64 ", done %" PRIu64 ", failed %" PRIu64 ", to be tried again %" PRIu64
	    ", given back %" PRIu64 " in %" PRIu64 " steps; %" PRIu64 " out of the trash; %" PRIu64
	    ".%03u s",
	    sum.claimed, sum.done, sum.failed, sum.again, sum.released, sum.steps, sum.trash,
	    ms / 1000, (unsigned)(ms % 1000));
	run_stats_end(&counters, work_notes, status, sum.claimed + sum.trash > 0,
	    db != NULL ? db_retries(db) : 0, db != NULL ? db_events(db) : 0, own);
}
