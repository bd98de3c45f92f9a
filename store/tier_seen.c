#include "tier_internal.h"

enum { UNSEEN, SEEN };

static const struct sql sql[] = {
    [UNSEEN] = {.text = "SELECT id, name, project_id, audio_id, revision, pipeline_id, level"
			" FROM content WHERE id > ? AND bytes = 0 AND state = 'still'"
			" ORDER BY id LIMIT ?"},
    /* In the order of the assignments: reason is that of the level as it was. */
    [SEEN] = {.text = "UPDATE content SET reason = IF(level = ?, reason, 'found'), level = ?,"
		      " bytes = ? WHERE id = ? AND bytes = 0 AND state = 'still'"},
};

/* Read up to TIER_MAX rows. */
static enum rc
unseen_read(struct db *db, struct pool *pool, uint64_t *cursor, struct tier_spot *v, size_t *n)
{
	struct tier_named named[TIER_MAX];
	struct tier_levels levels;
	struct rows rows;

	TRY(tier_levels_read(db, pool, &levels));
	TRY(db_query(db, pool, &rows, &sql[UNSEEN], ARGS(db_u64(*cursor), db_u64(TIER_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		v[i] = (struct tier_spot){.id = row[0].number};
		TRY(tier_rank(db, &levels, row[6].number, &v[i].level));
		named[i] = (struct tier_named){.name = row[1].s,
		    .object = {.project = row[2].number,
			.audio = row[3].number,
			.revision = row[4].number,
			.pipeline = row[5].number}};
	}
	TRY(tier_paths(db, pool, named, rows.n));
	for (size_t i = 0; i < rows.n; i++)
		v[i].path = named[i].path;
	*n = rows.n;
	*cursor = rows.n < TIER_MAX ? 0 : v[rows.n - 1].id;
	return RC_OK;
}

enum rc
tier_unseen(struct db *db, struct pool *pool, uint64_t *cursor, struct tier_spot *v, size_t *n)
{
	*n = 0;
	return unseen_read(db, pool, cursor, v, n);
}

struct seeing {
	struct pool *pool;
	const struct tier_spot *v;
	size_t n;
};

static enum rc
seen_body(struct db *db, void *ctx)
{
	const struct seeing *s = ctx;
	struct tier_levels levels;

	TRY(tier_levels_read(db, s->pool, &levels));
	for (size_t i = 0; i < s->n; i++) {
		uint64_t level = levels.ids[s->v[i].level];

		TRY(db_exec(db, &sql[SEEN],
		    ARGS(db_u64(level), db_u64(level), db_u64(s->v[i].bytes), db_u64(s->v[i].id))));
	}
	return RC_OK;
}

enum rc
tier_seen(struct db *db, const struct tier_spot *v, size_t n)
{
	/* What was written stays as it is when it is done again. */
	static const struct txn txn = {.body = seen_body,
	    .before_commit = "store.tier.seen.before_commit",
	    .committed = "store.tier.seen.committed"};
	struct seeing s = {.pool = pool_new(), .v = v, .n = n};
	enum rc rc = n > 0 ? db_transact(db, &txn, &s) : RC_OK;

	pool_free(s.pool);
	return rc;
}
