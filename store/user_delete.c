#include "account.h"

#include <inttypes.h>

#include "../common/base/log.h"
#include "pipeline_internal.h"
#include "work_internal.h"

/*
 * A user is deleted like a project: at once for everybody who asks, and bit by bit in the database.
 * The projects are work of their own; the user's row, which their sentences refer to, goes last.
 */
#define PAGE 512 /* rows removed in one transaction */

enum {
	DISABLE,
	DELETED,
	ADOPT,
	CANCEL_SWEEPS,
	PROJECTS,
	PIPELINES,
	CHILDREN,
	REMOVE_KEYS,
	REMOVE_ENTRIES,
	REMOVE_LOGOUTS,
	REMOVE_API_KEYS,
	REMOVE_COUNTER,
	REMOVE_EVENTS,
	SENTENCE,
	REMOVE,
};

static const struct sql sql[] = {
    [DISABLE] = {.text = "UPDATE user SET updated_at = NOW(3), deleted_at = NOW(3),"
			 " disabled = TRUE, token_epoch = token_epoch + 1, name = 'deleted',"
			 " email = CONCAT('deleted ', id), email_key = CONCAT('deleted ', id),"
			 " password_hash = '' WHERE id = ? AND deleted_at IS NULL"},
    [DELETED] = {.text = "SELECT id FROM user WHERE id = ? AND deleted_at IS NOT NULL FOR UPDATE"},
    /* Projects that the user deleted before. */
    [ADOPT] = {.text = "UPDATE work SET parent_id = ? WHERE user_id = ?"
		       " AND kind = 'project_delete' AND parent_id IS NULL"
		       " AND state IN ('pending', 'claimed', 'failed')"},
    [CANCEL_SWEEPS] = {.text = "UPDATE work SET state = 'cancelled', updated_at = NOW(3),"
			       " " QUEUE_UNCLAIMED " WHERE user_id = ? AND kind = 'lexicon_sweep'"
			       " AND state IN ('pending', 'claimed', 'failed')"},
    [PROJECTS] = {.text = "SELECT id, sentence_count FROM project WHERE user_id = ? AND deleted = 0"
			  " ORDER BY id LIMIT ? FOR UPDATE"},
    [PIPELINES] = {.text = "SELECT id FROM pipeline WHERE user_id = ? ORDER BY id LIMIT ?"},
    [CHILDREN] = {.text = "SELECT id FROM work WHERE parent_id = ?"
			  " AND state IN ('pending', 'claimed', 'waiting', 'failed') LIMIT 1"},
    [REMOVE_KEYS] = {.text = "DELETE FROM idempotency WHERE user_id = ? LIMIT ?"},
    [REMOVE_ENTRIES] = {.text = "DELETE FROM lexicon WHERE user_id = ? LIMIT ?"},
    [REMOVE_API_KEYS] = {.text = "DELETE FROM api_key WHERE user_id = ? LIMIT ?"},
    [REMOVE_LOGOUTS] = {.text = "DELETE FROM logout WHERE user_id = ? LIMIT ?"},
    [REMOVE_COUNTER] = {.text = "DELETE FROM user_seq WHERE user_id = ?"},
    [REMOVE_EVENTS] = {.text = "DELETE FROM event WHERE user_id = ? LIMIT ?"},
    [SENTENCE] = {.text = "SELECT id FROM audio WHERE user_id = ? LIMIT 1"},
    [REMOVE] = {.text = "DELETE FROM user WHERE id = ? AND deleted_at IS NOT NULL"},
};

/* ---------------------------------------------------------------- the command */

struct deletion {
	struct pool *pool;
	uint64_t id;
};

static enum rc
delete_body(struct db *db, void *ctx)
{
	const struct deletion *d = ctx;
	const struct work_new work = {
	    .kind = WORK_KIND_USER_DELETE, .user = d->id, .object = d->id};
	struct locked_user user;

	TRY(user_lock_any(db, d->pool, d->id, &user));
	TRY(db_exec(db, &sql[DISABLE], ARGS(db_u64(d->id))));
	return db_changed(db) == 0 ? RC_NOT_FOUND : work_queue_add(db, d->pool, &work);
}

/* The user was there when the body ran: one that is deleted was deleted by it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	const struct deletion *d = ctx;
	struct locked_user user;
	struct rows rows;
	enum rc rc = user_lock_any(db, d->pool, d->id, &user);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	TRY(db_query(db, d->pool, &rows, &sql[DELETED], ARGS(db_u64(d->id))));
	return rows.n > 0 ? RC_OK : RC_BUSY;
}

enum rc
account_delete(struct db *db, uint64_t id)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.admin_user.delete.before_commit",
	    .committed = "store.admin_user.delete.committed"};
	struct deletion d = {pool_new(), id};
	enum rc rc = db_transact(db, &txn, &d);

	pool_free(d.pool);
	return rc;
}

/* ---------------------------------------------------------------- the work */

