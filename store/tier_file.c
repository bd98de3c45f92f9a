#include "tier_internal.h"

#include <math.h>

#define HISTORY_PAGE 5000
#define ROWS_PAGE 500

enum {
	SUMS,
	COLDEST,
	ADOPT,
	WRONG_PINS,
	OLD_PINS,
	SET_PIN,
	CLEAR_PIN,
	MISSING,
	OLD_HISTORY,
	ROWS,
	REMOVE,
};

static const struct sql sql[] = {
    [SUMS] = {.text = "SELECT level, COUNT(*), SUM(bytes), SUM(state = 'moving'), SUM(tries > 0)"
		      " FROM content GROUP BY level"},
    [COLDEST] = {.text = "SELECT CONCAT(lw) FROM content FORCE INDEX (content_heat)"
			 " WHERE level = ? AND state = 'still' AND pinned IS NULL"
			 " ORDER BY lw LIMIT 1"},
    [ADOPT] = {.text = "INSERT IGNORE INTO content (name, project_id, audio_id, revision,"
		       " pipeline_id, level, bytes, generate_time, update_time, half_life_sec,"
		       " run_at) VALUES ",
	.item = "(?, NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), NULLIF(?, 0), ?, ?, NOW(3),"
		" NOW(3), ?, NOW(3))"},
    [WRONG_PINS] = {.text = "SELECT c.id, p.level FROM level_pin p JOIN content c ON c.project_id"
			    " = p.project_id WHERE NOT c.pinned <=> p.level LIMIT ?"},
    [OLD_PINS] = {.text = "SELECT c.id FROM content c LEFT JOIN level_pin p ON p.project_id ="
			  " c.project_id WHERE c.pinned IS NOT NULL AND p.level IS NULL LIMIT ?"},
    [SET_PIN] = {.text = "UPDATE content SET pinned = ? WHERE id = ?"},
    [CLEAR_PIN] = {.text = "UPDATE content SET pinned = NULL WHERE id = ?"},
    /* The name is the path without the key: "-", 32 digits and ".mp3". */
    [MISSING] = {.text = "INSERT IGNORE INTO content (name, project_id, audio_id, revision, level,"
			 " bytes, generate_time, update_time, half_life_sec, pinned, run_at)"
			 " SELECT LEFT(a.path, CHAR_LENGTH(a.path) - 37), a.project_id, a.id,"
			 " a.audio_revision, ?, a.size_bytes, NOW(3), NOW(3), ?, p.level, NOW(3)"
			 " FROM level_pin p JOIN audio a ON a.project_id = p.project_id"
			 " LEFT JOIN content c ON c.audio_id = a.id AND c.revision ="
			 " a.audio_revision WHERE a.path IS NOT NULL AND c.id IS NULL LIMIT ?"},
    [OLD_HISTORY] = {.text = "DELETE FROM update_history WHERE new_updated_date < NOW(3) -"
			     " INTERVAL ? DAY LIMIT ?"},
    [ROWS] = {.text = "SELECT id, name, project_id, audio_id, revision, pipeline_id FROM content"
		      " WHERE id > ? ORDER BY id LIMIT ?"},
    [REMOVE] = {.text = "DELETE FROM content WHERE state = 'still' AND id IN (", DB_IDS},
};

#define ADOPT_ARGS 8

/* ---------------------------------------------------------------- sums */

static enum rc
read_coldest(struct db *db, struct pool *pool, uint64_t id, double *lw)
{
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[COLDEST], ARGS(db_u64(id))));
	*lw = rows.n > 0 ? tier_cell_real(db_row(&rows, 0)) : (double)INFINITY;
	return RC_OK;
}

static enum rc
read_sums(struct db *db, struct pool *pool, struct tier_sum v[CONF_LEVELS])
{
	struct tier_levels levels;
	struct rows rows;

	TRY(tier_levels_read(db, pool, &levels));
	TRY(db_query(db, pool, &rows, &sql[SUMS], NO_ARGS));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);
		unsigned rank;

		TRY(tier_rank(db, &levels, row[0].number, &rank));
		v[rank] = (struct tier_sum){.files = row[1].number,
		    .bytes = row[2].number,
		    .moving = row[3].number,
		    .trouble = row[4].number};
	}
	for (size_t i = 0; i < db_conf(db)->levels.n; i++)
		TRY(read_coldest(db, pool, levels.ids[i], &v[i].coldest));
	return RC_OK;
}

