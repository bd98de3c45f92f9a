#include "tier_internal.h"

#include <math.h>
#include <stdlib.h>

enum { POSITION, POSITION_LOCK, POSITION_ADD, POSITION_MOVE, HEAT, HOTTEST };

static const struct sql sql[] = {
    [POSITION] = {.text = "SELECT inode, at, first_ms, last_ms FROM fetch_log WHERE host = ?"},
    [POSITION_LOCK] = {.text = "SELECT inode, at, first_ms, last_ms FROM fetch_log WHERE host = ?"
			       " FOR UPDATE"},
    [POSITION_ADD] = {.text = "INSERT INTO fetch_log (host, inode, at, first_ms, last_ms,"
			      " updated_at) VALUES (?, ?, ?, ?, ?, NOW(3))"},
    [POSITION_MOVE] = {.text = "UPDATE fetch_log SET inode = ?, at = ?, first_ms = ?, last_ms = ?,"
			       " updated_at = NOW(3) WHERE host = ?"},
    /* In the order of the assignments: lw is that of the new total. */
    [HEAT] = {.text = "INSERT INTO content (name, project_id, audio_id, revision, pipeline_id,"
		      " level, generate_time, update_time, total, lw, half_life_sec, fetched_at,"
		      " run_at) VALUES ",
	.item = "(?, ?, ?, ?, ?, ?, NOW(3), NOW(3), ?, ?, ?, FROM_UNIXTIME(? / 1000), NOW(3))",
	.tail = " ON DUPLICATE KEY UPDATE total = total + VALUES(total),"
		" lw = IF(VALUES(half_life_sec) = 0, LOG2(total),"
		" GREATEST(lw, VALUES(lw)) + LOG2(1 + POW(2, -ABS(lw - VALUES(lw))))),"
		" fetched_at = GREATEST(COALESCE(fetched_at, VALUES(fetched_at)),"
		" VALUES(fetched_at))"},
    [HOTTEST] = {.text = "SELECT MAX(total), CONCAT(MAX(lw)) FROM content WHERE name IN (",
	.item = "?",
	.tail = ")"},
};

#define HEAT_ARGS 10

/* ---------------------------------------------------------------- the position */

static struct fetch_position
position_of(const struct cell *row)
{
	return (struct fetch_position){.inode = row[0].number,
	    .offset = row[1].number,
	    .first = (int64_t)row[2].number,
	    .last = (int64_t)row[3].number};
}

static bool
position_equals(const struct fetch_position *a, const struct fetch_position *b)
{
	return a->inode == b->inode && a->offset == b->offset && a->first == b->first &&
	       a->last == b->last;
}

enum rc
tier_position(struct db *db, const char *host, struct fetch_position *pos, bool *found)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[POSITION], ARGS(db_text(host)));

	*pos = (struct fetch_position){.inode = 0};
	*found = rc == RC_OK && rows.n > 0;
	if (*found)
		*pos = position_of(db_row(&rows, 0));
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- adding */

struct arg
tier_number_or_null(uint64_t number)
{
	static const struct arg null = {.type = ARG_NULL};

	return number == 0 ? null : db_u64(number);
}

enum rc
tier_heat_add(struct db *db, struct pool *pool, const struct tier_levels *levels,
    const struct tier_heat *v, size_t n)
{
	struct arg args[DB_CHUNK * HEAT_ARGS], *a = args;
	const struct conf *conf = db_conf(db);

	for (size_t i = 0; i < n; i++) {
		*a++ = db_text(v[i].name);
		*a++ = tier_number_or_null(v[i].object.project);
		*a++ = tier_number_or_null(v[i].object.audio);
		*a++ = tier_number_or_null(v[i].object.revision);
		*a++ = tier_number_or_null(v[i].object.pipeline);
		*a++ = db_u64(levels->ids[conf->levels.home]);
		*a++ = db_u64(v[i].total);
		*a++ = tier_real(pool, v[i].lw);
		*a++ = db_i64(levels->half_life_sec);
		*a++ = db_i64(v[i].at);
	}
	return db_run(db, pool, &sql[HEAT], n, args, n * HEAT_ARGS, NULL);
}

/* ---------------------------------------------------------------- counting */

struct counting {
	struct pool *pool;
	const char *host;
	const struct fetch_position *before, *after;
	const struct tier_heat *v; /* by name, so that two readers lock rows in the same order */
	size_t n;
	uint64_t raised;
};

