#ifndef TTS_WORK_STATS_H
#define TTS_WORK_STATS_H

#include "../base/conf.h"
#include "run_stats.h"

/*
 * What tts-work has done on this host: it counts in metrics.work_file, the API tells it at
 * /metrics, ttsctl in "status".
 */

#define WORK_STATS_KINDS 16 /* at most so many kinds of work */

/* After the numbers of all job programs. */
enum work_counter {
	WORK_CLAIMED = RUN_COUNTERS,
	WORK_TAKEN_BACK,
	WORK_STEPS,
	WORK_RELEASED,
	WORK_STALE,
	WORK_TRASH_REMOVED, /* things whose files are gone now */
	WORK_TRASH_FAILED,  /* attempts to remove files that failed */
	WORK_PRUNED,
	WORK_EVENTS_PRUNED,
	WORK_LAST_STEP, /* when work was last done: a step, or something out of the trash */
	WORK_MEDIA_OK,
	/* By kind. */
	WORK_KIND_DONE,
	WORK_KIND_FAILED = WORK_KIND_DONE + WORK_STATS_KINDS,
	WORK_KIND_AGAIN = WORK_KIND_FAILED + WORK_STATS_KINDS,
	WORK_NOTE = WORK_KIND_AGAIN + WORK_STATS_KINDS,
};

/* A run as it is noted. */
struct work_note {
	struct run_note run;
	uint64_t claimed, steps, done, failed, again, released, trash;
};

#define WORK_NOTE_WORDS (sizeof(struct work_note) / sizeof(uint64_t))
#define WORK_COUNTERS (WORK_NOTE + RUN_NOTES * WORK_NOTE_WORDS)
extern const struct run_notes work_notes;

/* KINDS are the names of the N kinds of work in the order of their numbers. */

/* Map the counters of this host, to count. */
struct counters work_stats_open(const struct conf *conf, const char *const *kinds, size_t n);

/* Copy them, times in milliseconds since 1970. False if no tts-work of this version has run here
 * since the machine was started. */
bool work_stats_read(
    const struct conf *conf, const char *const *kinds, size_t n, uint64_t v[WORK_COUNTERS]);

/* The last runs, newest first. Return how many. */
size_t work_stats_notes(const uint64_t v[WORK_COUNTERS], struct work_note notes[RUN_NOTES]);

#endif