enum rc
tier_sums(struct db *db, struct tier_sum v[CONF_LEVELS])
{
	struct pool *pool = pool_new();
	enum rc rc;

	for (size_t i = 0; i < CONF_LEVELS; i++)
		v[i] = (struct tier_sum){.coldest = (double)INFINITY};
	rc = read_sums(db, pool, v);
	pool_free(pool);
	return rc;
}

enum rc
tier_coldest(struct db *db, unsigned level, double *lw)
{
	struct pool *pool = pool_new();
	struct tier_levels levels;
	enum rc rc = tier_levels_read(db, pool, &levels);

	*lw = (double)INFINITY;
	if (rc == RC_OK)
		rc = read_coldest(db, pool, levels.ids[level], lw);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- adopting */

struct adopting {
	struct pool *pool;
	unsigned level;
	struct tier_named *v; /* files that the database names */
	size_t n;
	uint64_t added;
};

static enum rc
adopt_body(struct db *db, void *ctx)
{
	struct adopting *a = ctx;
	struct arg args[DB_CHUNK * ADOPT_ARGS], *arg;
	struct tier_levels levels;
	size_t k;

	a->added = 0;
	TRY(tier_levels_read(db, a->pool, &levels));
	for (size_t i = 0; i < a->n; i += k) {
		k = db_chunk(a->n - i);
		arg = args;
		for (const struct tier_named *f = a->v + i; f < a->v + i + k; f++) {
			*arg++ = db_text(f->name);
			*arg++ = db_u64(f->object.project);
			*arg++ = db_u64(f->object.audio);
			*arg++ = db_u64(f->object.revision);
			*arg++ = db_u64(f->object.pipeline);
			*arg++ = db_u64(levels.ids[a->level]);
			*arg++ = db_u64(f->bytes);
			*arg++ = db_i64(levels.half_life_sec);
		}
		TRY(db_run(db, a->pool, &sql[ADOPT], k, args, k * ADOPT_ARGS, NULL));
		a->added += db_changed(db);
	}
	return RC_OK;
}

/* Leave out what no row of the database names. */
static enum rc
adopt_choose(struct db *db, struct adopting *a, const struct tier_file *files, size_t n)
{
	const struct tier_file **from = pool_array(a->pool, n + 1, sizeof *from);
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		struct tier_named *f = &a->v[named];
		char name[TIER_NAME_SIZE];

		if (!tier_name_of_path(files[i].path, name) || !tier_name_parse(name, &f->object))
			continue;
		f->name = pool_strdup(a->pool, name);
		from[named++] = &files[i];
	}
	TRY(tier_paths(db, a->pool, a->v, named));
	for (size_t i = 0; i < named; i++) {
		if (strcmp(a->v[i].path, from[i]->path) != 0)
			continue;
		a->v[i].bytes = from[i]->bytes;
		a->v[a->n++] = a->v[i];
	}
	return RC_OK;
}

enum rc
tier_adopt(struct db *db, unsigned level, const struct tier_file *v, size_t n, size_t *n_new)
{
	/* Rows that are there already are not added again. */
	static const struct txn txn = {.body = adopt_body,
	    .before_commit = "store.tier.adopt.before_commit",
	    .committed = "store.tier.adopt.committed"};
	struct adopting a = {.pool = pool_new(), .level = level};
	enum rc rc;

	a.v = pool_array(a.pool, n + 1, sizeof *a.v);
	rc = adopt_choose(db, &a, v, n);
	if (rc == RC_OK && a.n > 0)
		rc = db_transact(db, &txn, &a);
	*n_new = rc == RC_OK ? a.added : 0;
	pool_free(a.pool);
	return rc;
}

/* ---------------------------------------------------------------- pins */

struct pinning {
	struct pool *pool;
	size_t max;
	uint64_t n;
};

