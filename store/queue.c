#include "internal.h"

#include "../common/base/crypt.h"

enum {
	NEXT,
	CLAIM,
	VOICES,
	CLOCK,
	OWN_CLAIM,
	ABANDONED,
	CHARGED,
	CHARGED_TOO_OFTEN,
	RELEASE,
	STATS,
};

#define UNCLAIMED "claim_token = NULL, host = NULL, run_id = NULL, lease_until = NULL"

static const struct sql sql[] = {
    /* In the order of its index: a sort would lock every row there is. */
    [NEXT] = {.text = "SELECT id, project_id, user_id, revision, text, speed, attempts, crashes,"
		      " turn FROM audio FORCE INDEX (audio_queue)"
		      " WHERE state = 'pending' AND run_at <= NOW(3) ORDER BY turn, id LIMIT ?"
		      " FOR UPDATE SKIP LOCKED"},
    [CLAIM] = {.text = "UPDATE audio SET state = 'claimed', claim_token = ?, host = ?, run_id = ?,"
		       " lease_until = NOW(3) + INTERVAL ? SECOND WHERE id IN (",
	DB_IDS},
    [VOICES] = {.text = "SELECT id, language, voice, context FROM project WHERE id IN (", DB_IDS},
    [CLOCK] = {.text = "UPDATE queue_clock SET turn = ? WHERE id = 1 AND turn < ?"},
    [OWN_CLAIM] = {.text = "SELECT id FROM audio WHERE claim_token = ? AND id IN (",
	.item = "?",
	.tail = ") FOR UPDATE"},
    [ABANDONED] = {.text = "SELECT id, project_id, claim_token, attempts, host = ?"
			   " FROM audio WHERE state = 'claimed'"
			   " AND (host = ? OR lease_until < NOW(3)) ORDER BY id"},
    [CHARGED] = {.text = "UPDATE audio SET state = 'pending', attempts = ?,"
			 " run_at = NOW(3) + INTERVAL ? MICROSECOND, " UNCLAIMED
			 " WHERE id = ? AND claim_token = ? AND state = 'claimed'"},
    [CHARGED_TOO_OFTEN] = {.text = "UPDATE audio SET state = 'failed', attempts = ?, error = ?,"
				   " " UNCLAIMED
				   " WHERE id = ? AND claim_token = ? AND state = 'claimed'"},
    /* Asked again, because nothing was locked since it was found. */
    [RELEASE] = {.text = "UPDATE audio SET state = 'pending', " UNCLAIMED
			 " WHERE state = 'claimed' AND (host = ? OR lease_until < NOW(3))"
			 " AND id IN (",
	DB_IDS},
    [STATS] = {.text = "SELECT COUNT(*), TIMESTAMPDIFF(SECOND, MIN(queued_at), NOW(3)),"
		       " (SELECT COUNT(*) FROM audio WHERE state = 'claimed'),"
		       " (SELECT COUNT(*) FROM audio WHERE state = 'failed')"
		       " FROM audio WHERE state = 'pending'"},
};

/* ---------------------------------------------------------------- claiming */

struct claiming {
	struct pool *pool;
	struct claimant *who;
	size_t max;
	struct claim *v;
	uint64_t *ids;
	size_t *n;
};

static void
read_claim(const struct cell *row, struct claim *c)
{
	*c = (struct claim){.id = row[0].number,
	    .project = row[1].number,
	    .user = row[2].number,
	    .revision = row[3].number,
	    .text = row[4].s,
	    .text_len = row[4].len,
	    .speed = (int)row[5].number,
	    .attempts = (unsigned)row[6].number,
	    .crashes = (unsigned)row[7].number,
	    .language = "",
	    .context = "",
	    .voice = ""};
}

