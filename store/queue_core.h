#ifndef TTS_STORE_QUEUE_CORE_H
#define TTS_STORE_QUEUE_CORE_H

#include <stddef.h>

#include "internal.h"
#include "queue.h"

/*
 * What all queues of the database do alike. A queue is a table whose rows have an id, a state
 * ('pending', 'claimed', 'failed' and others of its own), a time before which nobody claims them
 * (run_at), a claim (claim_token, host, run_id, lease_until) and a count of what they were charged.
 *
 * A claim is a short transaction of its own: rows are found in the order of an index with FOR
 * UPDATE SKIP LOCKED, so that two claimants never wait for each other nor get the same row, and are
 * marked with the token of the claim. Whatever is written later is guarded by that token.
 */

/* Assignments for SET that end a claim. */
#define QUEUE_UNCLAIMED "claim_token = NULL, host = NULL, run_id = NULL, lease_until = NULL"

/* Assignments for SET that reset the attempts of a sentence and end its claim. */
#define AUDIO_UNTRIED "run_at = NOW(3), attempts = 0, crashes = 0, error = '', " QUEUE_UNCLAIMED

/*
 * A row may be claimed: its time has come. Or its time is further away than the longest delay there
 * is, so that the server's clock must have been set back since; then it is stranded, and does not
 * wait until that time comes again. The argument of both is queue_cap().
 */
#define QUEUE_STRANDED "(run_at > NOW(3) + INTERVAL ? MICROSECOND)"
#define QUEUE_DUE "(run_at <= NOW(3) OR " QUEUE_STRANDED ")"
struct arg queue_cap(const struct conf *conf);

/* The claim is still the caller's: to be added to WHERE, with the token as its argument. */
#define QUEUE_GUARD " AND claim_token = ? AND state = 'claimed'"

/*
 * The statements of the queue in TABLE. TRIES is the column that is charged when a holder dies,
 * KEYS are others that the functions of the queue need to judge such a row, DIED is what else is
 * set in it. Each is a string literal of its own, because a prepared statement is known by the
 * address of its struct sql. Releasing asks again what made a claim abandoned: nothing was locked
 * since.
 */
#define QUEUE_STATEMENTS(table, tries, keys, died)                                                 \
	.mark = {.text = "UPDATE " table " SET state = 'claimed', updated_at = NOW(3),"            \
			 " claim_token = ?, host = ?,"                                             \
			 " run_id = ?, lease_until = NOW(3) + INTERVAL ? SECOND WHERE id IN (",    \
	    DB_IDS},                                                                               \
	.own_claim = {.text = "SELECT id FROM " table " WHERE claim_token = ? AND id IN (",        \
	    .item = "?",                                                                           \
	    .tail = ") FOR UPDATE"},                                                               \
	.abandoned = {.text = "SELECT id, claim_token, " tries ", host = ?, " keys " FROM " table  \
			      " WHERE state = 'claimed' AND (host = ? OR lease_until < NOW(3))"    \
			      " ORDER BY id"},                                                     \
	.charge = {.text = "UPDATE " table " SET state = 'pending', updated_at = NOW(3), " tries   \
			   " = ?,"                                                                 \
			   " run_at = NOW(3) + INTERVAL ? MICROSECOND, " died QUEUE_UNCLAIMED      \
			   " WHERE id = ?" QUEUE_GUARD},                                           \
	.exhaust = {.text = "UPDATE " table " SET state = 'failed', updated_at = NOW(3), " tries   \
			    " = ?, error = ?, " died QUEUE_UNCLAIMED " WHERE id = ?" QUEUE_GUARD}, \
	.release = {.text = "UPDATE " table                                                        \
			    " SET state = 'pending', updated_at = NOW(3), run_at = NOW(3),"        \
			    " " QUEUE_UNCLAIMED                                                    \
			    " WHERE state = 'claimed' AND (host = ? OR lease_until < NOW(3))"      \
			    " AND id IN (",                                                        \
	    DB_IDS}

/* The columns of an abandoned row. */
enum { QUEUE_ID, QUEUE_TOKEN, QUEUE_TRIES, QUEUE_OURS, QUEUE_KEYS };

struct queue_claiming;
struct queue_taking;

struct queue {
	const struct sql *next; /* finds what may be claimed, locked, the id first; for the
				   body below */
	const struct sql
	    *next_early; /* the same for claimant.early; NULL: there is no such thing */
	struct sql mark, own_claim, abandoned, charge, exhaust, release;
	struct txn claim, take_back; /* the bodies below, and the fault points of this queue */
	const char *died;	     /* the error of a row whose holders died too often */

