#include "internal.h"

#include <ctype.h>
#include <inttypes.h>

#include "../common/base/crypt.h"
#include "lexicon.h"

enum {
	BY_KEY,
	COUNT,
	INSERT,
	REPLACE,
	BURY,
	DONE,
	DELETE,
	GET,
	LOCK,
	ALL,
	BROKEN_OFF,
	LIST,
	OWNED
};

/* Column lists and the function that reads such a row belong together. */
#define ITEM                                                                                       \
	"id, project_id, kind, language, written, said, created_at, updated_at, revision,"         \
	" unswept, gone"

/* An entry of this user, in all projects or in one (or any: 0). */
#define IN_PROJECT "(? = 0 OR project_id = ?)"

/* It was not deleted, nor was its project. */
#define THERE                                                                                      \
	"NOT gone AND NOT EXISTS (SELECT 1 FROM project p"                                         \
	" WHERE p.id = lexicon.project_id AND p.deleted)"

static const struct sql sql[] = {
    [BY_KEY] = {.text = "SELECT " ITEM " FROM lexicon WHERE user_id = ? AND key_hash = ?"
			" FOR UPDATE"},
    [COUNT] = {.text =
		   "SELECT COUNT(*) FROM lexicon WHERE user_id = ? AND " THERE " AND " IN_PROJECT},
    [INSERT] = {.text = "INSERT INTO lexicon (user_id, project_id, created_at, updated_at, kind,"
			" language, written, said, key_hash, unswept)"
			" VALUES (?, NULLIF(?, 0), NOW(3), NOW(3), ?, ?, ?, ?, ?, TRUE)"},
    [REPLACE] = {.text = "UPDATE lexicon SET written = ?, said = ?, updated_at = NOW(3),"
			 " revision = revision + 1, unswept = TRUE, gone = FALSE WHERE id = ?"},
    [BURY] = {.text = "UPDATE lexicon SET updated_at = NOW(3), revision = revision + 1,"
		      " unswept = TRUE, gone = TRUE WHERE id = ?"},
    [DONE] = {.text = "UPDATE lexicon SET unswept = FALSE WHERE id = ? AND revision = ?"},
    [DELETE] = {.text = "DELETE FROM lexicon WHERE id = ? AND revision = ?"},
    [GET] = {.text = "SELECT " ITEM " FROM lexicon WHERE id = ? AND user_id = ? AND " THERE},
    [LOCK] = {.text = "SELECT " ITEM " FROM lexicon WHERE id = ? AND user_id = ? FOR UPDATE"},
    [ALL] = {.text = "SELECT " ITEM " FROM lexicon WHERE user_id = ? ORDER BY id"},
    [BROKEN_OFF] = {.text = "SELECT " ITEM " FROM lexicon WHERE user_id = ? AND unswept"
			    " AND updated_at < NOW(3) - INTERVAL 60 SECOND"},
    [LIST] = {.text = "SELECT " ITEM " FROM lexicon WHERE user_id = ? AND " THERE " AND " IN_PROJECT
		      " ORDER BY id DESC LIMIT ? OFFSET ?"},
    [OWNED] = {.text = "SELECT id FROM project WHERE id = ? AND user_id = ? AND deleted = 0"},
};

static void
read_item(const struct cell *row, struct lexicon_row *out)
{
	*out = (struct lexicon_row){.item = {.entry = {.id = row[0].number,
						 .project = row[1].number,
						 .match = lexicon_match_named(row[2].s),
						 .language = row[3].s,
						 .from = row[4].s,
						 .to = row[5].s},
					.created_at = db_time(&row[6]),
					.updated_at = db_time(&row[7])},
	    .revision = row[8].number,
	    .unswept = row[9].number != 0,
	    .gone = row[10].number != 0};
}

/* Read the one row of a statement; RC_NOT_FOUND if there is none. */
static enum rc
get_row(struct db *db, struct pool *pool, struct lexicon_row *out, int statement,
    const struct arg *args, size_t n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[statement], args, n));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_item(db_row(&rows, 0), out);
	return RC_OK;
}

static enum rc
get_rows(struct db *db, struct pool *pool, uint64_t user, int statement, struct lexicon_row **v,
    size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[statement], ARGS(db_u64(user))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		read_item(db_row(&rows, i), &(*v)[i]);
	return RC_OK;
}

enum rc
lexicon_rows(struct db *db, struct pool *pool, uint64_t user, struct lexicon_row **v, size_t *n)
{
	return get_rows(db, pool, user, ALL, v, n);
}