/* Mark what was found; it is locked. */
static enum rc
mark(struct db *db, const struct claiming *c)
{
	size_t k;

	for (size_t i = 0; i < *c->n; i += k) {
		k = db_chunk(*c->n - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[CLAIM], c->ids + i, k,
		    ARGS(db_bytes(c->who->token, CLAIM_TOKEN_SIZE), db_text(c->who->host),
			db_u64(c->who->run_id), db_i64(c->who->lease_sec))));
	}
	return RC_OK;
}

/* Language and voice stand in the project, which cannot go away while its sentences are locked. */
static enum rc
add_voices(struct db *db, const struct claiming *c)
{
	uint64_t *projects = pool_array(c->pool, *c->n, sizeof *projects);
	size_t n = 0, k;

	for (size_t i = 0; i < *c->n; i++) {
		size_t j = 0;

		while (j < n && projects[j] != c->v[i].project)
			j++;
		if (j == n)
			projects[n++] = c->v[i].project;
	}
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, c->pool, &rows, &sql[VOICES], projects + i, k, NO_ARGS));
		for (size_t r = 0; r < rows.n; r++)
			for (size_t j = 0; j < *c->n; j++)
				if (c->v[j].project == db_row(&rows, r)[0].number) {
					c->v[j].language = db_row(&rows, r)[1].s;
					c->v[j].voice = db_row(&rows, r)[2].s;
					c->v[j].context = db_row(&rows, r)[3].s;
				}
	}
	return RC_OK;
}

static enum rc
claim_body(struct db *db, void *ctx)
{
	struct claiming *c = ctx;
	struct rows rows;
	uint64_t turn = 0;

	*c->n = 0;
	crypt_random(c->who->token, CLAIM_TOKEN_SIZE);
	TRY(db_query(db, c->pool, &rows, &sql[NEXT], ARGS(db_u64(c->max))));
	if (rows.n == 0)
		return RC_OK;
	c->ids = pool_array(c->pool, rows.n, sizeof *c->ids);
	for (size_t i = 0; i < rows.n; i++) {
		read_claim(db_row(&rows, i), &c->v[i]);
		c->ids[i] = c->v[i].id;
		if (db_row(&rows, i)[8].number > turn)
			turn = db_row(&rows, i)[8].number;
	}
	*c->n = rows.n;
	TRY(mark(db, c));
	TRY(add_voices(db, c));
	TRY(lexicon_for_claims(db, c->pool, c->v, *c->n));
	return db_exec(db, &sql[CLOCK], ARGS(db_u64(turn), db_u64(turn)));
}

/* What still has the token was claimed; what lost it since will not be missed. */
static enum rc
claim_read_back(struct db *db, void *ctx)
{
	const struct claiming *c = ctx;
	size_t k;

	for (size_t i = 0; i < *c->n; i += k) {
		struct rows rows;

		k = db_chunk(*c->n - i);
		TRY(db_run_ids(db, c->pool, &rows, &sql[OWN_CLAIM], c->ids + i, k,
		    ARGS(db_bytes(c->who->token, CLAIM_TOKEN_SIZE))));
		if (rows.n > 0)
			return RC_OK;
	}
	return RC_BUSY;
}

enum rc
queue_claim(
    struct db *db, struct pool *pool, struct claimant *who, size_t max, struct claim *v, size_t *n)
{
	static const struct txn txn = {.body = claim_body,
	    .read_back = claim_read_back,
	    .before_commit = "store.claim.before_commit",
	    .committed = "store.claim.committed"};
	struct claiming c = {.pool = pool, .who = who, .max = max, .v = v, .n = n};
	enum rc rc = db_transact(db, &txn, &c);

	if (rc != RC_OK)
		*n = 0;
	return rc;
}

/* ---------------------------------------------------------------- taking back */

uint32_t
queue_rest_ms(const struct conf *conf, unsigned n)
{
	uint64_t cap = (uint64_t)conf->scheduler.retry_cap_ms;
	uint64_t most = (uint64_t)conf->scheduler.retry_base_ms << (n < 32 ? n : 32);

	return crypt_uniform((uint32_t)(most < cap ? most : cap) + 1);
}

