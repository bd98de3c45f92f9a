#include "webhook_internal.h"

enum {
	COUNT,
	INSERT,
	ADD_SECRET,
	END_SECRETS,
	LIST,
	GET,
	LOCK,
	CHANGE,
	DELETE,
	REPLAY,
	NEWEST,
	LIST_ALL,
};

#define ITEM                                                                                       \
	"id, user_id, created_at, updated_at, url, types, description, enabled, reason,"           \
	" failing_since, fanned_seq"
#define NEWEST_SEQ "COALESCE((SELECT s.seq FROM user_seq s WHERE s.user_id = webhook.user_id), 0)"

/* Of this user; 0: of any. */
#define OWNED "id = ? AND (? = 0 OR user_id = ?) AND kind = 'webhook' AND deleted = 0"

/*
 * What an endpoint is told of when it is enabled again: what happens from then on. Assignments are
 * made from left to right: ENABLED comes last.
 */
#define SWITCHED                                                                                   \
	"fanned_seq = IF(? AND NOT enabled, " NEWEST_SEQ ", fanned_seq),"                          \
	" failing_since = IF(? AND NOT enabled, NULL, failing_since),"                             \
	" reason = IF(?, '', IF(enabled, ?, reason)), enabled = ?"

static const struct sql sql[] = {
    [COUNT] = {.text = "SELECT COUNT(*) FROM webhook WHERE user_id = ? AND kind = 'webhook' AND "
		       "deleted = 0"},
    [INSERT] = {.text =
		    "INSERT INTO webhook (user_id, created_at, updated_at, url, types,"
		    " description, enabled, reason, fanned_seq) SELECT ?, NOW(3), NOW(3), ?, ?, ?,"
		    " ?, ?, COALESCE(MAX(seq), 0) FROM user_seq WHERE user_id = ?"},
    [ADD_SECRET] = {.text = "INSERT INTO webhook_secret (webhook_id, secret) VALUES (?, ?)"},
    [END_SECRETS] = {.text = "UPDATE webhook_secret SET until = NOW(3) + INTERVAL 24 HOUR"
			     " WHERE webhook_id = ? AND until IS NULL"},
    [LIST] = {.text = "SELECT " ITEM
		      " FROM webhook WHERE user_id = ? AND kind = 'webhook' AND deleted = 0"
		      " ORDER BY id DESC"},
    [GET] = {.text = "SELECT " ITEM " FROM webhook WHERE " OWNED},
    [LOCK] = {.text = "SELECT " ITEM " FROM webhook WHERE " OWNED " FOR UPDATE"},
    [CHANGE] = {.text = "UPDATE webhook SET updated_at = NOW(3), url = ?, types = ?,"
			" description = ?, " SWITCHED " WHERE id = ?"},
    [DELETE] = {.text = "UPDATE webhook SET updated_at = NOW(3), deleted = 1 WHERE id = ?"},
    [REPLAY] = {.text = "UPDATE webhook SET fanned_seq = LEAST(fanned_seq, ?) WHERE id = ?"},
    [NEWEST] = {.text = "SELECT seq FROM user_seq WHERE user_id = ?"},
    [LIST_ALL] = {.text = "SELECT " ITEM
			  " FROM webhook WHERE id > ? AND kind = 'webhook' AND deleted = 0"
			  " ORDER BY id LIMIT ?"},
};

static void
read_item(const struct cell *row, struct webhook *out)
{
	*out = (struct webhook){.id = row[0].number,
	    .user = row[1].number,
	    .created_at = db_time(&row[2]),
	    .updated_at = db_time(&row[3]),
	    .url = row[4].s,
	    .types = row[5].s,
	    .description = row[6].s,
	    .enabled = row[7].number != 0,
	    .reason = row[8].s,
	    .failing = db_time(&row[9]),
	    .fanned_seq = row[10].number};
}

static enum rc
get_one(struct db *db, struct pool *pool, int statement, uint64_t user, uint64_t id,
    struct webhook *out)
{
	struct rows rows;

