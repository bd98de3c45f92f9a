#include "work_internal.h"

#include <stdlib.h>

enum { FIND, DONE, WAITS, AGAIN, FAILED, RELEASED, TRY_END, LOCK_WAITING, UNFINISHED, WAKE };

#define FREED " updated_at = NOW(3), " QUEUE_UNCLAIMED
#define FORGIVEN ", error_class = '', error = ''"
#define BLAMED ", tries = ?, error_class = ?, error = LEFT(?, 255)"
#define GUARD " WHERE id = ?" QUEUE_GUARD

static const struct sql sql[] = {
    [FIND] = {.text = "SELECT id, claim_token, kind, tries, parent_id FROM work WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [DONE] = {.text = "UPDATE work SET state = 'done'," FREED FORGIVEN GUARD},
    [WAITS] = {.text = "UPDATE work SET state = 'waiting'," FREED FORGIVEN GUARD},
    [AGAIN] = {.text = "UPDATE work SET state = 'pending'," FREED BLAMED
		       ", run_at = NOW(3) + INTERVAL ? MICROSECOND" GUARD},
    [FAILED] = {.text = "UPDATE work SET state = 'failed'," FREED BLAMED GUARD},
    [RELEASED] = {.text = "UPDATE work SET state = 'pending'," FREED GUARD},
    [TRY_END] = {.text = "UPDATE work_try SET ended_at = NOW(3), outcome = ?, error_class = ?,"
			 " status = NULLIF(?, 0), answer = LEFT(?, 1024)"
			 " WHERE work_id = ? AND ended_at IS NULL"},
    [LOCK_WAITING] = {.text = "SELECT id FROM work WHERE id = ? AND state = 'waiting' FOR UPDATE"},
    /* A child that failed has to be retried first: its parent keeps waiting. */
    [UNFINISHED] = {.text = "SELECT id FROM work WHERE parent_id = ?"
			    " AND state IN ('pending', 'claimed', 'waiting', 'failed') LIMIT 1"},
    [WAKE] = {.text = "UPDATE work SET state = 'pending', updated_at = NOW(3), run_at = NOW(3)"
		      " WHERE id = ? AND state = 'waiting'"},
};

/* For each outcome, the statement for the row and the name in its history. */
static const struct {
	int statement;
	const char *history;
} outcomes[WORK_OUTCOMES] = {
    [WORK_OUTCOME_DONE] = {DONE, "done"},
    [WORK_OUTCOME_WAITS] = {WAITS, "waits"},
    [WORK_OUTCOME_AGAIN] = {AGAIN, "again"},
    [WORK_OUTCOME_FAILED] = {FAILED, "failed"},
    [WORK_OUTCOME_RELEASED] = {RELEASED, "released"},
};

enum rc
work_try_end(struct db *db, uint64_t work, const char *outcome, const char *error_class, int status,
    const char *answer)
{
	if (answer == NULL)
		answer = "";
	return db_exec(db, &sql[TRY_END],
	    ARGS(db_text(outcome), db_text(error_class), db_i64(status), db_text(answer),
		db_u64(work)));
}

enum rc
work_wake_parent(struct db *db, struct pool *pool, uint64_t parent)
{
	struct rows rows;

	if (parent == 0)
		return RC_OK;
	/* Lock it first: if two children end at the same time, the second then sees the first. */
	TRY(db_query(db, pool, &rows, &sql[LOCK_WAITING], ARGS(db_u64(parent))));
	if (rows.n == 0)
		return RC_OK;
	TRY(db_query(db, pool, &rows, &sql[UNFINISHED], ARGS(db_u64(parent))));
	return rows.n > 0 ? RC_OK : db_exec(db, &sql[WAKE], ARGS(db_u64(parent)));
}

/* ---------------------------------------------------------------- finishing */

struct finishing {
	struct pool *pool;
	void *const *v;
	size_t n;
};

static enum rc
write_result(struct db *db, const struct work_result *r, unsigned tries)
{
	struct arg args[6];
	size_t n = 0;

	if (r->outcome == WORK_OUTCOME_AGAIN || r->outcome == WORK_OUTCOME_FAILED) {
		args[n++] = db_u64(tries);
		args[n++] = db_text(r->error_class);
		args[n++] = db_text(r->error[0] != '\0' ? r->error : "it failed");
	}
	if (r->outcome == WORK_OUTCOME_AGAIN)
		args[n++] = db_u64((uint64_t)queue_rest_ms(db_conf(db), tries) * 1000);
	args[n++] = db_u64(r->id);
	args[n++] = db_bytes(r->token, CLAIM_TOKEN_SIZE);
	return db_exec(db, &sql[outcomes[r->outcome].statement], args, n);
}

/* Finish one piece of work, whose row is locked. */
static enum rc
finish_one(struct db *db, struct pool *pool, struct work_result *r, const struct cell *row)
{
	unsigned tries = (unsigned)row[3].number;
	enum work_kind kind;

	r->stale = !queue_claim_stands(&row[1], r->token);
	if (r->stale)
		return RC_OK;
	TRY(work_kind_read(&row[2], &kind));
	if (r->outcome == WORK_OUTCOME_AGAIN || r->outcome == WORK_OUTCOME_FAILED)
		tries++;
	if (r->outcome == WORK_OUTCOME_AGAIN && tries >= work_max_tries(kind))
		r->outcome = WORK_OUTCOME_FAILED;
	TRY(write_result(db, r, tries));
	TRY(work_try_end(
	    db, r->id, outcomes[r->outcome].history, r->error_class, r->status, r->answer));
	if (r->outcome == WORK_OUTCOME_WAITS)
		return work_wake_parent(db, pool, r->id);
	return r->outcome == WORK_OUTCOME_DONE ? work_wake_parent(db, pool, row[4].number) : RC_OK;
}

static int
by_id(const void *a, const void *b)
{
	uint64_t x = (*(struct work_result *const *)a)->id,
		 y = (*(struct work_result *const *)b)->id;

	return x < y ? -1 : x > y;
}

static enum rc
finish_body(struct db *db, void *ctx)
{
	const struct finishing *f = ctx;
	struct work_result **sorted = pool_array(f->pool, f->n, sizeof *sorted);
	size_t k;

	for (size_t i = 0; i < f->n; i++)
		sorted[i] = f->v[i];
	qsort(sorted, f->n, sizeof *sorted, by_id);
	for (size_t i = 0; i < f->n; i += k) {
		uint64_t ids[DB_CHUNK] = {0};
		struct rows rows;

		k = db_chunk(f->n - i);
		for (size_t j = 0; j < k; j++) {
			ids[j] = sorted[i + j]->id;
			sorted[i + j]->stale = true;
		}
		TRY(db_run_ids(db, f->pool, &rows, &sql[FIND], ids, k, NO_ARGS));
		for (size_t j = 0, r = 0; j < k && r < rows.n; j++)
			if (sorted[i + j]->id == db_row(&rows, r)->number)
				TRY(finish_one(db, f->pool, sorted[i + j], db_row(&rows, r++)));
	}
	return RC_OK;
}

static enum rc
finish_together(struct db *db, void *const *v, size_t n)
{
	/* The guards make it harmless to run again after a COMMIT that was not answered. */
	static const struct txn txn = {.body = finish_body,
	    .before_commit = "store.work.finish.before_commit",
	    .committed = "store.work.finish.committed"};
	struct finishing f = {pool_new(), v, n};
	enum rc rc = db_transact(db, &txn, &f);

	pool_free(f.pool);
	return rc;
}

enum rc
work_queue_finish(struct db *db, struct work_result *v, size_t n)
{
	static const struct queue_finishing how = {
	    .together = finish_together, QUEUE_RESULT("work", struct work_result)};

	return queue_core_finish_all(db, &how, v, n);
}
