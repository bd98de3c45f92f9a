#include "pipeline_internal.h"

/* Drafts that nobody starts. */

#define AT_ONCE 64

enum { OLD, OLD_YET };

/* A draft has no time by which it has to be finished, and few others have none. */
#define OLD_DRAFT "started_at IS NULL AND updated_at < NOW(3) - INTERVAL ? DAY"

static const struct sql sql[] = {
    [OLD] = {.text = "SELECT id FROM pipeline WHERE expires_at IS NULL AND " OLD_DRAFT " LIMIT ?"},
    [OLD_YET] = {.text = "SELECT id FROM pipeline WHERE id = ? AND " OLD_DRAFT},
};

struct forgetting {
	struct pool *pool;
	struct pipeline_key key;
	int days;
	bool done;
};

static enum rc
forget_body(struct db *db, void *ctx)
{
	struct forgetting *f = ctx;
	struct pipeline p;
	struct rows rows;
	uint64_t user;
	enum rc rc;

	f->done = false;
	rc = pipeline_lock_projects(db, f->pool, &f->key, &user);
	if (rc == RC_OK)
		rc = pipeline_lock(db, f->pool, &f->key, &p);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	/* It may have been started, or have got a picture, in the meantime. */
	TRY(db_query(db, f->pool, &rows, &sql[OLD_YET], ARGS(db_u64(p.id), db_i64(f->days))));
	if (rows.n == 0)
		return RC_OK;
	f->done = true;
	return pipeline_remove(db, f->pool, &p);
}

/* As for a deletion: if it is not there, the body removed it. */
static enum rc
forget_read_back(struct db *db, void *ctx)
{
	const struct forgetting *f = ctx;
	struct pipeline p;
	enum rc rc;

	if (!f->done)
		return RC_OK;
	rc = pipeline_lock(db, f->pool, &f->key, &p);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
pipeline_forget_drafts(struct db *db, struct pool *pool, int days, uint64_t **gone, size_t *n)
{
	static const struct txn txn = {.body = forget_body,
	    .read_back = forget_read_back,
	    .before_commit = "store.pipeline.draft.before_commit",
	    .committed = "store.pipeline.draft.committed"};
	struct forgetting f = {.pool = pool, .days = days};
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[OLD], ARGS(db_i64(days), db_u64(AT_ONCE))));
	*gone = pool_array(pool, rows.n + 1, sizeof **gone);
	for (size_t i = 0; i < rows.n; i++) {
		f.key = (struct pipeline_key){.id = db_row(&rows, i)->number};
		TRY(db_transact(db, &txn, &f));
		if (f.done)
			(*gone)[(*n)++] = f.key.id;
	}
	return RC_OK;
}
