#include "pipeline_internal.h"

#include "../common/base/log.h"

enum { COUNT, LIST, GET, TRIES, DROP };

/* The newest run of its stage, which failed. */
#define DEAD                                                                                       \
	" FROM stage s JOIN pipeline p ON p.id = s.pipeline_id WHERE s.state = 'failed'"           \
	" AND s.dropped = 0 AND s.stale = 0 AND s.run = (SELECT MAX(m.run) FROM stage m"           \
	" WHERE m.pipeline_id = s.pipeline_id AND m.stage = s.stage)"
#define FILTER                                                                                     \
	" AND (? = 0 OR s.user_id = ?) AND (? = '' OR s.stage = ?)"                                \
	" AND (? = '' OR s.error_class = ?)"
#define ITEM                                                                                       \
	"SELECT s.id, s.user_id, s.run, (SELECT COUNT(*) FROM stage_try t WHERE t.stage_id = s.id" \
	" AND t.step IN ('begin', 'sent')), p.task_id, s.engine, s.error_class, s.error,"          \
	" s.external_id, s.stage, s.step, s.created_at, s.ended_at, COALESCE(s.status, 0)" DEAD

static const struct sql sql[] = {
    [COUNT] = {.text = "SELECT COUNT(*)" DEAD FILTER},
    [LIST] = {.text = ITEM FILTER " AND (? = 0 OR s.id < ?) ORDER BY s.id DESC LIMIT ?"},
    [GET] = {.text = ITEM " AND s.id = ? AND (? = 0 OR s.user_id = ?)"},
    [TRIES] = {.text = "SELECT n, step, host, began_at, ended_at, outcome, error_class, error,"
		       " answer, COALESCE(status, 0) FROM stage_try WHERE stage_id = ?"
		       " ORDER BY n DESC LIMIT ?"},
    [DROP] = {.text = "UPDATE stage SET dropped = 1, updated_at = NOW(3) WHERE id = ?"},
};

static enum rc
read_dead(const struct cell *row, struct dead *d)
{
	*d = (struct dead){.id = row[0].number,
	    .user = row[1].number,
	    .run = row[2].number,
	    .attempts = row[3].number,
	    .task = row[4].s,
	    .engine = row[5].s,
	    .error_class = row[6].s,
	    .error = row[7].s,
	    .external_id = row[8].s,
	    .stage = stage_named(row[9].s),
	    .created_at = db_time(&row[11]),
	    .failed_at = db_time(&row[12]),
	    .status = (int)row[13].number};
	while (d->step < STEPS && strcmp(stage_step_name(d->step), row[10].s) != 0)
		d->step++;
	if (d->stage != STAGES && d->step != STEPS)
		return RC_OK;
	log_error("stage: \"%s\" or \"%s\" is not known", row[9].s, row[10].s);
	return RC_FAIL;
}

static struct arg
stage_filter(const struct dead_filter *filter)
{
	return db_text(filter->stage == STAGES ? "" : stage_name(filter->stage));
}

enum rc
dead_count(struct db *db, const struct dead_filter *filter, uint64_t *n)
{
	struct arg user = db_u64(filter->user), stage = stage_filter(filter);
	struct arg class = db_text(filter->error_class);
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc =
	    db_query(db, pool, &rows, &sql[COUNT], ARGS(user, user, stage, stage, class, class));

	*n = rc == RC_OK ? db_row(&rows, 0)->number : 0;
	pool_free(pool);
	return rc;
}

enum rc
dead_list(struct db *db, struct pool *pool, const struct dead_filter *filter, uint64_t before,
    size_t max, struct dead *v, size_t *n)
{
	struct arg user = db_u64(filter->user), stage = stage_filter(filter);
	struct arg class = db_text(filter->error_class);
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[LIST],
	    ARGS(user, user, stage, stage, class, class, db_u64(before), db_u64(before),
		db_u64(max))));
	for (size_t i = 0; i < rows.n; i++)
		TRY(read_dead(db_row(&rows, i), &v[i]));
	*n = rows.n;
	return RC_OK;
}

enum rc
dead_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct dead *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[GET], ARGS(db_u64(id), db_u64(user), db_u64(user))));
	return rows.n == 0 ? RC_NOT_FOUND : read_dead(db_row(&rows, 0), out);
}

enum rc
stage_tries(
    struct db *db, struct pool *pool, uint64_t run, size_t max, struct stage_try *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[TRIES], ARGS(db_u64(run), db_u64(max))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct stage_try){.n = row[0].number,
		    .step = row[1].s,
		    .host = row[2].s,
		    .began_at = db_time(&row[3]),
		    .ended_at = db_time(&row[4]),
		    .outcome = row[5].s,
		    .error_class = row[6].s,
		    .error = row[7].s,
		    .answer = row[8].s,
		    .status = (int)row[9].number};
	}
	return RC_OK;
}

/* ---------------------------------------------------------------- changing */

enum rc
dead_retry(struct db *db, uint64_t user, uint64_t id)
{
	struct pool *pool = pool_new();
	struct dead dead = {.id = 0};
	enum rc rc = dead_get(db, pool, user, id, &dead);

	if (rc == RC_OK)
		rc = pipeline_retry(
		    db, &(struct pipeline_key){.user = dead.user, .task = dead.task}, dead.stage);
	pool_free(pool);
	/* Somebody else was faster. */
	return rc == RC_RUNNING ? RC_NOT_FOUND : rc;
}

struct dropping {
	struct pool *pool;
	uint64_t user, id;
};

static enum rc
drop_body(struct db *db, void *ctx)
{
	const struct dropping *d = ctx;
	struct pipeline p;
	struct dead dead;

	TRY(dead_get(db, d->pool, d->user, d->id, &dead));
	TRY(pipeline_lock(
	    db, d->pool, &(struct pipeline_key){.user = dead.user, .task = dead.task}, &p));
	TRY(dead_get(db, d->pool, d->user, d->id, &dead));
	return db_exec(db, &sql[DROP], ARGS(db_u64(d->id)));
}

/* It was there when the body ran. */
static enum rc
drop_read_back(struct db *db, void *ctx)
{
	const struct dropping *d = ctx;
	struct dead dead;
	enum rc rc = dead_get(db, d->pool, d->user, d->id, &dead);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
dead_drop(struct db *db, uint64_t user, uint64_t id)
{
	static const struct txn txn = {.body = drop_body,
	    .read_back = drop_read_back,
	    .before_commit = "store.dead.drop.before_commit",
	    .committed = "store.dead.drop.committed"};
	struct dropping d = {pool_new(), user, id};
	enum rc rc = db_transact(db, &txn, &d);

	pool_free(d.pool);
	return rc;
}
