#ifndef TTS_RUN_STATS_H
#define TTS_RUN_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/counters.h"
#include "run_end.h"

/*
 * What the files of counters of all job programs have in common, before the numbers of their own:
 * when and how runs ended, and the last of them that found something to do or went wrong.
 *
 * Times are in milliseconds, 0 for never. In the file they are of CLOCK_BOOTTIME: it is the same
 * for every process of the machine, goes on while that sleeps and is never set, so that the length
 * of a run and the age of a sign of life are right whatever is done to the wall clock. The file
 * begins anew with the machine, as the clock does; where it does not, a time in the future is from
 * before that. Who reads the file gets times since 1970, see run_stats_to_wall.
 */
enum run_counter {
	RUN_COUNT, /* runs, by their end */
	RUN_DB_RETRIES = RUN_COUNT + RUN_ENDS,
	RUN_ALIVE, /* any sign of life */
	RUN_LAST_BEGAN,
	RUN_LAST_ENDED,
	RUN_LAST_END,
	RUN_RUNNING, /* when the run began that is going on; 0 when there is none */
	RUN_NOTED,   /* how many runs were noted in all */
	RUN_COUNTERS,
};

#define RUN_NOTES 16

/* A noted run begins with these; numbers of the program's own come after them. */
struct run_note {
	uint64_t began, ended, end;
};

#define RUN_NOTE_WORDS (sizeof(struct run_note) / sizeof(uint64_t))

/* Where a program keeps its notes: RUN_NOTES times WORDS numbers from AT on. */
struct run_notes {
	size_t at, words;
};

/* The run begins: tell how the one before it ended if it did not say so itself. */
void run_stats_begin(const struct counters *c, struct run_notes notes);

/* It gives a sign of life. */
void run_stats_alive(const struct counters *c);

/* How long it has lasted, in milliseconds. */
uint64_t run_stats_ms(const struct counters *c);

/*
 * It ends with the exit status STATUS. OWN has the numbers of its note that are the program's own.
 * A run that was not BUSY is noted only if something went wrong.
 */
void run_stats_end(const struct counters *c, struct run_notes notes, int status, bool busy,
    uint64_t db_retries, const uint64_t *own);

/* Copy the last runs from the numbers of a file, newest first, each of notes.words numbers, to OUT.
 * Return how many. */
size_t run_stats_notes(const uint64_t *v, struct run_notes notes, uint64_t *out);

/* The present time as these files have it. */
uint64_t run_stats_now(void);

/* Milliseconds since 1970 for a time of such a file; 0 if it is none or from before the machine was
 * started. */
uint64_t run_stats_wall(uint64_t t);

/* Make times since 1970 of all that are in the numbers of a file and not the program's own. */
void run_stats_to_wall(uint64_t *v, struct run_notes notes);

#endif
