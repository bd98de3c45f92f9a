#include "stage_internal.h"

#include "../common/base/crypt.h"

/*
 * A claim is begun: what happens from here to stage_finish may have been done if the program dies.
 * Questions that change nothing are no tries, so that the history of a run is not full of them.
 */

enum { OURS, BEFORE, INPUT, RENEW, SENT, STATEMENTS };
enum { BEGUN, BEGIN };

/* BEFORE is the view of the stage before it. */
#define OF_STAGE(view, before)                                                                     \
	{                                                                                          \
		[OURS] = {.text = "SELECT pipeline_id FROM " view " WHERE id = ?" QUEUE_GUARD      \
				  " FOR UPDATE"},                                                  \
		[BEFORE] = {.text = "SELECT COALESCE(MAX(id), 0) FROM " before                     \
				    " WHERE pipeline_id = ? AND state = 'done'"},                  \
		[INPUT] = {.text = "UPDATE " view " SET stale = FALSE, input_id = NULLIF(?, 0)"    \
				   " WHERE id = ?"},                                               \
		[RENEW] = {.text = "UPDATE " view " SET lease_until = NOW(3) + INTERVAL ? SECOND"  \
				   " WHERE id = ?" QUEUE_GUARD},                                   \
		[SENT] = {.text = "UPDATE " view " SET step = 'sent', sent_at = NOW(3),"           \
				  " deadline_at = NOW(3) + INTERVAL ? SECOND, callback = ?,"       \
				  " candidate = '', external_id = '', external_part = '',"         \
				  " url = '', progress = NULL, updated_at = NOW(3),"               \
				  " lease_until = NOW(3) + INTERVAL ? SECOND WHERE id = ?"},       \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric", "stage_lyric"),
    [STAGE_SONG] = OF_STAGE("stage_song", "stage_lyric"),
    [STAGE_VIDEO] = OF_STAGE("stage_video", "stage_song"),
};

static const struct sql sql[] = {
    [BEGUN] = {.text = "SELECT COALESCE(MAX(n), 0), CAST(COALESCE(SUM(ended_at IS NULL), 0) AS"
		       " UNSIGNED) FROM stage_try WHERE stage_id = ?"},
    [BEGIN] = {.text = "INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at)"
		       " VALUES (?, ?, ?, ?, ?, NOW(3))"},
};

/* A claim that is begun. */
struct beginning {
	struct pool *pool;
	const struct stage_worker *worker;
	struct stage_claim *claim;
	uint64_t input;
	int deadline_sec;
	uint8_t callback[16];
};

