#include "tier_internal.h"

#include <math.h>

enum { FIND, LOCK, AUDIO, ADD, SET, ASK, MOVED };

#define COLUMNS                                                                                    \
	"SELECT id, name, total, CONCAT(lw), level, state = 'moving', generate_time, update_time," \
	" pinned, target FROM content WHERE "

static const struct sql sql[] = {
    [FIND] = {.text = COLUMNS "id = ?"},
    [LOCK] = {.text = COLUMNS "id = ? FOR UPDATE"},
    [AUDIO] = {.text = "SELECT c.id FROM audio a JOIN content c ON c.audio_id = a.id AND c.revision"
		       " = a.audio_revision WHERE a.id = ?"},
    [ADD] = {.text = "INSERT IGNORE INTO content (name, project_id, audio_id, revision, level,"
		     " bytes, generate_time, update_time, half_life_sec, run_at)"
		     " SELECT LEFT(path, CHAR_LENGTH(path) - 37), project_id, id, audio_revision,"
		     " ?, size_bytes, NOW(3), NOW(3), ?, NOW(3) FROM audio WHERE id = ?"
		     " AND path IS NOT NULL"},
    [SET] = {.text = "UPDATE content SET total = ?, lw = CAST(? AS DOUBLE), fetched_at = NOW(3)"
		     " WHERE id = ?"},
    [ASK] = {.text = "UPDATE content SET target = ? WHERE id = ? AND state = 'still'"},
    [MOVED] = {.text = "UPDATE content SET level = target, target = NULL, update_time = NOW(3),"
		       " reason = 'asked' WHERE id = ? AND state = 'still' AND target IS NOT NULL"
		       " AND target <> level"},
};

struct outside {
	struct pool *pool;
	uint64_t cid, count;
	struct tier_levels levels;
	double lw;
	uint64_t pinned; /* the id of a level; 0: none */
	bool asked;
	uint64_t raised;
	struct tier_content *out;
};

