#include "key.h"

#include "internal.h"

enum {
	COUNT,
	INSERT,
	BY_HASH,
	LIST,
	LOCK,
	REMOVE,
	END,
	CHECK,
	USED,
};

#define KEY "id, created_at, name, can_read, can_write, expires_at, used_at"

static const struct sql sql[] = {
    [COUNT] = {.text = "SELECT COUNT(*) FROM api_key WHERE user_id = ?"},
    [INSERT] = {.text = "INSERT INTO api_key (user_id, created_at, name, hash, can_read, can_write,"
			" expires_at) VALUES (?, NOW(3), ?, ?, ?, ?,"
			" IF(? = 0, NULL, NOW(3) + INTERVAL ? DAY))"},
    [BY_HASH] = {.text = "SELECT " KEY " FROM api_key WHERE user_id = ? AND hash = ? FOR UPDATE"},
    [LIST] = {.text = "SELECT " KEY " FROM api_key WHERE user_id = ? ORDER BY id DESC"},
    [LOCK] = {.text = "SELECT hash FROM api_key WHERE id = ? AND user_id = ? FOR UPDATE"},
    [REMOVE] = {.text = "DELETE FROM api_key WHERE id = ?"},
    [END] = {.text = "INSERT IGNORE INTO logout (user_id, session, ended_at)"
		     " VALUES (?, ?, NOW(3))"},
    [CHECK] = {.text = "SELECT k.id, k.user_id, u.token_epoch, k.can_read, k.can_write,"
		       " CAST(COALESCE(CEIL(UNIX_TIMESTAMP(k.expires_at)), 0) AS UNSIGNED),"
		       " k.used_at IS NULL OR k.used_at < NOW(3) - INTERVAL 1 MINUTE"
		       " FROM api_key k JOIN user u ON u.id = k.user_id AND u.disabled = 0"
		       " WHERE k.hash = ? AND (k.expires_at IS NULL OR k.expires_at > NOW(3))"},
    [USED] = {.text = "UPDATE api_key SET used_at = NOW(3) WHERE id = ?"},
};

static void
read_key(const struct cell *row, struct key *key)
{
	*key = (struct key){.id = row[0].number,
	    .created_at = db_time(&row[1]),
	    .name = row[2].s,
	    .read = row[3].number != 0,
	    .write = row[4].number != 0,
	    .expires_at = db_time(&row[5]),
	    .used_at = db_time(&row[6])};
}

struct change {
	struct pool *pool;
	uint64_t user, id;
	const struct key_new *in;
	uint64_t keys_max;
	struct key *out;
};

static enum rc
create_read_back(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[BY_HASH],
	    ARGS(db_u64(c->user), db_bytes(c->in->hash, AUTH_KEY_HASH_SIZE))));
	if (rows.n == 0)
		return RC_BUSY;
	read_key(db_row(&rows, 0), c->out);
	return RC_OK;
}

static enum rc
create_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	const struct key_new *in = c->in;
	struct locked_user user;
	struct rows rows;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(db_query(db, c->pool, &rows, &sql[COUNT], ARGS(db_u64(c->user))));
	if (db_row(&rows, 0)->number >= c->keys_max)
		return RC_LIMIT;
	TRY(db_exec(db, &sql[INSERT],
	    ARGS(db_u64(c->user), db_text(in->name), db_bytes(in->hash, AUTH_KEY_HASH_SIZE),
		db_u64(in->read), db_u64(in->write), db_u64(in->days), db_u64(in->days))));
	return create_read_back(db, ctx);
}

enum rc
key_create(struct db *db, struct pool *pool, uint64_t user, const struct key_new *in,
    uint64_t keys_max, struct key *out)
{
	static const struct txn txn = {.body = create_body,
	    .read_back = create_read_back,
	    .before_commit = "store.key.before_commit",
	    .committed = "store.key.committed"};
	struct change c = {.pool = pool, .user = user, .in = in, .keys_max = keys_max, .out = out};

	return db_transact(db, &txn, &c);
}

enum rc
key_list(struct db *db, struct pool *pool, uint64_t user, struct key **v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST], ARGS(db_u64(user))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	for (*n = 0; *n < rows.n; ++*n)
		read_key(db_row(&rows, *n), &(*v)[*n]);
	return RC_OK;
}

static enum rc
delete_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id), db_u64(c->user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	TRY(db_exec(db, &sql[REMOVE], ARGS(db_u64(c->id))));
	return db_exec(
	    db, &sql[END], ARGS(db_u64(c->user), db_bytes(db_row(&rows, 0)->s, AUTH_SESSION_SIZE)));
}

/* The key was there when the body ran. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id), db_u64(c->user))));
	return rows.n == 0 ? RC_OK : RC_BUSY;
}

enum rc
key_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.key.before_commit",
	    .committed = "store.key.committed"};
	struct change c = {.pool = pool, .user = user, .id = id};

	return db_transact(db, &txn, &c);
}

enum rc
key_check(struct db *db, const uint8_t *hash, struct key_login *out)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc =
	    db_query(db, pool, &rows, &sql[CHECK], ARGS(db_bytes(hash, AUTH_KEY_HASH_SIZE)));

	if (rc == RC_OK && rows.n == 0)
		rc = RC_DENIED;
	if (rc == RC_OK) {
		const struct cell *row = db_row(&rows, 0);

		*out = (struct key_login){.id = row[0].number,
		    .login = {.user = row[1].number,
			.epoch = (uint32_t)row[2].number,
			.expires = row[5].number != 0 ? (int64_t)row[5].number : INT64_MAX},
		    .read = row[3].number != 0,
		    .write = row[4].number != 0,
		    .unused = row[6].number != 0};
		memcpy(out->login.session, hash, AUTH_SESSION_SIZE);
	}
	pool_free(pool);
	return rc;
}

static enum rc
used_body(struct db *db, void *ctx)
{
	const uint64_t *id = ctx;

	return db_exec(db, &sql[USED], ARGS(db_u64(*id)));
}

enum rc
key_used(struct db *db, uint64_t id)
{
	static const struct txn txn = {.body = used_body,
	    .before_commit = "store.key.before_commit",
	    .committed = "store.key.committed"};

	return db_transact(db, &txn, &id);
}
