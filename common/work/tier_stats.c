#include "tier_stats.h"

#include <string.h>

#define LAYOUT 1 /* another one when the meaning of a number changes and no name does */

const struct run_notes tier_notes = {TIER_NOTE, TIER_NOTE_WORDS};

static uint64_t
layout(const char *const *levels, size_t n)
{
	return counters_layout(levels, n, LAYOUT) ^
	       counters_layout(run_ends, RUN_ENDS, TIER_COUNTERS);
}

struct counters
tier_stats_open(const char *path, const char *const *levels, size_t n)
{
	return counters_open(path, layout(levels, n), TIER_COUNTERS);
}

bool
tier_stats_read(const char *path, const char *const *levels, size_t n, uint64_t v[TIER_COUNTERS])
{
	if (!counters_read(path, layout(levels, n), v, TIER_COUNTERS))
		return false;
	v[TIER_LAST_READ] = run_stats_wall(v[TIER_LAST_READ]);
	v[TIER_LAST_MOVE] = run_stats_wall(v[TIER_LAST_MOVE]);
	run_stats_to_wall(v, tier_notes);
	return true;
}

size_t
tier_stats_notes(const uint64_t v[TIER_COUNTERS], struct tier_note notes[RUN_NOTES])
{
	uint64_t words[RUN_NOTES * TIER_NOTE_WORDS];
	size_t n = run_stats_notes(v, tier_notes, words);

	memcpy(notes, words, n * sizeof notes[0]);
	return n;
}