struct user_step {
	struct work_page page; /* first */
	struct work_gone *gone;
};

/* Take the next projects from the user, each of which becomes work of its own. */
static enum rc
mark_projects(struct db *db, struct user_step *s)
{
	const struct work_claim *c = s->page.claim;
	struct rows rows;

	TRY(db_query(db, s->page.pool, &rows, &sql[PROJECTS],
	    ARGS(db_u64(c->object), db_u64(WORK_GONE_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct work_new work = {.kind = WORK_KIND_PROJECT_DELETE,
		    .user = c->object,
		    .object = db_row(&rows, i)[0].number,
		    .parent = c->id,
		    .total = db_row(&rows, i)[1].number};

		TRY(project_mark_deleted(db, s->page.pool, &work));
		s->gone->projects[s->gone->n_projects++] = work.object;
	}
	return RC_OK;
}

/* Remove the next pipelines of the user. */
static enum rc
remove_pipelines(struct db *db, struct user_step *s)
{
	struct pool *pool = s->page.pool;
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[PIPELINES],
	    ARGS(db_u64(s->page.claim->object), db_u64(WORK_GONE_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		struct pipeline_key key = {.id = db_row(&rows, i)->number};
		struct pipeline p;

		TRY(pipeline_lock(db, pool, &key, &p));
		TRY(pipeline_remove(db, pool, &p));
		s->gone->pipelines[s->gone->n_pipelines++] = p.id;
	}
	return RC_OK;
}

/* Remove what is left of a user who has no projects any more; *LEFT says whether that was not all.
 */
static enum rc
remove_rest(struct db *db, const struct user_step *s, bool *left)
{
	static const int pages[] = {
	    REMOVE_KEYS, REMOVE_ENTRIES, REMOVE_LOGOUTS, REMOVE_API_KEYS, REMOVE_EVENTS};
	uint64_t user = s->page.claim->object;
	struct rows rows;

	*left = true;
	/* Without it nobody adds an event. Its lock may be out of order, because the user is
	 * locked. */
	TRY(db_exec(db, &sql[REMOVE_COUNTER], ARGS(db_u64(user))));
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		TRY(db_exec(db, &sql[pages[i]], ARGS(db_u64(user), db_u64(PAGE))));
		if (db_changed(db) == PAGE)
			return RC_OK;
	}
	/* Sentences of a project that no work deletes: an operator has to look. */
	TRY(db_query(db, s->page.pool, &rows, &sql[SENTENCE], ARGS(db_u64(user))));
	if (rows.n > 0) {
		log_error("user %" PRIu64 " has sentences of a project that nobody deletes", user);
		return RC_FAIL;
	}
	*left = false;
	return db_exec(db, &sql[REMOVE], ARGS(db_u64(user)));
}

static enum rc
step_body(struct db *db, void *ctx)
{
	struct user_step *s = ctx;
	struct work_page *page = &s->page;
	uint64_t user = page->claim->object;
	struct rows rows;
	bool left;

	*s->gone = (struct work_gone){.n_projects = 0};
	page->next = *page->claim;
	page->next.cursor++;
	page->step = WORK_STEP_DONE;
	TRY(db_query(db, page->pool, &rows, &sql[DELETED], ARGS(db_u64(user))));
	if (rows.n == 0)
		return work_step_progress(db, page);
	TRY(mark_projects(db, s));
	if (s->gone->n_projects == 0)
		TRY(remove_pipelines(db, s));
	if (s->gone->n_projects + s->gone->n_pipelines > 0) {
		page->step = WORK_STEP_MORE;
		return work_step_progress(db, page);
	}
	TRY(db_exec(db, &sql[CANCEL_SWEEPS], ARGS(db_u64(user))));
	TRY(db_exec(db, &sql[ADOPT], ARGS(db_u64(page->claim->id), db_u64(user))));
	TRY(db_query(db, page->pool, &rows, &sql[CHILDREN], ARGS(db_u64(page->claim->id))));
	if (rows.n > 0) {
		page->step = WORK_STEP_WAITS;
		return work_step_progress(db, page);
	}
	TRY(remove_rest(db, s, &left));
	page->step = left ? WORK_STEP_MORE : WORK_STEP_DONE;
	return work_step_progress(db, page);
}

enum rc
work_step_user_delete(
    struct db *db, struct work_claim *claim, enum work_step *step, struct work_gone *gone)
{
	static const struct txn txn = {.body = step_body,
	    .read_back = work_step_read_back,
	    .before_commit = "store.work.user.before_commit",
	    .committed = "store.work.user.committed"};
	struct user_step s = {.page = {.pool = pool_new()}, .gone = gone};
	enum rc rc = work_step_run(db, &txn, &s.page, claim, step);

	if (rc != RC_OK)
		gone->n_projects = gone->n_pipelines = 0;
	pool_free(s.page.pool);
	return rc;
}
