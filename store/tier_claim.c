#include "tier_internal.h"

#include <math.h>
#include <stdlib.h>

#include "../common/base/crypt.h"

enum { HOT, COLD, ANY_COLD, PINNED, FINDS };

enum { MARK, OWN, EXPIRED, TAKE_OVER, DOUBT };

/* What may be moved: also what has a time so far away that the clock must have been set back since.
 */
#define DUE "(run_at <= NOW(3) OR run_at > NOW(3) + INTERVAL ? SECOND)"
#define RESTED "(tries = 0 OR " DUE ")"
#define COLUMNS                                                                                    \
	"SELECT id, name, project_id, audio_id, revision, pipeline_id, bytes, total, CONCAT(lw),"  \
	" tries, level, target FROM content"
#define STILL COLUMNS " FORCE INDEX (content_heat) WHERE level = ? AND state = 'still'"
#define REAL "CAST(? AS DOUBLE)"

/* Ranges of the index (level, state, lw): nothing else is looked at. */
#define FIND_HOT                                                                                   \
	STILL " AND lw >= " REAL " AND lw < " REAL " AND pinned IS NULL AND " DUE                  \
	      " ORDER BY lw DESC LIMIT ?"
#define FIND_COLD STILL " AND lw < " REAL " AND pinned IS NULL AND " DUE " ORDER BY lw LIMIT ?"
#define FIND_ANY_COLD STILL " AND pinned IS NULL AND " RESTED " ORDER BY lw LIMIT ?"
#define FIND_PINNED                                                                                \
	COLUMNS " WHERE pinned = ? AND state = 'still' AND level = ? AND " RESTED " LIMIT ?"
#define SKIPPING " FOR UPDATE SKIP LOCKED"

static const struct sql looking[FINDS] = {
    [HOT] = {.text = FIND_HOT},
    [COLD] = {.text = FIND_COLD},
    [ANY_COLD] = {.text = FIND_ANY_COLD},
    [PINNED] = {.text = FIND_PINNED},
};
static const struct sql locking[FINDS] = {
    [HOT] = {.text = FIND_HOT SKIPPING},
    [COLD] = {.text = FIND_COLD SKIPPING},
    [ANY_COLD] = {.text = FIND_ANY_COLD SKIPPING},
    [PINNED] = {.text = FIND_PINNED SKIPPING},
};
static const struct sql sql[] = {
    [MARK] = {.text = "UPDATE content SET state = 'moving', target = ?, reason = ?, claim_token ="
		      " ?, host = ?, run_id = ?, lease_until = NOW(3) + INTERVAL ? SECOND"
		      " WHERE state = 'still' AND id IN (",
	DB_IDS},
    [OWN] = {.text = "SELECT id FROM content WHERE id = ? AND claim_token = ? FOR UPDATE"},
    [EXPIRED] = {.text = COLUMNS " WHERE state = 'moving' AND (host = ? OR lease_until < NOW(3)"
				 " OR lease_until > NOW(3) + INTERVAL 2 DAY)"
				 " ORDER BY id LIMIT ?" SKIPPING},
    [TAKE_OVER] = {.text = "UPDATE content SET claim_token = ?, host = ?, run_id = ?, lease_until"
			   " = NOW(3) + INTERVAL ? SECOND WHERE state = 'moving' AND id IN (",
	DB_IDS},
    [DOUBT] = {.text = "UPDATE content SET state = 'moving', target = level, claim_token = ?,"
		       " host = ?, run_id = ?, lease_until = NOW(3) + INTERVAL ? SECOND"
		       " WHERE state = 'still' AND id IN (",
	DB_IDS},
};

static const char *const reasons[TIER_WHYS] = {
    [TIER_PINNED] = "pinned",
    [TIER_DOWN] = "cold",
    [TIER_UP] = "hot",
    [TIER_COLDEST] = "full",
};

struct claiming {
	struct pool *pool;
	const struct tier_question *q;
	const struct sql *finds; /* looking or locking */
	const char *host;	 /* of tier_expired */
	struct tier_levels levels;
	uint8_t token[CLAIM_TOKEN_SIZE];
	struct tier_move *v;
	struct tier_object *objects; /* of each move */
	size_t n, max;
};

/* ---------------------------------------------------------------- finding */

static bool
is_usable(const struct tier_question *q, unsigned level)
{
	return (q->usable >> level & 1) != 0;
}

