#include "queue_core.h"

#define PART 512 /* sentences of one transaction */

enum { FAILED, RETRY };

static const struct sql sql[] = {
    [FAILED] = {.text = "SELECT id FROM audio FORCE INDEX (audio_state)"
			" WHERE project_id = ? AND state = 'failed' ORDER BY position LIMIT ?"},
    [RETRY] = {.text = "UPDATE audio SET updated_at = NOW(3), state = 'pending',"
		       " turn = ? + ? * (FIND_IN_SET(id, ?) - 1), queued_at = NOW(3),"
		       " " AUDIO_UNTRIED " WHERE state = 'failed' AND id IN (",
	DB_IDS},
};

struct retry {
	struct pool *pool;
	uint64_t user, project;
	uint64_t queued; /* by this transaction */
};

/* Queue the N sentences IDS, in this order, from TURN on. */
static enum rc
queue_again(struct db *db, struct pool *pool, const uint64_t *ids, size_t n, uint64_t turn)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		struct buf list;

		k = db_chunk(n - i);
		buf_init(&list, pool, 16 * k);
		for (size_t j = i; j < i + k; j++)
			buf_addf(&list, "%s%llu", j > i ? "," : "", (unsigned long long)ids[j]);
		TRY(db_run_ids(db, NULL, NULL, &sql[RETRY], ids + i, k,
		    ARGS(db_u64(turn + i * TURN_COST_USUAL), db_u64(TURN_COST_USUAL),
			db_textn(list.data, list.len))));
		if (db_changed(db) != k)
			return RC_FAIL; /* the project is locked: nobody else can have changed them
					 */
	}
	return RC_OK;
}

static enum rc
retry_body(struct db *db, void *ctx)
{
	struct retry *r = ctx;
	struct event_new event = {
	    .user = r->user, .type = EVENT_PROJECT_CHANGED, .project = r->project};
	struct locked_user user;
	uint64_t sentences, turn, *ids;
	struct rows rows;

	r->queued = 0;
	TRY(user_lock(db, r->pool, r->user, &user));
	TRY(project_lock(db, r->pool, r->user, r->project, &sentences));
	TRY(db_query(db, r->pool, &rows, &sql[FAILED], ARGS(db_u64(r->project), db_u64(PART))));
	if (rows.n == 0)
		return RC_OK;
	ids = pool_array(r->pool, rows.n, sizeof *ids);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = db_row(&rows, i)->number;
	TRY(user_take_turns(db, r->pool, &user, LANE_BULK, rows.n * TURN_COST_USUAL, &turn));
	TRY(queue_again(db, r->pool, ids, rows.n, turn));
	TRY(project_tally_rendered(db, r->project, &(struct tally){.failed = -(int64_t)rows.n}));
	r->queued = rows.n;
	event.data = event_data_project(r->pool, "retried", "queued", rows.n);
	return event_record(db, r->pool, &event, 1);
}

enum rc
project_retry(struct db *db, struct pool *pool, uint64_t user, uint64_t project, uint64_t *queued)
{
	/* Run again after a COMMIT that was not answered, it finds these not failed any more. */
	static const struct txn txn = {.body = retry_body,
	    .before_commit = "store.retry_all.before_commit",
	    .committed = "store.retry_all.committed"};
	struct retry r = {.pool = pool_new(), .user = user, .project = project};
	enum rc rc;

	*queued = 0;
	do {
		pool_reset(r.pool);
		rc = db_transact(db, &txn, &r);
		if (rc == RC_OK)
			*queued += r.queued;
	} while (rc == RC_OK && r.queued > 0);
	pool_free(r.pool);
	return rc;
}
