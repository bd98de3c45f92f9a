#include "../common/base/log.h"
#include "pipeline_internal.h"

enum { GET_TASK, GET_ID, LOCK_TASK, LOCK_ID, COUNT, PAGE, RUNS, FILES, CAPTIONS };

/* Column lists and the function that reads such a row belong together. */
#define PIPELINE                                                                                   \
	"p.id, p.user_id, p.task_id, p.created_at, p.updated_at, p.started_at, p.customer_name,"   \
	" p.region, p.detail, p.language, p.genre, p.orientation, p.lyric IS NOT NULL,"            \
	" COALESCE(p.project_id, 0), p.stages + 0, p.auto_continue, p.paused, p.paused_at,"        \
	" p.pause_reason, p.cancelled_at, p.expires_at,"                                           \
	" (SELECT COUNT(*) FROM image i WHERE i.pipeline_id = p.id), p.priority"
#define FROM_PIPELINE "SELECT " PIPELINE " FROM pipeline p"
#define BY_TASK " WHERE p.user_id = ? AND p.task_id = ?"
#define BY_ID " WHERE p.id = ?"

/* Of texts only the beginning, unless the first argument is 1. What was looked at or fetched again
 * and again is one attempt. */
#define RUN                                                                                        \
	"s.pipeline_id, s.stage, s.id, s.run, COALESCE(s.input_id, 0), s.state, s.stale, s.step,"  \
	" s.engine, s.created_at, s.updated_at, s.ended_at, s.run_at, s.tries,"                    \
	" (SELECT COUNT(*) FROM stage_try t JOIN stage r ON r.id = t.stage_id"                     \
	" WHERE r.pipeline_id = s.pipeline_id AND r.stage = s.stage"                               \
	" AND t.step IN ('begin', 'sent')),"                                                       \
	" GREATEST(TIMESTAMPDIFF(SECOND, COALESCE(s.sent_at, s.created_at), NOW(3)), 0),"          \
	" s.external_id, s.external_part, COALESCE(s.progress, -1), COALESCE(s.project_id, 0),"    \
	" IF(?, s.prompt, ''), IF(?, s.text, LEFT(s.text, 101)), s.error_class, s.error,"          \
	" COALESCE(s.status, 0)"

static const struct sql sql[] = {
    [GET_TASK] = {.text = FROM_PIPELINE BY_TASK},
    [GET_ID] = {.text = FROM_PIPELINE BY_ID},
    [LOCK_TASK] = {.text = "SELECT p.id FROM pipeline p" BY_TASK " FOR UPDATE"},
    [LOCK_ID] = {.text = "SELECT p.id FROM pipeline p" BY_ID " FOR UPDATE"},
    [COUNT] = {.text = "SELECT COUNT(*) FROM pipeline WHERE user_id = ?"},
    [PAGE] = {.text = FROM_PIPELINE " JOIN (SELECT id FROM pipeline WHERE user_id = ?"
				    " ORDER BY id DESC LIMIT ? OFFSET ?) k ON k.id = p.id"
				    " ORDER BY p.id DESC"},
    [RUNS] = {.text = "SELECT " RUN " FROM stage s WHERE s.run = (SELECT MAX(m.run) FROM stage m"
		      " WHERE m.pipeline_id = s.pipeline_id AND m.stage = s.stage)"
		      " AND s.pipeline_id IN (",
	DB_IDS},
    [FILES] = {.text = "SELECT stage_id, n, chosen, path, type, external_part, size_bytes,"
		       " duration_ms FROM asset WHERE stage_id IN (",
	.item = "?",
	.tail = ") ORDER BY stage_id, n"},
    [CAPTIONS] = {.text = "SELECT position, start_ms, end_ms, text FROM caption"
			  " WHERE stage_id = ? ORDER BY position"},
};

static void
read_pipeline(const struct cell *row, struct pipeline *p)
{
	*p = (struct pipeline){.id = row[0].number,
	    .user = row[1].number,
	    .task = row[2].s,
	    .created_at = db_time(&row[3]),
	    .updated_at = db_time(&row[4]),
	    .started_at = db_time(&row[5]),
	    .customer_name = row[6].s,
	    .region = row[7].s,
	    .detail = row[8].s,
	    .language = row[9].s,
	    .genre = row[10].s,
	    .orientation = row[11].s,
	    .given = row[12].number != 0,
	    .project = row[13].number,
	    .stages = (unsigned)row[14].number,
	    .auto_continue = row[15].number != 0,
	    .paused = row[16].s,
	    .paused_at = db_time(&row[17]),
	    .pause_reason = row[18].s,
	    .cancelled_at = db_time(&row[19]),
	    .expires_at = db_time(&row[20]),
	    .images = row[21].number,
	    .priority = (unsigned)row[22].number};
}

/* ---------------------------------------------------------------- the runs */

static enum rc
read_run(const struct cell *row, struct pipeline_run *r)
{
	*r = (struct pipeline_run){.id = row[2].number,
	    .run = row[3].number,
	    .input = row[4].number,
	    .stale = row[6].number != 0,
	    .engine = row[8].s,
	    .created_at = db_time(&row[9]),
	    .updated_at = db_time(&row[10]),
	    .ended_at = db_time(&row[11]),
	    .run_at = db_time(&row[12]),
	    .tries = row[13].number,
	    .attempts = row[14].number,
	    .elapsed_sec = row[15].number,
	    .external_id = row[16].s,
	    .external_part = row[17].s,
	    .progress = (int)(int64_t)row[18].number,
	    .project = row[19].number,
	    .prompt = row[20].s,
	    .text = row[21].s,
	    .error_class = row[22].s,
	    .error = row[23].s,
	    .status = (int)row[24].number};
	r->state = stage_state_named(row[5].s);
	while (r->step < STEPS && strcmp(stage_step_name(r->step), row[7].s) != 0)
		r->step++;
	if (r->state != STAGE_STATES && r->step != STEPS)
		return RC_OK;
	log_error("stage: \"%s\" or \"%s\" is not known", row[5].s, row[7].s);
	return RC_FAIL;
}