static enum rc
read_content(struct db *db, struct outside *o, const struct sql *find)
{
	struct tier_content *out = o->out;
	const struct cell *row;
	struct rows rows;

	TRY(tier_levels_read(db, o->pool, &o->levels));
	TRY(db_query(db, o->pool, &rows, find, ARGS(db_u64(o->cid))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*out = (struct tier_content){.cid = row[0].number,
	    .count = row[2].number,
	    .moving = row[5].number != 0,
	    .generate_time = db_time(&row[6]),
	    .update_time = db_time(&row[7])};
	memcpy(out->name, row[1].s, row[1].len + 1);
	o->lw = tier_cell_real(&row[3]);
	o->pinned = row[8].number;
	o->asked = !row[9].null;
	TRY(tier_rank(db, &o->levels, row[4].number, &out->level));
	if (o->pinned != 0)
		return tier_rank(db, &o->levels, o->pinned, &out->target);
	out->target = tier_score_target(
	    db_conf(db), out->level, tier_score(o->lw, o->levels.half_life_sec, o->levels.now));
	return RC_OK;
}

enum rc
tier_content(struct db *db, uint64_t cid, struct tier_content *out)
{
	struct outside o = {.pool = pool_new(), .cid = cid, .out = out};
	enum rc rc = read_content(db, &o, &sql[FIND]);

	pool_free(o.pool);
	return rc;
}

/* ---------------------------------------------------------------- of a sentence */

static enum rc
audio_body(struct db *db, void *ctx)
{
	struct outside *o = ctx;

	TRY(tier_levels_read(db, o->pool, &o->levels));
	return db_exec(db, &sql[ADD],
	    ARGS(db_u64(o->levels.ids[db_conf(db)->levels.home]), db_i64(o->levels.half_life_sec),
		db_u64(o->cid)));
}

enum rc
tier_content_of_audio(struct db *db, uint64_t audio, struct tier_content *out)
{
	/* A row that is there already is not added again. */
	static const struct txn txn = {.body = audio_body,
	    .before_commit = "store.tier.of_audio.before_commit",
	    .committed = "store.tier.of_audio.committed"};
	struct outside o = {.pool = pool_new(), .cid = audio, .out = out};
	struct rows rows;
	enum rc rc = db_query(db, o.pool, &rows, &sql[AUDIO], ARGS(db_u64(audio)));

	if (rc == RC_OK && rows.n == 0) {
		rc = db_transact(db, &txn, &o);
		if (rc == RC_OK)
			rc = db_query(db, o.pool, &rows, &sql[AUDIO], ARGS(db_u64(audio)));
	}
	if (rc == RC_OK && rows.n == 0)
		rc = RC_NOT_FOUND;
	if (rc == RC_OK)
		rc = tier_content(db, db_row(&rows, 0)->number, out);
	pool_free(o.pool);
	return rc;
}

/* ---------------------------------------------------------------- counts and moves */

static enum rc
set_count_body(struct db *db, void *ctx)
{
	struct outside *o = ctx;
	struct tier_content *out = o->out;
	int half_life = db_conf(db)->levels.half_life_sec;
	uint64_t more, target = 0;

	o->raised = 0;
	TRY(read_content(db, o, &sql[LOCK]));
	more = o->count > out->count ? o->count - out->count : 0;
	if (half_life == 0)
		o->lw = tier_score_add(TIER_NEVER, o->count, 0, o->levels.now);
	else
		o->lw = tier_score_add(o->lw, more, half_life, o->levels.now);
	out->count = o->count;
	if (o->pinned == 0)
		out->target = tier_score_target(
		    db_conf(db), out->level, tier_score(o->lw, half_life, o->levels.now));
	TRY(db_exec(
	    db, &sql[SET], ARGS(db_u64(o->count), tier_real(o->pool, o->lw), db_u64(o->cid))));
	if (out->target != out->level)
		target = o->levels.ids[out->target];
	TRY(db_exec(db, &sql[ASK], ARGS(tier_number_or_null(target), db_u64(o->cid))));
	return tier_raise(db, &o->levels, o->count, o->lw, &o->raised);
}

enum rc
tier_set_count(struct db *db, uint64_t cid, uint64_t count, struct tier_content *out)
{
	/* The same count again adds nothing. */
	static const struct txn txn = {.body = set_count_body,
	    .before_commit = "store.tier.set_count.before_commit",
	    .committed = "store.tier.set_count.committed"};
	struct outside o = {.pool = pool_new(), .cid = cid, .count = count, .out = out};
	enum rc rc = db_transact(db, &txn, &o);

	if (rc == RC_OK)
		tier_log_raised(db, o.raised);
	pool_free(o.pool);
	return rc;
}

static enum rc
outside_done_body(struct db *db, void *ctx)
{
	struct outside *o = ctx;

	TRY(read_content(db, o, &sql[LOCK]));
	TRY(db_exec(db, &sql[MOVED], ARGS(db_u64(o->cid))));
	if (db_changed(db) == 0)
		return RC_RUNNING;
	return read_content(db, o, &sql[LOCK]);
}

static enum rc
outside_done_read_back(struct db *db, void *ctx)
{
	struct outside *o = ctx;

	TRY(read_content(db, o, &sql[LOCK]));
	return o->asked ? RC_BUSY : RC_OK;
}

enum rc
tier_outside_done(struct db *db, uint64_t cid, struct tier_content *out)
{
	static const struct txn txn = {.body = outside_done_body,
	    .read_back = outside_done_read_back,
	    .before_commit = "store.tier.outside_done.before_commit",
	    .committed = "store.tier.outside_done.committed"};
	struct outside o = {.pool = pool_new(), .cid = cid, .out = out};
	enum rc rc = db_transact(db, &txn, &o);

	pool_free(o.pool);
	return rc;
}
