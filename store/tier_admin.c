#include "tier_admin.h"

#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"

#define RETRY_STEP 1000	  /* rows changed in one transaction */
#define DIR_PROJECTS 1000 /* projects in a directory: a part of the names of files */

enum {
	LEVELS,
	TOP,
	FAILED,
	FIND,
	SOUND,
	HISTORY,
	HISTORY_FILE,
	HISTORY_PROJECT,
	MAX_COUNT,
	PINS,
	PROJECT,
	LEVEL,
	PIN,
	UNPIN,
	LOST,
	FORGET,
	STRAY,
	REST,
	RETRY
};

#define ROW                                                                                        \
	"SELECT c.id, c.name, c.project_id, c.pipeline_id, l.name, t.name, p.name,"                \
	" c.state = 'moving', c.bytes, c.total, CAST(c.lw AS CHAR), c.generate_time,"              \
	" c.update_time, c.fetched_at, c.run_at, c.tries, c.host, c.error"                         \
	" FROM content c JOIN level l ON l.id = c.level LEFT JOIN level t ON t.id = c.target"      \
	" LEFT JOIN level p ON p.id = c.pinned"
#define MOVE                                                                                       \
	"SELECT id, name, old_content_level, new_content_level, reason, host, old_updated_date,"   \
	" new_updated_date, CAST(heat AS CHAR), bytes FROM update_history"

static const struct sql sql[] = {
    [LEVELS] = {.text = "SELECT id, name FROM level ORDER BY rank"},
    [TOP] = {.text = ROW " WHERE c.level = ? AND c.state = ? ORDER BY c.lw DESC LIMIT ?"},
    [FAILED] = {.text = ROW " WHERE c.tries > 0 ORDER BY c.run_at, c.id LIMIT ?"},
    [FIND] = {.text = ROW " WHERE c.name = ?"},
    [SOUND] = {.text = "SELECT path FROM audio WHERE id = ? AND path IS NOT NULL"},
    [HISTORY] = {.text = MOVE " ORDER BY id DESC LIMIT ?"},
    [HISTORY_FILE] = {.text = MOVE " WHERE name = ? ORDER BY id DESC LIMIT ?"},
    [HISTORY_PROJECT] = {.text = MOVE " WHERE name LIKE ? ORDER BY id DESC LIMIT ?"},
    [MAX_COUNT] = {.text = "SELECT max_count FROM level ORDER BY rank DESC LIMIT 1"},
    [PINS] = {.text = "SELECT p.project_id, l.name, p.created_at FROM level_pin p"
		      " JOIN level l ON l.id = p.level ORDER BY p.project_id LIMIT ?"},
    [PROJECT] = {.text = "SELECT 1 FROM project WHERE id = ? AND deleted = 0 LOCK IN SHARE MODE"},
    [LEVEL] = {.text = "SELECT id FROM level WHERE name = ?"},
    [PIN] = {.text = "INSERT INTO level_pin (project_id, level, created_at) VALUES (?, ?, NOW(3))"
		     " ON DUPLICATE KEY UPDATE created_at = IF(level = VALUES(level), created_at,"
		     " VALUES(created_at)), level = VALUES(level)"},
    [UNPIN] = {.text = "DELETE FROM level_pin WHERE project_id = ?"},
    [LOST] = {.text = "UPDATE content SET level = (SELECT id FROM level WHERE name = ?),"
		      " reason = 'found', update_time = NOW(3), tries = 0, error = ''"
		      " WHERE state = 'still' AND audio_id IN (",
	DB_IDS},
    [FORGET] = {.text = "DELETE FROM content WHERE audio_id IN (", DB_IDS},
    [STRAY] = {.text =
		   "SELECT l.name, l.path, COUNT(*) FROM level l JOIN content c ON c.level = l.id"
		   " GROUP BY l.id ORDER BY l.rank"},
    [REST] = {.text = "SELECT level, state = 'moving' OR target IS NOT NULL FROM content"
		      " WHERE name = ? FOR UPDATE"},
    [RETRY] = {.text = "UPDATE content SET tries = 0, error = '', run_at = NOW(3)"
		       " WHERE tries > 0 AND state = 'still' LIMIT ?"},
};

