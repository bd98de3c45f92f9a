#ifndef TTS_TIER_STATS_H
#define TTS_TIER_STATS_H

#include "run_stats.h"

/*
 * What tts-tier has done on this host: it counts in metrics.tier_file, the API tells it at
 * /metrics, ttsctl in "status". Levels are numbered by their rank, 0 is the lowest.
 */

#define TIER_STATS_LEVELS 8

/* After the numbers of all job programs. */
enum tier_counter {
	TIER_COUNTED = RUN_COUNTERS, /* fetches that were counted */
	TIER_LINES,		     /* lines of the fetch log that were read */
	TIER_DROPPED,	/* fetches not counted: repeats, and more than a client's share */
	TIER_LOG_OK,	/* whether the log could be read in the last run; 1 if it can */
	TIER_LAG,	/* bytes of it that the last run left unread */
	TIER_LAST_READ, /* when it was last read to its end */
	TIER_CLAIMED,
	TIER_TAKEN_BACK,
	TIER_BYTES,  /* of the files that were moved */
	TIER_FAILED, /* attempts to move a file */
	TIER_STALE,
	TIER_RELEASED,
	TIER_SWEPT,  /* second copies and temporary files removed */
	TIER_PRUNED, /* old rows of the history */
	TIER_LAST_MOVE,
	TIER_LOOKED_TO, /* the id of the last row whose file was looked for; 0: none, or all were */
	TIER_PRUNED_TO, /* the same of rows whose file may be gone */
	/* By level, when the last run began. */
	TIER_USABLE,
	TIER_FULL = TIER_USABLE + TIER_STATS_LEVELS, /* over its high mark */
	TIER_SIZE = TIER_FULL + TIER_STATS_LEVELS,   /* of the file system, in bytes */
	TIER_FREE = TIER_SIZE + TIER_STATS_LEVELS,
	/* By level, when the last run ended, as the database has it. */
	TIER_FILES = TIER_FREE + TIER_STATS_LEVELS,
	TIER_USED = TIER_FILES + TIER_STATS_LEVELS,   /* the size of these files, in bytes */
	TIER_TROUBLE = TIER_USED + TIER_STATS_LEVELS, /* files that could not be moved yet */
	/* Files moved: the level they left times TIER_STATS_LEVELS, plus the one they are on. */
	TIER_MOVES = TIER_TROUBLE + TIER_STATS_LEVELS,
	TIER_NOTE = TIER_MOVES + TIER_STATS_LEVELS * TIER_STATS_LEVELS,
};

/* A run as it is noted. */
struct tier_note {
	struct run_note run;
	uint64_t counted, claimed, up, down, bytes, failed, released;
};

#define TIER_NOTE_WORDS (sizeof(struct tier_note) / sizeof(uint64_t))
#define TIER_COUNTERS (TIER_NOTE + RUN_NOTES * TIER_NOTE_WORDS)
extern const struct run_notes tier_notes;

/* LEVELS are the names of the N levels by their rank: other levels, other counters. */

/* Map the counters in the file PATH, to count. */
struct counters tier_stats_open(const char *path, const char *const *levels, size_t n);

/* Copy them, times in milliseconds since 1970. False if no tts-tier with these levels has run here
 * since the machine was started. */
bool tier_stats_read(
    const char *path, const char *const *levels, size_t n, uint64_t v[TIER_COUNTERS]);

/* The last runs, newest first. Return how many. */
size_t tier_stats_notes(const uint64_t v[TIER_COUNTERS], struct tier_note notes[RUN_NOTES]);

#endif