	TRY(db_query(
	    db, pool, &rows, &sql[statement], ARGS(db_u64(id), db_u64(user), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_item(db_row(&rows, 0), out);
	return RC_OK;
}

enum rc
webhook_lock(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct webhook *out)
{
	return get_one(db, pool, LOCK, user, id, out);
}

/* ---------------------------------------------------------------- making */

struct change {
	struct pool *pool;
	uint64_t user, id;
	const struct webhook_new *in;
	const uint8_t *secret;
	uint64_t after;
	const char *reason; /* for one that is disabled */
	struct webhook *out;
};

static enum rc
create_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct webhook_new *in = c->in;
	struct locked_user user;
	struct rows rows;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(db_query(db, c->pool, &rows, &sql[COUNT], ARGS(db_u64(c->user))));
	if (db_row(&rows, 0)->number >= (uint64_t)db_conf(db)->limits.webhooks_per_user)
		return RC_LIMIT;
	TRY(db_exec(db, &sql[INSERT],
	    ARGS(db_u64(c->user), db_text(in->url), db_text(in->types), db_text(in->description),
		db_i64(in->enabled), db_text(in->enabled != 0 ? "" : "user"), db_u64(c->user))));
	c->id = db_inserted(db);
	TRY(db_exec(
	    db, &sql[ADD_SECRET], ARGS(db_u64(c->id), db_bytes(c->secret, WEBHOOK_SECRET_SIZE))));
	return get_one(db, c->pool, GET, c->user, c->id, c->out);
}

/* What the body made is there, or nothing is. */
static enum rc
create_read_back(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct webhook w;
	enum rc rc = webhook_lock(db, c->pool, c->user, c->id, &w);

	return rc == RC_NOT_FOUND ? RC_BUSY : rc;
}

enum rc
webhook_create(struct db *db, struct pool *pool, uint64_t user, const struct webhook_new *in,
    const uint8_t secret[WEBHOOK_SECRET_SIZE], struct webhook *out)
{
	static const struct txn txn = {.body = create_body,
	    .read_back = create_read_back,
	    .before_commit = "store.webhook.create.before_commit",
	    .committed = "store.webhook.create.committed"};
	struct change c = {.pool = pool, .user = user, .in = in, .secret = secret, .out = out};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- changing */

static enum rc
change_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct webhook_new *in = c->in;
	struct arg on;

	TRY(webhook_lock(db, c->pool, c->user, c->id, c->out));
	if (in->enabled > 0 && strcmp(c->out->reason, "operator") == 0 &&
	    strcmp(c->reason, "operator") != 0)
		return RC_DISABLED;
	on = db_i64(in->enabled < 0 ? c->out->enabled : in->enabled);
	TRY(db_exec(db, &sql[CHANGE],
	    ARGS(db_text(in->url != NULL ? in->url : c->out->url),
		db_text(in->types != NULL ? in->types : c->out->types),
		db_text(in->description != NULL ? in->description : c->out->description), on, on,
		on, db_text(c->reason), on, db_u64(c->id))));
	return get_one(db, c->pool, GET, c->user, c->id, c->out);
}

enum rc
webhook_change(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const struct webhook_new *in, struct webhook *out)
{
	/* To do any of these again after a COMMIT that was not answered changes nothing. */
	static const struct txn txn = {.body = change_body,
	    .before_commit = "store.webhook.change.before_commit",
	    .committed = "store.webhook.change.committed"};
	struct change c = {
	    .pool = pool, .user = user, .id = id, .in = in, .reason = "user", .out = out};

	return db_transact(db, &txn, &c);
}

enum rc
webhook_set_enabled(struct db *db, struct pool *pool, uint64_t id, bool enabled)
{
	static const struct txn txn = {.body = change_body,
	    .before_commit = "store.webhook.enable.before_commit",
	    .committed = "store.webhook.enable.committed"};
	const struct webhook_new in = {.enabled = enabled};
	struct webhook w;
	struct change c = {.pool = pool, .id = id, .in = &in, .reason = "operator", .out = &w};

	return db_transact(db, &txn, &c);
}

static enum rc
delete_body(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(webhook_lock(db, c->pool, c->user, c->id, c->out));
	return db_exec(db, &sql[DELETE], ARGS(db_u64(c->id)));
}

/* It was there when the body ran: if it is not there, the body removed it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	struct change *c = ctx;
	enum rc rc = webhook_lock(db, c->pool, c->user, c->id, c->out);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
webhook_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.webhook.delete.before_commit",
	    .committed = "store.webhook.delete.committed"};
	struct webhook w;
	struct change c = {.pool = pool, .user = user, .id = id, .out = &w};

	return db_transact(db, &txn, &c);
}

static enum rc
rotate_body(struct db *db, void *ctx)
{
	struct change *c = ctx;

	TRY(webhook_lock(db, c->pool, c->user, c->id, c->out));
	TRY(db_exec(db, &sql[END_SECRETS], ARGS(db_u64(c->id))));
	return db_exec(
	    db, &sql[ADD_SECRET], ARGS(db_u64(c->id), db_bytes(c->secret, WEBHOOK_SECRET_SIZE)));
}

enum rc
webhook_rotate(struct db *db, struct pool *pool, uint64_t user, uint64_t id,
    const uint8_t secret[WEBHOOK_SECRET_SIZE], struct webhook *out)
{
	/* After a COMMIT that was not answered the same secret is added again, which does no
	 * harm: what is signed twice with it is signed. */
	static const struct txn txn = {.body = rotate_body,
	    .before_commit = "store.webhook.rotate.before_commit",
	    .committed = "store.webhook.rotate.committed"};
	struct change c = {.pool = pool, .user = user, .id = id, .secret = secret, .out = out};

	return db_transact(db, &txn, &c);
}

static enum rc
replay_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	struct rows rows;

	TRY(webhook_lock(db, c->pool, c->user, c->id, c->out));
	if (!c->out->enabled)
		return RC_DISABLED;
	TRY(db_query(db, c->pool, &rows, &sql[NEWEST], ARGS(db_u64(c->out->user))));
	if (c->after > (rows.n > 0 ? db_row(&rows, 0)->number : 0))
		return RC_RANGE;
	return db_exec(db, &sql[REPLAY], ARGS(db_u64(c->after), db_u64(c->id)));
}

enum rc
webhook_replay(struct db *db, struct pool *pool, uint64_t user, uint64_t id, uint64_t after)
{
	static const struct txn txn = {.body = replay_body,
	    .before_commit = "store.webhook.replay.before_commit",
	    .committed = "store.webhook.replay.committed"};
	struct webhook w;
	struct change c = {.pool = pool, .user = user, .id = id, .after = after, .out = &w};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- reading */

enum rc
webhook_list(struct db *db, struct pool *pool, uint64_t user, struct webhook **v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST], ARGS(db_u64(user))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		read_item(db_row(&rows, i), &(*v)[i]);
	return RC_OK;
}

enum rc
webhook_list_all(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct webhook *v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST_ALL], ARGS(db_u64(after), db_u64(max))));
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		read_item(db_row(&rows, i), &v[i]);
	return RC_OK;
}

enum rc
webhook_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct webhook *out)
{
	return get_one(db, pool, GET, user, id, out);
}

enum rc
webhook_get_any(struct db *db, struct pool *pool, uint64_t id, struct webhook *out)
{
	return get_one(db, pool, GET, 0, id, out);
}
