#include "account.h"

#include "internal.h"

enum {
	READ,
	LOCK,
	SET_NAME,
	SET_PASSWORD,
	SET_EMAIL,
	BY_PASSWORD,
	END_ALL,
	END,
	FORGET,
};

#define USER "id, created_at, updated_at, name, email"

/* Longer than any token is valid: see token.expire_sec in tts.conf(5). */
#define LOGOUT_DAYS "31"

static const struct sql sql[] = {
    [READ] = {.text = "SELECT " USER ", password_hash FROM user WHERE id = ? AND disabled = 0"},
    [LOCK] = {.text = "SELECT password_hash FROM user WHERE id = ? AND disabled = 0 FOR UPDATE"},
    [SET_NAME] = {.text = "UPDATE user SET updated_at = NOW(3), name = ? WHERE id = ?"},
    [SET_PASSWORD] = {.text = "UPDATE user SET updated_at = NOW(3), password_hash = ?,"
			      " token_epoch = token_epoch + 1 WHERE id = ?"},
    [SET_EMAIL] = {.text = "UPDATE user SET updated_at = NOW(3), email = ?, email_key = ?"
			   " WHERE id = ?"},
    [BY_PASSWORD] = {.text = "SELECT token_epoch FROM user WHERE id = ? AND password_hash = ?"
			     " AND disabled = 0 FOR UPDATE"},
    [END_ALL] = {.text = "UPDATE user SET token_epoch = token_epoch + 1 WHERE id = ?"},
    [END] = {.text = "INSERT IGNORE INTO logout (user_id, session, ended_at)"
		     " VALUES (?, ?, NOW(3))"},
    [FORGET] = {.text = "DELETE FROM logout WHERE user_id = ?"
			" AND ended_at < NOW(3) - INTERVAL " LOGOUT_DAYS " DAY"},
};

enum rc
account_get(
    struct db *db, struct pool *pool, uint64_t id, struct user *user, const char **password_hash)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[READ], ARGS(db_u64(id))));
	if (rows.n == 0)
		return RC_DENIED;
	row = db_row(&rows, 0);
	*user = (struct user){.id = row[0].number,
	    .created_at = db_time(&row[1]),
	    .updated_at = db_time(&row[2]),
	    .name = row[3].s,
	    .email = row[4].s};
	*password_hash = row[5].s;
	return RC_OK;
}

/* A change of an account. PROVED is the hash of the password that its owner gave; NULL: none had to
 * be given. */
struct change {
	struct pool *pool;
	uint64_t id;
	const char *proved;
	const char *name, *email, *password_hash; /* the one that is not NULL is changed */
	struct user *user;
	uint32_t *epoch;
};

/* Lock the user, and make sure that the password is still the one that was given. */
static enum rc
account_lock(struct db *db, const struct change *c)
{
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id))));
	if (rows.n == 0 || (c->proved != NULL && strcmp(db_row(&rows, 0)->s, c->proved) != 0))
		return RC_DENIED;
	return RC_OK;
}

static enum rc
change_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	const char *hash;
	enum rc rc = RC_OK;

	TRY(account_lock(db, c));
	if (c->name != NULL)
		TRY(db_exec(db, &sql[SET_NAME], ARGS(db_text(c->name), db_u64(c->id))));
	if (c->email != NULL) {
		const char *key = user_email_key(c->pool, c->email);

		rc = db_exec(db, &sql[SET_EMAIL],
		    ARGS(db_text(c->email), db_bytes(key, strlen(key)), db_u64(c->id)));
		if (rc != RC_OK)
			return rc == RC_DUPLICATE ? RC_EMAIL_TAKEN : rc;
	}
	return account_get(db, c->pool, c->id, c->user, &hash);
}

/* Repeating it after a COMMIT that was not answered is harmless. */
static const struct txn change_txn = {.body = change_body,
    .before_commit = "store.account.before_commit",
    .committed = "store.account.committed"};

enum rc
account_rename(struct db *db, struct pool *pool, uint64_t id, const char *name, struct user *user)
{
	struct change c = {.pool = pool, .id = id, .name = name, .user = user};

	return db_transact(db, &change_txn, &c);
}

enum rc
account_set_email(struct db *db, struct pool *pool, uint64_t id, const char *proved,
    const char *email, struct user *user)
{
	struct change c = {.pool = pool, .id = id, .proved = proved, .email = email, .user = user};

	return db_transact(db, &change_txn, &c);
}

/* Each password hash has a salt of its own, so a row with the new one was changed by us. */
static enum rc
password_read_back(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	struct rows rows;

	TRY(db_query(
	    db, c->pool, &rows, &sql[BY_PASSWORD], ARGS(db_u64(c->id), db_text(c->password_hash))));
	if (rows.n == 0)
		return RC_BUSY;
	*c->epoch = (uint32_t)db_row(&rows, 0)->number;
	return RC_OK;
}

static enum rc
password_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;

	TRY(account_lock(db, c));
	TRY(db_exec(db, &sql[SET_PASSWORD], ARGS(db_text(c->password_hash), db_u64(c->id))));
	return password_read_back(db, ctx);
}

enum rc
account_set_password(struct db *db, struct pool *pool, uint64_t id, const char *proved,
    const char *password_hash, uint32_t *epoch)
{
	static const struct txn txn = {.body = password_body,
	    .read_back = password_read_back,
	    .before_commit = "store.account.before_commit",
	    .committed = "store.account.committed"};
	struct change c = {.pool = pool,
	    .id = id,
	    .proved = proved,
	    .password_hash = password_hash,
	    .epoch = epoch};

	return db_transact(db, &txn, &c);
}

static enum rc
end_body(struct db *db, void *ctx)
{
	const struct login *login = ctx;

	TRY(db_exec(db, &sql[END],
	    ARGS(db_u64(login->user), db_bytes(login->session, sizeof login->session))));
	return db_exec(db, &sql[FORGET], ARGS(db_u64(login->user)));
}

enum rc
account_logout(struct db *db, const struct login *login)
{
	static const struct txn txn = {.body = end_body,
	    .before_commit = "store.account.before_commit",
	    .committed = "store.account.committed"};
	struct login ended = *login;

	return db_transact(db, &txn, &ended);
}

static enum rc
end_all_body(struct db *db, void *ctx)
{
	const uint64_t *id = ctx;

	return db_exec(db, &sql[END_ALL], ARGS(db_u64(*id)));
}

enum rc
account_logout_all(struct db *db, uint64_t id)
{
	static const struct txn txn = {.body = end_all_body,
	    .before_commit = "store.account.before_commit",
	    .committed = "store.account.committed"};

	return db_transact(db, &txn, &id);
}
