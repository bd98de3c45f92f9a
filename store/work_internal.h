#ifndef TTS_STORE_WORK_INTERNAL_H
#define TTS_STORE_WORK_INTERNAL_H

#include "queue_core.h"
#include "work.h"

/*
 * Work, for the other nouns of store/. Everything here runs inside a transaction, and rows of
 * `work` are locked after those of all other tables; a child before its parent.
 */

/* ------------------------------------------------------------------ store/work.c, work_take.c */

struct work_new {
	enum work_kind kind;
	uint64_t user, object, parent; /* 0: none */
	uint64_t total;
	uint64_t end; /* where there is no next step any more; 0: not known yet */
};

/* Add a piece of work; its user is locked. RC_DUPLICATE if there is one for the object already. */
enum rc work_queue_add(struct db *db, struct pool *pool, const struct work_new *work);

/*
 * For a request that does work itself: find the piece of work that is open for the object of WORK,
 * or add it, and claim it for WHO, whose token the caller has set. AFRESH: what it is about has
 * changed, so it begins again, whoever does it now. Otherwise it goes on where it is, and is left
 * to a holder whose lease has not ended. *MINE: it is claimed, and begun; CLAIM is filled in
 * anyway.
 */
enum rc work_queue_take(struct db *db, struct pool *pool, const struct work_new *work,
    const struct claimant *who, bool afresh, struct work_claim *claim, bool *mine);

/* Note that a piece of work is begun, unless that is noted already; its row is locked. */
enum rc work_try_begin(struct db *db, struct pool *pool, const struct claimant *who, uint64_t work);

/* How many tries of this kind fail it. */
unsigned work_max_tries(enum work_kind kind);

/* ------------------------------------------------------------------ store/project_delete.c */

/* Mark a project as deleted and add WORK, which removes its rows. User and project are locked. */
enum rc project_mark_deleted(struct db *db, struct pool *pool, const struct work_new *work);

/* ------------------------------------------------------------------ store/work_step.c */

/*
 * A step on its way: the body of the transaction sets how far the work is after it in NEXT, and
 * calls work_step_progress last.
 */
struct work_page {
	struct pool *pool;
	const struct work_claim *claim;
	struct work_claim next;
	enum work_step step;
};

/*
 * Run the transaction TXN of a step, whose context begins with a struct work_page, and bring CLAIM
 * up to date. Its read_back is work_step_read_back.
 */
enum rc work_step_run(struct db *db, const struct txn *txn, struct work_page *page,
    struct work_claim *claim, enum work_step *step);

/* Note how far the work is. RC_STALE if the claim is no longer ours, or the step was done before.
 */
enum rc work_step_progress(struct db *db, const struct work_page *page);

enum rc work_step_read_back(struct db *db, void *page);

/* ------------------------------------------------------------------ store/work_finish.c */

/* A child is finished: its parent is due if that was the last one. 0: it has none. */
enum rc work_wake_parent(struct db *db, struct pool *pool, uint64_t parent);

/* End what was begun of a piece of work. STATUS and ANSWER as in struct work_result. */
enum rc work_try_end(struct db *db, uint64_t work, const char *outcome, const char *error_class,
    int status, const char *answer);

#endif
