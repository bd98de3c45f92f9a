#include "work_internal.h"

/*
 * Deleting frees space and sweeping is heard: both are wanted soon, but a sweep is waited for. What
 * cannot be done for hours needs an operator.
 */
static const struct {
	uint64_t priority;
	unsigned max_tries;
} kinds[WORK_KINDS] = {
    [WORK_KIND_SWEEP] = {10, 20},
    [WORK_KIND_PROJECT_DELETE] = {20, 20},
    [WORK_KIND_USER_DELETE] = {20, 20},
};

enum { NEXT, TURN, INSERT, OURS, BEGUN, BEGIN, RENEW };

static const struct sql sql[] = {
    /*
     * In the order of its index: a sort would lock every row there is. A row that is to wait
     * longer than any retry is due: the clock was set back.
     */
    [NEXT] = {.text = "SELECT id, kind, user_id, object_id, parent_id, tries, progress, total,"
		      " changed, cursor_at, cursor_end FROM work FORCE INDEX (work_queue)"
		      " WHERE state = 'pending'"
		      " AND (run_at <= NOW(3) OR run_at > NOW(3) + INTERVAL ? MICROSECOND)"
		      " ORDER BY priority, turn, id LIMIT ? FOR UPDATE SKIP LOCKED"},
    /* After the user's last one, but not before what is claimed next. */
    [TURN] = {.text = "SELECT GREATEST((SELECT COALESCE(MAX(turn) + 1, 0) FROM work"
		      " WHERE user_id = ? AND state IN ('pending', 'claimed')),"
		      " (SELECT COALESCE(MIN(turn), 0) FROM work"
		      " WHERE state = 'pending' AND priority = ?))"},
    [INSERT] =
	{.text = "INSERT INTO work (kind, user_id, object_id, parent_id, created_at,"
		 " updated_at, priority, turn, run_at, total, cursor_end)"
		 " VALUES (?, NULLIF(?, 0), ?, NULLIF(?, 0), NOW(3), NOW(3), ?, ?, NOW(3), ?, ?)"},
    [OURS] = {.text = "SELECT id FROM work WHERE id = ?" QUEUE_GUARD " FOR UPDATE"},
    [BEGUN] = {.text = "SELECT COUNT(*), CAST(COALESCE(SUM(ended_at IS NULL), 0) AS UNSIGNED)"
		       " FROM work_try WHERE work_id = ?"},
    [BEGIN] = {.text = "INSERT INTO work_try (work_id, n, host, run_id, began_at)"
		       " VALUES (?, ?, ?, ?, NOW(3))"},
    [RENEW] = {.text = "UPDATE work SET lease_until = NOW(3) + INTERVAL ? SECOND"
		       " WHERE id = ?"},
};

unsigned
work_max_tries(enum work_kind kind)
{
	return kinds[kind].max_tries;
}

enum rc
work_queue_add(struct db *db, struct pool *pool, const struct work_new *work)
{
	uint64_t priority = kinds[work->kind].priority;
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[TURN], ARGS(db_u64(work->user), db_u64(priority))));
	return db_exec(db, &sql[INSERT],
	    ARGS(db_text(work_kind_name(work->kind)), db_u64(work->user), db_u64(work->object),
		db_u64(work->parent), db_u64(priority), db_u64(db_row(&rows, 0)->number),
		db_u64(work->total), db_u64(work->end)));
}

/* ---------------------------------------------------------------- claiming */

static enum rc
read_claim(const struct cell *row, const struct claimant *who, struct work_claim *c)
{
	*c = (struct work_claim){.id = row[0].number,
	    .user = row[2].number,
	    .object = row[3].number,
	    .parent = row[4].number,
	    .tries = (unsigned)row[5].number,
	    .progress = row[6].number,
	    .total = row[7].number,
	    .changed = row[8].number,
	    .cursor = row[9].number,
	    .end = row[10].number,
	    .lease_sec = who->lease_sec};
	memcpy(c->token, who->token, sizeof c->token);
	return work_kind_read(&row[1], &c->kind);
}

static enum rc
claim_choose(struct db *db, struct queue_claiming *c, const struct rows *found)
{
	struct work_claim *v = c->ctx;

	for (; c->n < found->n; c->n++) {
		TRY(read_claim(db_row(found, c->n), c->who, &v[c->n]));
		c->ids[c->n] = v[c->n].id;
	}
	return RC_OK;
}

static enum rc
claim_chosen(struct db *db, struct queue_claiming *c)
{
	return RC_OK;
}

