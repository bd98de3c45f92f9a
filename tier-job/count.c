#include "count.h"

#include <inttypes.h>

#include "../common/base/log.h"

_Static_assert(CONF_LEVELS <= TIER_STATS_LEVELS, "every level has its counters");

static struct counters counters;
static struct tier_note sum; /* of this run; the times are not used */

static void
count_add(size_t counter, uint64_t n, uint64_t *of_run)
{
	counters_add(&counters, counter, n);
	if (of_run != NULL)
		*of_run += n;
	run_stats_alive(&counters);
}

void
count_open(const struct conf *conf)
{
	const char *names[CONF_LEVELS];

	for (size_t i = 0; i < conf->levels.n; i++)
		names[i] = conf->levels.v[i].name;
	counters = tier_stats_open(conf->metrics.tier_file, names, conf->levels.n);
	sum = (struct tier_note){.counted = 0};
	run_stats_begin(&counters, tier_notes);
}

void
count_fetches(uint64_t lines, uint64_t counted, uint64_t dropped)
{
	count_add(TIER_LINES, lines, NULL);
	count_add(TIER_DROPPED, dropped, NULL);
	count_add(TIER_COUNTED, counted, &sum.counted);
}

void
count_fetch_log(bool ok, uint64_t lag)
{
	counters_set(&counters, TIER_LOG_OK, ok);
	counters_set(&counters, TIER_LAG, lag);
	if (ok && lag == 0)
		counters_set(&counters, TIER_LAST_READ, run_stats_now());
}

void
count_level(unsigned rank, bool usable, bool full, uint64_t size, uint64_t free_bytes)
{
	counters_set(&counters, TIER_USABLE + rank, usable);
	counters_set(&counters, TIER_FULL + rank, full);
	counters_set(&counters, TIER_SIZE + rank, size);
	counters_set(&counters, TIER_FREE + rank, free_bytes);
}

void
count_sum(unsigned rank, const struct tier_sum *of_level)
{
	counters_set(&counters, TIER_FILES + rank, of_level->files);
	counters_set(&counters, TIER_USED + rank, of_level->bytes);
	counters_set(&counters, TIER_TROUBLE + rank, of_level->trouble);
}

void
count_claimed(size_t n)
{
	count_add(TIER_CLAIMED, n, &sum.claimed);
}

void
count_taken_back(size_t n)
{
	count_add(TIER_TAKEN_BACK, n, NULL);
}

void
count_released(size_t n)
{
	count_add(TIER_RELEASED, n, &sum.released);
}

void
count_failed(size_t n)
{
	count_add(TIER_FAILED, n, &sum.failed);
}

void
count_stale(size_t n)
{
	count_add(TIER_STALE, n, NULL);
}

void
count_swept(uint64_t n)
{
	count_add(TIER_SWEPT, n, NULL);
}

void
count_pruned(uint64_t n)
{
	count_add(TIER_PRUNED, n, NULL);
}

uint64_t
count_cursor(enum tier_counter walk)
{
	return counters_get(&counters, walk);
}

void
count_cursor_moves(enum tier_counter walk, uint64_t id)
{
	counters_set(&counters, walk, id);
}

void
count_moved(const struct tier_move *move)
{
	count_add(TIER_MOVES + move->level * TIER_STATS_LEVELS + move->target, 1,
	    move->target > move->level ? &sum.up : &sum.down);
	count_add(TIER_BYTES, move->bytes, &sum.bytes);
	counters_set(&counters, TIER_LAST_MOVE, run_stats_now());
}

void
count_end(const struct db *db, int status)
{
	const uint64_t own[TIER_NOTE_WORDS - RUN_NOTE_WORDS] = {
	    sum.counted, sum.claimed, sum.up, sum.down, sum.bytes, sum.failed, sum.released};
	uint64_t ms = run_stats_ms(&counters);

	(sum.claimed > 0 ? log_notice : log_debug)("counted %" PRIu64 ", claimed %" PRIu64
						   ", moved %" PRIu64 " up and %" PRIu64
						   " down, %" PRIu64 " bytes, failed %" PRIu64
						   ", given back %" PRIu64 "; %" PRIu64 ".%03u s",
	    sum.counted, sum.claimed, sum.up, sum.down, sum.bytes, sum.failed, sum.released,
	    ms / 1000, (unsigned)(ms % 1000));
	run_stats_end(&counters, tier_notes, status, sum.counted + sum.claimed > 0,
	    db != NULL ? db_retries(db) : 0, db != NULL ? db_events(db) : 0, own);
}