/* ---------------------------------------------------------------- changing */

struct lexicon_change {
	struct pool *pool;
	const struct conf *conf;
	uint64_t user;
	const struct lexicon_entry *in;
	uint64_t id;
	uint8_t key[CRYPT_SHA256_SIZE];
	struct lexicon_row *row; /* as it is now */
};

static enum rc
owns_project(struct db *db, struct pool *pool, uint64_t user, uint64_t project)
{
	struct rows rows;

	if (project == 0)
		return RC_OK;
	TRY(db_query(db, pool, &rows, &sql[OWNED], ARGS(db_u64(project), db_u64(user))));
	return rows.n == 0 ? RC_NOT_FOUND : RC_OK;
}

static enum rc
has_room(struct db *db, const struct lexicon_change *c)
{
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[COUNT], ARGS(db_u64(c->user), db_u64(0), db_u64(0))));
	return db_row(&rows, 0)->number >= (uint64_t)c->conf->limits.lexicon_entries ? RC_LIMIT
										     : RC_OK;
}

static void
make_key(struct lexicon_change *c)
{
	const struct lexicon_entry *e = c->in;
	char *language = pool_strdup(c->pool, e->language);
	char *key;

	for (char *s = language; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	key = pool_printf(c->pool, "%ju %s %s %s", (uintmax_t)e->project,
	    lexicon_match_name(e->match), language, lexicon_key(c->pool, e));

	crypt_sha256(c->key, key, strlen(key));
}

/* Whether the row says already what the entry does, and so do all sentences. */
static bool
is_settled(const struct lexicon_row *row, const struct lexicon_entry *in)
{
	return !row->gone && !row->unswept && strcmp(row->item.entry.to, in->to) == 0 &&
	       strcmp(row->item.entry.from, in->from) == 0;
}

static enum rc
put_body(struct db *db, void *ctx)
{
	struct lexicon_change *c = ctx;
	const struct lexicon_entry *in = c->in;
	struct locked_user user;
	uint64_t sentences;
	enum rc rc;

	TRY(user_lock(db, c->pool, c->user, &user));
	if (in->project != 0)
		TRY(project_lock(db, c->pool, c->user, in->project, &sentences));
	rc = get_row(
	    db, c->pool, c->row, BY_KEY, ARGS(db_u64(c->user), db_bytes(c->key, sizeof c->key)));
	if (rc == RC_OK && is_settled(c->row, in))
		return RC_OK;
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_NOT_FOUND || c->row->gone)
		TRY(has_room(db, c));
	if (rc == RC_OK)
		TRY(db_exec(db, &sql[REPLACE],
		    ARGS(db_text(in->from), db_text(in->to), db_u64(c->row->item.entry.id))));
	else
		TRY(db_exec(db, &sql[INSERT],
		    ARGS(db_u64(c->user), db_u64(in->project),
			db_text(lexicon_match_name(in->match)), db_text(in->language),
			db_text(in->from), db_text(in->to), db_bytes(c->key, sizeof c->key))));
	return get_row(
	    db, c->pool, c->row, BY_KEY, ARGS(db_u64(c->user), db_bytes(c->key, sizeof c->key)));
}

static enum rc
bury_body(struct db *db, void *ctx)
{
	struct lexicon_change *c = ctx;
	struct locked_user user;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(get_row(db, c->pool, c->row, LOCK, ARGS(db_u64(c->id), db_u64(c->user))));
	TRY(owns_project(db, c->pool, c->user, c->row->item.entry.project));
	TRY(db_exec(db, &sql[BURY], ARGS(db_u64(c->id))));
	return get_row(db, c->pool, c->row, LOCK, ARGS(db_u64(c->id), db_u64(c->user)));
}

static enum rc
settle_body(struct db *db, void *ctx)
{
	const struct lexicon_row *row = ctx;

	return db_exec(db, &sql[row->gone ? DELETE : DONE],
	    ARGS(db_u64(row->item.entry.id), db_u64(row->revision)));
}

/*
 * Queue the sentences that a change touches, and note that this is done. What breaks off here is
 * finished by the next change: the caller can only say that it does not know.
 */
static enum rc
sweep(struct db *db, const struct conf *conf, uint64_t user, struct lexicon_row *row,
    uint64_t *queued)
{
	static const struct txn txn = {.body = settle_body,
	    .before_commit = "store.lexicon.settle.before_commit",
	    .committed = "store.lexicon.settle.committed"};
	enum rc rc = lexicon_sweep(db, conf, user, &row->item.entry, true, queued);

	if (rc == RC_OK)
		rc = db_transact(db, &txn, row);
	return rc == RC_BUSY ? RC_UNKNOWN : rc;
}

