#include "stage_internal.h"

#include <inttypes.h>

/* What happens to stages without anybody's doing: pipelines expire, and history is removed. */

#define AT_ONCE 64 /* runs in one transaction, or one after the other */
#define OLD_MAX 512

enum { EXPIRED, LOCK, FAIL, FORGOTTEN, WAKE, OLD_TRIES, STATEMENTS };

/* A run that waits for sentences which are all finished, or gone, was not woken: a restored backup,
 * for instance. */
#define OF_STAGE(view)                                                                             \
	{                                                                                          \
		[EXPIRED] = {.text = "SELECT s.id, s.pipeline_id FROM " view " s JOIN pipeline p"  \
				     " ON p.id = s.pipeline_id WHERE s.state IN ('pending',"       \
				     " 'waiting') AND p.expires_at <= NOW(3) LIMIT ?"},            \
		[LOCK] = {.text = "SELECT state FROM " view " WHERE id = ? AND state IN"           \
				  " ('pending', 'waiting') FOR UPDATE"},                           \
		[FAIL] = {.text = "UPDATE " view " SET state = 'failed', ended_at = NOW(3),"       \
				  " updated_at = NOW(3), error_class = 'expired', error = ?"       \
				  " WHERE id = ?"},                                                \
		[OLD_TRIES] = {.text = "DELETE FROM stage_try WHERE ended_at < NOW(3) -"           \
				       " INTERVAL ? DAY AND stage_id IN (SELECT id FROM " view     \
				       " WHERE state IN ('done', 'cancelled') AND updated_at <"    \
				       " NOW(3) - INTERVAL ? DAY) LIMIT ?"},                       \
	}

static const struct sql of_stage[STAGES][STATEMENTS] = {
    [STAGE_LYRIC] = OF_STAGE("stage_lyric"),
    [STAGE_SONG] = OF_STAGE("stage_song"),
    [STAGE_VIDEO] = OF_STAGE("stage_video"),
};

static const struct sql sql[] = {
    [FORGOTTEN] = {.text = "SELECT s.project_id FROM stage_song s LEFT JOIN project p"
			   " ON p.id = s.project_id AND p.deleted = 0 WHERE s.state = 'waiting'"
			   " AND (p.id IS NULL OR p.sentence_count = p.ready_count +"
			   " p.failed_count) LIMIT ?"},
};

/* ---------------------------------------------------------------- expiry */

struct expiring {
	struct pool *pool;
	enum stage stage;
	uint64_t id, pipeline;
	bool done;
};

static enum rc
expire_body(struct db *db, void *ctx)
{
	static const char why[] = "the pipeline was not finished in its time";
	struct expiring *e = ctx;
	const struct sql *of = of_stage[e->stage];
	struct event_list events = {.pool = e->pool};
	struct stage_pipeline p;
	struct rows rows;
	enum rc rc = stage_lock_pipeline(db, e->pool, e->pipeline, &p);

	e->done = false;
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	TRY(db_query(db, e->pool, &rows, &of[LOCK], ARGS(db_u64(e->id))));
	if (rows.n == 0)
		return RC_OK;
	TRY(db_exec(db, &of[FAIL], ARGS(db_text(why), db_u64(e->id))));
	TRY(stage_try_end(db, e->id, "failed", CLASS_EXPIRED, why, 0, NULL));
	stage_tell_failed(&events, &p, e->stage, CLASS_EXPIRED, why);
	e->done = true;
	return event_record(db, e->pool, events.v, events.n);
}

static enum rc
wake_body(struct db *db, void *ctx)
{
	const struct expiring *e = ctx;

	return stage_wake(db, e->id);
}

static enum rc
expire_all(struct db *db, struct expiring *e, uint64_t *n)
{
	/* To fail what has failed already changes nothing. */
	static const struct txn expire = {.body = expire_body,
	    .before_commit = "store.stage.expire.before_commit",
	    .committed = "store.stage.expire.committed"};
	static const struct txn wake = {.body = wake_body,
	    .before_commit = "store.stage.wake.before_commit",
	    .committed = "store.stage.wake.committed"};
	struct rows rows;

	TRY(db_query(db, e->pool, &rows, &of_stage[e->stage][EXPIRED], ARGS(db_u64(AT_ONCE))));
	for (size_t i = 0; i < rows.n; i++) {
		e->id = db_row(&rows, i)[0].number;
		e->pipeline = db_row(&rows, i)[1].number;
		TRY(db_transact(db, &expire, e));
		*n += e->done;
	}
	if (e->stage != STAGE_SONG)
		return RC_OK;
	TRY(db_query(db, e->pool, &rows, &sql[FORGOTTEN], ARGS(db_u64(AT_ONCE))));
	for (size_t i = 0; i < rows.n; i++) {
		e->id = db_row(&rows, i)->number;
		TRY(db_transact(db, &wake, e));
	}
	return RC_OK;
}

enum rc
stage_expire(struct db *db, enum stage stage, uint64_t *n)
{
	struct expiring e = {.pool = pool_new(), .stage = stage};
	enum rc rc;

	*n = 0;
	rc = expire_all(db, &e, n);
	pool_free(e.pool);
	return rc;
}

/* ---------------------------------------------------------------- history */

struct pruning {
	enum stage stage;
	int days;
	uint64_t n;
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;

	TRY(db_exec(db, &of_stage[p->stage][OLD_TRIES],
	    ARGS(db_i64(p->days), db_i64(p->days), db_u64(OLD_MAX))));
	p->n = db_changed(db);
	return RC_OK;
}

enum rc
stage_prune(struct db *db, enum stage stage, int days, uint64_t *n)
{
	/* Repeating it after a COMMIT that was not answered removes what is left. */
	static const struct txn txn = {.body = prune_body,
	    .before_commit = "store.stage.prune.before_commit",
	    .committed = "store.stage.prune.committed"};
	struct pruning p = {.stage = stage, .days = days};
	enum rc rc = db_transact(db, &txn, &p);

	*n = p.n;
	return rc;
}
