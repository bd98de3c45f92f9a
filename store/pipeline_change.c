#include "pipeline_internal.h"

#include <string.h>

enum { CARRIED, CHOOSE, CANCEL, PAUSE, UNPAUSE };

static const struct sql sql[] = {
    [CARRIED] = {.text = "SELECT COUNT(*) FROM stage WHERE pipeline_id = ? AND stage = ?"
			 " AND run = ? - 1 AND external_id = ?"},
    [CHOOSE] = {.text = "UPDATE pipeline SET genre = IF(? = '', genre, ?),"
			" orientation = IF(? = '', orientation, ?) WHERE id = ?"},
    [CANCEL] = {.text = "UPDATE pipeline SET updated_at = NOW(3), cancelled_at = NOW(3)"
			" WHERE id = ?"},
    [PAUSE] = {.text = "UPDATE pipeline SET updated_at = NOW(3), paused = ?, paused_at = NOW(3),"
		       " pause_reason = ? WHERE id = ?"},
    [UNPAUSE] = {.text = "UPDATE pipeline SET updated_at = NOW(3), paused = '',"
			 " paused_at = NULL, pause_reason = '' WHERE id = ?"},
};

struct change {
	struct pool *pool;
	const struct pipeline_key *key;
	enum stage stage;
	enum stage_cause cause;
	const char *reason;
	const char *genre, *orientation; /* of pipeline_generate */
	bool existing;			 /* there was nothing to be done */
	uint64_t run;			 /* that the body added */
	enum pipeline_word word;	 /* out */
	struct pipeline p;
};

static enum rc
change_run(struct db *db, const struct txn *txn, struct change *c)
{
	enum rc rc;

	c->pool = pool_new();
	rc = db_transact(db, txn, c);
	pool_free(c->pool);
	return rc;
}

/* Lock all that may be changed, and read the pipeline. */
static enum rc
change_lock(struct db *db, struct change *c)
{
	uint64_t user;

	TRY(pipeline_lock_projects(db, c->pool, c->key, &user));
	return pipeline_lock(db, c->pool, c->key, &c->p);
}

/* ---------------------------------------------------------------- doing a stage again */

/*
 * Whether the service that was asked by the last run may have what we want, so that it is asked for
 * that instead of being paid again: not if it said that it failed, nor twice in a row.
 */
static enum rc
can_go_on(struct db *db, const struct change *c, uint64_t input, bool *yes)
{
	const struct pipeline_run *r = &c->p.runs[c->stage];
	struct rows rows;

	*yes = false;
	if (r->id == 0 || (r->state != STAGE_FAILED && r->state != STAGE_CANCELLED) || r->stale ||
	    (r->step != STEP_POLL && r->step != STEP_FETCH) || r->external_id[0] == '\0' ||
	    r->input != input ||
	    strcmp(r->error_class, pipeline_class_name(CLASS_PROVIDER_FAILED)) == 0)
		return RC_OK;
	TRY(db_query(db, c->pool, &rows, &sql[CARRIED],
	    ARGS(db_u64(c->p.id), db_text(stage_name(c->stage)), db_u64(r->run),
		db_text(r->external_id))));
	*yes = db_row(&rows, 0)->number == 0;
	return RC_OK;
}

/* Do c->stage again; everything is locked. */
static enum rc
do_again(struct db *db, struct change *c)
{
	const struct pipeline *p = &c->p;
	struct run_new new = {.stage = c->stage, .cause = c->cause};
	bool go_on;

	if (p->started_at.s[0] == '\0')
		return RC_DRAFT;
	if (pipeline_run_open(&p->runs[c->stage]))
		return RC_RUNNING;
	if (c->stage == STAGE_LYRIC && p->project != 0)
		return RC_DUPLICATE;
	if (c->stage != STAGE_LYRIC) {
		const struct pipeline_run *before = &p->runs[c->stage - 1];

		if (before->state != STAGE_DONE || before->id == 0 || before->stale)
			return RC_NOT_READY;
		new.input = before->id;
	}
	TRY(can_go_on(db, c, new.input, &go_on));
	new.from = go_on ? &p->runs[c->stage] : NULL;
	TRY(pipeline_end_runs(db, c->pool, p, (enum stage)(c->stage + 1), true));
	TRY(pipeline_add_run(db, c->pool, p, &new, &c->run));
	return pipeline_tell(db, c->pool, p, c->stage, PIPELINE_PENDING);
}

static enum rc
retry_body(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(change_lock(db, c));
	return do_again(db, c);
}

/* The body added a run: it is there, or nothing is. */
static enum rc
again_read_back(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(pipeline_lock(db, c->pool, c->key, &c->p));
	return c->p.runs[c->stage].id >= c->run ? RC_OK : RC_BUSY;
}

enum rc
pipeline_retry(struct db *db, const struct pipeline_key *key, enum stage stage)
{
	static const struct txn txn = {.body = retry_body,
	    .read_back = again_read_back,
	    .before_commit = "store.pipeline.retry.before_commit",
	    .committed = "store.pipeline.retry.committed"};
	struct change c = {.key = key, .stage = stage, .cause = CAUSE_RETRY};

	return change_run(db, &txn, &c);
}