static enum rc
pins_body(struct db *db, void *ctx)
{
	struct pinning *p = ctx;
	struct tier_levels levels;
	struct rows wrong, old;

	TRY(tier_levels_read(db, p->pool, &levels));
	TRY(db_query(db, p->pool, &wrong, &sql[WRONG_PINS], ARGS(db_u64(p->max))));
	for (size_t i = 0; i < wrong.n; i++)
		TRY(db_exec(db, &sql[SET_PIN],
		    ARGS(
			db_u64(db_row(&wrong, i)[1].number), db_u64(db_row(&wrong, i)[0].number))));
	TRY(db_query(db, p->pool, &old, &sql[OLD_PINS], ARGS(db_u64(p->max))));
	for (size_t i = 0; i < old.n; i++)
		TRY(db_exec(db, &sql[CLEAR_PIN], ARGS(db_u64(db_row(&old, i)->number))));
	TRY(db_exec(db, &sql[MISSING],
	    ARGS(db_u64(levels.ids[db_conf(db)->levels.home]), db_i64(levels.half_life_sec),
		db_u64(p->max))));
	p->n = wrong.n + old.n + db_changed(db);
	return RC_OK;
}

enum rc
tier_pins_apply(struct db *db, size_t max, uint64_t *n)
{
	static const struct txn txn = {.body = pins_body,
	    .before_commit = "store.tier.pins.before_commit",
	    .committed = "store.tier.pins.committed"};
	struct pinning p = {.pool = pool_new(), .max = max};
	enum rc rc = db_transact(db, &txn, &p);

	*n = rc == RC_OK ? p.n : 0;
	pool_free(p.pool);
	return rc;
}

/* ---------------------------------------------------------------- pruning */

struct pruning {
	struct pool *pool;
	uint64_t *ids;
	size_t n_ids;
	uint64_t n; /* out */
};

static enum rc
prune_body(struct db *db, void *ctx)
{
	struct pruning *p = ctx;
	size_t k;

	TRY(db_exec(db, &sql[OLD_HISTORY],
	    ARGS(db_i64(db_conf(db)->levels.keep_days), db_u64(HISTORY_PAGE))));
	p->n = db_changed(db);
	for (size_t i = 0; i < p->n_ids; i += k) {
		k = db_chunk(p->n_ids - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[REMOVE], p->ids + i, k, NO_ARGS));
		p->n += db_changed(db);
	}
	return RC_OK;
}

/* Find rows after *CURSOR of files that no row of the database names, and move it on. */
static enum rc
prune_choose(struct db *db, struct pruning *p, uint64_t *cursor)
{
	struct tier_named *v;
	struct rows rows;

	TRY(db_query(db, p->pool, &rows, &sql[ROWS], ARGS(db_u64(*cursor), db_u64(ROWS_PAGE))));
	v = pool_array(p->pool, rows.n + 1, sizeof *v);
	p->ids = pool_array(p->pool, rows.n + 1, sizeof *p->ids);
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		v[i].name = row[1].s;
		v[i].object = (struct tier_object){.project = row[2].number,
		    .audio = row[3].number,
		    .revision = row[4].number,
		    .pipeline = row[5].number};
	}
	TRY(tier_paths(db, p->pool, v, rows.n));
	for (size_t i = 0; i < rows.n; i++)
		if (v[i].path[0] == '\0')
			p->ids[p->n_ids++] = db_row(&rows, i)->number;
	*cursor = rows.n < ROWS_PAGE ? 0 : db_row(&rows, rows.n - 1)->number;
	return RC_OK;
}

enum rc
tier_prune(struct db *db, uint64_t *cursor, uint64_t *n)
{
	static const struct txn txn = {.body = prune_body,
	    .before_commit = "store.tier.prune.before_commit",
	    .committed = "store.tier.prune.committed"};
	struct pruning p = {.pool = pool_new()};
	enum rc rc = prune_choose(db, &p, cursor);

	if (rc == RC_OK)
		rc = db_transact(db, &txn, &p);
	*n = rc == RC_OK ? p.n : 0;
	pool_free(p.pool);
	return rc;
}
