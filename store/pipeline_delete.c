#include "pipeline_internal.h"

enum { INBOX, REMOVE_IMAGES, REMOVE_RUNS, REMOVE };

static const struct sql sql[] = {
    [INBOX] = {.text = "SELECT inbox FROM image WHERE pipeline_id = ? AND inbox <> ''"},
    [REMOVE_IMAGES] = {.text = "DELETE FROM image WHERE pipeline_id = ?"},
    [REMOVE_RUNS] = {.text = "DELETE FROM stage WHERE pipeline_id = ?"},
    [REMOVE] = {.text = "DELETE FROM pipeline WHERE id = ?"},
};

enum rc
pipeline_remove(struct db *db, struct pool *pool, const struct pipeline *p)
{
	struct rows rows;

	TRY(pipeline_delete_projects(db, pool, p));
	TRY(db_exec(db, &sql[REMOVE_RUNS], ARGS(db_u64(p->id))));
	TRY(db_query(db, pool, &rows, &sql[INBOX], ARGS(db_u64(p->id))));
	for (size_t i = 0; i < rows.n; i++)
		TRY(trash_add_pipeline(db, p->id, db_row(&rows, i)->s, false));
	TRY(trash_add_pipeline(db, p->id, "", true));
	TRY(db_exec(db, &sql[REMOVE_IMAGES], ARGS(db_u64(p->id))));
	return db_exec(db, &sql[REMOVE], ARGS(db_u64(p->id)));
}

struct deletion {
	struct pool *pool;
	const struct pipeline_key *key;
	struct pipeline p;
};

static enum rc
delete_body(struct db *db, void *ctx)
{
	struct deletion *d = ctx;
	uint64_t user;

	TRY(pipeline_lock_projects(db, d->pool, d->key, &user));
	TRY(pipeline_lock(db, d->pool, d->key, &d->p));
	return pipeline_remove(db, d->pool, &d->p);
}

/* It was there when the body ran: if it is not there, the body removed it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	const struct deletion *d = ctx;
	struct pipeline p;
	enum rc rc = pipeline_lock(db, d->pool, &(struct pipeline_key){.id = d->p.id}, &p);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
pipeline_delete(struct db *db, const struct pipeline_key *key, uint64_t *id)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.pipeline.delete.before_commit",
	    .committed = "store.pipeline.delete.committed"};
	struct deletion d = {.pool = pool_new(), .key = key};
	enum rc rc = db_transact(db, &txn, &d);

	*id = d.p.id;
	pool_free(d.pool);
	return rc;
}
