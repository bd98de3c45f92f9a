#include "pipeline_admin.h"

#include <stdlib.h>

#include "internal.h"

enum { LIST, LIST_USER, FIND, GET, RUNS };

#define PIPELINE "SELECT id, user_id FROM pipeline"

static const struct sql sql[] = {
    [LIST] = {.text = PIPELINE " WHERE id < ? ORDER BY id DESC LIMIT ?"},
    [LIST_USER] = {.text = PIPELINE " WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?"},
    [FIND] = {.text = PIPELINE " WHERE task_id = ? ORDER BY id LIMIT ?"},
    [GET] = {.text = PIPELINE " WHERE id = ?"},
    [RUNS] = {.text = "SELECT id, pipeline_id, user_id, stage, cause, state, step, engine,"
		      " external_id, run, tries, stale, progress, created_at, updated_at, run_at,"
		      " host, error_class, error, status FROM stage WHERE pipeline_id = ?"
		      " ORDER BY id DESC LIMIT ?"},
};

static enum rc
read_pipelines(struct db *db, struct pool *pool, const struct sql *statement,
    const struct arg *args, size_t n_args, struct admin_pipeline *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, statement, args, n_args));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct admin_pipeline){.id = row[0].number, .user = row[1].number};
	}
	return RC_OK;
}

enum rc
admin_pipelines(struct db *db, struct pool *pool, uint64_t user, uint64_t before,
    struct admin_pipeline v[PIPELINE_ADMIN_MAX], size_t *n)
{
	struct arg max = db_u64(PIPELINE_ADMIN_MAX);

	if (user == 0)
		return read_pipelines(db, pool, &sql[LIST], ARGS(db_u64(before), max), v, n);
	return read_pipelines(
	    db, pool, &sql[LIST_USER], ARGS(db_u64(user), db_u64(before), max), v, n);
}

enum rc
admin_pipeline_find(struct db *db, struct pool *pool, const char *name, size_t max,
    struct admin_pipeline *v, size_t *n)
{
	TRY(read_pipelines(db, pool, &sql[FIND], ARGS(db_text(name), db_u64(max)), v, n));
	if (*n > 0 || name[0] == '\0' || name[strspn(name, "0123456789")] != '\0')
		return RC_OK;
	return read_pipelines(db, pool, &sql[GET], ARGS(db_u64(strtoull(name, NULL, 10))), v, n);
}

enum rc
admin_runs(
    struct db *db, struct pool *pool, uint64_t pipeline, size_t max, struct admin_run *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[RUNS], ARGS(db_u64(pipeline), db_u64(max))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct admin_run){.id = row[0].number,
		    .pipeline = row[1].number,
		    .user = row[2].number,
		    .stage = row[3].s,
		    .cause = row[4].s,
		    .state = row[5].s,
		    .step = row[6].s,
		    .engine = row[7].s,
		    .external_id = row[8].s,
		    .run = (unsigned)row[9].number,
		    .tries = (unsigned)row[10].number,
		    .stale = row[11].number != 0,
		    .progress = row[12].null ? -1 : (int)row[12].number,
		    .created_at = db_time(&row[13]),
		    .updated_at = db_time(&row[14]),
		    .run_at = db_time(&row[15]),
		    .host = row[16].s,
		    .error_class = row[17].s,
		    .error = row[18].s,
		    .status = (int)row[19].number};
	}
	return RC_OK;
}
