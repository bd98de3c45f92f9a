#include "internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/crypt.h"
#include "lexicon.h"

#define SWEEP_MS 3000 /* how long a request queues sentences itself */

enum { BY_KEY, COUNT, INSERT, REPLACE, BURY, GET, LOCK, ANY, ALL, LAST, LIST, OWNED };

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
    [GET] = {.text = "SELECT " ITEM " FROM lexicon WHERE id = ? AND user_id = ? AND " THERE},
    [LOCK] = {.text = "SELECT " ITEM " FROM lexicon WHERE id = ? AND user_id = ? FOR UPDATE"},
    [ANY] = {.text = "SELECT " ITEM " FROM lexicon WHERE id = ? AND user_id = ?"},
    [ALL] = {.text = "SELECT " ITEM " FROM lexicon WHERE user_id = ? ORDER BY id"},
    [LAST] = {.text = "SELECT COALESCE(MAX(id), 1) FROM audio WHERE user_id = ?"},
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

enum rc
lexicon_rows(struct db *db, struct pool *pool, uint64_t user, struct lexicon_row **v, size_t *n)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[ALL], ARGS(db_u64(user))));
	*v = pool_array(pool, rows.n + 1, sizeof **v);
	*n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		read_item(db_row(&rows, i), &(*v)[i]);
	return RC_OK;
}

