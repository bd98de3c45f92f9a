#include "stage_internal.h"

#include <inttypes.h>

/*
 * A song that is spoken: its lines are the sentences of a project that nobody sees, and go through
 * the renderer as any others. The claim ends with waiting for them; the transaction that makes the
 * last of them ready, or has it fail, makes the stage due again.
 */

#define SPEED 100 /* percent */

enum { OURS, WAIT, PROJECT, STATE, WAKE };

static const struct sql sql[] = {
    [OURS] = {.text = "SELECT id FROM stage_song WHERE id = ?" QUEUE_GUARD " FOR UPDATE"},
    [WAIT] = {.text = "UPDATE stage_song SET state = IF(?, 'pending', 'waiting'), project_id = ?,"
		      " own_project = ?, tries = 0, deaths = 0, run_at = NOW(3), updated_at ="
		      " NOW(3), error_class = '', error = '', " QUEUE_UNCLAIMED " WHERE id = ?"},
    /* The project of the user that is to be the song. */
    [PROJECT] = {.text = "SELECT COALESCE(project_id, 0) FROM pipeline WHERE id = ?"},
    [STATE] = {.text = "SELECT sentence_count, ready_count + failed_count FROM project"
		       " WHERE id = ?"},
    [WAKE] = {.text = "UPDATE stage_song SET state = 'pending', run_at = NOW(3), updated_at ="
		      " NOW(3) WHERE project_id = ? AND state = 'waiting'"},
};

struct narrating {
	struct pool *pool;
	const struct conf *conf;
	const struct stage_claim *claim;
	const char *language;
	const struct slice *lines;
	size_t n;
	bool queued;
};

/* Lock the user's project, or make one. *READY: there is nothing to wait for. */
static enum rc
take_project(struct db *db, struct narrating *n, uint64_t users, uint64_t *project, bool *ready)
{
	const struct stage_claim *c = n->claim;
	struct project_new in = {.title = "",
	    .language = n->language,
	    .voice = "",
	    .speed = SPEED,
	    .sentences = n->lines,
	    .n = n->n};
	struct locked_user user;
	struct rows rows;
	uint64_t sentences;

	n->queued = users == 0 && c->project == 0;
	if (n->queued) {
		TRY(user_lock_any(db, n->pool, c->user, &user));
		in.title = pool_printf(n->pool, "pipeline %" PRIu64, c->pipeline);
		*ready = false;
		return project_insert(db, n->pool, &user, &in, true, project);
	}
	*project = users != 0 ? users : c->project;
	TRY(project_lock(db, n->pool, c->user, *project, &sentences));
	TRY(db_query(db, n->pool, &rows, &sql[STATE], ARGS(db_u64(*project))));
	*ready = rows.n > 0 && db_row(&rows, 0)[0].number == db_row(&rows, 0)[1].number;
	return RC_OK;
}

static enum rc
narrate_body(struct db *db, void *ctx)
{
	struct narrating *n = ctx;
	const struct stage_claim *c = n->claim;
	struct stage_pipeline p;
	uint64_t users, project = 0;
	struct rows rows;
	bool ready = false;
	enum rc rc;

	TRY(db_query(db, n->pool, &rows, &sql[PROJECT], ARGS(db_u64(c->pipeline))));
	if (rows.n == 0)
		return RC_STALE;
	users = db_row(&rows, 0)->number;
	TRY(take_project(db, n, users, &project, &ready));
	rc = stage_lock_pipeline(db, n->pool, c->pipeline, &p);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_STALE : rc;
	TRY(db_query(db, n->pool, &rows, &sql[OURS],
	    ARGS(db_u64(c->id), db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	if (rows.n == 0)
		return RC_STALE;
	TRY(stage_try_end(db, c->id, "waits", CLASS_WAIT, "", 0, NULL));
	return db_exec(db, &sql[WAIT],
	    ARGS(db_u64(ready), db_u64(project), db_u64(users == 0), db_u64(c->id)));
}

/* Unless the claim is ours still, it was written: a project is made once. */
static enum rc
narrate_read_back(struct db *db, void *ctx)
{
	const struct narrating *n = ctx;
	struct rows rows;

	TRY(db_query(db, n->pool, &rows, &sql[OURS],
	    ARGS(db_u64(n->claim->id), db_bytes(n->claim->token, CLAIM_TOKEN_SIZE))));
	return rows.n == 0 ? RC_OK : RC_BUSY;
}

enum rc
stage_narrate(struct db *db, const struct conf *conf, const struct stage_claim *claim,
    const char *language, const struct slice *lines, size_t n, bool *queued)
{
	static const struct txn txn = {.body = narrate_body,
	    .read_back = narrate_read_back,
	    .before_commit = "store.stage.narrate.before_commit",
	    .committed = "store.stage.narrate.committed"};
	struct narrating narrating = {.pool = pool_new(),
	    .conf = conf,
	    .claim = claim,
	    .language = language,
	    .lines = lines,
	    .n = n};
	enum rc rc = db_transact(db, &txn, &narrating);

	*queued = rc == RC_OK && narrating.queued;
	pool_free(narrating.pool);
	return rc;
}

enum rc
stage_wake(struct db *db, uint64_t project)
{
	TRY(db_exec(db, &sql[WAKE], ARGS(db_u64(project))));
	db_count_woken(db, db_changed(db));
	return RC_OK;
}