	/* Note in C->ids which of the rows found are claimed; they are all locked. */
	enum rc (*choose)(struct db *db, struct queue_claiming *c, const struct rows *found);
	/* After they were marked: read or write what else belongs to the claim. */
	enum rc (*chosen)(struct db *db, struct queue_claiming *c);

	/* Whether the holder of an abandoned claim was working on it when it died. */
	bool (*in_hand)(const struct queue_taking *t, const struct cell *abandoned);
	/* What to add to the error of a row that fails; NULL: nothing to any. */
	const char *(*beware)(const struct cell *abandoned);
	/* How many charges make a row fail. */
	unsigned (*max_tries)(const struct conf *conf, const struct cell *abandoned);
	/* Before any row is changed: lock what has to be locked first. FAILING of the N rows will
	 * fail. */
	enum rc (*lock_failing)(struct db *db, const struct queue_taking *t,
	    const struct cell *const *failing, size_t n);
	/* A row was charged, for the last time if FAILED. Events go to T->events. */
	enum rc (*charged)(struct db *db, struct queue_taking *t, const struct cell *abandoned,
	    unsigned tries, bool failed);
};

/* ---------------------------------------------------------------- claiming */

struct queue_claiming {
	const struct queue *queue;
	struct pool *pool;
	struct claimant *who;
	const struct arg *args; /* of queue->next */
	size_t n_args;
	const uint64_t
	    *among; /* the last arguments of queue->next, if it ends with a list of ids */
	size_t n_among;
	void *ctx;     /* for queue->choose and queue->chosen */
	uint64_t *ids; /* out: room for all rows found */
	size_t n;      /* out: how many of them are claimed */
};

/* Claim; see queue_claim. C->n is 0 unless this returns RC_OK. */
enum rc queue_core_claim(struct db *db, struct queue_claiming *c);

enum rc queue_claim_body(struct db *db, void *claiming);

/* The end of such a body: claim the rows of C->ids, which are locked and at least one, with
 * the token that was made for it. */
enum rc queue_claim_ids(struct db *db, struct queue_claiming *c);

enum rc queue_claim_read_back(struct db *db, void *claiming);

/* ---------------------------------------------------------------- taking back */

struct queue_taking {
	const struct queue *queue;
	struct pool *pool;
	const struct conf *conf;
	const char *host;
	const uint64_t *in_hand; /* what the dead holder of HOST was working on */
	size_t n_in_hand;
	uint64_t *n;		  /* out: how many claims were taken back */
	struct event_list events; /* of this transaction */
};

/* Take back; see queue_take_back. */
enum rc queue_core_take_back(struct db *db, struct queue_taking *t);

/* The error of a row that fails because its holders died in all TRIES. */
const char *queue_exhausted(
    const struct queue_taking *t, const struct cell *abandoned, unsigned tries);

enum rc queue_take_back_body(struct db *db, void *taking);

/* ---------------------------------------------------------------- finishing */

/* Whether the claim with TOKEN is still that of a row, which is locked. */
bool queue_claim_stands(const struct cell *claim_token, const uint8_t token[CLAIM_TOKEN_SIZE]);

/* How results are written, so that what the database refuses of one stops no other. */
struct queue_finishing {
	/* Write N results in one transaction. */
	enum rc (*together)(struct db *db, void *const *v, size_t n);
	/* Results of one group go together at the second try; NULL: each one for itself. */
	uint64_t (*group)(const void *result);
	/* RESULT was refused with RC for itself alone. RC_OK if that was dealt with. NULL: it is
	 * left to its lease. */
	enum rc (*refused)(struct db *db, void *result, enum rc rc);

	/* For queue_core_finish_all and queue_leave_to_lease. */
	const char *what;		  /* a result is of one of these: "audio" */
	size_t size, id_at, unwritten_at; /* of a result; the offsets of its uint64_t id and its
					   * bool unwritten */
};

/* The struct of a result that has the members id and unwritten. */
#define QUEUE_RESULT(name, type)                                                                   \
	.what = name, .size = sizeof(type), .id_at = offsetof(type, id),                           \
	.unwritten_at = offsetof(type, unwritten)

/* Whether the database refused this, and may accept a part of it. */
bool queue_refused(enum rc rc);

/*
 * Write N results: all in one transaction; if that is refused, group by group, and one by one where
 * a group is refused. The first error that does not concern a single result is returned. V is
 * reordered.
 */
enum rc queue_core_finish(struct db *db, const struct queue_finishing *how, void **v, size_t n);

/* The same for an array of N results, of which none is unwritten yet. */
enum rc queue_core_finish_all(
    struct db *db, const struct queue_finishing *how, void *results, size_t n);

/* The database refuses RESULT: note that it is unwritten. */
void queue_leave_to_lease(const struct queue_finishing *how, void *result);

#endif
