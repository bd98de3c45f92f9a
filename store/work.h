#ifndef TTS_STORE_WORK_H
#define TTS_STORE_WORK_H

#include "queue.h"

/*
 * Work that is too long for a request, in the table `work`. A piece of it is claimed, begun, done
 *in steps and finished:
 *
 *	work_queue_claim, then for each piece
 *	work_queue_begin
 *	the step of its kind, again and again, until it says that the work is done
 *	work_queue_finish
 *
 * Each step is a transaction of bounded size that also notes where the next one begins and renews
 * the lease, and that changes nothing unless the claim is still the caller's: a piece of work that
 * was interrupted goes on where it was, and no step is done twice.
 */

enum work_kind { WORK_KIND_PROJECT_DELETE, WORK_KIND_USER_DELETE, WORK_KIND_SWEEP, WORK_KINDS };

/* As the database and ttsctl name it. */
const char *work_kind_name(enum work_kind kind);

enum work_state {
	WORK_STATE_PENDING,
	WORK_STATE_CLAIMED,
	WORK_STATE_WAITING, /* for its children */
	WORK_STATE_DONE,
	WORK_STATE_FAILED,
	WORK_STATE_CANCELLED,
	WORK_STATES
};

const char *work_state_name(enum work_state state);

/* ------------------------------------------------------------------ store/work.c, work_finish.c */

/* A piece of work that this process may do until the lease ends; each step renews it. */
struct work_claim {
	uint64_t id;
	enum work_kind kind;
	uint64_t user, object, parent; /* 0: none */
	unsigned tries;		       /* that failed, since the last step that succeeded */
	uint64_t progress, total;      /* how far it is; TOTAL 0: not known */
	uint64_t changed;	       /* rows it has changed, where that is not the progress */
	uint64_t cursor, end; /* where the next step begins, and where there is none left */
	uint8_t token[CLAIM_TOKEN_SIZE];
	int lease_sec;
};

/* Claim up to MAX pieces of work in queue order; V has room for MAX. See queue_claim. */
enum rc work_queue_claim(struct db *db, struct pool *pool, struct claimant *who, size_t max,
    struct work_claim *v, size_t *n);

/* Note that a piece of work is begun, and renew its lease. RC_STALE if it is no longer the
 * caller's: leave it. */
enum rc work_queue_begin(struct db *db, const struct claimant *who, const struct work_claim *claim);

enum work_outcome {
	WORK_OUTCOME_DONE,
	WORK_OUTCOME_WAITS,    /* for its children; due when the last of them is finished */
	WORK_OUTCOME_AGAIN,    /* failed: later again, or for good after too many tries */
	WORK_OUTCOME_FAILED,   /* failed for good */
	WORK_OUTCOME_RELEASED, /* not done yet, and nobody's fault: nothing is charged */
	WORK_OUTCOMES
};

struct work_result {
	uint64_t id;
	uint8_t token[CLAIM_TOKEN_SIZE];
	enum work_outcome outcome; /* AGAIN becomes FAILED when it was the last try */
	const char *error_class;   /* one word in ASCII; "" unless it failed */
	const char *error;	   /* plain words, for the operator; "" unless it failed */
	int status;		   /* of HTTP, where somebody else was asked; 0: none */
	const char *answer;	   /* the beginning of the answer; NULL: none */
	bool stale;	/* out: the claim was no longer the caller's; nothing was changed */
	bool unwritten; /* out: the database refuses it: the claim is left to its lease */
};

/* Finish N claims; see queue_finish. What was begun gets an end in its history. */
enum rc work_queue_finish(struct db *db, struct work_result *v, size_t n);

/*
 * Take back every claim of HOST, whose holders are dead, and those of others whose lease has ended.
 * Those that were begun are charged one try. See queue_take_back.
 */
enum rc work_queue_take_back(struct db *db, const struct conf *conf, const char *host, uint64_t *n);

/* ------------------------------------------------------------------ the kinds of work */

