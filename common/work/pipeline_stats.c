#include "pipeline_stats.h"

#include <string.h>

#define LAYOUT 1 /* another one when the meaning of a number changes and no name does */

const struct run_notes pipeline_notes = {PIPELINE_NOTE, PIPELINE_NOTE_WORDS};

const unsigned pipeline_bucket_sec[PIPELINE_STATS_BUCKETS - 1] = {
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 7200};

static uint64_t
layout(const char *const *classes, size_t n)
{
	return counters_layout(classes, n, LAYOUT) ^
	       counters_layout(run_ends, RUN_ENDS, PIPELINE_COUNTERS);
}

struct counters
pipeline_stats_open(const char *path, const char *const *classes, size_t n)
{
	return counters_open(path, layout(classes, n), PIPELINE_COUNTERS);
}

void
pipeline_stats_took(const struct counters *c, uint64_t ms)
{
	size_t bucket = 0;

	while (bucket < PIPELINE_STATS_BUCKETS - 1 && ms > pipeline_bucket_sec[bucket] * 1000ULL)
		bucket++;
	counters_add(c, PIPELINE_BUCKET + bucket, 1);
	counters_add(c, PIPELINE_TOOK_MS, ms);
}

bool
pipeline_stats_read(
    const char *path, const char *const *classes, size_t n, uint64_t v[PIPELINE_COUNTERS])
{
	if (!counters_read(path, layout(classes, n), v, PIPELINE_COUNTERS))
		return false;
	v[PIPELINE_LAST] = run_stats_wall(v[PIPELINE_LAST]);
	run_stats_to_wall(v, pipeline_notes);
	return true;
}

size_t
pipeline_stats_notes(const uint64_t v[PIPELINE_COUNTERS], struct pipeline_note notes[RUN_NOTES])
{
	uint64_t words[RUN_NOTES * PIPELINE_NOTE_WORDS];
	size_t n = run_stats_notes(v, pipeline_notes, words);

	memcpy(notes, words, n * sizeof notes[0]);
	return n;
}