/* ------------------------------------------------------------------ files */

static void
read_row(const struct cell *row, struct tier_row *out)
{
	*out = (struct tier_row){.id = row[0].number,
	    .name = row[1].s,
	    .project = row[2].number,
	    .pipeline = row[3].number,
	    .level = row[4].s,
	    .target = row[5].s,
	    .pinned = row[6].s,
	    .moving = row[7].number != 0,
	    .bytes = row[8].number,
	    .total = row[9].number,
	    .lw = strtod(row[10].s, NULL),
	    .generated_at = db_time(&row[11]),
	    .updated_at = db_time(&row[12]),
	    .fetched_at = db_time(&row[13]),
	    .run_at = db_time(&row[14]),
	    .tries = (unsigned)row[15].number,
	    .host = row[16].s,
	    .error = row[17].s};
}

static int
hotter_first(const void *a, const void *b)
{
	const struct tier_row *x = a, *y = b;

	return x->lw != y->lw ? (x->lw < y->lw) - (x->lw > y->lw)
			      : (x->id > y->id) - (x->id < y->id);
}

/* Keep the hottest MAX of those in V and the new ones. */
static void
merge_rows(struct pool *pool, const struct rows *rows, size_t max, struct tier_row *v, size_t *n)
{
	struct tier_row *all = pool_array(pool, *n + rows->n + 1, sizeof *all);

	memcpy(all, v, *n * sizeof *v);
	for (size_t i = 0; i < rows->n; i++)
		read_row(db_row(rows, i), &all[*n + i]);
	qsort(all, *n + rows->n, sizeof *all, hotter_first);
	*n = *n + rows->n < max ? *n + rows->n : max;
	memcpy(v, all, *n * sizeof *v);
}

/* Each level and state is a part of an index in the order of scores. */
enum rc
tier_admin_top(
    struct db *db, struct pool *pool, const char *level, size_t max, struct tier_row *v, size_t *n)
{
	static const char *const states[] = {"still", "moving"};
	struct rows levels, rows;

	*n = 0;
	TRY(db_query(db, pool, &levels, &sql[LEVELS], NO_ARGS));
	for (size_t i = 0; i < levels.n; i++) {
		const struct cell *row = db_row(&levels, i);

		if (level != NULL && strcmp(level, row[1].s) != 0)
			continue;
		for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
			TRY(db_query(db, pool, &rows, &sql[TOP],
			    ARGS(db_u64(row[0].number), db_text(states[k]), db_u64(max))));
			merge_rows(pool, &rows, max, v, n);
		}
	}
	return RC_OK;
}

enum rc
tier_admin_failed(struct db *db, struct pool *pool, size_t max, struct tier_row *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[FAILED], ARGS(db_u64(max))));
	for (; *n < rows.n; ++*n)
		read_row(db_row(&rows, *n), &v[*n]);
	return RC_OK;
}

enum rc
tier_admin_find(struct db *db, struct pool *pool, const char *name, struct tier_row *out)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[FIND], ARGS(db_text(name))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	read_row(db_row(&rows, 0), out);
	return RC_OK;
}

enum rc
tier_admin_sound(struct db *db, struct pool *pool, uint64_t audio, const char **path)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[SOUND], ARGS(db_u64(audio))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	*path = db_row(&rows, 0)[0].s;
	return RC_OK;
}

/* ------------------------------------------------------------------ history */

/* A pattern for the names of the files of a project. */
static const char *
project_files(struct pool *pool, uint64_t project)
{
	return pool_printf(pool, "%" PRIu64 "/%" PRIu64 "/%%", project / DIR_PROJECTS, project);
}

static enum rc
query_history(struct db *db, struct pool *pool, struct rows *rows, const char *name,
    uint64_t project, size_t max)
{
	if (name != NULL)
		return db_query(
		    db, pool, rows, &sql[HISTORY_FILE], ARGS(db_text(name), db_u64(max)));
	if (project != 0)
		return db_query(db, pool, rows, &sql[HISTORY_PROJECT],
		    ARGS(db_text(project_files(pool, project)), db_u64(max)));
	return db_query(db, pool, rows, &sql[HISTORY], ARGS(db_u64(max)));
}