/* What a step says. */
enum work_step {
	WORK_STEP_MORE,	 /* call it again */
	WORK_STEP_DONE,	 /* finish with DONE */
	WORK_STEP_WAITS, /* finish with WAITS */
};

/*
 * Each does one step of CLAIM and brings CLAIM up to date. RC_STALE when the claim is no longer the
 * caller's: forget it, nothing was changed. After RC_UNKNOWN the step may have been done: release
 * the claim. After any other error nothing was changed, and the step may be tried again.
 */

/* store/project_delete.c: remove some of the sentences of a project, at last the project. */
enum rc work_step_project_delete(struct db *db, struct work_claim *claim, enum work_step *step);

/* store/lexicon_sweep.c: queue some of the sentences that a change of a dictionary touches. */
enum rc work_step_sweep(
    struct db *db, const struct conf *conf, struct work_claim *claim, enum work_step *step);

/*
 * store/user_delete.c: give projects of a user to work of their own, remove the pipelines, then
 * wait for the projects, then remove what is left of the user, some at a time. GONE: what was
 * deleted in this step, whose tombstones the caller lays.
 */
#define WORK_GONE_MAX 64
struct work_gone {
	uint64_t projects[WORK_GONE_MAX], pipelines[WORK_GONE_MAX];
	size_t n_projects, n_pipelines;
};
enum rc work_step_user_delete(
    struct db *db, struct work_claim *claim, enum work_step *step, struct work_gone *gone);

/* ------------------------------------------------------------------ store/work_list.c */

#define WORK_LIST_MAX 128

/* A piece of work, for operators. */
struct work {
	uint64_t id;
	enum work_kind kind;
	enum work_state state;
	uint64_t user, object, parent; /* 0: none */
	struct timestamp created_at, updated_at, run_at;
	const char *host; /* of whoever does it; "" */
	unsigned tries;
	uint64_t progress, total, changed;
	const char *error_class, *error; /* of the last failure; "" */
};

/* The next WORK_LIST_MAX pieces of work after AFTER; with OPEN_ONLY those that are not finished,
 * and those that failed. */
enum rc work_list(struct db *db, struct pool *pool, bool open_only, uint64_t after,
    struct work v[WORK_LIST_MAX], size_t *n);

enum rc work_get(struct db *db, struct pool *pool, uint64_t id, struct work *out);

/* A time when it was begun. */
struct work_try {
	uint64_t n; /* from 1 */
	const char *host;
	struct timestamp began_at, ended_at; /* ENDED_AT "": it is in hand, or its program died */
	const char *outcome; /* "done", "waits", "again", "failed", "released", "lost" */
	const char *error_class, *answer;
	int status; /* of HTTP; 0: none */
};

/* Up to MAX of them, the newest first. */
enum rc work_tries(
    struct db *db, struct pool *pool, uint64_t id, size_t max, struct work_try *v, size_t *n);

/* The numbers of one kind of work. */
struct work_stats {
	uint64_t pending, claimed, waiting, failed;
	uint64_t later;	     /* pending ones that are to be tried again, not yet */
	uint64_t oldest_sec; /* since the first that is not finished was added; 0: none */
};

enum rc work_stats(struct db *db, struct work_stats v[WORK_KINDS]);

/* ------------------------------------------------------------------ store/work_change.c */

/* Have a piece of work that failed, or rests, tried again at once. RC_NOT_FAILED in any other
 * state; RC_DUPLICATE if there is another one for the same object by now. */
enum rc work_retry(struct db *db, uint64_t id);

/*
 * Cancel a piece of work that is not finished. RC_NOT_CANCELLABLE if it is, or is of a kind that
 * has to be done: what is half deleted cannot stay.
 */
enum rc work_cancel(struct db *db, uint64_t id);

/* Remove up to 512 that were done or cancelled more than DAYS ago. *N: so many. */
enum rc work_prune(struct db *db, int days, uint64_t *n);

#endif
