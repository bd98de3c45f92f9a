#include "admin.h"

#include "internal.h"

enum { NEXT, BY_ID, BY_EMAIL, DISABLE, PASSWORD };

#define USER "id, created_at, updated_at, name, email, disabled, project_count, token_epoch"

static const struct sql sql[] = {
    [NEXT] = {.text = "SELECT " USER
		      " FROM user WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?"},
    [BY_ID] = {.text = "SELECT " USER " FROM user WHERE id = ? AND deleted_at IS NULL"},
    [BY_EMAIL] = {.text = "SELECT " USER " FROM user WHERE email_key = ?"},
    /* Tokens issued before must not become valid again when the user is enabled. */
    [DISABLE] = {.text = "UPDATE user SET updated_at = NOW(3), disabled = ?,"
			 " token_epoch = token_epoch + 1 WHERE id = ? AND disabled <> ?"
			 " AND deleted_at IS NULL"},
    [PASSWORD] = {.text = "UPDATE user SET updated_at = NOW(3), password_hash = ?,"
			  " token_epoch = token_epoch + 1 WHERE id = ? AND deleted_at IS NULL"},
};

static void
read_user(const struct cell *row, struct admin_user *u)
{
	*u = (struct admin_user){.user = {.id = row[0].number,
				     .created_at = db_time(&row[1]),
				     .updated_at = db_time(&row[2]),
				     .name = row[3].s,
				     .email = row[4].s},
	    .disabled = row[5].number != 0,
	    .projects = row[6].number,
	    .token_epoch = (uint32_t)row[7].number};
}

enum rc
admin_users(
    struct db *db, struct pool *pool, uint64_t after, struct admin_user v[ADMIN_MAX], size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[NEXT], ARGS(db_u64(after), db_u64(ADMIN_MAX))));
	for (; *n < rows.n; ++*n)
		read_user(db_row(&rows, *n), &v[*n]);
	return RC_OK;
}

enum rc
admin_user_find(struct db *db, struct pool *pool, const char *email_or_id, struct admin_user *out)
{
	struct rows rows;

	if (strchr(email_or_id, '@') != NULL) {
		const char *key = user_email_key(pool, email_or_id);

		TRY(db_query(db, pool, &rows, &sql[BY_EMAIL], ARGS(db_bytes(key, strlen(key)))));
	} else {
		/* Anything but a number is an unknown user: ids begin with 1. */
		size_t digits = strspn(email_or_id, "0123456789");
		uint64_t id = 0;

		for (size_t i = 0; i < digits && digits < 20; i++)
			id = id * 10 + (uint64_t)(email_or_id[i] - '0');
		if (email_or_id[digits] != '\0')
			id = 0;
		TRY(db_query(db, pool, &rows, &sql[BY_ID], ARGS(db_u64(id))));
	}
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_user(db_row(&rows, 0), out);
	return RC_OK;
}

struct change {
	int statement;
	uint64_t id;
	bool disabled;
	const char *password_hash;
};

static enum rc
change_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;
	uint64_t disabled = c->disabled ? 1 : 0;

	if (c->statement == DISABLE)
		return db_exec(
		    db, &sql[DISABLE], ARGS(db_u64(disabled), db_u64(c->id), db_u64(disabled)));
	return db_exec(db, &sql[PASSWORD], ARGS(db_text(c->password_hash), db_u64(c->id)));
}

/* Repeating it after a COMMIT that was not answered is harmless. */
static const struct txn change_txn = {.body = change_body,
    .before_commit = "store.admin_user.before_commit",
    .committed = "store.admin_user.committed"};

enum rc
admin_user_disable(struct db *db, uint64_t id, bool disabled)
{
	struct change c = {.statement = DISABLE, .id = id, .disabled = disabled};

	return db_transact(db, &change_txn, &c);
}

enum rc
admin_user_password(struct db *db, uint64_t id, const char *password_hash)
{
	struct change c = {.statement = PASSWORD, .id = id, .password_hash = password_hash};

	return db_transact(db, &change_txn, &c);
}
