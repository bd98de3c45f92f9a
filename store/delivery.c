#include "webhook_internal.h"

#include <inttypes.h>

#include "../common/base/log.h"

enum { TEST, GET, LIST, LIST_STATE, BY_EVENT, AGAIN };

static const struct sql sql[] = {
    [TEST] = {.text = "INSERT INTO delivery (webhook_id, type, body, created_at, updated_at,"
		      " run_at) SELECT ?, 'webhook.test', CONCAT('{\"type\":\"webhook.test\","
		      "\"timestamp\":\"', LEFT(DATE_FORMAT(NOW(3), '%Y-%m-%dT%H:%i:%s.%f'), 23),"
		      " 'Z\",\"data\":{\"webhook_id\":', ?, '}}'), NOW(3), NOW(3), NOW(3)"},
    [GET] = {.text = "SELECT " DELIVERY_ITEM " FROM delivery WHERE id = ?"},
    [LIST] = {.text = "SELECT " DELIVERY_ITEM " FROM delivery WHERE webhook_id = ?"
		      " AND id < ? ORDER BY id DESC LIMIT ?"},
    [LIST_STATE] = {.text = "SELECT " DELIVERY_ITEM " FROM delivery WHERE webhook_id = ?"
			    " AND id < ? AND state = ? ORDER BY id DESC LIMIT ?"},
    [BY_EVENT] = {.text = "SELECT " DELIVERY_ITEM " FROM delivery WHERE webhook_id = ?"
			  " AND seq = ? FOR UPDATE"},
    [AGAIN] = {.text =
		   "UPDATE delivery SET " DELIVERY_AFRESH " WHERE id = ? AND state <> 'claimed'"},
};

static const char *const states[DELIVERY_STATES] = {
    [DELIVERY_PENDING] = "pending",
    [DELIVERY_CLAIMED] = "claimed",
    [DELIVERY_DONE] = "done",
    [DELIVERY_FAILED] = "failed",
};

const char *
delivery_state_name(enum delivery_state state)
{
	return states[state];
}

enum rc
delivery_state_read(const struct cell *cell, enum delivery_state *out)
{
	for (size_t i = 0; i < DELIVERY_STATES; i++)
		if (strcmp(states[i], cell->s) == 0) {
			*out = (enum delivery_state)i;
			return RC_OK;
		}
	log_error("delivery.state: \"%s\" is not known", cell->s);
	return RC_FAIL;
}

static enum rc
delivery_read(const struct cell *row, struct delivery *out)
{
	*out = (struct delivery){.id = row[0].number,
	    .webhook = row[1].number,
	    .seq = row[2].number,
	    .type = row[3].s,
	    .created_at = db_time(&row[4]),
	    .updated_at = db_time(&row[5]),
	    .run_at = db_time(&row[6]),
	    .tries = (unsigned)row[8].number,
	    .status = (int)row[9].number,
	    .error = row[10].s,
	    .answer = row[11].s};
	return delivery_state_read(&row[7], &out->state);
}

/* ---------------------------------------------------------------- asked for by the user */

struct asking {
	struct pool *pool;
	uint64_t user, webhook, seq;
	struct delivery *out;
};

/* Lock the endpoint, which has to be enabled. */
static enum rc
lock_enabled(struct db *db, const struct asking *a)
{
	struct webhook w;

	TRY(webhook_lock(db, a->pool, a->user, a->webhook, &w));
	return w.enabled ? RC_OK : RC_DISABLED;
}

static enum rc
get(struct db *db, const struct asking *a, uint64_t id)
{
	struct rows rows;

	TRY(db_query(db, a->pool, &rows, &sql[GET], ARGS(db_u64(id))));
	return rows.n == 0 ? RC_NOT_FOUND : delivery_read(db_row(&rows, 0), a->out);
}

static enum rc
test_body(struct db *db, void *ctx)
{
	const struct asking *a = ctx;

	TRY(lock_enabled(db, a));
	TRY(db_exec(db, &sql[TEST], ARGS(db_u64(a->webhook), db_u64(a->webhook))));
	return get(db, a, db_inserted(db));
}

enum rc
delivery_test(
    struct db *db, struct pool *pool, uint64_t user, uint64_t webhook, struct delivery *out)
{
	/* After a COMMIT that was not answered there may be two tests. */
	static const struct txn txn = {.body = test_body,
	    .before_commit = "store.delivery.test.before_commit",
	    .committed = "store.delivery.test.committed"};
	struct asking a = {.pool = pool, .user = user, .webhook = webhook, .out = out};

	return db_transact(db, &txn, &a);
}

static enum rc
again_body(struct db *db, void *ctx)
{
	const struct asking *a = ctx;
	struct rows rows;
	uint64_t id;

	TRY(lock_enabled(db, a));
	TRY(db_query(db, a->pool, &rows, &sql[BY_EVENT], ARGS(db_u64(a->webhook), db_u64(a->seq))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	id = db_row(&rows, 0)->number;
	TRY(db_exec(db, &sql[AGAIN], ARGS(db_u64(id))));
	return get(db, a, id);
}

enum rc
delivery_again(struct db *db, struct pool *pool, uint64_t user, uint64_t webhook, uint64_t seq,
    struct delivery *out)
{
	static const struct txn txn = {.body = again_body,
	    .before_commit = "store.delivery.again.before_commit",
	    .committed = "store.delivery.again.committed"};
	struct asking a = {pool, user, webhook, seq, out};

	return db_transact(db, &txn, &a);
}

enum rc
delivery_list(struct db *db, struct pool *pool, uint64_t user, uint64_t webhook,
    enum delivery_state state, uint64_t before, size_t max, struct delivery *v, size_t *n)
{
	struct arg below = db_u64(before == 0 ? INT64_MAX : before), limit = db_u64(max);
	struct webhook w;
	struct rows rows;

	if (user != 0)
		TRY(webhook_get(db, pool, user, webhook, &w));
	if (state == DELIVERY_STATES)
		TRY(db_query(db, pool, &rows, &sql[LIST], ARGS(db_u64(webhook), below, limit)));
	else
		TRY(db_query(db, pool, &rows, &sql[LIST_STATE],
		    ARGS(db_u64(webhook), below, db_text(states[state]), limit)));
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		TRY(delivery_read(db_row(&rows, i), &v[i]));
	return RC_OK;
}
