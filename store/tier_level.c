#include "tier_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/base/log.h"

#define PAGE 5000 /* rows converted in one transaction */

enum { ALL, ADD, CHANGE, REMOVE, USED, PINNED, NEWEST, CONVERT, CONVERTED, READ, RAISE };

/* Seconds since the landmark, of a time; see tier_score.h. */
#define SINCE(time) "(UNIX_TIMESTAMP(" time ") - 1577836800)"

/* The score at this moment stays the same; one without a half-life counts from the last fetch. */
/* clang-format off */
#define CONVERT_SCORES                                                                             \
	"UPDATE content SET lw = CASE"                                                             \
	" WHEN total = 0 OR lw < -1e8 THEN lw"                                                     \
	" WHEN ? = 0 THEN LOG2(total)"                                                             \
	" WHEN half_life_sec = 0 THEN LOG2(total) + " SINCE("COALESCE(fetched_at, NOW(3))") " / ?" \
	" ELSE lw - " SINCE("NOW(3)") " / half_life_sec + " SINCE("NOW(3)") " / ? END,"            \
	" half_life_sec = ? WHERE id > ? AND id <= ? AND half_life_sec <> ?"
/* clang-format on */

static const struct sql sql[] = {
    [ALL] = {.text = "SELECT id, name, half_life_sec FROM level ORDER BY id FOR UPDATE"},
    [ADD] = {.text =
		 "INSERT INTO level (name, rank, min_count, max_count, path, max_bytes,"
		 " free_bytes, keep_percent, half_life_sec) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    [CHANGE] = {.text = "UPDATE level SET rank = ?, min_count = ?, max_count = IF(?,"
			" GREATEST(max_count, ?), ?), path = ?, max_bytes = ?, free_bytes = ?,"
			" keep_percent = ? WHERE id = ?"},
    [REMOVE] = {.text = "DELETE FROM level WHERE id = ?"},
    [USED] = {.text = "SELECT name FROM content WHERE level = ? LIMIT 1"},
    [PINNED] = {.text = "SELECT project_id FROM level_pin WHERE level = ? LIMIT 1"},
    [NEWEST] = {.text = "SELECT COALESCE(MAX(id), 0) FROM content"},
    [CONVERT] = {.text = CONVERT_SCORES},
    [CONVERTED] = {.text = "UPDATE level SET half_life_sec = ?"},
    [READ] = {.text = "SELECT id, name, max_count, half_life_sec,"
		      " CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED) FROM level"},
    [RAISE] = {.text = "UPDATE level SET max_count = ? WHERE id = ? AND max_count < ?"},
};

/* ---------------------------------------------------------------- bringing in line */

struct applying {
	struct pool *pool;
	uint64_t half_life_sec; /* of the rows */
};

static const struct cell *
find_row(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (strcmp(db_row(rows, i)[1].s, name) == 0)
			return db_row(rows, i);
	return NULL;
}

static bool
is_configured(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->levels.n; i++)
		if (strcmp(conf->levels.v[i].name, name) == 0)
			return true;
	return false;
}

/* Remove a level that is not configured any more, unless something is on it. */
static enum rc
level_remove(struct db *db, struct pool *pool, const struct cell *row)
{
	struct rows used, pinned;

	TRY(db_query(db, pool, &used, &sql[USED], ARGS(db_u64(row[0].number))));
	TRY(db_query(db, pool, &pinned, &sql[PINNED], ARGS(db_u64(row[0].number))));
	if (used.n > 0)
		log_error("level %s is not in levels.list any more, but files are on it, %s for"
			  " instance",
		    row[1].s, db_row(&used, 0)->s);
	else if (pinned.n > 0)
		log_error("level %s is not in levels.list any more, but projects are pinned to it,"
			  " %" PRIu64 " for instance",
		    row[1].s, db_row(&pinned, 0)->number);
	else
		return db_exec(db, &sql[REMOVE], ARGS(db_u64(row[0].number)));
	return RC_NOT_READY;
}

/* The highest level has no end, so its first maximum is a half more than where it begins. */
static uint64_t
level_max_count(const struct conf *conf, size_t rank)
{
	uint64_t min = conf->levels.v[rank].min_count;

	return rank + 1 < conf->levels.n ? conf->levels.v[rank + 1].min_count - 1
					 : min + min / 2 + 1;
}

static enum rc
level_put(struct db *db, const struct applying *a, size_t rank, const struct cell *row)
{
	const struct conf *conf = db_conf(db);
	const struct conf_level *level = &conf->levels.v[rank];
	struct arg max = db_u64(level_max_count(conf, rank));
	struct arg keep = db_i64(lround(level->keep_ratio * 100));

	if (row == NULL)
		return db_exec(db, &sql[ADD],
		    ARGS(db_text(level->name), db_u64(rank), db_u64(level->min_count), max,
			db_text(level->path), db_u64(level->max_bytes), db_u64(level->free_bytes),
			keep, db_u64(a->half_life_sec)));
	return db_exec(db, &sql[CHANGE],
	    ARGS(db_u64(rank), db_u64(level->min_count), db_u64(rank + 1 == conf->levels.n), max,
		max, db_text(level->path), db_u64(level->max_bytes), db_u64(level->free_bytes),
		keep, db_u64(row[0].number)));
}

