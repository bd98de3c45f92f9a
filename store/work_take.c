#include "work_internal.h"

enum { OPEN, TAKE, RESTART, FORGET_FAILED };

#define CLAIMED                                                                                    \
	"UPDATE work SET state = 'claimed', updated_at = NOW(3), claim_token = ?, host = ?,"       \
	" run_id = ?, lease_until = NOW(3) + INTERVAL ? SECOND"

static const struct sql sql[] = {
    [OPEN] = {.text = "SELECT id, tries, progress, total, changed, cursor_at, cursor_end,"
		      " COALESCE(lease_until >= NOW(3), 0), claim_token FROM work"
		      " WHERE kind = ? AND object_id = ? AND is_open = 1 FOR UPDATE"},
    [TAKE] = {.text = CLAIMED " WHERE id = ?"},
    [RESTART] = {.text = CLAIMED ", tries = 0, progress = 0, total = ?, changed = 0,"
				 " cursor_at = 0, cursor_end = ? WHERE id = ?"},
    /* What failed is begun anew. */
    [FORGET_FAILED] = {.text = "UPDATE work SET state = 'cancelled', updated_at = NOW(3)"
			       " WHERE kind = ? AND object_id = ? AND state = 'failed'"},
};

/* Find the one that is open for the object, and lock it. RC_NOT_FOUND if there is none. */
static enum rc
find_open(struct db *db, struct pool *pool, const struct work_new *work, const struct claimant *who,
    struct work_claim *claim, bool *mine, bool *held)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[OPEN],
	    ARGS(db_text(work_kind_name(work->kind)), db_u64(work->object))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*claim = (struct work_claim){.id = row[0].number,
	    .kind = work->kind,
	    .user = work->user,
	    .object = work->object,
	    .tries = (unsigned)row[1].number,
	    .progress = row[2].number,
	    .total = row[3].number,
	    .changed = row[4].number,
	    .cursor = row[5].number,
	    .end = row[6].number,
	    .lease_sec = who->lease_sec};
	memcpy(claim->token, who->token, sizeof claim->token);
	*mine = queue_claim_stands(&row[8], who->token);
	*held = !*mine && row[7].number != 0;
	return RC_OK;
}

/* Claim what is locked, and begin it. */
static enum rc
take(struct db *db, struct pool *pool, const struct work_new *work, const struct claimant *who,
    bool afresh, struct work_claim *claim)
{
	const struct arg token = db_bytes(who->token, CLAIM_TOKEN_SIZE), host = db_text(who->host);
	const struct arg run = db_u64(who->run_id), lease = db_i64(who->lease_sec);

	TRY(work_try_end(
	    db, claim->id, afresh ? "released" : "lost", afresh ? "replaced" : "died", 0, NULL));
	if (afresh) {
		claim->progress = claim->changed = claim->cursor = 0;
		claim->end = work->end;
		claim->tries = 0;
		claim->total = work->total;
		TRY(db_exec(db, &sql[RESTART],
		    ARGS(token, host, run, lease, db_u64(work->total), db_u64(work->end),
			db_u64(claim->id))));
	} else {
		TRY(db_exec(db, &sql[TAKE], ARGS(token, host, run, lease, db_u64(claim->id))));
	}
	return work_try_begin(db, pool, who, claim->id);
}

enum rc
work_queue_take(struct db *db, struct pool *pool, const struct work_new *work,
    const struct claimant *who, bool afresh, struct work_claim *claim, bool *mine)
{
	bool held;
	enum rc rc = find_open(db, pool, work, who, claim, mine, &held);

	if (rc == RC_NOT_FOUND) {
		TRY(db_exec(db, &sql[FORGET_FAILED],
		    ARGS(db_text(work_kind_name(work->kind)), db_u64(work->object))));
		TRY(work_queue_add(db, pool, work));
		rc = find_open(db, pool, work, who, claim, mine, &held);
	}
	TRY(rc);
	if (*mine || (held && !afresh))
		return RC_OK;
	*mine = true;
	return take(db, pool, work, who, afresh, claim);
}