static enum rc
generate_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct pipeline_run *r = &c->p.runs[c->stage];
	struct arg genre = db_text(c->genre), orientation = db_text(c->orientation);

	TRY(change_lock(db, c));
	c->existing = pipeline_run_open(r) || (r->id != 0 && r->state == STAGE_DONE && !r->stale);
	c->run = r->id;
	if (c->existing)
		return RC_OK;
	TRY(do_again(db, c));
	return db_exec(
	    db, &sql[CHOOSE], ARGS(genre, genre, orientation, orientation, db_u64(c->p.id)));
}

enum rc
pipeline_generate(struct db *db, const struct pipeline_key *key, enum stage stage,
    const char *genre, const char *orientation, uint64_t *run, bool *existing)
{
	static const struct txn txn = {.body = generate_body,
	    .read_back = again_read_back,
	    .before_commit = "store.pipeline.generate.before_commit",
	    .committed = "store.pipeline.generate.committed"};
	struct change c = {.key = key,
	    .stage = stage,
	    .cause = CAUSE_START,
	    .genre = genre,
	    .orientation = orientation};
	enum rc rc = change_run(db, &txn, &c);

	*run = c.run;
	*existing = c.existing;
	return rc;
}

static enum rc
resume_body(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(change_lock(db, c));
	c->word = pipeline_overall(&c->p, &c->stage);
	if (c->word != PIPELINE_FAILED && c->word != PIPELINE_CANCELLED)
		return RC_NOT_FAILED;
	return do_again(db, c);
}

enum rc
pipeline_resume(
    struct db *db, const struct pipeline_key *key, enum stage *from, enum pipeline_word *word)
{
	static const struct txn txn = {.body = resume_body,
	    .read_back = again_read_back,
	    .before_commit = "store.pipeline.resume.before_commit",
	    .committed = "store.pipeline.resume.committed"};
	struct change c = {.key = key, .cause = CAUSE_RESUME};
	enum rc rc = change_run(db, &txn, &c);

	*from = c.stage;
	*word = c.word;
	return rc;
}

/* ---------------------------------------------------------------- ending */

static enum rc
cancel_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	bool any = false;

	TRY(change_lock(db, c));
	for (int i = STAGE_LYRIC; i < STAGES; i++)
		if (pipeline_run_open(&c->p.runs[i])) {
			c->stage = (enum stage)i;
			any = true;
		}
	if (!any)
		return RC_NOT_CANCELLABLE;
	TRY(pipeline_end_runs(db, c->pool, &c->p, STAGE_LYRIC, false));
	TRY(db_exec(db, &sql[CANCEL], ARGS(db_u64(c->p.id))));
	return pipeline_tell(db, c->pool, &c->p, c->stage, PIPELINE_CANCELLED);
}

/* There was something to end when the body ran. */
static enum rc
cancel_read_back(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(pipeline_lock(db, c->pool, c->key, &c->p));
	return c->p.cancelled_at.s[0] != '\0' ? RC_OK : RC_BUSY;
}

enum rc
pipeline_cancel(struct db *db, const struct pipeline_key *key)
{
	static const struct txn txn = {.body = cancel_body,
	    .read_back = cancel_read_back,
	    .before_commit = "store.pipeline.cancel.before_commit",
	    .committed = "store.pipeline.cancel.committed"};
	struct change c = {.key = key};

	return change_run(db, &txn, &c);
}

/* ---------------------------------------------------------------- pausing */

/* Lock a pipeline that was started; its projects are not touched. */
static enum rc
lock_started(struct db *db, struct change *c)
{
	TRY(pipeline_lock(db, c->pool, c->key, &c->p));
	(void)pipeline_overall(&c->p, &c->stage);
	return c->p.started_at.s[0] == '\0' ? RC_DRAFT : RC_OK;
}

static enum rc
pause_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const char *by = c->key->user == 0 ? "operator" : "user";

	TRY(lock_started(db, c));
	if (strcmp(c->p.paused, "operator") == 0 || strcmp(c->p.paused, by) == 0)
		return RC_OK;
	TRY(db_exec(db, &sql[PAUSE], ARGS(db_text(by), db_text(c->reason), db_u64(c->p.id))));
	return pipeline_tell(db, c->pool, &c->p, c->stage, PIPELINE_PAUSED);
}

enum rc
pipeline_pause(struct db *db, const struct pipeline_key *key, const char *reason)
{
	/* To pause it again changes nothing. */
	static const struct txn txn = {.body = pause_body,
	    .before_commit = "store.pipeline.pause.before_commit",
	    .committed = "store.pipeline.pause.committed"};
	struct change c = {.key = key, .reason = reason};

	return change_run(db, &txn, &c);
}

static enum rc
unpause_body(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(lock_started(db, c));
	if (strcmp(c->p.paused, "operator") == 0 && c->key->user != 0)
		return RC_DISABLED;
	if (c->p.paused[0] == '\0')
		return RC_OK;
	TRY(db_exec(db, &sql[UNPAUSE], ARGS(db_u64(c->p.id))));
	c->p.paused = "";
	return pipeline_tell(db, c->pool, &c->p, c->stage, pipeline_stage_word(&c->p, c->stage));
}

enum rc
pipeline_unpause(struct db *db, const struct pipeline_key *key)
{
	/* As above. */
	static const struct txn txn = {.body = unpause_body,
	    .before_commit = "store.pipeline.unpause.before_commit",
	    .committed = "store.pipeline.unpause.committed"};
	struct change c = {.key = key};

	return change_run(db, &txn, &c);
}