/* ---------------------------------------------------------------- taking back */

/* The columns of an abandoned row beyond those of every queue. */
enum { KIND = QUEUE_KEYS, PARENT, IN_HAND };

static bool
was_begun(const struct queue_taking *t, const struct cell *abandoned)
{
	return abandoned[IN_HAND].number != 0;
}

static unsigned
max_tries(const struct conf *conf, const struct cell *abandoned)
{
	enum work_kind kind;

	return work_kind_read(&abandoned[KIND], &kind) == RC_OK ? kinds[kind].max_tries : 1;
}

static enum rc
lock_nothing(
    struct db *db, const struct queue_taking *t, const struct cell *const *failing, size_t n)
{
	return RC_OK;
}

static enum rc
end_lost(struct db *db, struct queue_taking *t, const struct cell *abandoned, unsigned tries,
    bool failed)
{
	return work_try_end(db, abandoned[QUEUE_ID].number, "lost", "died", 0, NULL);
}

/* ---------------------------------------------------------------- the queue of work */

static const struct queue work_queue = {
    QUEUE_STATEMENTS("work", "tries",
	"kind, parent_id, EXISTS (SELECT 1 FROM work_try t WHERE t.work_id = work.id"
	" AND t.ended_at IS NULL)",
	"error_class = 'died', "),
    .next = &sql[NEXT],
    .claim = {.body = queue_claim_body,
	.read_back = queue_claim_read_back,
	.before_commit = "store.work.claim.before_commit",
	.committed = "store.work.claim.committed"},
    /* Repeating it after a COMMIT that was not answered finds nothing left to take back. */
    .take_back = {.body = queue_take_back_body,
	.before_commit = "store.work.take_back.before_commit",
	.committed = "store.work.take_back.committed"},
    .died = "the program died while doing this",
    .choose = claim_choose,
    .chosen = claim_chosen,
    .in_hand = was_begun,
    .max_tries = max_tries,
    .lock_failing = lock_nothing,
    .charged = end_lost,
};

enum rc
work_queue_claim(struct db *db, struct pool *pool, struct claimant *who, size_t max,
    struct work_claim *v, size_t *n)
{
	const struct arg args[] = {
	    db_u64((uint64_t)db_conf(db)->scheduler.retry_cap_ms * 1000), db_u64(max)};
	struct queue_claiming c = {
	    .queue = &work_queue, .pool = pool, .who = who, .args = args, .n_args = 2, .ctx = v};
	enum rc rc = queue_core_claim(db, &c);

	*n = c.n;
	return rc;
}

enum rc
work_queue_take_back(struct db *db, const struct conf *conf, const char *host, uint64_t *n)
{
	struct queue_taking t = {.queue = &work_queue, .conf = conf, .host = host, .n = n};

	return queue_core_take_back(db, &t);
}

/* ---------------------------------------------------------------- beginning */

struct beginning {
	struct pool *pool;
	const struct claimant *who;
	const struct work_claim *claim;
};

enum rc
work_try_begin(struct db *db, struct pool *pool, const struct claimant *who, uint64_t work)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[BEGUN], ARGS(db_u64(work))));
	if (db_row(&rows, 0)[1].number != 0)
		return RC_OK;
	return db_exec(db, &sql[BEGIN],
	    ARGS(db_u64(work), db_u64(db_row(&rows, 0)[0].number + 1), db_text(who->host),
		db_u64(who->run_id)));
}

static enum rc
begin_body(struct db *db, void *ctx)
{
	const struct beginning *b = ctx;
	const struct work_claim *c = b->claim;
	struct rows rows;

	TRY(db_query(db, b->pool, &rows, &sql[OURS],
	    ARGS(db_u64(c->id), db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	if (rows.n == 0)
		return RC_STALE;
	TRY(db_exec(db, &sql[RENEW], ARGS(db_i64(c->lease_sec), db_u64(c->id))));
	return work_try_begin(db, b->pool, b->who, c->id);
}

enum rc
work_queue_begin(struct db *db, const struct claimant *who, const struct work_claim *claim)
{
	/* Repeating it after a COMMIT that was not answered finds the work begun already. */
	static const struct txn txn = {.body = begin_body,
	    .before_commit = "store.work.begin.before_commit",
	    .committed = "store.work.begin.committed"};
	struct beginning b = {pool_new(), who, claim};
	enum rc rc = db_transact(db, &txn, &b);

	pool_free(b.pool);
	return rc;
}