static struct pipeline *
pipeline_among(struct pipeline *v, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].id == id)
			return &v[i];
	return NULL;
}

/* Give the runs RUNS their files. */
static enum rc
read_files(struct db *db, struct pool *pool, struct pipeline_run *const *runs, size_t n)
{
	uint64_t ids[STAGES * PAGE_SIZE];
	struct rows rows;

	for (size_t i = 0; i < n; i++)
		ids[i] = runs[i]->id;
	TRY(db_run_ids(db, pool, &rows, &sql[FILES], ids, n, NO_ARGS));
	for (size_t i = 0; i < n; i++) {
		struct pipeline_run *r = runs[i];

		r->files = pool_array(pool, rows.n + 1, sizeof *r->files);
		for (size_t j = 0; j < rows.n; j++) {
			const struct cell *row = db_row(&rows, j);

			if (row[0].number == r->id)
				r->files[r->n_files++] = (struct pipeline_file){.n = row[1].number,
				    .chosen = row[2].number != 0,
				    .path = row[3].s,
				    .type = row[4].s,
				    .external_part = row[5].s,
				    .size_bytes = row[6].number,
				    .duration_ms = row[7].number};
		}
	}
	return RC_OK;
}

/* Read the newest runs of N pipelines, at most PAGE_SIZE. */
static enum rc
read_runs(struct db *db, struct pool *pool, struct pipeline *v, size_t n, bool whole)
{
	struct pipeline_run *found[STAGES * PAGE_SIZE];
	uint64_t ids[PAGE_SIZE];
	struct rows rows;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		ids[i] = v[i].id;
	if (n == 0)
		return RC_OK;
	TRY(db_run_ids(db, pool, &rows, &sql[RUNS], ids, n, ARGS(db_i64(whole), db_i64(whole))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);
		struct pipeline *p = pipeline_among(v, n, row[0].number);
		enum stage stage = stage_named(row[1].s);

		if (p == NULL || stage == STAGES || p->runs[stage].id != 0)
			continue;
		TRY(read_run(row, &p->runs[stage]));
		/* What happens to a stage happens to the pipeline. */
		if (strcmp(p->runs[stage].updated_at.s, p->updated_at.s) > 0)
			p->updated_at = p->runs[stage].updated_at;
		found[k++] = &p->runs[stage];
	}
	return k == 0 ? RC_OK : read_files(db, pool, found, k);
}

/* ---------------------------------------------------------------- one */

static enum rc
get_one(struct db *db, struct pool *pool, const struct pipeline_key *key, struct pipeline *out)
{
	struct rows rows;

	if (key->user != 0)
		TRY(db_query(
		    db, pool, &rows, &sql[GET_TASK], ARGS(db_u64(key->user), db_text(key->task))));
	else
		TRY(db_query(db, pool, &rows, &sql[GET_ID], ARGS(db_u64(key->id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_pipeline(db_row(&rows, 0), out);
	return read_runs(db, pool, out, 1, true);
}

enum rc
pipeline_get(struct db *db, struct pool *pool, const struct pipeline_key *key, struct pipeline *out)
{
	return get_one(db, pool, key, out);
}

enum rc
pipeline_read(struct db *db, struct pool *pool, uint64_t id, struct pipeline *out)
{
	return get_one(db, pool, &(struct pipeline_key){.id = id}, out);
}

enum rc
pipeline_lock(
    struct db *db, struct pool *pool, const struct pipeline_key *key, struct pipeline *out)
{
	struct rows rows;

	if (key->user != 0)
		TRY(db_query(
		    db, pool, &rows, &sql[LOCK_TASK], ARGS(db_u64(key->user), db_text(key->task))));
	else
		TRY(db_query(db, pool, &rows, &sql[LOCK_ID], ARGS(db_u64(key->id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	return pipeline_read(db, pool, db_row(&rows, 0)->number, out);
}

enum rc
pipeline_captions(
    struct db *db, struct pool *pool, uint64_t run, struct pipeline_caption **v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[CAPTIONS], ARGS(db_u64(run))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		(*v)[*n] = (struct pipeline_caption){
		    row[0].number, row[1].number, row[2].number, row[3].s};
	}
	return RC_OK;
}

/* ---------------------------------------------------------------- many */

enum rc
pipeline_list(struct db *db, struct pool *pool, uint64_t user, const struct page_wish *wish,
    struct page *page, struct pipeline *v)
{
	struct rows rows;

	*page = (struct page){.pages = 1};
	TRY(db_query(db, pool, &rows, &sql[COUNT], ARGS(db_u64(user))));
	if (!page_place(wish, db_row(&rows, 0)->number, page))
		return RC_NOT_FOUND;
	TRY(db_query(db, pool, &rows, &sql[PAGE],
	    ARGS(db_u64(user), db_u64(wish->size), db_u64(page_before(wish)))));
	for (size_t i = 0; i < rows.n; i++)
		read_pipeline(db_row(&rows, i), &v[i]);
	page->n = rows.n;
	for (size_t i = 0, k; i < page->n; i += k) {
		k = db_chunk(page->n - i);
		k = k < PAGE_SIZE ? k : PAGE_SIZE;
		TRY(read_runs(db, pool, v + i, k, false));
	}
	return RC_OK;
}