enum rc
tier_admin_history(struct db *db, struct pool *pool, const char *name, uint64_t project, size_t max,
    struct tier_moved *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(query_history(db, pool, &rows, name, project, max));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct tier_moved){.id = row[0].number,
		    .name = row[1].s,
		    .from = row[2].s,
		    .to = row[3].s,
		    .reason = row[4].s,
		    .host = row[5].s,
		    .since = db_time(&row[6]),
		    .at = db_time(&row[7]),
		    .heat = strtod(row[8].s, NULL),
		    .bytes = row[9].number};
	}
	return RC_OK;
}

enum rc
tier_admin_max(struct db *db, uint64_t *count)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[MAX_COUNT], NO_ARGS);

	*count = rc == RC_OK && rows.n > 0 ? db_row(&rows, 0)[0].number : 0;
	pool_free(pool);
	return rc;
}

/* ------------------------------------------------------------------ pins */

enum rc
tier_admin_pins(struct db *db, struct pool *pool, size_t max, struct tier_pin *v, size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[PINS], ARGS(db_u64(max))));
	for (; *n < rows.n; ++*n) {
		const struct cell *row = db_row(&rows, *n);

		v[*n] = (struct tier_pin){row[0].number, row[1].s, db_time(&row[2])};
	}
	return RC_OK;
}

struct pinning {
	struct pool *pool;
	uint64_t project;
	const char *level;
};

static enum rc
pin_body(struct db *db, void *ctx)
{
	const struct pinning *p = ctx;
	struct rows rows;

	TRY(db_query(db, p->pool, &rows, &sql[PROJECT], ARGS(db_u64(p->project))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	TRY(db_query(db, p->pool, &rows, &sql[LEVEL], ARGS(db_text(p->level))));
	if (rows.n == 0)
		return RC_NOT_READY;
	return db_exec(db, &sql[PIN], ARGS(db_u64(p->project), db_u64(db_row(&rows, 0)[0].number)));
}

/* To do it again after a COMMIT that was not answered sets the same again. */
enum rc
tier_admin_pin(struct db *db, uint64_t project, const char *level)
{
	static const struct txn txn = {.body = pin_body,
	    .before_commit = "store.tier.pin.before_commit",
	    .committed = "store.tier.pin.committed"};
	struct pinning p = {pool_new(), project, level};
	enum rc rc = db_transact(db, &txn, &p);

	pool_free(p.pool);
	return rc;
}

static enum rc
unpin_body(struct db *db, void *ctx)
{
	const uint64_t *project = ctx;

	TRY(db_exec(db, &sql[UNPIN], ARGS(db_u64(*project))));
	return db_changed(db) == 0 ? RC_NOT_FOUND : RC_OK;
}

enum rc
tier_admin_unpin(struct db *db, uint64_t project)
{
	static const struct txn txn = {.body = unpin_body,
	    .before_commit = "store.tier.unpin.before_commit",
	    .committed = "store.tier.unpin.committed"};

	return db_transact(db, &txn, &project);
}

/* ------------------------------------------------------------------ stray levels */

static bool
is_configured(const struct conf *conf, const char *level, const char *path)
{
	for (size_t i = 0; i < conf->levels.n; i++)
		if (strcmp(conf->levels.v[i].name, level) == 0)
			return true;
	return conf->levels.n == 0 && strcmp(conf->media.root, path) == 0;
}

enum rc
tier_admin_stray(struct db *db, struct pool *pool, struct tier_stray v[CONF_LEVELS], size_t *n)
{
	struct rows rows;

	*n = 0;
	TRY(db_query(db, pool, &rows, &sql[STRAY], NO_ARGS));
	for (size_t i = 0; i < rows.n && *n < CONF_LEVELS; i++) {
		const struct cell *row = db_row(&rows, i);

		if (!is_configured(db_conf(db), row[0].s, row[1].s))
			v[(*n)++] = (struct tier_stray){row[0].s, row[1].s, row[2].number};
	}
	return RC_OK;
}

/* ------------------------------------------------------------------ lost sounds */

struct losing {
	const uint64_t *audios;
	size_t n;
};

static enum rc
lost_body(struct db *db, void *ctx)
{
	const struct losing *l = ctx;
	const struct conf *conf = db_conf(db);
	const char *home = conf->levels.v[conf->levels.home].name; /* NULL without levels */
	size_t k;

	for (size_t i = 0; i < l->n; i += k) {
		k = db_chunk(l->n - i);
		if (conf->levels.n == 0)
			TRY(db_run_ids(db, NULL, NULL, &sql[FORGET], l->audios + i, k, NO_ARGS));
		else
			TRY(db_run_ids(
			    db, NULL, NULL, &sql[LOST], l->audios + i, k, ARGS(db_text(home))));
	}
	return RC_OK;
}

/* To do it again after a COMMIT that was not answered sets the same again. */
enum rc
tier_admin_lost(struct db *db, const uint64_t *audios, size_t n)
{
	static const struct txn txn = {.body = lost_body,
	    .before_commit = "store.tier.lost_sounds.before_commit",
	    .committed = "store.tier.lost_sounds.committed"};
	struct losing l = {audios, n};

	return db_transact(db, &txn, &l);
}

/* ------------------------------------------------------------------ second copies */

struct removal {
	struct pool *pool;
	const char *name;
	void (*remove)(void *ctx, unsigned level);
	void *ctx;
};

/* The rank of a level by its number in the database; RC_NOT_READY if it is not configured. */
static enum rc
find_rank(struct db *db, struct pool *pool, uint64_t id, unsigned *rank)
{
	const struct conf *conf = db_conf(db);
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[LEVELS], NO_ARGS));
	for (size_t i = 0; i < rows.n; i++)
		for (*rank = 0; *rank < conf->levels.n; ++*rank)
			if (db_row(&rows, i)[0].number == id &&
			    strcmp(db_row(&rows, i)[1].s, conf->levels.v[*rank].name) == 0)
				return RC_OK;
	return RC_NOT_READY;
}

