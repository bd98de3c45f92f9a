#ifndef TTS_STORE_QUEUE_H
#define TTS_STORE_QUEUE_H

#include "store.h"

/*
 * The queue of sentences, as the renderer uses it: claim, finish, take back. The claimant and its
 * token are the same for every queue of the database.
 */

#define CLAIM_TOKEN_SIZE 16

/* A process that claims: one for each run of a program. */
struct claimant {
	const char *host;
	uint64_t run_id;
	int lease_sec;
	bool early; /* claim only what is new, with a turn that is not after the queue's present one
		     */
	uint64_t sound_ms_max; /* claim no more than this, as estimated, but always one sentence */
	uint8_t token[CLAIM_TOKEN_SIZE]; /* new with each claim */
	bool more; /* out: nothing was claimed, but there may be something: ask again */
};

/* ------------------------------------------------------------------ store/queue.c */

/* A sentence that this renderer may render until the lease ends. */
struct claim {
	uint64_t id, project, user, revision;
	const char *text;
	size_t text_len;
	int speed;
	const char *language, *voice;  /* of the project; "" if not given */
	const char *context;	       /* the language most of the project is in; "" if unknown */
	const struct lexicon *lexicon; /* the entries that apply to it; NULL: none */
	unsigned attempts, crashes;    /* so far */
	uint64_t turn;
	bool had_turn; /* it was claimed before, and failed or was given back */
};

/*
 * Claim up to MAX sentences in queue order, in one short transaction; V has room for MAX, *N is how
 * many were claimed. A claim counts only when this returns RC_OK: after RC_UNKNOWN nothing may be
 * rendered. WHO->token is new for each call.
 */
enum rc queue_claim(
    struct db *db, struct pool *pool, struct claimant *who, size_t max, struct claim *v, size_t *n);

/*
 * Tell which of N sentences still have the claim TOKEN: those that were edited, deleted or claimed
 * anew do not.
 */
enum rc queue_still_claimed(struct db *db, struct pool *pool, const uint8_t token[CLAIM_TOKEN_SIZE],
    const uint64_t *ids, size_t n, bool *claimed);

/*
 * The delay before a row is tried again after its Nth failure: full jitter, anything from 0 to
 * scheduler.retry_base_ms * 2^N, at most scheduler.retry_cap_ms.
 */
uint32_t queue_rest_ms(const struct conf *conf, unsigned n);

/*
 * Take back every claim of HOST (the caller holds the lock of that host, so their holders are dead)
 * and the claims of other hosts whose lease has ended. SPEAKING lists the ids that were being
 * rendered when the last holder died. Each of them is charged one attempt and a delay, and fails at
 * scheduler.max_attempts. It is charged no crash: a sandboxed child almost never takes the renderer
 * down, but operators do kill renderers. *N is how many claims were taken back.
 */
enum rc queue_take_back(struct db *db, const struct conf *conf, const char *host,
    const uint64_t *speaking, size_t n_speaking, uint64_t *n);

/* ------------------------------------------------------------------ store/queue_finish.c */

/* What became of a claim. */
enum outcome {
	OUTCOME_READY,	 /* the file is durable under PATH */
	OUTCOME_RETRY,	 /* failed or crashed; again after DELAY_MS */
	OUTCOME_FAILED,	 /* failed for good, with ERROR */
	OUTCOME_RELEASE, /* not begun, or not its fault: back to the queue, nothing charged */
};

struct result {
	uint64_t id, project, revision;
	uint8_t token[CLAIM_TOKEN_SIZE];
	enum outcome outcome;
	const char *path; /* relative to media.root */
	uint64_t duration_ms, size_bytes;
	int loudness;	       /* in hundredths of LUFS, or LOUDNESS_UNKNOWN */
	const char *made_with; /* see common/base/made_with.h */
	const struct timed_word *words;
	size_t words_n;
	uint8_t sha256[32];
	unsigned attempts, crashes; /* the new values */
	uint32_t delay_ms;
	const char *error; /* plain words, for the author */
	bool stale; /* out: the sentence was edited, deleted or claimed anew; nothing was changed */
	bool unwanted;	/* out: and no row names the file at PATH, nor will: drop it */
	bool unwritten; /* out: the database refuses it: the claim is left to its lease */
};

/*
 * Finish N claims in one transaction, each guarded by id, revision, token and state. A result whose
 * guard fails gets STALE and changes nothing. The sound that a new one replaces goes to the trash.
 * The outcome of a COMMIT that broke is read back by token.
 *
 * When something is refused, each project has a transaction of its own, and each result of one
 * where that is refused too. A sound whose row the database does not take becomes a failure, a
 * retry or the last one as scheduler.max_attempts says: OUTCOME, ATTEMPTS, ERROR and DELAY_MS are
 * changed. What cannot be written at all gets UNWRITTEN.
 */
enum rc queue_finish(struct db *db, struct result *v, size_t n);

/* ------------------------------------------------------------------ store/queue_numbers.c */

/* The queue as it is now, in sentences, for whoever watches it. */
struct queue_numbers {
	uint64_t pending, claimed, ready, failed;
	uint64_t later; /* pending ones that are to be tried again, not yet */
	uint64_t
	    stranded; /* pending ones that wait longer than any delay: the clock was set back */
	uint64_t oldest_sec;  /* since the first of the pending ones was queued */
	uint64_t overdue_sec; /* since the first of them could have been claimed */
};

enum rc queue_numbers(struct db *db, struct queue_numbers *out);

#endif
