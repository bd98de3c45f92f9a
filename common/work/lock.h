#ifndef TTS_LOCK_H
#define TTS_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The lock of this host's renderer, and in the same file the table of the sentences that are being
 * spoken. The table is shared memory: noting a sentence is a store, and it outlives the processes,
 * so that the next renderer knows what the last one died of.
 */

/*
 * Take the lock for as long as the process lives. Return its descriptor, or -1 when another process
 * has it; ends the process if the file cannot be used. A child must close the descriptor.
 */
int lock_take(const char *path);

struct speaking;

/*
 * Map the table with PLACES places for this process and its children. RUN is not 0 and different
 * for each run. NULL (logged) if that cannot be done.
 */
struct speaking *speaking_open(const char *path, size_t places, uint64_t run);

/* The ids that were being spoken when the last holder died, at most MAX. Return how many. */
size_t speaking_left(const struct speaking *speaking, uint64_t *ids, size_t max);

/*
 * Make our notes count. What others noted is void from now on, also what a process of theirs that
 * is about to die may still write.
 */
void speaking_begin(struct speaking *speaking);

/* Make the whole table void: we are about to stop children that are not to blame. */
void speaking_void(struct speaking *speaking);

/* Keep the table from all processes that are forked from this one later. */
bool speaking_hide(const struct speaking *speaking);

void speaking_note(struct speaking *speaking, size_t place, uint64_t id);
void speaking_clear(struct speaking *speaking, size_t place);

#endif
