#include "tier_internal.h"

#include "../common/base/crypt.h"

#define FIRST_AGAIN_SEC 10

enum { LOCK, DONE, SETTLED, GIVEN_BACK, FAILED, FOUND, LOST };

#define GUARD " WHERE id = ? AND claim_token = ? AND state = 'moving'"
#define UNCLAIMED " state = 'still', target = NULL, claim_token = NULL, lease_until = NULL"

static const struct sql sql[] = {
    [LOCK] = {.text = "SELECT id, claim_token, level FROM content WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [DONE] = {.text = "UPDATE content SET level = ?, target = ?, bytes = ?, update_time ="
		      " NOW(3)" GUARD " AND level <> ?"},
    [SETTLED] = {.text = "UPDATE content SET" UNCLAIMED ", tries = 0, error = '', run_at = NOW(3) +"
			 " INTERVAL ? SECOND" GUARD " AND level = target"},
    [GIVEN_BACK] = {.text = "UPDATE content SET" UNCLAIMED ", run_at = NOW(3)" GUARD},
    [FAILED] = {.text = "UPDATE content SET" UNCLAIMED ", tries = tries + 1, run_at = NOW(3) +"
			" INTERVAL ? SECOND, error = ?" GUARD},
    [FOUND] = {.text = "UPDATE content SET" UNCLAIMED ", level = ?, reason = 'found', run_at ="
		       " NOW(3)" GUARD},
    [LOST] = {.text = "DELETE FROM content" GUARD},
};

struct finishing {
	struct pool *pool;
	enum rc (*write)(struct db *db, const struct finishing *f, struct tier_move *move);
	struct tier_move *v;
	size_t n;
	struct tier_levels levels;
	const char *error;
	unsigned level;
	bool is_done; /* of tier_done, whose claim goes on */
};

uint32_t
tier_again_sec(unsigned n)
{
	uint32_t most = n < 16 ? (uint32_t)FIRST_AGAIN_SEC << n : TIER_AGAIN_SEC;

	if (most > TIER_AGAIN_SEC)
		most = TIER_AGAIN_SEC;
	return most / 2 + crypt_uniform(most / 2 + 1);
}

/* ---------------------------------------------------------------- one row */

#define GUARD_ARGS(move) db_u64((move)->id), db_bytes((move)->token, sizeof(move)->token)

static enum rc
write_done(struct db *db, const struct finishing *f, struct tier_move *move)
{
	struct arg level = db_u64(f->levels.ids[move->target]);

	return db_exec(
	    db, &sql[DONE], ARGS(level, level, db_u64(move->bytes), GUARD_ARGS(move), level));
}

static enum rc
write_settled(struct db *db, const struct finishing *f, struct tier_move *move)
{
	return db_exec(
	    db, &sql[SETTLED], ARGS(db_i64(db_conf(db)->levels.min_stay_sec), GUARD_ARGS(move)));
}

static enum rc
write_back(struct db *db, const struct finishing *f, struct tier_move *move)
{
	if (f->error[0] == '\0')
		return db_exec(db, &sql[GIVEN_BACK], ARGS(GUARD_ARGS(move)));
	return db_exec(db, &sql[FAILED],
	    ARGS(db_u64(tier_again_sec(move->tries)), db_text(f->error), GUARD_ARGS(move)));
}

static enum rc
write_found(struct db *db, const struct finishing *f, struct tier_move *move)
{
	move->target = f->level;
	return db_exec(db, &sql[FOUND], ARGS(db_u64(f->levels.ids[f->level]), GUARD_ARGS(move)));
}

static enum rc
write_lost(struct db *db, const struct finishing *f, struct tier_move *move)
{
	return db_exec(db, &sql[LOST], ARGS(GUARD_ARGS(move)));
}

/* ---------------------------------------------------------------- all of them */

static const struct cell *
find_row(const struct rows *rows, uint64_t id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (db_row(rows, i)->number == id)
			return db_row(rows, i);
	return NULL;
}

