#include "internal.h"

enum {
	INSERT,
	BY_ID,
	BY_EMAIL,
	OWN_INSERT,
	CHECK,
	LOCK,
	CLOCK,
	SET_BULK_TURN,
	SET_EDIT_TURN,
	COUNT_PROJECT,
};

#define USER "id, created_at, updated_at, name, email"

static const struct sql sql[] = {
    [INSERT] = {.text = "INSERT INTO user (created_at, updated_at, name, email, email_key,"
			" password_hash) VALUES (NOW(3), NOW(3), ?, ?, ?, ?)"},
    [BY_ID] = {.text = "SELECT " USER " FROM user WHERE id = ?"},
    [BY_EMAIL] = {.text = "SELECT " USER ", password_hash, token_epoch"
			  " FROM user WHERE email_key = ? AND disabled = 0"},
    [OWN_INSERT] = {.text = "SELECT " USER " FROM user"
			    " WHERE email_key = ? AND password_hash = ? FOR UPDATE"},
    [CHECK] = {.text = "SELECT token_epoch FROM user WHERE id = ? AND disabled = 0"
		       " AND NOT EXISTS (SELECT 1 FROM logout WHERE user_id = user.id AND"
		       " session = ?)"},
    [LOCK] = {.text = "SELECT bulk_turn, edit_turn, project_count, disabled FROM user"
		      " WHERE id = ? FOR UPDATE"},
    [CLOCK] = {.text = "SELECT turn FROM queue_clock WHERE id = 1"},
    [SET_BULK_TURN] = {.text = "UPDATE user SET bulk_turn = ? WHERE id = ?"},
    [SET_EDIT_TURN] = {.text = "UPDATE user SET edit_turn = ? WHERE id = ?"},
    [COUNT_PROJECT] = {.text = "UPDATE user SET project_count = project_count + ? WHERE id = ?"},
};

/* Single edits do not wait for their turns until they are this far ahead: two minutes of sound. */
#define EDIT_CREDIT 120000

static void
read_user(const struct cell *row, struct user *user)
{
	user->id = row[0].number;
	user->created_at = db_time(&row[1]);
	user->updated_at = db_time(&row[2]);
	user->name = row[3].s;
	user->email = row[4].s;
}

const char *
user_email_key(struct pool *pool, const char *email)
{
	char *key = pool_strdup(pool, email);

	for (char *c = key; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return key;
}

struct creation {
	struct pool *pool;
	const char *name, *email, *email_key, *password_hash;
	struct user *out;
};

static enum rc
create_body(struct db *db, void *ctx)
{
	const struct creation *c = ctx;
	struct rows rows;
	enum rc rc = db_exec(db, &sql[INSERT],
	    ARGS(db_text(c->name), db_text(c->email), db_bytes(c->email_key, strlen(c->email_key)),
		db_text(c->password_hash)));

	if (rc != RC_OK)
		return rc == RC_DUPLICATE ? RC_EMAIL_TAKEN : rc;
	TRY(db_query(db, c->pool, &rows, &sql[BY_ID], ARGS(db_u64(db_inserted(db)))));
	read_user(db_row(&rows, 0), c->out);
	return event_add_user(db, c->out->id);
}

/* Each password hash has a salt of its own, so a row with our hash is ours. */
static enum rc
create_read_back(struct db *db, void *ctx)
{
	const struct creation *c = ctx;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[OWN_INSERT],
	    ARGS(db_bytes(c->email_key, strlen(c->email_key)), db_text(c->password_hash))));
	if (rows.n == 0)
		return RC_BUSY;
	read_user(db_row(&rows, 0), c->out);
	return RC_OK;
}

enum rc
user_create(struct db *db, struct pool *pool, const char *name, const char *email,
    const char *password_hash, struct user *user)
{
	static const struct txn txn = {.body = create_body,
	    .read_back = create_read_back,
	    .before_commit = "store.user.before_commit",
	    .committed = "store.user.committed"};
	struct creation c = {.pool = pool,
	    .name = name,
	    .email = email,
	    .email_key = user_email_key(pool, email),
	    .password_hash = password_hash,
	    .out = user};

	return db_transact(db, &txn, &c);
}

enum rc
user_by_email(struct db *db, struct pool *pool, const char *email, struct user *user,
    const char **password_hash, uint32_t *token_epoch)
{
	const char *key = user_email_key(pool, email);
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[BY_EMAIL], ARGS(db_bytes(key, strlen(key)))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_user(db_row(&rows, 0), user);
	*password_hash = db_row(&rows, 0)[5].s;
	*token_epoch = (uint32_t)db_row(&rows, 0)[6].number;
	return RC_OK;
}

enum rc
user_check(struct db *db, const struct login *login)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[CHECK],
	    ARGS(db_u64(login->user), db_bytes(login->session, sizeof login->session)));

	if (rc == RC_OK && (rows.n == 0 || db_row(&rows, 0)->number != login->epoch))
		rc = RC_DENIED;
	pool_free(pool);
	return rc;
}

enum rc
user_lock_any(struct db *db, struct pool *pool, uint64_t id, struct locked_user *out)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[LOCK], ARGS(db_u64(id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*out = (struct locked_user){.id = id,
	    .last_turn = {[LANE_BULK] = row[0].number, [LANE_EDIT] = row[1].number},
	    .projects = row[2].number,
	    .disabled = row[3].number != 0};
	return RC_OK;
}

enum rc
user_lock(struct db *db, struct pool *pool, uint64_t id, struct locked_user *out)
{
	TRY(user_lock_any(db, pool, id, out));
	return out->disabled ? RC_NOT_FOUND : RC_OK;
}

enum rc
user_take_turns(struct db *db, struct pool *pool, struct locked_user *user, enum lane lane,
    uint64_t cost, uint64_t *first)
{
	static const int set[] = {[LANE_BULK] = SET_BULK_TURN, [LANE_EDIT] = SET_EDIT_TURN};
	struct rows rows;
	uint64_t next = user->last_turn[lane], now = 0;

	if (cost == 0)
		return RC_OK;
	TRY(db_query(db, pool, &rows, &sql[CLOCK], NO_ARGS));
	if (rows.n == 1)
		now = db_row(&rows, 0)->number;
	if (now == 0)
		now = 1;
	if (next < now)
		next = now;
	*first = lane == LANE_EDIT && next - now <= EDIT_CREDIT ? now : next;
	user->last_turn[lane] = next + cost;
	return db_exec(db, &sql[set[lane]], ARGS(db_u64(user->last_turn[lane]), db_u64(user->id)));
}

enum rc
user_count_project(struct db *db, uint64_t user, int more)
{
	return db_exec(db, &sql[COUNT_PROJECT], ARGS(db_i64(more), db_u64(user)));
}
