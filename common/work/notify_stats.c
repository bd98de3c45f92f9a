#include "notify_stats.h"

#include <string.h>

#define LAYOUT 1 /* another one when the meaning of a number changes and no name does */

const struct run_notes notify_notes = {NOTIFY_NOTE, NOTIFY_NOTE_WORDS};

static uint64_t
layout(void)
{
	return counters_layout(run_ends, RUN_ENDS, NOTIFY_COUNTERS + LAYOUT);
}

struct counters
notify_stats_open(const struct conf *conf)
{
	return counters_open(conf->metrics.notify_file, layout(), NOTIFY_COUNTERS);
}

bool
notify_stats_read(const struct conf *conf, uint64_t v[NOTIFY_COUNTERS])
{
	if (!counters_read(conf->metrics.notify_file, layout(), v, NOTIFY_COUNTERS))
		return false;
	v[NOTIFY_LAST] = run_stats_wall(v[NOTIFY_LAST]);
	run_stats_to_wall(v, notify_notes);
	return true;
}

size_t
notify_stats_notes(const uint64_t v[NOTIFY_COUNTERS], struct notify_note notes[RUN_NOTES])
{
	uint64_t words[RUN_NOTES * NOTIFY_NOTE_WORDS];
	size_t n = run_stats_notes(v, notify_notes, words);

	memcpy(notes, words, n * sizeof notes[0]);
	return n;
}
