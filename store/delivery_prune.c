#include "webhook_internal.h"

#include "device.h"

#define PAGE 512 /* rows removed by one statement */

enum {
	OLD,
	UNSENT,
	ORPHANS,
	REMOVE,
	REMOVE_SECRETS,
	REMOVE_WEBHOOK,
	OLD_SECRETS,
	STALE,
	REMOVE_STALE,
	REMOVE_DEVICE,
	FORGET,
	DEVICES,
	NUMBERS,
	ENDPOINTS
};

#define USERLESS "NOT EXISTS (SELECT 1 FROM user u WHERE u.id = webhook.user_id)"

static const struct sql sql[] = {
    [OLD] = {.text = "DELETE FROM delivery WHERE state = ? AND updated_at < NOW(3) -"
		     " INTERVAL ? DAY LIMIT ?"},
    /* An endpoint that was disabled for so long is told only of what comes. */
    [UNSENT] = {.text = "DELETE FROM delivery WHERE state = 'pending' AND webhook_id IN (SELECT id"
			" FROM webhook WHERE NOT enabled AND updated_at < NOW(3) - INTERVAL ? DAY)"
			" LIMIT ?"},
    [ORPHANS] = {.text = "SELECT id FROM webhook WHERE deleted OR " USERLESS " LIMIT 16"},
    [REMOVE] = {.text = "DELETE FROM delivery WHERE webhook_id = ? LIMIT ?"},
    [REMOVE_SECRETS] = {.text = "DELETE FROM webhook_secret WHERE webhook_id = ?"},
    [REMOVE_WEBHOOK] = {.text = "DELETE FROM webhook WHERE id = ?"},
    [OLD_SECRETS] = {.text = "DELETE FROM webhook_secret WHERE until < NOW(3) - INTERVAL 1 HOUR"
			     " LIMIT ?"},
    /* The service knows nothing of an app that was not seen for so long. */
    [STALE] = {.text = "SELECT webhook_id FROM device WHERE updated_at < NOW(3) -"
		       " INTERVAL ? DAY LIMIT 16"},
    [REMOVE_STALE] = {.text = "DELETE FROM device WHERE webhook_id = ? AND updated_at < NOW(3) -"
			      " INTERVAL ? DAY"},
    [REMOVE_DEVICE] = {.text = "DELETE FROM device WHERE webhook_id = ?"},
    [FORGET] = {.text = "UPDATE webhook SET deleted = 1, updated_at = NOW(3) WHERE id = ?"},
    [DEVICES] = {.text = "SELECT COUNT(*) FROM device"},
    [NUMBERS] = {.text = "SELECT (SELECT COUNT(*) FROM delivery WHERE state = 'pending'),"
			 " (SELECT COUNT(*) FROM delivery WHERE state = 'claimed'),"
			 " (SELECT COUNT(*) FROM delivery WHERE state = 'failed' AND updated_at >"
			 " NOW(3) - INTERVAL 1 DAY),"
			 " COALESCE(GREATEST(0, TIMESTAMPDIFF(SECOND, (SELECT MIN(d.run_at) FROM"
			 " (SELECT webhook_id, MIN(run_at) run_at FROM delivery WHERE state ="
			 " 'pending' GROUP BY webhook_id) d JOIN webhook w ON w.id = d.webhook_id"
			 " WHERE w.enabled AND w.deleted = 0), NOW(3))), 0)"},
    [ENDPOINTS] = {.text = "SELECT COUNT(*), COALESCE(SUM(NOT enabled), 0),"
			   " COALESCE(SUM(failing_since IS NOT NULL), 0) FROM webhook"
			   " WHERE kind = 'webhook' AND deleted = 0"},
};

struct pruning {
	struct pool *pool;
	int statement;
	struct arg args[3];
	size_t n_args;
	uint64_t webhook;
	uint64_t n; /* out */
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;

	TRY(db_exec(db, &sql[p->statement], p->args, p->n_args));
	p->n = db_changed(db);
	return RC_OK;
}

/* Some deliveries of an endpoint that is deleted; when none is left, the endpoint. */
static enum rc
orphan_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;

	TRY(db_exec(db, &sql[REMOVE], ARGS(db_u64(p->webhook), db_u64(PAGE))));
	p->n = db_changed(db);
	if (p->n == PAGE)
		return RC_OK;
	TRY(db_exec(db, &sql[REMOVE_SECRETS], ARGS(db_u64(p->webhook))));
	TRY(db_exec(db, &sql[REMOVE_DEVICE], ARGS(db_u64(p->webhook))));
	p->n++;
	return db_exec(db, &sql[REMOVE_WEBHOOK], ARGS(db_u64(p->webhook)));
}