static enum rc
apply_body(struct db *db, void *ctx)
{
	const struct conf *conf = db_conf(db);
	struct applying *a = ctx;
	struct rows rows;

	TRY(db_query(db, a->pool, &rows, &sql[ALL], NO_ARGS));
	a->half_life_sec =
	    rows.n > 0 ? db_row(&rows, 0)[2].number : (uint64_t)conf->levels.half_life_sec;
	for (size_t i = 0; i < rows.n; i++)
		if (!is_configured(conf, db_row(&rows, i)[1].s))
			TRY(level_remove(db, a->pool, db_row(&rows, i)));
	for (size_t i = 0; i < conf->levels.n; i++)
		TRY(level_put(db, a, i, find_row(&rows, conf->levels.v[i].name)));
	return RC_OK;
}

/* ---------------------------------------------------------------- another half-life */

struct converting {
	struct pool *pool;
	uint64_t from, to;
	bool last;
};

static enum rc
convert_body(struct db *db, void *ctx)
{
	const struct converting *c = ctx;
	struct arg new = db_i64(db_conf(db)->levels.half_life_sec);

	if (c->last)
		return db_exec(db, &sql[CONVERTED], &new, 1);
	return db_exec(
	    db, &sql[CONVERT], ARGS(new, new, new, new, db_u64(c->from), db_u64(c->to), new));
}

/* Rows that have the new half-life are left alone, so this can be broken off and begun again. */
static enum rc
levels_convert(struct db *db, struct pool *pool)
{
	static const struct txn txn = {.body = convert_body,
	    .before_commit = "store.tier.convert.before_commit",
	    .committed = "store.tier.convert.committed"};
	struct converting c = {.pool = pool};
	struct rows newest;

	TRY(db_query(db, pool, &newest, &sql[NEWEST], NO_ARGS));
	for (; c.from < db_row(&newest, 0)->number; c.from = c.to) {
		c.to = c.from + PAGE;
		TRY(db_transact(db, &txn, &c));
	}
	c.last = true;
	return db_transact(db, &txn, &c);
}

enum rc
tier_levels_apply(struct db *db)
{
	/* The same again changes nothing. */
	static const struct txn txn = {.body = apply_body,
	    .before_commit = "store.tier.apply.before_commit",
	    .committed = "store.tier.apply.committed"};
	struct applying a = {.pool = pool_new()};
	enum rc rc = db_transact(db, &txn, &a);

	if (rc == RC_OK && a.half_life_sec != (uint64_t)db_conf(db)->levels.half_life_sec)
		rc = levels_convert(db, a.pool);
	pool_free(a.pool);
	return rc;
}

/* ---------------------------------------------------------------- for the other files */

enum rc
tier_levels_read(struct db *db, struct pool *pool, struct tier_levels *out)
{
	const struct conf *conf = db_conf(db);
	struct rows rows;

	*out = (struct tier_levels){.half_life_sec = conf->levels.half_life_sec};
	TRY(db_query(db, pool, &rows, &sql[READ], NO_ARGS));
	for (size_t i = 0; i < conf->levels.n; i++) {
		const struct cell *row = find_row(&rows, conf->levels.v[i].name);

		if (row == NULL || row[3].number != (uint64_t)conf->levels.half_life_sec)
			return RC_NOT_READY;
		out->ids[i] = row[0].number;
		out->top_max_count = row[2].number;
		out->now = (double)row[4].number / 1000;
	}
	return conf->levels.n > 0 ? RC_OK : RC_NOT_READY;
}

enum rc
tier_rank(const struct db *db, const struct tier_levels *levels, uint64_t id, unsigned *rank)
{
	for (*rank = 0; *rank < db_conf(db)->levels.n; (*rank)++)
		if (levels->ids[*rank] == id)
			return RC_OK;
	return RC_NOT_READY;
}

struct arg
tier_real(struct pool *pool, double d)
{
	/* The database has no infinity, and would take it for 0. */
	return db_text(pool_printf(pool, "%.17g", fmin(fmax(d, -1e300), 1e300)));
}

double
tier_cell_real(const struct cell *cell)
{
	return strtod(cell->s, NULL);
}

enum rc
tier_raise(
    struct db *db, const struct tier_levels *levels, uint64_t total, double lw, uint64_t *raised)
{
	uint64_t top = levels->ids[db_conf(db)->levels.n - 1];
	uint64_t count = levels->half_life_sec == 0
			     ? total
			     : (uint64_t)ceil(tier_score(lw, levels->half_life_sec, levels->now));

	*raised = 0;
	if (count <= levels->top_max_count)
		return RC_OK;
	TRY(db_exec(db, &sql[RAISE], ARGS(db_u64(count), db_u64(top), db_u64(count))));
	if (db_changed(db) > 0)
		*raised = count;
	return RC_OK;
}

void
tier_log_raised(const struct db *db, uint64_t raised)
{
	const struct conf *conf = db_conf(db);

	if (raised > 0)
		log_notice("max_count of level %s raised to %" PRIu64,
		    conf->levels.v[conf->levels.n - 1].name, raised);
}
