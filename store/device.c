#include "device.h"

#include "../common/base/crypt.h"
#include "webhook_internal.h"

enum {
	OWNER,
	COUNT,
	LOCK,
	FORGET,
	REMOVE_TOKEN,
	INSERT_ENDPOINT,
	INSERT,
	RENEW,
	GET,
	LIST,
	LIST_ALL,
	REMOVE
};

#define ITEM                                                                                       \
	"SELECT d.webhook_id, w.user_id, d.platform, d.language, d.created_at, d.updated_at"       \
	" FROM device d JOIN webhook w ON w.id = d.webhook_id WHERE w.deleted = 0"

/* What is sent as a push message; "audio.ready" only after a single edit, see delivery_fan.c. */
#define TYPES                                                                                      \
	"audio.ready,project.completed,project.completed_with_errors,pipeline.completed,"          \
	"pipeline.failed,export.ready"

static const struct sql sql[] = {
    [OWNER] = {.text = "SELECT d.webhook_id, w.user_id FROM device d JOIN webhook w ON w.id ="
		       " d.webhook_id WHERE d.token_hash = ? AND w.deleted = 0"},
    [COUNT] = {.text = "SELECT COUNT(*) FROM device d JOIN webhook w ON w.id = d.webhook_id"
		       " WHERE w.user_id = ? AND w.kind = 'device' AND w.deleted = 0"},
    [LOCK] = {.text = "SELECT user_id FROM webhook WHERE id = ? AND kind = 'device'"
		      " AND deleted = 0 FOR UPDATE"},
    [FORGET] = {.text = "UPDATE webhook SET deleted = 1, updated_at = NOW(3) WHERE id = ?"},
    [INSERT_ENDPOINT] = {.text =
			     "INSERT INTO webhook (user_id, kind, created_at, updated_at, url,"
			     " types, fanned_seq) SELECT ?, 'device', NOW(3), NOW(3), '', '" TYPES
			     "', COALESCE(MAX(seq), 0) FROM user_seq WHERE user_id = ?"},
    [REMOVE_TOKEN] = {.text = "DELETE FROM device WHERE token_hash = ?"},
    [INSERT] = {.text = "INSERT INTO device (webhook_id, token_hash, token, platform, language,"
			" created_at, updated_at) VALUES (?, ?, ?, ?, ?, NOW(3), NOW(3))"},
    [RENEW] = {.text = "UPDATE device SET platform = ?, language = ?, updated_at = NOW(3)"
		       " WHERE webhook_id = ?"},
    [GET] = {.text = ITEM " AND d.webhook_id = ?"},
    [LIST] = {.text = ITEM " AND w.user_id = ? AND w.kind = 'device' ORDER BY d.webhook_id DESC"},
    [LIST_ALL] = {.text = ITEM " AND d.webhook_id > ? ORDER BY d.webhook_id LIMIT ?"},
    [REMOVE] = {.text = "DELETE FROM device WHERE webhook_id = ?"},
};

static void
read_item(const struct cell *row, struct device *out)
{
	*out = (struct device){.id = row[0].number,
	    .user = row[1].number,
	    .platform = row[2].s,
	    .language = row[3].s,
	    .created_at = db_time(&row[4]),
	    .updated_at = db_time(&row[5])};
}

struct change {
	struct pool *pool;
	uint64_t user, id;
	const struct device_new *in;
	struct device *out;
	bool renewed;
};

/* ---------------------------------------------------------------- registering */

/* The token belongs to another user, or to nobody. */
static enum rc
add(struct db *db, struct change *c, const struct arg *hash)
{
	const struct device_new *in = c->in;
	struct rows rows;
	enum rc rc;

	TRY(db_query(db, c->pool, &rows, &sql[COUNT], ARGS(db_u64(c->user))));
	if (db_row(&rows, 0)->number >= (uint64_t)db_conf(db)->limits.devices_per_user)
		return RC_LIMIT;
	if (c->id != 0)
		TRY(db_exec(db, &sql[FORGET], ARGS(db_u64(c->id))));
	TRY(db_exec(db, &sql[REMOVE_TOKEN], hash, 1));
	TRY(db_exec(db, &sql[INSERT_ENDPOINT], ARGS(db_u64(c->user), db_u64(c->user))));
	c->id = db_inserted(db);
	rc = db_exec(db, &sql[INSERT],
	    ARGS(db_u64(c->id), *hash, db_text(in->token), db_text(in->platform),
		db_text(in->language)));
	return rc == RC_DUPLICATE ? RC_BUSY : rc; /* it was registered at the same moment */
}