enum rc
lexicon_find(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct lexicon_row *out)
{
	return get_row(db, pool, out, ANY, ARGS(db_u64(id), db_u64(user)));
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
	struct claimant who;	 /* who does the work that comes of it */
	struct work_claim claim; /* that work, if any */
	bool mine;		 /* it is done by this request */
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

/* Tell whether the row already has what the entry says. */
static bool
is_same(const struct lexicon_row *row, const struct lexicon_entry *in)
{
	return !row->gone && strcmp(row->item.entry.to, in->to) == 0 &&
	       strcmp(row->item.entry.from, in->from) == 0;
}

/*
 * Have the sentences queued that the entry touches. A change that is made AFRESH begins with the
 * first of them, whoever was at it before; for the same again it goes on where it is.
 */
static enum rc
change_add_work(struct db *db, struct lexicon_change *c, bool afresh)
{
	struct work_new work = {
	    .kind = WORK_KIND_SWEEP, .user = c->user, .object = c->row->item.entry.id};
	struct rows rows;

	/* What is written later is claimed with the entry as it is now; its user is locked. */
	TRY(db_query(db, c->pool, &rows, &sql[LAST], ARGS(db_u64(c->user))));
	work.end = db_row(&rows, 0)->number;
	return work_queue_take(db, c->pool, &work, &c->who, afresh, &c->claim, &c->mine);
}

static enum rc
put_body(struct db *db, void *ctx)
{
	struct lexicon_change *c = ctx;
	const struct lexicon_entry *in = c->in;
	struct locked_user user;
	uint64_t sentences;
	enum rc rc;

	c->claim.id = 0;
	TRY(user_lock(db, c->pool, c->user, &user));
	if (in->project != 0)
		TRY(project_lock(db, c->pool, c->user, in->project, &sentences));
	rc = get_row(
	    db, c->pool, c->row, BY_KEY, ARGS(db_u64(c->user), db_bytes(c->key, sizeof c->key)));
	if (rc == RC_OK && is_same(c->row, in))
		return c->row->unswept ? change_add_work(db, c, false) : RC_OK;
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
	TRY(get_row(
	    db, c->pool, c->row, BY_KEY, ARGS(db_u64(c->user), db_bytes(c->key, sizeof c->key))));
	return change_add_work(db, c, true);
}

static enum rc
bury_body(struct db *db, void *ctx)
{
	struct lexicon_change *c = ctx;
	struct locked_user user;
	bool afresh;

	TRY(user_lock(db, c->pool, c->user, &user));
	TRY(get_row(db, c->pool, c->row, LOCK, ARGS(db_u64(c->id), db_u64(c->user))));
	TRY(owns_project(db, c->pool, c->user, c->row->item.entry.project));
	afresh = !c->row->gone;
	if (afresh)
		TRY(db_exec(db, &sql[BURY], ARGS(db_u64(c->id))));
	TRY(get_row(db, c->pool, c->row, LOCK, ARGS(db_u64(c->id), db_u64(c->user))));
	return change_add_work(db, c, afresh);
}

/* Write what became of the work. What cannot be written ends with the lease. */
static void
sweep_finish(struct db *db, const struct work_claim *claim, enum work_outcome outcome)
{
	bool failed = outcome == WORK_OUTCOME_AGAIN;
	struct work_result result = {.id = claim->id,
	    .outcome = outcome,
	    .error_class = failed ? "request" : "",
	    .error = failed ? "a request could not do it" : ""};

	memcpy(result.token, claim->token, sizeof result.token);
	(void)work_queue_finish(db, &result, 1);
}

/*
 * Do the work that came of a change, for some seconds. The change is made, whatever happens here:
 * what is left, for whatever reason, is done by others.
 */
static void
sweep(struct db *db, struct lexicon_change *c, struct lexicon_swept *swept)
{
	int64_t until = clock_ms() + SWEEP_MS;
	enum work_step step = WORK_STEP_MORE;
	enum rc rc = RC_OK;

	while (c->mine && rc == RC_OK && step == WORK_STEP_MORE && clock_ms() < until)
		rc = work_step_sweep(db, c->conf, &c->claim, &step);
	swept->queued = c->claim.changed;
	swept->unfinished = !c->mine || rc != RC_OK || step != WORK_STEP_DONE;
	if (!c->mine || rc == RC_STALE)
		return;
	if (!swept->unfinished)
		sweep_finish(db, &c->claim, WORK_OUTCOME_DONE);
	else if (queue_refused(rc))
		sweep_finish(db, &c->claim, WORK_OUTCOME_AGAIN);
	else
		sweep_finish(db, &c->claim, WORK_OUTCOME_RELEASED);
}

static enum rc
change(struct db *db, const struct txn *txn, struct lexicon_change *c, struct lexicon_swept *swept)
{
	*swept = (struct lexicon_swept){0};
	/* tts-work takes back what has its host's name: this is not its own. */
	c->who = (struct claimant){
	    .host = pool_printf(c->pool, "%.54s (request)", c->conf->scheduler.host),
	    .run_id = (uint64_t)getpid(),
	    .lease_sec = c->conf->work.lease_sec};
	crypt_random(c->who.token, sizeof c->who.token);
	TRY(db_transact(db, txn, c));
	if (c->claim.id != 0)
		sweep(db, c, swept);
	return RC_OK;
}

enum rc
lexicon_put(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    const struct lexicon_entry *in, struct lexicon_item *out, struct lexicon_swept *swept)
{
	/* Run again after a COMMIT that was not answered, it finds the same entry and its claim. */
	static const struct txn txn = {.body = put_body,
	    .before_commit = "store.lexicon.before_commit",
	    .committed = "store.lexicon.committed"};
	struct lexicon_row row;
	struct lexicon_change c = {.pool = pool, .conf = conf, .user = user, .in = in, .row = &row};

	make_key(&c);
	TRY(change(db, &txn, &c, swept));
	*out = row.item;
	return RC_OK;
}

enum rc
lexicon_delete(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    uint64_t id, struct lexicon_swept *swept)
{
	static const struct txn txn = {.body = bury_body,
	    .before_commit = "store.lexicon.delete.before_commit",
	    .committed = "store.lexicon.delete.committed"};
	struct lexicon_row row;
	struct lexicon_change c = {.pool = pool, .conf = conf, .user = user, .id = id, .row = &row};

	return change(db, &txn, &c, swept);
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
	if (rc == RC_OK && is_same(&row, in) && !row.unswept)
		return RC_OK;
	if (rc == RC_NOT_FOUND || row.gone)
		TRY(has_room(db, &c));
	else
		TRY(rc);
	entry.id = row.item.entry.id;
	return lexicon_count(db, conf, user, &entry, queued);
}

enum rc
lexicon_delete_preview(struct db *db, const struct conf *conf, struct pool *pool, uint64_t user,
    uint64_t id, uint64_t *queued)
{
	struct lexicon_item item;

	*queued = 0;
	TRY(lexicon_get(db, pool, user, id, &item));
	return lexicon_count(db, conf, user, &item.entry, queued);
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
lexicon_list(struct db *db, struct pool *pool, uint64_t user, uint64_t project,
    const struct page_wish *wish, struct page *page, struct lexicon_item *v)
{
	struct rows rows;

	*page = (struct page){.pages = 0};
	TRY(owns_project(db, pool, user, project));
	TRY(db_query(
	    db, pool, &rows, &sql[COUNT], ARGS(db_u64(user), db_u64(project), db_u64(project))));
	if (!page_place(wish, db_row(&rows, 0)->number, page))
		return RC_NOT_FOUND;
	TRY(db_query(db, pool, &rows, &sql[LIST],
	    ARGS(db_u64(user), db_u64(project), db_u64(project), db_u64(wish->size),
		db_u64(page_before(wish)))));
	for (size_t i = 0; i < rows.n; i++) {
		struct lexicon_row row;

		read_item(db_row(&rows, i), &row);
		v[i] = row.item;
	}
	page->n = rows.n;
	return RC_OK;
}