/* Lock the row. RC_STALE if the claim is no longer ours. */
static enum rc
lock_ours(struct db *db, const struct beginning *b)
{
	const struct stage_claim *c = b->claim;
	struct rows rows;

	TRY(db_query(db, b->pool, &rows, &of_stage[c->stage][OURS],
	    ARGS(db_u64(c->id), db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	return rows.n == 0 ? RC_STALE : RC_OK;
}

/* Note it in the history, unless that is done. *FIRST: it is the first time. */
static enum rc
begin_try(struct db *db, const struct beginning *b, bool *first)
{
	const struct stage_claim *c = b->claim;
	struct rows rows;

	TRY(db_query(db, b->pool, &rows, &sql[BEGUN], ARGS(db_u64(c->id))));
	*first = db_row(&rows, 0)[0].number == 0;
	if (db_row(&rows, 0)[1].number != 0)
		return RC_OK;
	return db_exec(db, &sql[BEGIN],
	    ARGS(db_u64(c->id), db_u64(db_row(&rows, 0)[0].number + 1),
		db_text(stage_step_name(c->step)), db_text(b->worker->who.host),
		db_u64(b->worker->who.run_id)));
}

static enum rc
begin_body(struct db *db, void *ctx)
{
	struct beginning *b = ctx;
	const struct stage_claim *c = b->claim;
	const struct sql *of = of_stage[c->stage];
	struct event_list events = {.pool = b->pool};
	struct stage_pipeline p;
	struct rows rows;
	bool first = false;
	enum rc rc = stage_lock_pipeline(db, b->pool, c->pipeline, &p);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_STALE : rc;
	TRY(lock_ours(db, b));
	TRY(db_exec(db, &of[RENEW],
	    ARGS(db_i64(c->lease_sec), db_u64(c->id), db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	if (c->step == STEP_BEGIN && c->stage != STAGE_LYRIC) {
		TRY(db_query(db, b->pool, &rows, &of[BEFORE], ARGS(db_u64(c->pipeline))));
		b->input = db_row(&rows, 0)->number;
		TRY(db_exec(db, &of[INPUT], ARGS(db_u64(b->input), db_u64(c->id))));
	}
	if (c->step == STEP_POLL)
		return RC_OK;
	TRY(begin_try(db, b, &first));
	if (first)
		stage_tell(&events, &p, c->stage, "processing");
	return event_record(db, b->pool, events.v, events.n);
}

enum rc
stage_begin(struct db *db, const struct stage_worker *worker, struct stage_claim *claim)
{
	/* Repeating it after a COMMIT that was not answered finds the try begun already. */
	static const struct txn txn = {.body = begin_body,
	    .before_commit = "store.stage.begin.before_commit",
	    .committed = "store.stage.begin.committed"};
	struct beginning b = {
	    .pool = pool_new(), .worker = worker, .claim = claim, .input = claim->input};
	enum rc rc = db_transact(db, &txn, &b);

	if (rc == RC_OK)
		claim->input = b.input;
	pool_free(b.pool);
	return rc;
}

/* ---------------------------------------------------------------- sending */

static enum rc
send_body(struct db *db, void *ctx)
{
	const struct beginning *b = ctx;
	const struct stage_claim *c = b->claim;

	TRY(stage_engine_paid(db, c->engine));
	TRY(lock_ours(db, b));
	return db_exec(db, &of_stage[c->stage][SENT],
	    ARGS(db_i64(b->deadline_sec), db_bytes(b->callback, sizeof b->callback),
		db_i64(c->lease_sec), db_u64(c->id)));
}

enum rc
stage_send(struct db *db, const struct stage_worker *worker, struct stage_claim *claim)
{
	/* Repeating it after a COMMIT that was not answered notes the same once more. */
	static const struct txn txn = {.body = send_body,
	    .before_commit = "store.stage.send.before_commit",
	    .committed = "store.stage.send.committed"};
	struct beginning b = {.pool = pool_new(), .worker = worker, .claim = claim};
	enum rc rc;

	for (size_t i = 0; i < worker->n; i++)
		if (strcmp(worker->engines[i].name, claim->engine) == 0)
			b.deadline_sec = worker->engines[i].deadline_sec;
	crypt_random(b.callback, sizeof b.callback);
	rc = db_transact(db, &txn, &b);
	if (rc == RC_OK) {
		claim->step = STEP_SENT;
		claim->external_id = claim->external_part = claim->candidate = claim->url = "";
		crypt_hex(claim->callback, b.callback, sizeof b.callback);
	}
	pool_free(b.pool);
	return rc;
}

/* ---------------------------------------------------------------- leases */

struct renewing {
	const struct stage_worker *worker;
	const struct stage_claim *const *v;
	size_t n;
	bool *held;
};

static enum rc
renew_body(struct db *db, void *ctx)
{
	const struct renewing *r = ctx;

	for (size_t i = 0; i < r->n; i++) {
		const struct stage_claim *c = r->v[i];

		TRY(db_exec(db, &of_stage[c->stage][RENEW],
		    ARGS(db_i64(c->lease_sec), db_u64(c->id),
			db_bytes(c->token, CLAIM_TOKEN_SIZE))));
		r->held[i] = db_changed(db) == 1;
	}
	return RC_OK;
}

enum rc
stage_renew(struct db *db, const struct stage_worker *worker, const struct stage_claim *const *v,
    size_t n, bool *held)
{
	/* Repeating it does no harm. */
	static const struct txn txn = {.body = renew_body,
	    .before_commit = "store.stage.renew.before_commit",
	    .committed = "store.stage.renew.committed"};
	struct renewing r = {worker, v, n, held};

	return db_transact(db, &txn, &r);
}
