#ifndef TTS_RUN_STATS_H
#define TTS_RUN_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/counters.h"
#include "run_end.h"

/*
 * What the counter files of all job programs have in common, before the numbers of each program:
 * when and how runs ended, and the last runs that found something to do or went wrong.
 *
 * Times are in milliseconds, 0 for never. In the file they are CLOCK_BOOTTIME: it is the same for
 * every process of the machine, continues while the machine sleeps and cannot be set, so that the
 * length of a run and the age of a sign of life are right whatever is done to the wall clock. The
 * file is new after each start of the machine, as is the clock; if it is not, a time in the future
 * is from before that start. Readers get times since 1970, see run_stats_to_wall.
 */
enum run_counter {
	RUN_COUNT, /* runs, by their end */
	RUN_DB_RETRIES = RUN_COUNT + RUN_ENDS,
	RUN_EVENTS, /* events written */
	RUN_ALIVE,  /* any sign of life */
	RUN_LAST_BEGAN,
	RUN_LAST_ENDED,
	RUN_LAST_END,
	RUN_RUNNING, /* when the run began that is going on; 0 when there is none */
	RUN_NOTED,   /* how many runs were noted in all */
	RUN_COUNTERS,
};

#define RUN_NOTES 16

/* The record of a run begins with these; the program's own numbers come after them. */
struct run_note {
	uint64_t began, ended, end;
};

#define RUN_NOTE_WORDS (sizeof(struct run_note) / sizeof(uint64_t))

/* Where a program keeps these records: RUN_NOTES times WORDS numbers, starting at AT. */
struct run_notes {
	size_t at, words;
};

/* A run begins: record how the previous one ended if it did not do so itself. */
void run_stats_begin(const struct counters *c, struct run_notes notes);

/* The run gives a sign of life. */
void run_stats_alive(const struct counters *c);

/* How long it has lasted, in milliseconds. */
uint64_t run_stats_ms(const struct counters *c);

/*
 * The run ends with the exit status STATUS. OWN has the program's own numbers for its record. A run
 * that was not BUSY is recorded only if something went wrong. DB_RETRIES and EVENTS are those of
 * the run.
 */
void run_stats_end(const struct counters *c, struct run_notes notes, int status, bool busy,
    uint64_t db_retries, uint64_t events, const uint64_t *own);

/* Copy the last runs from the numbers of a file, newest first, each of notes.words numbers, to OUT.
 * Return how many. */
size_t run_stats_notes(const uint64_t *v, struct run_notes notes, uint64_t *out);

/* The present time, as used in these files. */
uint64_t run_stats_now(void);

/* Convert a time of such a file to milliseconds since 1970; 0 if it is unset or from before the
 * machine was started. */
uint64_t run_stats_wall(uint64_t t);

/* Convert all times in the numbers of a file, except the program's own, to times since 1970. */
void run_stats_to_wall(uint64_t *v, struct run_notes notes);

#endif
