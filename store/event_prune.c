#include "internal.h"

/*
 * Events are removed from the oldest on, a few at a time, so that nobody waits long for the user's
 * counter. Numbers and times go together unless the clock was set: then events are kept longer.
 */
#define AT_ONCE 512 /* removed in one transaction */
#define USERS_MAX 64

enum { ANY, USERS, LOCK, KEPT, REMOVE, MOVE };

static const struct sql sql[] = {
    /* Is there anything to do? That costs next to nothing. */
    [ANY] = {.text = "SELECT user_id FROM event FORCE INDEX (event_age)"
		     " WHERE created_at < NOW(3) - INTERVAL ? DAY ORDER BY created_at LIMIT 1"},
    [USERS] = {.text = "SELECT u.user_id FROM user_seq u STRAIGHT_JOIN event e"
		       " ON e.user_id = u.user_id AND e.seq = u.oldest"
		       " WHERE e.created_at < NOW(3) - INTERVAL ? DAY LIMIT ?"},
    [LOCK] = {.text = "SELECT seq, oldest FROM user_seq WHERE user_id = ? FOR UPDATE"},
    [KEPT] = {.text = "SELECT seq FROM event WHERE user_id = ? AND seq >= ? AND seq < ?"
		      " AND created_at >= NOW(3) - INTERVAL ? DAY ORDER BY seq LIMIT 1"},
    [REMOVE] = {.text = "DELETE FROM event WHERE user_id = ? AND seq >= ? AND seq < ?"},
    [MOVE] = {.text = "UPDATE user_seq SET oldest = ? WHERE user_id = ?"},
};

struct pruning {
	struct pool *pool;
	int days;
	uint64_t user;
	uint64_t n; /* out */
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;
	struct rows rows, kept;
	uint64_t oldest, end;

	p->n = 0;
	TRY(db_query(db, p->pool, &rows, &sql[LOCK], ARGS(db_u64(p->user))));
	if (rows.n == 0)
		return RC_OK;
	oldest = db_row(&rows, 0)[1].number;
	end = db_row(&rows, 0)[0].number + 1;
	if (end - oldest > AT_ONCE)
		end = oldest + AT_ONCE;
	TRY(db_query(db, p->pool, &kept, &sql[KEPT],
	    ARGS(db_u64(p->user), db_u64(oldest), db_u64(end), db_i64(p->days))));
	if (kept.n > 0)
		end = db_row(&kept, 0)->number;
	if (end == oldest)
		return RC_OK;
	TRY(db_exec(db, &sql[REMOVE], ARGS(db_u64(p->user), db_u64(oldest), db_u64(end))));
	p->n = db_changed(db);
	return db_exec(db, &sql[MOVE], ARGS(db_u64(end), db_u64(p->user)));
}

enum rc
event_prune(struct db *db, int days, uint64_t *n)
{
	/* Run again after a COMMIT that was not answered, it removes the next ones. */
	static const struct txn txn = {.body = prune_body,
	    .before_commit = "store.event.prune.before_commit",
	    .committed = "store.event.prune.committed"};
	struct pruning p = {.pool = pool_new(), .days = days};
	struct rows rows = {0};
	enum rc rc = db_query(db, p.pool, &rows, &sql[ANY], ARGS(db_i64(days)));

	*n = 0;
	if (rc == RC_OK && rows.n > 0)
		rc =
		    db_query(db, p.pool, &rows, &sql[USERS], ARGS(db_i64(days), db_u64(USERS_MAX)));
	for (size_t i = 0; rc == RC_OK && i < rows.n; i++) {
		p.user = db_row(&rows, i)->number;
		rc = db_transact(db, &txn, &p);
		if (rc == RC_OK)
			*n += p.n;
	}
	pool_free(p.pool);
	return rc;
}