/* The next usable level at most as high as LEVEL; CONF_LEVELS if there is none. */
static unsigned
usable_from(const struct tier_question *q, unsigned level)
{
	for (unsigned i = level + 1; i-- > 0;)
		if (is_usable(q, i))
			return i;
	return CONF_LEVELS;
}

static struct arg
delay_max(const struct db *db)
{
	int stay = db_conf(db)->levels.min_stay_sec;

	return db_i64(stay > TIER_AGAIN_SEC ? stay : TIER_AGAIN_SEC);
}

static void
read_move(const struct cell *row, struct tier_move *move, struct tier_object *object)
{
	*move = (struct tier_move){.id = row[0].number,
	    .name = row[1].s,
	    .path = "",
	    .bytes = row[6].number,
	    .total = row[7].number,
	    .lw = tier_cell_real(&row[8]),
	    .tries = (unsigned)row[9].number};
	*object = (struct tier_object){.project = row[2].number,
	    .audio = row[3].number,
	    .revision = row[4].number,
	    .pipeline = row[5].number};
}

/* Where a file that is too cold for its level goes; CONF_LEVELS: nowhere. */
static unsigned
cold_target(const struct db *db, const struct claiming *c, const struct tier_move *move)
{
	double score = tier_score(move->lw, c->levels.half_life_sec, c->levels.now);
	unsigned target = usable_from(c->q, tier_score_level(db_conf(db), score));

	for (unsigned i = 0; target == CONF_LEVELS && i < c->q->level; i++)
		if (is_usable(c->q, i))
			target = i;
	return target < c->q->level ? target : CONF_LEVELS;
}

/* Add what was found on LEVEL. */
static void
add_found(const struct db *db, struct claiming *c, const struct rows *rows, unsigned level)
{
	for (size_t i = 0; i < rows->n && c->n < c->max; i++) {
		struct tier_move *move = &c->v[c->n];

		read_move(db_row(rows, i), move, &c->objects[c->n]);
		move->why = c->q->why;
		move->reason = reasons[c->q->why];
		move->level = level;
		if (c->q->why == TIER_DOWN)
			move->target = cold_target(db, c, move);
		else if (c->q->why == TIER_COLDEST)
			move->target = level == 0 ? CONF_LEVELS : usable_from(c->q, level - 1);
		else
			move->target = c->q->level;
		if (move->target < CONF_LEVELS)
			c->n++;
	}
}

/* The LW from which on a file is as hot as SCORE, a little below it because sums are not exact. */
static double
threshold(const struct claiming *c, double score)
{
	return tier_score_lw(score * (1 - TIER_EXACT), c->levels.half_life_sec, c->levels.now);
}

static enum rc
find_up(struct db *db, struct claiming *c)
{
	const struct conf *conf = db_conf(db);
	unsigned next = c->q->level + 1;
	double from = threshold(c, (double)conf->levels.v[c->q->level].min_count), to;

	if (c->q->lw_min != 0 && c->q->lw_min > from)
		from = c->q->lw_min;
	while (next < conf->levels.n && !is_usable(c->q, next))
		next++;
	to = next < conf->levels.n ? threshold(c, (double)conf->levels.v[next].min_count) : 1e300;
	for (unsigned i = 0; i < c->q->level && c->n < c->max; i++) {
		struct rows rows;

		if (!is_usable(c->q, i))
			continue;
		TRY(db_query(db, c->pool, &rows, &c->finds[HOT],
		    ARGS(db_u64(c->levels.ids[i]), tier_real(c->pool, from), tier_real(c->pool, to),
			delay_max(db), db_u64(c->max - c->n))));
		add_found(db, c, &rows, i);
	}
	return RC_OK;
}

/* Files that are pinned to a level and on another. */
static enum rc
find_pinned(struct db *db, struct claiming *c)
{
	for (unsigned i = 0; i < db_conf(db)->levels.n && c->n < c->max; i++) {
		struct rows rows;

		if (i == c->q->level || !is_usable(c->q, i))
			continue;
		TRY(db_query(db, c->pool, &rows, &c->finds[PINNED],
		    ARGS(db_u64(c->levels.ids[c->q->level]), db_u64(c->levels.ids[i]),
			delay_max(db), db_u64(c->max - c->n))));
		add_found(db, c, &rows, i);
	}
	return RC_OK;
}

