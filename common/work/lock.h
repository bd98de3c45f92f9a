#ifndef TTS_LOCK_H
#define TTS_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The lock of this host's renderer, and in the same file the table of the sentences that are being
 * spoken. The table is shared memory: recording a sentence is a store to memory, and it outlives
 * the processes, so that the next renderer knows what the last one was doing when it died.
 */

/*
 * Take the lock for the life of the process. Return its descriptor, or -1 if another process has
 * it; ends the process if the file cannot be used. A child must close the descriptor.
 */
int lock_take(const char *path);

struct speaking;

/*
 * Map the table with PLACES places for this process and its children. RUN is not 0 and is different
 * for each run. NULL (logged) if that fails.
 */
struct speaking *speaking_open(const char *path, size_t places, uint64_t run);

/* The ids that were being spoken when the last holder died, at most MAX. Return how many. */
size_t speaking_left(const struct speaking *speaking, uint64_t *ids, size_t max);

/*
 * Make our records valid. Those of other runs are invalid from now on, including what a dying
 * process of theirs may still write.
 */
void speaking_begin(struct speaking *speaking);

/* Invalidate the whole table, before stopping children that are not to blame. */
void speaking_void(struct speaking *speaking);

/* Do not map the table in processes that are forked from this one later. */
bool speaking_hide(const struct speaking *speaking);

void speaking_note(struct speaking *speaking, size_t place, uint64_t id);
void speaking_clear(struct speaking *speaking, size_t place);

#endif
