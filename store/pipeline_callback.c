#include "pipeline_internal.h"

enum { FIND, DUE };

/* Of a run that the service works on, or whose sending was not answered. */
#define AT_SERVICE "callback = ? AND state IN ('pending', 'claimed') AND step IN ('sent', 'poll')"

static const struct sql sql[] = {
    [FIND] = {.text = "SELECT pipeline_id FROM stage WHERE " AT_SERVICE},
    [DUE] = {.text = "UPDATE stage SET run_at = IF(state = 'pending', NOW(3), run_at),"
		     " candidate = IF(external_id = '' AND ? <> '', ?, candidate)"
		     " WHERE " AT_SERVICE},
};

struct callback {
	struct pool *pool;
	struct arg secret, claimed;
};

static enum rc
callback_body(struct db *db, void *ctx)
{
	const struct callback *c = ctx;
	struct pipeline p;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[FIND], &c->secret, 1));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	TRY(pipeline_lock(db, c->pool, &(struct pipeline_key){.id = db_row(&rows, 0)->number}, &p));
	return db_exec(db, &sql[DUE], ARGS(c->claimed, c->claimed, c->secret));
}

enum rc
pipeline_called_back(
    struct db *db, const uint8_t secret[PIPELINE_CALLBACK_SIZE], const char *claimed)
{
	/* To be called back twice changes nothing. */
	static const struct txn txn = {.body = callback_body,
	    .before_commit = "store.pipeline.callback.before_commit",
	    .committed = "store.pipeline.callback.committed"};
	struct callback c = {.pool = pool_new(),
	    .secret = db_bytes(secret, PIPELINE_CALLBACK_SIZE),
	    .claimed = db_text(claimed)};
	enum rc rc = db_transact(db, &txn, &c);

	pool_free(c.pool);
	return rc;
}
