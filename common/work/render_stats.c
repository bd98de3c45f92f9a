#include "render_stats.h"

#include <string.h>

#define LAYOUT 3 /* to be incremented when the meaning of a number changes but no name does */

const struct run_notes render_notes = {RENDER_NOTE, RENDER_NOTE_WORDS};

const char *const render_reasons[REASONS] = {
    [REASON_CRASH] = "crash",
    [REASON_LATE] = "timeout",
    [REASON_ENGINE] = "engine",
    [REASON_ENCODER] = "encoder",
    [REASON_CLIPPED] = "clipped",
    [REASON_ABSURD] = "absurd",
    [REASON_LONG] = "too_long",
    [REASON_SILENT] = "silent",
    [REASON_TEXT] = "text",
};

static uint64_t
render_stats_layout(void)
{
	return counters_layout(render_reasons, REASONS, LAYOUT) ^
	       counters_layout(run_ends, RUN_ENDS, RENDER_COUNTERS);
}

struct counters
render_stats_open(const struct conf *conf)
{
	return counters_open(conf->metrics.renderer_file, render_stats_layout(), RENDER_COUNTERS);
}

bool
render_stats_read(const struct conf *conf, uint64_t v[RENDER_COUNTERS])
{
	if (!counters_read(conf->metrics.renderer_file, render_stats_layout(), v, RENDER_COUNTERS))
		return false;
	run_stats_to_wall(v, render_notes);
	v[RENDER_LAST_RESULT] = run_stats_wall(v[RENDER_LAST_RESULT]);
	return true;
}

size_t
render_stats_notes(const uint64_t v[RENDER_COUNTERS], struct render_note notes[RUN_NOTES])
{
	uint64_t words[RUN_NOTES * RENDER_NOTE_WORDS];
	size_t n = run_stats_notes(v, render_notes, words);

	memcpy(notes, words, n * sizeof notes[0]);
	return n;
}
