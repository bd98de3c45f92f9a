#ifndef TTS_RENDER_STATS_H
#define TTS_RENDER_STATS_H

#include "../base/conf.h"
#include "run_stats.h"

/*
 * The counters of the renderer on this host, in metrics.renderer_file; the API shows them at
 * /metrics, ttsctl in "status".
 */

/* Why an attempt to speak a sentence failed, whether finally or not. */
enum render_reason {
	REASON_CRASH,	/* the engine's process died */
	REASON_LATE,	/* it took longer than speech.timeout_sec */
	REASON_ENGINE,	/* the engine refused */
	REASON_ENCODER, /* the encoder refused */
	REASON_CLIPPED, /* the sound was clipped at full scale */
	REASON_ABSURD,	/* far more sound than the text can need */
	REASON_LONG,	/* more than speech.max_seconds of sound */
	REASON_SILENT,	/* there was nothing to speak */
	REASON_TEXT,	/* no voice for it, or no text that can be spoken */
	REASONS,
};
extern const char *const render_reasons[REASONS];

/* These follow the numbers of all job programs. Durations are in milliseconds. */
enum render_counter {
	RENDER_READY = RUN_COUNTERS,
	RENDER_FAILED,
	RENDER_RETRIED,
	RENDER_RELEASED,
	RENDER_STALE,
	RENDER_SOUND_MS,
	RENDER_BYTES,
	RENDER_CLAIMED,
	RENDER_TAKEN_BACK,
	RENDER_REASON,
	/* The latest observations. */
	RENDER_LAST_RESULT = RENDER_REASON + REASONS,
	RENDER_MEDIA_OK,
	RENDER_MEDIA_SIZE,
	RENDER_MEDIA_FREE,
	RENDER_MEDIA_FILES, /* inodes */
	RENDER_MEDIA_FILES_FREE,
	/* The projects in whose directories the run may have temporary files. */
	RENDER_PUBLISHING,
#define RENDER_PROJECTS 64
	RENDER_NOTE = RENDER_PUBLISHING + RENDER_PROJECTS,
};

/* The record of a run. */
struct render_note {
	struct run_note run;
	uint64_t claimed, ready, failed, retried, released, stale, sound_ms;
};

#define RENDER_NOTE_WORDS (sizeof(struct render_note) / sizeof(uint64_t))
#define RENDER_COUNTERS (RENDER_NOTE + RUN_NOTES * RENDER_NOTE_WORDS)
extern const struct run_notes render_notes;

/* Map the counters of this host, to count. */
struct counters render_stats_open(const struct conf *conf);

/* Copy them; times are since 1970. False if no renderer of this version has run here since the
 * machine was started. */
bool render_stats_read(const struct conf *conf, uint64_t v[RENDER_COUNTERS]);

/* The last runs, newest first. Return how many. */
size_t render_stats_notes(const uint64_t v[RENDER_COUNTERS], struct render_note notes[RUN_NOTES]);

#endif