static enum rc
find_down(struct db *db, struct claiming *c)
{
	const struct conf_level *level = &db_conf(db)->levels.v[c->q->level];
	struct arg id = db_u64(c->levels.ids[c->q->level]), max = db_u64(c->max);
	struct rows rows;

	if (c->q->level == 0)
		return RC_OK;
	if (c->q->why == TIER_COLDEST)
		TRY(db_query(
		    db, c->pool, &rows, &c->finds[ANY_COLD], ARGS(id, delay_max(db), max)));
	else
		TRY(db_query(db, c->pool, &rows, &c->finds[COLD],
		    ARGS(id,
			tier_real(
			    c->pool, threshold(c, level->keep_ratio * (double)level->min_count)),
			delay_max(db), max)));
	add_found(db, c, &rows, c->q->level);
	return RC_OK;
}

static enum rc
find_moves(struct db *db, struct claiming *c)
{
	c->n = 0;
	TRY(tier_levels_read(db, c->pool, &c->levels));
	if (!is_usable(c->q, c->q->level))
		return RC_OK;
	switch (c->q->why) {
	case TIER_UP:
		return find_up(db, c);
	case TIER_PINNED:
		return find_pinned(db, c);
	default:
		return find_down(db, c);
	}
}

/* Set the paths of the moves. */
static enum rc
moves_read_paths(struct db *db, struct claiming *c)
{
	struct tier_named *named = pool_array(c->pool, c->n + 1, sizeof *named);

	for (size_t i = 0; i < c->n; i++)
		named[i] = (struct tier_named){.name = c->v[i].name, .object = c->objects[i]};
	TRY(tier_paths(db, c->pool, named, c->n));
	for (size_t i = 0; i < c->n; i++)
		c->v[i].path = named[i].path;
	return RC_OK;
}

/* ---------------------------------------------------------------- claiming */

/* Mark those that go to TARGET. */
static enum rc
claim_mark(struct db *db, struct claiming *c, unsigned target)
{
	uint64_t ids[TIER_MAX];
	size_t n = 0, k;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].target == target)
			ids[n++] = c->v[i].id;
	for (size_t i = 0; i < n; i += k) {
		k = db_chunk(n - i);
		TRY(db_run_ids(db, c->pool, NULL, &sql[MARK], ids + i, k,
		    ARGS(db_u64(c->levels.ids[target]), db_text(reasons[c->q->why]),
			db_bytes(c->token, sizeof c->token), db_text(c->q->host),
			db_u64(c->q->run_id), db_i64(c->q->lease_sec))));
	}
	return RC_OK;
}

static void
moves_set_token(struct claiming *c)
{
	for (size_t i = 0; i < c->n; i++)
		memcpy(c->v[i].token, c->token, sizeof c->token);
}

static enum rc
claim_body(struct db *db, void *ctx)
{
	struct claiming *c = ctx;

	TRY(find_moves(db, c));
	for (unsigned i = 0; i < db_conf(db)->levels.n; i++)
		TRY(claim_mark(db, c, i));
	moves_set_token(c);
	return moves_read_paths(db, c);
}

static enum rc
claim_read_back(struct db *db, void *ctx)
{
	const struct claiming *c = ctx;
	struct rows rows;

	if (c->n == 0)
		return RC_OK;
	TRY(db_query(db, c->pool, &rows, &sql[OWN],
	    ARGS(db_u64(c->v[0].id), db_bytes(c->token, sizeof c->token))));
	return rows.n > 0 ? RC_OK : RC_BUSY;
}

static int
hottest_first(const void *a, const void *b)
{
	double x = ((const struct tier_move *)a)->lw, y = ((const struct tier_move *)b)->lw;

	return (x < y) - (x > y);
}

static struct claiming
claiming_begin(
    struct pool *pool, const struct tier_question *q, const struct sql *finds, struct tier_move *v)
{
	struct claiming c = {.pool = pool,
	    .q = q,
	    .finds = finds,
	    .v = v,
	    .objects = pool_array(pool, TIER_MAX, sizeof *c.objects),
	    .max = q->max < TIER_MAX ? q->max : TIER_MAX};

	crypt_random(c.token, sizeof c.token);
	return c;
}

