#include "admin.h"

#include <stdlib.h>

#include "stage_internal.h"
#include "work_internal.h"

/*
 * A project is deleted in two parts. The request marks it, in one short transaction: from then on
 * nobody finds it or anything in it, and whatever was about to be written to it is refused. Its
 * rows are removed by the work that is added with that, a page at a time.
 */
#define PAGE 512 /* sentences removed in one transaction */

enum {
	HIDDEN,
	MARK,
	IS_MARKED,
	LOCK_MARKED,
	SENTENCES,
	REMOVE_SENTENCES,
	COUNT_OUT,
	REMOVE,
};

static const struct sql sql[] = {
    [HIDDEN] = {.text = "SELECT hidden FROM project WHERE id = ?"},
    [MARK] = {.text = "UPDATE project SET deleted = 1 WHERE id = ?"},
    [IS_MARKED] = {.text = "SELECT deleted FROM project WHERE id = ? FOR UPDATE"},
    [LOCK_MARKED] = {.text = "SELECT id FROM project WHERE id = ? AND deleted = 1 FOR UPDATE"},
    /*
     * States that are counted cannot change, as the project is locked. From the last position on,
     * because what is deleted is passed over one by one until the server has purged it.
     */
    [SENTENCES] = {.text = "SELECT id, state, duration_ms, position FROM audio"
			   " FORCE INDEX (audio_place) WHERE project_id = ? AND position > ?"
			   " ORDER BY position LIMIT ?"},
    [REMOVE_SENTENCES] = {.text = "DELETE FROM audio WHERE id IN (", DB_IDS},
    /* Counts that are wrong already keep nothing from being deleted. From left to right. */
    [COUNT_OUT] = {.text = "UPDATE project SET"
			   " ready_count = GREATEST(CAST(ready_count AS SIGNED) - ?, 0),"
			   " failed_count = GREATEST(CAST(failed_count AS SIGNED) - ?, 0),"
			   " duration_ms = GREATEST(CAST(duration_ms AS SIGNED) - ?, 0),"
			   " sentence_count = GREATEST(CAST(sentence_count AS SIGNED) - ?,"
			   " ready_count + failed_count) WHERE id = ?"},
    [REMOVE] = {.text = "DELETE FROM project WHERE id = ? AND deleted = 1"},
};

/* ---------------------------------------------------------------- the request */

enum rc
project_mark_deleted(struct db *db, struct pool *pool, const struct work_new *work)
{
	struct rows rows;
	bool hidden;

	TRY(db_query(db, pool, &rows, &sql[HIDDEN], ARGS(db_u64(work->object))));
	hidden = rows.n > 0 && db_row(&rows, 0)->number != 0;
	TRY(db_exec(db, &sql[MARK], ARGS(db_u64(work->object))));
	if (!hidden)
		TRY(user_count_project(db, work->user, -1));
	TRY(stage_wake(db, work->object));
	TRY(trash_add(db, work->object, 0, "", !hidden));
	return work_queue_add(db, pool, work);
}

struct deletion {
	struct pool *pool;
	uint64_t user, id;
	enum rc (*lock)(struct db *db, struct pool *pool, uint64_t id, struct locked_user *out);
};

static enum rc
delete_body(struct db *db, void *ctx)
{
	const struct deletion *d = ctx;
	struct work_new work = {.kind = WORK_KIND_PROJECT_DELETE, .user = d->user, .object = d->id};
	struct locked_user user;

	TRY(d->lock(db, d->pool, d->user, &user));
	TRY(project_lock(db, d->pool, d->user, d->id, &work.total));
	TRY(project_mark_deleted(db, d->pool, &work));
	return event_record(db, d->pool,
	    &(struct event_new){.user = d->user, .type = EVENT_PROJECT_DELETED, .project = d->id},
	    1);
}

