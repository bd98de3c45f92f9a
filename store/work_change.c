#include "work_internal.h"

#define AT_ONCE 512 /* removed in one transaction */

enum { LOCK, RETRY, CANCEL, OLD, REMOVE };

static const struct sql sql[] = {
    [LOCK] = {.text = "SELECT kind, state FROM work WHERE id = ? FOR UPDATE"},
    [RETRY] = {.text = "UPDATE work SET state = 'pending', updated_at = NOW(3), run_at = NOW(3),"
		       " tries = 0 WHERE id = ?"},
    [CANCEL] = {.text = "UPDATE work SET state = 'cancelled', updated_at = NOW(3),"
			" " QUEUE_UNCLAIMED " WHERE id = ?"},
    /* In index order, so that rows that are kept are not examined. */
    [OLD] = {.text = "SELECT id FROM work FORCE INDEX (work_history)"
		     " WHERE state IN ('done', 'cancelled')"
		     " AND updated_at < NOW(3) - INTERVAL ? DAY LIMIT ?"},
    [REMOVE] = {.text = "DELETE FROM work WHERE id IN (", DB_IDS},
};

struct change {
	struct pool *pool;
	uint64_t id;
};

static enum rc
lock_work(struct db *db, const struct change *c, enum work_kind *kind, enum work_state *state)
{
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	TRY(work_kind_read(&db_row(&rows, 0)[0], kind));
	return work_state_read(&db_row(&rows, 0)[1], state);
}

static enum rc
retry_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum work_kind kind;
	enum work_state state;

	TRY(lock_work(db, c, &kind, &state));
	if (state != WORK_STATE_FAILED && state != WORK_STATE_PENDING)
		return RC_NOT_FAILED;
	return db_exec(db, &sql[RETRY], ARGS(db_u64(c->id)));
}

static enum rc
cancel_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	enum work_kind kind;
	enum work_state state;

	TRY(lock_work(db, c, &kind, &state));
	if (kind != WORK_KIND_SWEEP || state == WORK_STATE_DONE || state == WORK_STATE_CANCELLED)
		return RC_NOT_CANCELLABLE;
	TRY(db_exec(db, &sql[CANCEL], ARGS(db_u64(c->id))));
	return work_try_end(db, c->id, "released", "cancelled", 0, NULL);
}

static enum rc
work_change(struct db *db, uint64_t id, const struct txn *txn)
{
	struct change c = {pool_new(), id};
	enum rc rc = db_transact(db, txn, &c);

	pool_free(c.pool);
	return rc;
}

enum rc
work_retry(struct db *db, uint64_t id)
{
	/* Repeating it after a COMMIT that was not answered is harmless. */
	static const struct txn txn = {.body = retry_body,
	    .before_commit = "store.work.retry.before_commit",
	    .committed = "store.work.retry.committed"};

	return work_change(db, id, &txn);
}

/* It was not finished when the body ran; if it is cancelled now, this transaction did that. */
static enum rc
cancel_read_back(struct db *db, void *ctx)
{
	enum work_kind kind;
	enum work_state state;

	TRY(lock_work(db, ctx, &kind, &state));
	return state == WORK_STATE_CANCELLED ? RC_OK : RC_BUSY;
}

enum rc
work_cancel(struct db *db, uint64_t id)
{
	static const struct txn txn = {.body = cancel_body,
	    .read_back = cancel_read_back,
	    .before_commit = "store.work.cancel.before_commit",
	    .committed = "store.work.cancel.committed"};

	return work_change(db, id, &txn);
}

/* ---------------------------------------------------------------- history */

struct pruning {
	struct pool *pool;
	int days;
	uint64_t n;
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;
	struct rows rows;
	size_t k;

	p->n = 0;
	TRY(db_query(db, p->pool, &rows, &sql[OLD], ARGS(db_i64(p->days), db_u64(AT_ONCE))));
	for (size_t i = 0; i < rows.n; i += k) {
		uint64_t ids[DB_CHUNK];

		k = db_chunk(rows.n - i);
		for (size_t j = 0; j < k; j++)
			ids[j] = db_row(&rows, i + j)->number;
		TRY(db_run_ids(db, NULL, NULL, &sql[REMOVE], ids, k, NO_ARGS));
		p->n += db_changed(db);
	}
	return RC_OK;
}

enum rc
work_prune(struct db *db, int days, uint64_t *n)
{
	/* Repeating it after a COMMIT that was not answered removes what is left. */
	static const struct txn txn = {.body = prune_body,
	    .before_commit = "store.work.prune.before_commit",
	    .committed = "store.work.prune.committed"};
	struct pruning p = {.pool = pool_new(), .days = days};
	enum rc rc = db_transact(db, &txn, &p);

	*n = p.n;
	pool_free(p.pool);
	return rc;
}