struct taking {
	struct pool *pool;
	const char *host;
	const uint64_t *speaking;
	size_t n_speaking;
	const struct conf *conf;
	uint64_t *n;
};

static bool
was_spoken(const struct taking *t, const struct cell *row)
{
	for (size_t i = 0; i < t->n_speaking; i++)
		if (t->speaking[i] == row[0].number)
			return row[4].number != 0;
	return false;
}

static bool
is_last(const struct taking *t, const struct cell *row)
{
	return row[3].number + 1 >= (uint64_t)t->conf->scheduler.max_attempts;
}

/* Charge the death to what was being spoken; the project is locked if this was the last one. */
static enum rc
charge(struct db *db, const struct taking *t, const struct cell *row)
{
	unsigned attempts = (unsigned)row[3].number + 1;
	bool last = is_last(t, row);
	struct arg what = db_u64((uint64_t)queue_rest_ms(t->conf, attempts) * 1000);

	if (last)
		what = db_text(pool_printf(
		    t->pool, "the renderer died while speaking this, at attempt %u", attempts));
	TRY(db_exec(db, &sql[last ? CHARGED_TOO_OFTEN : CHARGED],
	    ARGS(db_u64(attempts), what, db_u64(row[0].number), db_bytes(row[2].s, row[2].len))));
	if (db_changed(db) == 0)
		return RC_OK;
	++*t->n;
	return last ? project_tally_rendered(db, row[1].number, &(struct tally){.failed = 1})
		    : RC_OK;
}

/* Lock the projects whose counts will change, before any of their sentences. */
static enum rc
lock_projects_of_failing(struct db *db, const struct taking *t, const struct rows *rows)
{
	uint64_t *projects = pool_array(t->pool, rows->n, sizeof *projects);
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const struct cell *row = db_row(rows, i);

		if (was_spoken(t, row) && is_last(t, row))
			projects[n++] = row[1].number;
	}
	return project_lock_all(db, t->pool, projects, n);
}

static enum rc
release(struct db *db, const struct taking *t, const uint64_t *ids, size_t n)
{
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		k = db_chunk(n - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[RELEASE], ids + i, k, ARGS(db_text(t->host))));
		*t->n += db_changed(db);
	}
	return RC_OK;
}

static enum rc
take_back_body(struct db *db, void *ctx)
{
	const struct taking *t = ctx;
	struct rows rows;
	uint64_t *ids;
	size_t n = 0;

	*t->n = 0;
	TRY(db_query(
	    db, t->pool, &rows, &sql[ABANDONED], ARGS(db_text(t->host), db_text(t->host))));
	TRY(lock_projects_of_failing(db, t, &rows));
	ids = pool_array(t->pool, rows.n, sizeof *ids);
	for (size_t i = 0; i < rows.n; i++) {
		if (was_spoken(t, db_row(&rows, i)))
			TRY(charge(db, t, db_row(&rows, i)));
		else
			ids[n++] = db_row(&rows, i)[0].number;
	}
	return release(db, t, ids, n);
}

enum rc
queue_take_back(struct db *db, const struct conf *conf, const char *host, const uint64_t *speaking,
    size_t n_speaking, uint64_t *n)
{
	/* Run again after a COMMIT that was not answered, it finds nothing left to take back. */
	static const struct txn txn = {.body = take_back_body,
	    .before_commit = "store.take_back.before_commit",
	    .committed = "store.take_back.committed"};
	struct taking t = {pool_new(), host, speaking, n_speaking, conf, n};
	enum rc rc = db_transact(db, &txn, &t);

	pool_free(t.pool);
	return rc;
}

enum rc
queue_stats(struct db *db, struct queue_stats *out)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[STATS], NO_ARGS);

	if (rc == RC_OK) {
		const struct cell *row = db_row(&rows, 0);

		*out = (struct queue_stats){.pending = row[0].number,
		    .oldest_sec = row[1].number,
		    .claimed = row[2].number,
		    .failed = row[3].number};
	}
	pool_free(pool);
	return rc;
}