static enum rc
register_body(struct db *db, void *ctx)
{
	struct change *c = ctx;
	const struct device_new *in = c->in;
	uint8_t bytes[CRYPT_SHA256_SIZE];
	struct locked_user user;
	struct rows rows;
	struct arg hash;

	crypt_sha256(bytes, in->token, strlen(in->token));
	hash = db_bytes(bytes, sizeof bytes);
	c->id = 0;
	c->renewed = false;
	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(db_query(db, c->pool, &rows, &sql[OWNER], ARGS(hash)));
	if (rows.n > 0) {
		c->id = db_row(&rows, 0)[0].number;
		c->renewed = db_row(&rows, 0)[1].number == c->user;
		TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id))));
		c->renewed &= rows.n > 0; /* it was removed in between */
	}
	if (c->renewed)
		TRY(db_exec(db, &sql[RENEW],
		    ARGS(db_text(in->platform), db_text(in->language), db_u64(c->id))));
	else
		TRY(add(db, c, &hash));
	TRY(db_query(db, c->pool, &rows, &sql[GET], ARGS(db_u64(c->id))));
	if (rows.n == 0)
		return RC_BUSY;
	read_item(db_row(&rows, 0), c->out);
	return RC_OK;
}

enum rc
device_register(struct db *db, struct pool *pool, uint64_t user, const struct device_new *in,
    struct device *out, bool *renewed)
{
	/* After a COMMIT that was not answered it is found, and renewed. */
	static const struct txn txn = {.body = register_body,
	    .before_commit = "store.device.register.before_commit",
	    .committed = "store.device.register.committed"};
	struct change c = {.pool = pool, .user = user, .in = in, .out = out};
	enum rc rc = db_transact(db, &txn, &c);

	*renewed = c.renewed;
	return rc;
}

/* ---------------------------------------------------------------- removing */

static enum rc
lock(struct db *db, const struct change *c)
{
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[LOCK], ARGS(db_u64(c->id))));
	return rows.n == 0 || db_row(&rows, 0)->number != c->user ? RC_NOT_FOUND : RC_OK;
}

enum rc
device_forget(struct db *db, uint64_t id)
{
	TRY(db_exec(db, &sql[FORGET], ARGS(db_u64(id))));
	return db_exec(db, &sql[REMOVE], ARGS(db_u64(id)));
}

static enum rc
delete_body(struct db *db, void *ctx)
{
	const struct change *c = ctx;

	TRY(lock(db, c));
	return device_forget(db, c->id);
}

/* It was there when the body ran: if it is not there, the body removed it. */
static enum rc
delete_read_back(struct db *db, void *ctx)
{
	enum rc rc = lock(db, ctx);

	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc == RC_OK ? RC_BUSY : rc;
}

enum rc
device_delete(struct db *db, struct pool *pool, uint64_t user, uint64_t id)
{
	static const struct txn txn = {.body = delete_body,
	    .read_back = delete_read_back,
	    .before_commit = "store.device.delete.before_commit",
	    .committed = "store.device.delete.committed"};
	struct change c = {.pool = pool, .user = user, .id = id};

	return db_transact(db, &txn, &c);
}

/* ---------------------------------------------------------------- reading */

enum rc
device_list(struct db *db, struct pool *pool, uint64_t user, struct device **v, size_t *n)
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
device_list_all(
    struct db *db, struct pool *pool, uint64_t after, size_t max, struct device *v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LIST_ALL], ARGS(db_u64(after), db_u64(max))));
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		read_item(db_row(&rows, i), &v[i]);
	return RC_OK;
}