/* It was there when the body ran: if it is deleted, that was here. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	const struct deletion *d = ctx;
	struct rows rows;

	TRY(db_query(db, d->pool, &rows, &sql[IS_MARKED], ARGS(db_u64(d->id))));
	return rows.n == 0 || db_row(&rows, 0)->number != 0 ? RC_OK : RC_BUSY;
}

static enum rc
delete_by(struct db *db, struct deletion d)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.delete.before_commit",
	    .committed = "store.delete.committed"};
	enum rc rc;

	d.pool = pool_new();
	rc = db_transact(db, &txn, &d);
	pool_free(d.pool);
	return rc;
}

enum rc
project_delete(struct db *db, uint64_t user, uint64_t id)
{
	return delete_by(db, (struct deletion){.user = user, .id = id, .lock = user_lock});
}

enum rc
admin_project_delete(struct db *db, uint64_t user, uint64_t id)
{
	return delete_by(db, (struct deletion){.user = user, .id = id, .lock = user_lock_any});
}

/* ---------------------------------------------------------------- the work */

static int
by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Remove sentences in the order of their ids, in which everybody locks them. */
static enum rc
remove_sentences(struct db *db, struct pool *pool, const struct rows *rows)
{
	uint64_t *ids = pool_array(pool, rows->n, sizeof *ids);
	size_t k;

	for (size_t i = 0; i < rows->n; i++)
		ids[i] = db_row(rows, i)[0].number;
	qsort(ids, rows->n, sizeof *ids, by_id);
	for (size_t i = 0; i < rows->n; i += k) {
		k = db_chunk(rows->n - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[REMOVE_SENTENCES], ids + i, k, NO_ARGS));
	}
	return RC_OK;
}

static enum rc
count_out(struct db *db, uint64_t project, const struct rows *rows)
{
	struct tally t = {.sentences = (int64_t)rows->n};

	for (size_t i = 0; i < rows->n; i++) {
		const struct cell *row = db_row(rows, i);
		enum audio_state state;

		TRY(audio_state_read(&row[1], &state));
		t.ready += state == AUDIO_READY;
		t.failed += state == AUDIO_FAILED;
		t.duration_ms += state == AUDIO_READY ? (int64_t)row[2].number : 0;
	}
	return db_exec(db, &sql[COUNT_OUT],
	    ARGS(db_i64(t.ready), db_i64(t.failed), db_i64(t.duration_ms), db_i64(t.sentences),
		db_u64(project)));
}

static enum rc
step_body(struct db *db, void *ctx)
{
	struct work_page *page = ctx;
	uint64_t project = page->claim->object;
	struct rows rows;

	page->next = *page->claim;
	page->next.cursor++;
	page->step = WORK_STEP_DONE;
	TRY(db_query(db, page->pool, &rows, &sql[LOCK_MARKED], ARGS(db_u64(project))));
	/* It is gone. Or it is not deleted, as in a database that was restored: then it stays. */
	if (rows.n == 0)
		return work_step_progress(db, page);
	TRY(db_query(db, page->pool, &rows, &sql[SENTENCES],
	    ARGS(db_u64(project), db_u64(page->claim->cursor), db_u64(PAGE))));
	if (rows.n == 0) {
		TRY(db_exec(db, &sql[REMOVE], ARGS(db_u64(project))));
		return work_step_progress(db, page);
	}
	TRY(remove_sentences(db, page->pool, &rows));
	TRY(count_out(db, project, &rows));
	page->next.progress += rows.n;
	page->next.cursor = db_row(&rows, rows.n - 1)[3].number;
	page->step = WORK_STEP_MORE;
	return work_step_progress(db, page);
}

enum rc
work_step_project_delete(struct db *db, struct work_claim *claim, enum work_step *step)
{
	static const struct txn txn = {.body = step_body,
	    .read_back = work_step_read_back,
	    .before_commit = "store.work.project.before_commit",
	    .committed = "store.work.project.committed"};
	struct work_page page = {.pool = pool_new()};
	enum rc rc = work_step_run(db, &txn, &page, claim, step);

	pool_free(page.pool);
	return rc;
}