static enum rc
undisturbed_body(struct db *db, void *ctx)
{
	const struct removal *r = ctx;
	struct rows rows;
	unsigned rank;

	TRY(db_query(db, r->pool, &rows, &sql[REST], ARGS(db_text(r->name))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	if (db_row(&rows, 0)[1].number != 0)
		return RC_STALE;
	TRY(find_rank(db, r->pool, db_row(&rows, 0)[0].number, &rank));
	r->remove(r->ctx, rank);
	return RC_OK;
}

enum rc
tier_admin_undisturbed(
    struct db *db, const char *name, void (*remove)(void *ctx, unsigned level), void *ctx)
{
	static const struct txn txn = {.body = undisturbed_body,
	    .before_commit = "store.tier.undisturbed.before_commit",
	    .committed = "store.tier.undisturbed.committed"};
	struct removal r = {pool_new(), name, remove, ctx};
	enum rc rc = db_transact(db, &txn, &r);

	pool_free(r.pool);
	return rc;
}

/* ------------------------------------------------------------------ retry */

static enum rc
retry_body(struct db *db, void *ctx)
{
	uint64_t *n = ctx;

	TRY(db_exec(db, &sql[RETRY], ARGS(db_u64(RETRY_STEP))));
	*n = db_changed(db);
	return RC_OK;
}

enum rc
tier_admin_retry(struct db *db, uint64_t *n)
{
	static const struct txn txn = {.body = retry_body,
	    .before_commit = "store.tier.retry.before_commit",
	    .committed = "store.tier.retry.committed"};
	uint64_t step;
	enum rc rc;

	*n = 0;
	do {
		step = 0;
		rc = db_transact(db, &txn, &step);
		*n += step;
	} while (rc == RC_OK && step == RETRY_STEP);
	return rc;
}
