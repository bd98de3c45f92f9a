#include "internal.h"

#define HASH_SIZE 32

enum { FORGET, FIND, KEEP };

static const struct sql sql[] = {
    /* Only old keys of the same user, who is locked, so that no transaction waits for another. */
    [FORGET] = {.text = "DELETE FROM idempotency WHERE user_id = ?"
			" AND created_at < NOW(3) - INTERVAL 24 HOUR"},
    [FIND] = {.text = "SELECT body_hash, answer FROM idempotency"
		      " WHERE user_id = ? AND key_hash = ?"},
    [KEEP] = {.text = "INSERT INTO idempotency (user_id, key_hash, body_hash, created_at, answer)"
		      " VALUES (?, ?, ?, NOW(3), ?)"},
};

enum rc
idempotency_check(struct db *db, struct pool *pool, uint64_t user, struct idempotency *idem)
{
	struct rows rows;
	const struct cell *row;

	if (idem == NULL || idem->key_hash == NULL)
		return RC_OK;
	TRY(db_exec(db, &sql[FORGET], ARGS(db_u64(user))));
	TRY(db_query(
	    db, pool, &rows, &sql[FIND], ARGS(db_u64(user), db_bytes(idem->key_hash, HASH_SIZE))));
	if (rows.n == 0)
		return RC_OK;
	row = db_row(&rows, 0);
	if (row[0].len != HASH_SIZE || memcmp(row[0].s, idem->body_hash, HASH_SIZE) != 0)
		return RC_KEY_REUSED;
	idem->replay = row[1].s;
	return RC_REPLAY;
}

enum rc
idempotency_keep(struct db *db, struct pool *pool, uint64_t user, const struct idempotency *idem,
    const void *object)
{
	if (idem == NULL || idem->key_hash == NULL)
		return RC_OK;
	return db_exec(db, &sql[KEEP],
	    ARGS(db_u64(user), db_bytes(idem->key_hash, HASH_SIZE),
		db_bytes(idem->body_hash, HASH_SIZE), db_text(idem->answer(pool, object))));
}