static enum rc
position_move(struct db *db, const struct counting *c)
{
	const struct fetch_position *to = c->after;
	struct rows rows;
	struct fetch_position now;

	TRY(db_query(db, c->pool, &rows, &sql[POSITION_LOCK], ARGS(db_text(c->host))));
	if ((rows.n > 0) != (c->before != NULL))
		return RC_STALE;
	if (rows.n == 0)
		return db_exec(db, &sql[POSITION_ADD],
		    ARGS(db_text(c->host), db_u64(to->inode), db_u64(to->offset), db_i64(to->first),
			db_i64(to->last)));
	now = position_of(db_row(&rows, 0));
	if (!position_equals(&now, c->before))
		return RC_STALE;
	return db_exec(db, &sql[POSITION_MOVE],
	    ARGS(db_u64(to->inode), db_u64(to->offset), db_i64(to->first), db_i64(to->last),
		db_text(c->host)));
}

static enum rc
count_chunk(struct db *db, struct counting *c, const struct tier_levels *levels,
    const struct tier_heat *given, size_t n)
{
	struct tier_heat v[DB_CHUNK];
	struct arg names[DB_CHUNK];
	struct rows rows;
	uint64_t raised;

	for (size_t i = 0; i < n; i++) {
		double at = fmin((double)given[i].at / 1000, levels->now);

		v[i] = given[i];
		v[i].lw = tier_score_add(TIER_NEVER, v[i].total, levels->half_life_sec, at);
		v[i].at = (int64_t)(at * 1000);
		names[i] = db_text(v[i].name);
	}
	TRY(tier_heat_add(db, c->pool, levels, v, n));
	TRY(db_run(db, c->pool, &sql[HOTTEST], n, names, n, &rows));
	TRY(tier_raise(
	    db, levels, db_row(&rows, 0)[0].number, tier_cell_real(&db_row(&rows, 0)[1]), &raised));
	if (raised > c->raised)
		c->raised = raised;
	return RC_OK;
}

static enum rc
count_body(struct db *db, void *ctx)
{
	struct counting *c = ctx;
	struct tier_levels levels;
	size_t k;

	c->raised = 0;
	TRY(tier_levels_read(db, c->pool, &levels));
	TRY(position_move(db, c));
	for (size_t i = 0; i < c->n; i += k) {
		k = db_chunk(c->n - i);
		TRY(count_chunk(db, c, &levels, c->v + i, k));
	}
	return RC_OK;
}

static enum rc
count_read_back(struct db *db, void *ctx)
{
	const struct counting *c = ctx;
	struct fetch_position now;
	struct rows rows;

	TRY(db_query(db, c->pool, &rows, &sql[POSITION_LOCK], ARGS(db_text(c->host))));
	if (rows.n == 0)
		return RC_BUSY;
	now = position_of(db_row(&rows, 0));
	return position_equals(&now, c->after) ? RC_OK : RC_BUSY;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct tier_heat *)a)->name, ((const struct tier_heat *)b)->name);
}

enum rc
tier_count(struct db *db, const char *host, const struct fetch_position *before,
    const struct fetch_position *after, const struct tier_fetch *v, size_t n)
{
	static const struct txn txn = {.body = count_body,
	    .read_back = count_read_back,
	    .before_commit = "store.tier.count.before_commit",
	    .committed = "store.tier.count.committed"};
	struct counting c = {.pool = pool_new(), .host = host, .before = before, .after = after};
	struct tier_heat *heat = pool_array(c.pool, n + 1, sizeof *heat);
	enum rc rc = RC_OK;

	for (size_t i = 0; i < n; i++) {
		struct tier_heat *h = &heat[c.n];

		if (v[i].n == 0 || !tier_name_parse(v[i].name, &h->object))
			continue;
		h->name = v[i].name;
		h->total = v[i].n;
		h->at = v[i].at;
		c.n++;
	}
	qsort(heat, c.n, sizeof *heat, by_name);
	c.v = heat;
	/* A position that does not move would not tell whether this was counted. */
	if (before == NULL || !position_equals(before, after))
		rc = db_transact(db, &txn, &c);
	else if (c.n > 0)
		rc = RC_STALE;
	if (rc == RC_OK)
		tier_log_raised(db, c.raised);
	pool_free(c.pool);
	return rc;
}
