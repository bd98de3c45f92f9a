#include "render_stats.h"

#include <string.h>

#define LAYOUT 1 /* another one when the meaning of a number changes and no name does */

_Static_assert(
    sizeof(struct render_note) * RENDER_NOTES == (RENDER_COUNTERS - RENDER_NOTE) * sizeof(uint64_t),
    "a note fills its place");

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

const char *const render_ends[RUN_ENDS] = {
    [RUN_OK] = "ok",
    [RUN_DATABASE] = "database",
    [RUN_DISK] = "disk",
    [RUN_CONFIG] = "schema",
    [RUN_BROKEN] = "error",
    [RUN_KILLED] = "killed",
};

static uint64_t
layout(void)
{
	return counters_layout(render_reasons, REASONS, LAYOUT) ^
	       counters_layout(render_ends, RUN_ENDS, RENDER_COUNTERS);
}

struct counters
render_stats_open(const struct conf *conf)
{
	return counters_open(conf->metrics.renderer_file, layout(), RENDER_COUNTERS);
}

bool
render_stats_read(const struct conf *conf, uint64_t v[RENDER_COUNTERS])
{
	return counters_read(conf->metrics.renderer_file, layout(), v, RENDER_COUNTERS);
}

const char *
render_end_name(uint64_t end)
{
	return end < RUN_ENDS ? render_ends[end] : "?";
}

size_t
render_stats_notes(const uint64_t v[RENDER_COUNTERS], struct render_note notes[RENDER_NOTES])
{
	uint64_t noted = v[RENDER_NOTED];
	size_t n = noted < RENDER_NOTES ? (size_t)noted : RENDER_NOTES;

	for (size_t i = 0; i < n; i++)
		memcpy(&notes[i], &v[RENDER_NOTE + (noted - 1 - i) % RENDER_NOTES * 10],
		    sizeof notes[i]);
	return n;
}
