#include "alert.h"

#include "internal.h"

#define FIRST_REST_SEC 30
#define REST_MAX_SEC 3600
#define PAGE 512 /* rows removed by one statement */

enum { NEXT, REST, SENT, OLD, UNSENT };

#define OPEN "sent_at IS NULL AND created_at > NOW(3) - INTERVAL 1 DAY"

static const struct sql sql[] = {
    [NEXT] = {.text = "SELECT id, text, tries FROM alert WHERE " OPEN " AND run_at <= NOW(3)"
		      " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"},
    [REST] = {.text = "UPDATE alert SET tries = ?, run_at = NOW(3) + INTERVAL ? SECOND"
		      " WHERE id = ?"},
    [SENT] = {.text = "UPDATE alert SET sent_at = NOW(3) WHERE id = ?"},
    [OLD] = {.text = "DELETE FROM alert WHERE created_at < NOW(3) - INTERVAL ? DAY LIMIT ?"},
    [UNSENT] = {.text = "SELECT COUNT(*) FROM alert WHERE " OPEN},
};

struct claiming {
	struct pool *pool;
	struct alert *out;
	bool found;
};

static uint64_t
rest_sec(unsigned tries)
{
	uint64_t sec = FIRST_REST_SEC;

	while (--tries > 0 && sec < REST_MAX_SEC)
		sec *= 2;
	return sec < REST_MAX_SEC ? sec : REST_MAX_SEC;
}

static enum rc
claim_body(struct db *db, void *ctx)
{
	struct claiming *c = ctx;
	const struct cell *row;
	struct rows rows;

	c->found = false;
	TRY(db_query(db, c->pool, &rows, &sql[NEXT], NO_ARGS));
	if (rows.n == 0)
		return RC_OK;
	row = db_row(&rows, 0);
	*c->out = (struct alert){row[0].number, row[1].s, (unsigned)row[2].number + 1};
	c->found = true;
	return db_exec(db, &sql[REST],
	    ARGS(db_u64(c->out->tries), db_u64(rest_sec(c->out->tries)), db_u64(c->out->id)));
}

enum rc
alert_claim(struct db *db, struct pool *pool, struct alert *out, bool *found)
{
	/* After a COMMIT that was not answered another one is claimed, and this one later again. */
	static const struct txn txn = {.body = claim_body,
	    .before_commit = "store.alert.claim.before_commit",
	    .committed = "store.alert.claim.committed"};
	struct claiming c = {.pool = pool, .out = out};
	enum rc rc = db_transact(db, &txn, &c);

	*found = rc == RC_OK && c.found;
	return rc;
}

static enum rc
sent_body(struct db *db, void *ctx)
{
	const uint64_t *id = ctx;

	return db_exec(db, &sql[SENT], ARGS(db_u64(*id)));
}

enum rc
alert_sent(struct db *db, uint64_t id)
{
	static const struct txn txn = {.body = sent_body,
	    .before_commit = "store.alert.sent.before_commit",
	    .committed = "store.alert.sent.committed"};

	return db_transact(db, &txn, &id);
}

struct pruning {
	int days;
	uint64_t n; /* out */
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;

	TRY(db_exec(db, &sql[OLD], ARGS(db_i64(p->days), db_u64(PAGE))));
	p->n = db_changed(db);
	return RC_OK;
}

enum rc
alert_prune(struct db *db, int days, uint64_t *n)
{
	static const struct txn txn = {.body = prune_body,
	    .before_commit = "store.alert.prune.before_commit",
	    .committed = "store.alert.prune.committed"};
	struct pruning p = {.days = days};
	enum rc rc = db_transact(db, &txn, &p);

	*n = rc == RC_OK ? p.n : 0;
	return rc;
}

enum rc
alert_unsent(struct db *db, uint64_t *n)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[UNSENT], NO_ARGS);

	*n = rc == RC_OK ? db_row(&rows, 0)->number : 0;
	pool_free(pool);
	return rc;
}