static enum rc
claiming_end(struct claiming *c, enum rc rc, size_t *n)
{
	*n = rc == RC_OK ? c->n : 0;
	if (c->q->why == TIER_UP && *n > 1)
		qsort(c->v, *n, sizeof *c->v, hottest_first);
	return rc;
}

enum rc
tier_claim(
    struct db *db, struct pool *pool, const struct tier_question *q, struct tier_move *v, size_t *n)
{
	static const struct txn txn = {.body = claim_body,
	    .read_back = claim_read_back,
	    .before_commit = "store.tier.claim.before_commit",
	    .committed = "store.tier.claim.committed"};
	struct claiming c = claiming_begin(pool, q, locking, v);

	return claiming_end(&c, db_transact(db, &txn, &c), n);
}

enum rc
tier_would_move(
    struct db *db, struct pool *pool, const struct tier_question *q, struct tier_move *v, size_t *n)
{
	struct claiming c = claiming_begin(pool, q, looking, v);
	enum rc rc = find_moves(db, &c);

	if (rc == RC_OK)
		rc = moves_read_paths(db, &c);
	return claiming_end(&c, rc, n);
}

/* ---------------------------------------------------------------- taking over */

static enum rc
expired_body(struct db *db, void *ctx)
{
	struct claiming *c = ctx;
	uint64_t ids[TIER_MAX];
	struct rows rows;
	size_t k;

	c->n = 0;
	TRY(tier_levels_read(db, c->pool, &c->levels));
	TRY(db_query(db, c->pool, &rows, &sql[EXPIRED], ARGS(db_text(c->host), db_u64(c->max))));
	for (; c->n < rows.n; c->n++) {
		const struct cell *row = db_row(&rows, c->n);
		struct tier_move *move = &c->v[c->n];

		read_move(row, move, &c->objects[c->n]);
		move->why = c->q->why;
		move->reason = "";
		TRY(tier_rank(db, &c->levels, row[10].number, &move->level));
		TRY(tier_rank(db, &c->levels, row[11].number, &move->target));
		ids[c->n] = move->id;
	}
	for (size_t i = 0; i < c->n; i += k) {
		k = db_chunk(c->n - i);
		TRY(db_run_ids(db, c->pool, NULL, &sql[TAKE_OVER], ids + i, k,
		    ARGS(db_bytes(c->token, sizeof c->token), db_text(c->q->host),
			db_u64(c->q->run_id), db_i64(c->q->lease_sec))));
	}
	moves_set_token(c);
	return moves_read_paths(db, c);
}

enum rc
tier_expired(struct db *db, struct pool *pool, const struct tier_question *q, const char *host,
    struct tier_move *v, size_t *n)
{
	static const struct txn txn = {.body = expired_body,
	    .read_back = claim_read_back,
	    .before_commit = "store.tier.expired.before_commit",
	    .committed = "store.tier.expired.committed"};
	struct claiming c = claiming_begin(pool, q, locking, v);
	enum rc rc;

	c.host = host != NULL ? host : "";
	rc = db_transact(db, &txn, &c);
	*n = rc == RC_OK ? c.n : 0;
	return rc;
}

/* ---------------------------------------------------------------- doubts */

struct doubting {
	const struct tier_question *q;
	const uint64_t *ids;
	size_t n;
	uint8_t token[CLAIM_TOKEN_SIZE];
};

static enum rc
doubt_body(struct db *db, void *ctx)
{
	const struct doubting *d = ctx;
	size_t k;

	for (size_t i = 0; i < d->n; i += k) {
		k = db_chunk(d->n - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[DOUBT], d->ids + i, k,
		    ARGS(db_bytes(d->token, sizeof d->token), db_text(d->q->host),
			db_u64(d->q->run_id), db_i64(d->q->lease_sec))));
	}
	return RC_OK;
}

/* To do it again after a COMMIT that was not answered is harmless. */
enum rc
tier_doubt(struct db *db, const struct tier_question *q, const struct tier_move *v, size_t n)
{
	static const struct txn txn = {.body = doubt_body,
	    .before_commit = "store.tier.doubt.before_commit",
	    .committed = "store.tier.doubt.committed"};
	uint64_t ids[TIER_MAX];
	struct doubting d = {.q = q, .ids = ids, .n = n};

	for (size_t i = 0; i < n; i++)
		ids[i] = v[i].id;
	crypt_random(d.token, sizeof d.token);
	return n > 0 ? db_transact(db, &txn, &d) : RC_OK;
}
