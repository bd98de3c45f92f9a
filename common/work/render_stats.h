#ifndef TTS_RENDER_STATS_H
#define TTS_RENDER_STATS_H

#include "../base/conf.h"
#include "../base/counters.h"

/*
 * What the renderer has done on this host: it counts in metrics.renderer_file, the API tells it at
 * /metrics, ttsctl in "status".
 */

/* Why a sentence could not be spoken, this time or for good. */
enum render_reason {
	REASON_CRASH,	/* the engine's process died */
	REASON_LATE,	/* it took longer than speech.timeout_sec */
	REASON_ENGINE,	/* the engine refused */
	REASON_ENCODER, /* the encoder refused */
	REASON_CLIPPED, /* the sound was cut off at full scale */
	REASON_ABSURD,	/* far more sound than the text can be worth */
	REASON_LONG,	/* more than speech.max_seconds of sound */
	REASON_SILENT,	/* there was nothing to speak */
	REASON_TEXT,	/* no voice for it, or no text that can be spoken */
	REASONS,
};
extern const char *const render_reasons[REASONS];

/* How a run ended. */
enum render_end {
	RUN_OK,
	RUN_DATABASE, /* it was away or too slow */
	RUN_DISK,     /* nothing could be stored */
	RUN_CONFIG,   /* the schema was another */
	RUN_BROKEN,   /* anything else */
	RUN_KILLED,   /* it did not say; the next run noticed */
	RUN_ENDS,
};
extern const char *const render_ends[RUN_ENDS];

/* Times are in milliseconds since 1970, 0 for never; spans in milliseconds. */
enum render_counter {
	RENDER_READY,
	RENDER_FAILED,
	RENDER_RETRIED,
	RENDER_RELEASED,
	RENDER_STALE,
	RENDER_SOUND_MS,
	RENDER_BYTES,
	RENDER_CLAIMED,
	RENDER_TAKEN_BACK,
	RENDER_DB_RETRIES,
	RENDER_REASON,
	RENDER_RUNS = RENDER_REASON + REASONS,
	/* What was seen last. */
	RENDER_ALIVE = RENDER_RUNS + RUN_ENDS, /* any sign of life */
	RENDER_LAST_RESULT,
	RENDER_LAST_BEGAN,
	RENDER_LAST_ENDED,
	RENDER_LAST_END,
	RENDER_MEDIA_OK,
	RENDER_MEDIA_SIZE,
	RENDER_MEDIA_FREE,
	RENDER_MEDIA_FILES, /* inodes */
	RENDER_MEDIA_FILES_FREE,
	/* The run that is going on; 0 when there is none. */
	RENDER_RUNNING,
	/* The last runs that found something to do, or went wrong: the nth is at n % RENDER_NOTES.
	 */
	RENDER_NOTED,
	RENDER_NOTE,
#define RENDER_NOTES 16
	RENDER_COUNTERS = RENDER_NOTE + RENDER_NOTES * 10,
};

/* A run as it is noted: as many numbers as there is room for above. */
struct render_note {
	uint64_t began, ended, end;
	uint64_t claimed, ready, failed, retried, released, stale, sound_ms;
};

/* Map the counters of this host, to count. */
struct counters render_stats_open(const struct conf *conf);

/* Copy them. False if no renderer of this version has run here since the machine was started. */
bool render_stats_read(const struct conf *conf, uint64_t v[RENDER_COUNTERS]);

/* The name of an end that stood in a file; "?" if there is no such. */
const char *render_end_name(uint64_t end);

/* The last runs, newest first. Return how many. */
size_t render_stats_notes(
    const uint64_t v[RENDER_COUNTERS], struct render_note notes[RENDER_NOTES]);

#endif
