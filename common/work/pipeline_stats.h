#ifndef TTS_PIPELINE_STATS_H
#define TTS_PIPELINE_STATS_H

#include "run_stats.h"

/*
 * What tts-pipeline has done on this host for one stage: each stage counts in a file of its own,
 * the API tells it at /metrics, ttsctl in "status".
 */

#define PIPELINE_STATS_CLASSES 16 /* at most so many classes of errors */
#define PIPELINE_STATS_BUCKETS 12 /* of the time that a stage takes; the last has no bound */

/* The bounds of all buckets but the last, in seconds. */
extern const unsigned pipeline_bucket_sec[PIPELINE_STATS_BUCKETS - 1];

/* After the numbers of all job programs. */
enum pipeline_counter {
	PIPELINE_CLAIMED = RUN_COUNTERS,
	PIPELINE_TAKEN_BACK,
	PIPELINE_DONE,
	PIPELINE_WAITS,	   /* steps that ended with waiting for somebody else */
	PIPELINE_RELEASED, /* claims given back, uncharged */
	PIPELINE_STALE,	   /* results that came after the claim had ended */
	PIPELINE_EXPIRED,
	PIPELINE_PRUNED,
	PIPELINE_LAST,	  /* when a step last ended with progress */
	PIPELINE_TOOK_MS, /* the sum of the times of the stages that are done */
	PIPELINE_BUCKET,  /* how many took as long; not cumulative */
	/* By the class of the error. */
	PIPELINE_FAILED = PIPELINE_BUCKET + PIPELINE_STATS_BUCKETS,
	PIPELINE_AGAIN = PIPELINE_FAILED + PIPELINE_STATS_CLASSES,
	PIPELINE_NOTE = PIPELINE_AGAIN + PIPELINE_STATS_CLASSES,
};

/* A run as it is noted. */
struct pipeline_note {
	struct run_note run;
	uint64_t claimed, done, waits, again, failed, released;
};

#define PIPELINE_NOTE_WORDS (sizeof(struct pipeline_note) / sizeof(uint64_t))
#define PIPELINE_COUNTERS (PIPELINE_NOTE + RUN_NOTES * PIPELINE_NOTE_WORDS)
extern const struct run_notes pipeline_notes;

/* CLASSES are the names of the N classes of errors in the order of their numbers. */

/* Map the counters in the file PATH, to count. */
struct counters pipeline_stats_open(const char *path, const char *const *classes, size_t n);

/* Note how long a stage took that is done: MS since it was queued. */
void pipeline_stats_took(const struct counters *c, uint64_t ms);

/* Copy them, times in milliseconds since 1970. False if no tts-pipeline of this version has run
 * here for that stage since the machine was started. */
bool pipeline_stats_read(
    const char *path, const char *const *classes, size_t n, uint64_t v[PIPELINE_COUNTERS]);

/* The last runs, newest first. Return how many. */
size_t pipeline_stats_notes(
    const uint64_t v[PIPELINE_COUNTERS], struct pipeline_note notes[RUN_NOTES]);

#endif
