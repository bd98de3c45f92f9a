#include "work_stats.h"

#include <string.h>

#define LAYOUT 1 /* another one when the meaning of a number changes and no name does */

const struct run_notes work_notes = {WORK_NOTE, WORK_NOTE_WORDS};

static uint64_t
layout(const char *const *kinds, size_t n)
{
	return counters_layout(kinds, n, LAYOUT) ^
	       counters_layout(run_ends, RUN_ENDS, WORK_COUNTERS);
}

struct counters
work_stats_open(const struct conf *conf, const char *const *kinds, size_t n)
{
	return counters_open(conf->metrics.work_file, layout(kinds, n), WORK_COUNTERS);
}

bool
work_stats_read(
    const struct conf *conf, const char *const *kinds, size_t n, uint64_t v[WORK_COUNTERS])
{
	if (!counters_read(conf->metrics.work_file, layout(kinds, n), v, WORK_COUNTERS))
		return false;
	v[WORK_LAST_STEP] = run_stats_wall(v[WORK_LAST_STEP]);
	run_stats_to_wall(v, work_notes);
	return true;
}

size_t
work_stats_notes(const uint64_t v[WORK_COUNTERS], struct work_note notes[RUN_NOTES])
{
	uint64_t words[RUN_NOTES * WORK_NOTE_WORDS];
	size_t n = run_stats_notes(v, work_notes, words);

	memcpy(notes, words, n * sizeof notes[0]);
	return n;
}