/* Finish what broke off a while ago. */
static enum rc
finish_others(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user)
{
	struct lexicon_row *v;
	uint64_t queued;
	size_t n;

	TRY(get_rows(db, pool, user, BROKEN_OFF, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(sweep(db, conf, user, &v[i], &queued));
	return RC_OK;
}

enum rc
lexicon_put(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    const struct lexicon_entry *in, struct lexicon_item *out, uint64_t *queued)
{
	static const struct txn txn = {.body = put_body,
	    .before_commit = "store.lexicon.before_commit",
	    .committed = "store.lexicon.committed"};
	struct lexicon_row row;
	struct lexicon_change c = {.pool = pool, .conf = conf, .user = user, .in = in, .row = &row};

	*queued = 0;
	make_key(&c);
	TRY(finish_others(db, conf, pool, user));
	TRY(db_transact(db, &txn, &c));
	*out = row.item;
	return row.unswept ? sweep(db, conf, user, &row, queued) : RC_OK;
}

enum rc
lexicon_delete(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    uint64_t id, uint64_t *queued)
{
	static const struct txn txn = {.body = bury_body,
	    .before_commit = "store.lexicon.delete.before_commit",
	    .committed = "store.lexicon.delete.committed"};
	struct lexicon_row row;
	struct lexicon_change c = {.pool = pool, .conf = conf, .user = user, .id = id, .row = &row};

	*queued = 0;
	TRY(finish_others(db, conf, pool, user));
	TRY(db_transact(db, &txn, &c));
	return sweep(db, conf, user, &row, queued);
}

/* ---------------------------------------------------------------- looking */

enum rc
lexicon_put_preview(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    const struct lexicon_entry *in, uint64_t *queued)
{
	struct lexicon_change c = {.pool = pool, .conf = conf, .user = user, .in = in};
	struct lexicon_row row = {0};
	struct lexicon_entry entry = *in;
	enum rc rc;

	*queued = 0;
	make_key(&c);
	TRY(owns_project(db, pool, user, in->project));
	rc = get_row(db, pool, &row, BY_KEY, ARGS(db_u64(user), db_bytes(c.key, sizeof c.key)));
	if (rc == RC_OK && is_settled(&row, in))
		return RC_OK;
	if (rc == RC_NOT_FOUND || row.gone)
		TRY(has_room(db, &c));
	else
		TRY(rc);
	entry.id = row.item.entry.id;
	return lexicon_sweep(db, conf, user, &entry, false, queued);
}

enum rc
lexicon_delete_preview(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    uint64_t id, uint64_t *queued)
{
	struct lexicon_item item;

	*queued = 0;
	TRY(lexicon_get(db, pool, user, id, &item));
	return lexicon_sweep(db, conf, user, &item.entry, false, queued);
}

enum rc
lexicon_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct lexicon_item *out)
{
	struct lexicon_row row;

	TRY(get_row(db, pool, &row, GET, ARGS(db_u64(id), db_u64(user))));
	*out = row.item;
	return RC_OK;
}

enum rc
lexicon_list(struct db *db, struct pool *pool, uint64_t user, uint64_t project, uint64_t n,
    struct page *page, struct lexicon_item v[PAGE_SIZE])
{
	struct rows rows;

	*page = (struct page){.pages = 0};
	TRY(owns_project(db, pool, user, project));
	TRY(db_query(
	    db, pool, &rows, &sql[COUNT], ARGS(db_u64(user), db_u64(project), db_u64(project))));
	page->total = db_row(&rows, 0)->number;
	page->pages = page->total == 0 ? 1 : (page->total + PAGE_SIZE - 1) / PAGE_SIZE;
	if (n < 1 || n > page->pages)
		return RC_NOT_FOUND;
	TRY(db_query(db, pool, &rows, &sql[LIST],
	    ARGS(db_u64(user), db_u64(project), db_u64(project), db_u64(PAGE_SIZE),
		db_u64((n - 1) * PAGE_SIZE))));
	for (size_t i = 0; i < rows.n; i++) {
		struct lexicon_row row;

		read_item(db_row(&rows, i), &row);
		v[i] = row.item;
	}
	page->n = rows.n;
	return RC_OK;
}