static bool
is_ours(const struct cell *row, const struct tier_move *move)
{
	return row != NULL && row[1].len == sizeof move->token &&
	       memcmp(row[1].s, move->token, sizeof move->token) == 0;
}

static enum rc
lock_rows(struct db *db, struct pool *pool, const struct tier_move *v, size_t n, struct rows *rows)
{
	uint64_t ids[DB_CHUNK];

	for (size_t i = 0; i < n; i++)
		ids[i] = v[i].id;
	return db_run_ids(db, pool, rows, &sql[LOCK], ids, n, NO_ARGS);
}

static enum rc
finish_body(struct db *db, void *ctx)
{
	struct finishing *f = ctx;
	struct rows rows;
	size_t k;

	TRY(tier_levels_read(db, f->pool, &f->levels));
	for (size_t i = 0; i < f->n; i += k) {
		k = db_chunk(f->n - i);
		TRY(lock_rows(db, f->pool, f->v + i, k, &rows));
		for (size_t j = i; j < i + k; j++) {
			struct tier_move *move = &f->v[j];
			const struct cell *row = find_row(&rows, move->id);

			move->gone = row == NULL;
			move->stale = !is_ours(row, move);
			if (!move->stale)
				TRY(f->write(db, f, move));
		}
	}
	return RC_OK;
}

/* The first row that was changed tells of all: its claim has ended, or its level is the target. */
static enum rc
finish_read_back(struct db *db, void *ctx)
{
	const struct finishing *f = ctx;

	for (size_t i = 0; i < f->n; i++) {
		struct rows rows;
		const struct cell *row;

		if (f->v[i].stale)
			continue;
		TRY(lock_rows(db, f->pool, &f->v[i], 1, &rows));
		row = find_row(&rows, f->v[i].id);
		if (!is_ours(row, &f->v[i]))
			return RC_OK;
		return f->is_done && row[2].number == f->levels.ids[f->v[i].target] ? RC_OK
										    : RC_BUSY;
	}
	return RC_OK;
}

static enum rc
finish(struct db *db, struct finishing *f, const struct txn *txn)
{
	enum rc rc = RC_OK;

	f->pool = pool_new();
	if (f->n > 0)
		rc = db_transact(db, txn, f);
	pool_free(f->pool);
	return rc;
}

static const struct txn finish_txn = {.body = finish_body,
    .read_back = finish_read_back,
    .before_commit = "store.tier.finish.before_commit",
    .committed = "store.tier.finish.committed"};

enum rc
tier_done(struct db *db, struct tier_move *v, size_t n)
{
	static const struct txn txn = {.body = finish_body,
	    .read_back = finish_read_back,
	    .before_commit = "store.tier.done.before_commit",
	    .committed = "store.tier.done.committed"};
	struct finishing f = {.write = write_done, .v = v, .n = n, .is_done = true};

	return finish(db, &f, &txn);
}

enum rc
tier_settled(struct db *db, struct tier_move *v, size_t n)
{
	static const struct txn txn = {.body = finish_body,
	    .read_back = finish_read_back,
	    .before_commit = "store.tier.settled.before_commit",
	    .committed = "store.tier.settled.committed"};
	struct finishing f = {.write = write_settled, .v = v, .n = n};

	return finish(db, &f, &txn);
}

enum rc
tier_back(struct db *db, struct tier_move *v, size_t n, const char *error)
{
	struct finishing f = {.write = write_back, .v = v, .n = n, .error = error};

	return finish(db, &f, &finish_txn);
}

enum rc
tier_found(struct db *db, struct tier_move *v, size_t n, unsigned level)
{
	struct finishing f = {.write = write_found, .v = v, .n = n, .level = level};

	return finish(db, &f, &finish_txn);
}

enum rc
tier_lost(struct db *db, struct tier_move *v, size_t n)
{
	struct finishing f = {.write = write_lost, .v = v, .n = n};

	return finish(db, &f, &finish_txn);
}
