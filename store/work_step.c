#include "work_internal.h"

enum { PROGRESS, FOUND };

static const struct sql sql[] = {
    /* The cursor is part of the guard, so that no step is ever done twice. */
    [PROGRESS] = {.text = "UPDATE work SET updated_at = NOW(3),"
			  " lease_until = NOW(3) + INTERVAL ? SECOND, tries = 0, progress = ?,"
			  " total = ?, changed = ?, cursor_at = ?, cursor_end = ?"
			  " WHERE id = ? AND cursor_at = ?" QUEUE_GUARD},
    [FOUND] = {.text = "SELECT cursor_at FROM work WHERE id = ?" QUEUE_GUARD " FOR UPDATE"},
};

enum rc
work_step_progress(struct db *db, const struct work_page *page)
{
	const struct work_claim *now = page->claim, *next = &page->next;

	TRY(db_exec(db, &sql[PROGRESS],
	    ARGS(db_i64(now->lease_sec), db_u64(next->progress), db_u64(next->total),
		db_u64(next->changed), db_u64(next->cursor), db_u64(next->end), db_u64(now->id),
		db_u64(now->cursor), db_bytes(now->token, CLAIM_TOKEN_SIZE))));
	return db_changed(db) == 1 ? RC_OK : RC_STALE;
}

/* While the claim is ours, the cursor shows whether the step was done: each step moves it. */
enum rc
work_step_read_back(struct db *db, void *page)
{
	const struct work_page *p = page;
	struct rows rows;

	TRY(db_query(db, p->pool, &rows, &sql[FOUND],
	    ARGS(db_u64(p->claim->id), db_bytes(p->claim->token, CLAIM_TOKEN_SIZE))));
	if (rows.n == 0)
		return RC_UNKNOWN;
	return db_row(&rows, 0)->number == p->next.cursor ? RC_OK : RC_BUSY;
}

enum rc
work_step_run(struct db *db, const struct txn *txn, struct work_page *page,
    struct work_claim *claim, enum work_step *step)
{
	enum rc rc;

	page->claim = claim;
	rc = db_transact(db, txn, page);
	if (rc == RC_OK) {
		*claim = page->next;
		*step = page->step;
	}
	return rc;
}