/* A device that was not registered again for long, and its endpoint. */
static enum rc
stale_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;

	TRY(db_exec(db, &sql[REMOVE_STALE], ARGS(db_u64(p->webhook), db_u64(DEVICE_STALE_DAYS))));
	p->n = db_changed(db);
	return p->n == 0 ? RC_OK : db_exec(db, &sql[FORGET], ARGS(db_u64(p->webhook)));
}

/* To remove what is removed already changes nothing. */
static const struct txn prune_txn = {.body = prune_body,
    .before_commit = "store.delivery.prune.before_commit",
    .committed = "store.delivery.prune.committed"};
static const struct txn orphan_txn = {.body = orphan_body,
    .before_commit = "store.delivery.orphan.before_commit",
    .committed = "store.delivery.orphan.committed"};

static const struct txn stale_txn = {.body = stale_body,
    .before_commit = "store.delivery.stale.before_commit",
    .committed = "store.delivery.stale.committed"};

static enum rc
prune_stale(struct db *db, struct pool *pool, uint64_t *n)
{
	struct pruning p = {.pool = pool};
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[STALE], ARGS(db_u64(DEVICE_STALE_DAYS))));
	for (size_t i = 0; i < rows.n; i++) {
		p.webhook = db_row(&rows, i)->number;
		TRY(db_transact(db, &stale_txn, &p));
		*n += p.n;
	}
	return RC_OK;
}

static enum rc
prune_orphans(struct db *db, struct pool *pool, uint64_t *n)
{
	struct pruning p = {.pool = pool};
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[ORPHANS], NO_ARGS));
	for (size_t i = 0; i < rows.n; i++) {
		p.webhook = db_row(&rows, i)->number;
		TRY(db_transact(db, &orphan_txn, &p));
		*n += p.n;
	}
	return RC_OK;
}

static enum rc
prune_all(struct db *db, struct pool *pool, int days, uint64_t *n)
{
	static const char *const finished[] = {"done", "failed"};
	struct pruning p = {.pool = pool, .statement = OLD, .n_args = 3};

	for (size_t i = 0; i < sizeof finished / sizeof *finished; i++) {
		p.args[0] = db_text(finished[i]);
		p.args[1] = db_i64(days);
		p.args[2] = db_u64(PAGE);
		TRY(db_transact(db, &prune_txn, &p));
		*n += p.n;
	}
	p = (struct pruning){
	    .pool = pool, .statement = UNSENT, .args = {db_i64(days), db_u64(PAGE)}, .n_args = 2};
	TRY(db_transact(db, &prune_txn, &p));
	*n += p.n;
	p = (struct pruning){
	    .pool = pool, .statement = OLD_SECRETS, .args = {db_u64(PAGE)}, .n_args = 1};
	TRY(db_transact(db, &prune_txn, &p));
	*n += p.n;
	TRY(prune_stale(db, pool, n));
	return prune_orphans(db, pool, n);
}

enum rc
delivery_prune(struct db *db, int days, uint64_t *n)
{
	struct pool *pool = pool_new();
	enum rc rc;

	*n = 0;
	rc = prune_all(db, pool, days, n);
	pool_free(pool);
	return rc;
}

enum rc
delivery_stats(struct db *db, struct delivery_stats *out)
{
	struct pool *pool = pool_new();
	struct rows a, b, c;
	enum rc rc = db_query(db, pool, &a, &sql[NUMBERS], NO_ARGS);

	*out = (struct delivery_stats){0};
	if (rc == RC_OK)
		rc = db_query(db, pool, &b, &sql[ENDPOINTS], NO_ARGS);
	if (rc == RC_OK)
		rc = db_query(db, pool, &c, &sql[DEVICES], NO_ARGS);
	if (rc == RC_OK) {
		const struct cell *x = db_row(&a, 0), *y = db_row(&b, 0);

		*out = (struct delivery_stats){.pending = x[0].number,
		    .claimed = x[1].number,
		    .failed = x[2].number,
		    .oldest_sec = x[3].number,
		    .endpoints = y[0].number,
		    .disabled = y[1].number,
		    .failing = y[2].number,
		    .devices = db_row(&c, 0)->number};
	}
	pool_free(pool);
	return rc;
}
