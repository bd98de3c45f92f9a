#include "work_internal.h"

enum { LIST, LIST_OPEN, GET, TRIES, STATS };

/* Column lists and the function that reads such a row belong together. */
#define WORK                                                                                       \
	"id, kind, state, user_id, object_id, parent_id, created_at, updated_at, run_at, host,"    \
	" tries, progress, total, changed, error_class, error"
#define OPEN "state IN ('pending', 'claimed', 'waiting', 'failed')"
#define SUM(what) "CAST(COALESCE(SUM(" what "), 0) AS UNSIGNED)"

static const struct sql sql[] = {
    [LIST] = {.text = "SELECT " WORK " FROM work WHERE id > ? ORDER BY id LIMIT ?"},
    [LIST_OPEN] = {.text =
		       "SELECT " WORK " FROM work WHERE id > ? AND " OPEN " ORDER BY id LIMIT ?"},
    [GET] = {.text = "SELECT " WORK " FROM work WHERE id = ?"},
    [TRIES] = {.text = "SELECT n, host, began_at, ended_at, outcome, error_class, status, answer"
		       " FROM work_try WHERE work_id = ? ORDER BY n DESC LIMIT ?"},
    [STATS] =
	{.text = "SELECT kind, " SUM("state = 'pending'") ", " SUM("state = 'claimed'") ", " SUM(
	     "state = 'waiting'") ", " SUM("state = 'failed'") ", " SUM("state = 'pending' "
									"AND run_at > "
									"NOW(3)") ","
										  " COALESCE"
										  "(GREATEST"
										  "(TIMESTAM"
										  "PDIFF("
										  "SECOND,"
										  " MIN(IF("
										  "state = "
										  "'failed',"
										  " NULL, "
										  "created_"
										  "at)), "
										  "NOW(3)), "
										  "0), 0)"
										  " FROM "
										  "work "
										  "WHERE"
										  " " OPEN " GROUP "
										  "BY kind"},
};

static enum rc
read_work(const struct cell *row, struct work *w)
{
	*w = (struct work){.id = row[0].number,
	    .user = row[3].number,
	    .object = row[4].number,
	    .parent = row[5].number,
	    .created_at = db_time(&row[6]),
	    .updated_at = db_time(&row[7]),
	    .run_at = db_time(&row[8]),
	    .host = row[9].s,
	    .tries = (unsigned)row[10].number,
	    .progress = row[11].number,
	    .total = row[12].number,
	    .changed = row[13].number,
	    .error_class = row[14].s,
	    .error = row[15].s};
	TRY(work_kind_read(&row[1], &w->kind));
	return work_state_read(&row[2], &w->state);
}

enum rc
work_list(struct db *db, struct pool *pool, bool open_only, uint64_t after,
    struct work v[WORK_LIST_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[open_only ? LIST_OPEN : LIST],
	    ARGS(db_u64(after), db_u64(WORK_LIST_MAX))));
	for (; *n < rows.n; ++*n)
		TRY(read_work(db_row(&rows, *n), &v[*n]));
	return RC_OK;
}

enum rc
work_get(struct db *db, struct pool *pool, uint64_t id, struct work *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[GET], ARGS(db_u64(id))));
	return rows.n == 0 ? RC_NOT_FOUND : read_work(db_row(&rows, 0), out);
}

enum rc
work_tries(struct db *db, struct pool *pool, uint64_t id, size_t max, struct work_try *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[TRIES], ARGS(db_u64(id), db_u64(max))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct work_try){.n = row[0].number,
		    .host = row[1].s,
		    .began_at = db_time(&row[2]),
		    .ended_at = db_time(&row[3]),
		    .outcome = row[4].s,
		    .error_class = row[5].s,
		    .status = (int)row[6].number,
		    .answer = row[7].s};
	}
	return RC_OK;
}

static enum rc
read_stats(struct db *db, struct pool *pool, struct work_stats v[WORK_KINDS])
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[STATS], NO_ARGS));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);
		enum work_kind kind;

		TRY(work_kind_read(&row[0], &kind));
		v[kind] = (struct work_stats){.pending = row[1].number,
		    .claimed = row[2].number,
		    .waiting = row[3].number,
		    .failed = row[4].number,
		    .later = row[5].number,
		    .oldest_sec = row[6].number};
	}
	return RC_OK;
}

enum rc
work_stats(struct db *db, struct work_stats v[WORK_KINDS])
{
	struct pool *pool = pool_new();
	enum rc rc;

	memset(v, 0, WORK_KINDS * sizeof v[0]);
	rc = read_stats(db, pool, v);
	pool_free(pool);
	return rc;
}
