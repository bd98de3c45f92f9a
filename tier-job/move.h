#ifndef TTS_MOVE_H
#define TTS_MOVE_H

#include <signal.h>

#include "../common/base/mem.h"
#include "../common/media/media.h"
#include "../store/tier.h"
#include "capacity.h"

/*
 * Moves files: all are copied first, and their rows say so; then the old copies are left for one
 * grace time, because nginx may have found them a moment ago; then they are removed.
 */
struct mover {
	const struct conf *conf;
	struct db *db;
	const volatile sig_atomic_t *stop;
	uint64_t run_id;
	int64_t until;	       /* nothing is begun after that; clock_ms */
	uint64_t files, bytes; /* that may still be moved in this run */
	struct capacity room;
	struct pool *pool; /* of what the moves have */

	/* Done, and the old copy is there. */
	struct tier_move *done;
	size_t done_n;

	/* The directory from which leftovers were removed last. */
	char swept[MEDIA_PATH_SIZE];
};

/* Begin with the budget of a run. POOL lives as long as the mover. */
void mover_begin(struct mover *m, struct pool *pool);

/* Whether nothing more may be begun. */
bool mover_is_over(const struct mover *m);

/*
 * Claim moves of one kind and make the copies, up to MAX of them. *N_DONE is how many were moved
 * and *N_BYTES their size. *MORE is false if it makes no sense to ask for the same again in this
 * run.
 */
struct mover_question {
	enum tier_why why;
	unsigned level;
	unsigned usable; /* bit mask of ranks */
	double lw_min;
	size_t max;
};
enum rc mover_move(struct mover *m, const struct mover_question *q, uint64_t *n_bytes, bool *more);

/* Wait for the grace time and remove the old copies of all that was moved. */
enum rc mover_settle(struct mover *m);

/*
 * Complete the moves that a dead run of this host left, or, if OTHERS is set, those of hosts whose
 * lease has ended: the file stays at the level that its row names, and only there.
 */
enum rc mover_take_back(struct mover *m, bool others);

#endif
