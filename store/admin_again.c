#include "admin.h"

#include "queue_core.h"

enum {
	FAILED_PROJECTS,
	OWNER_OF_PROJECT,
	OWNER_OF_AUDIO,
	FAILED,
	RETRY,
	WAITING,
	DUE_NOW,
	HAVE,
	REQUEUE,
	SILENCE,
};

#define FRESH "state = 'pending', turn = ?, queued_at = NOW(3), " AUDIO_UNTRIED
#define SHOWN "updated_at = NOW(3), "
#define NO_SOUND                                                                                   \
	"audio_revision = 0, path = NULL, duration_ms = NULL, size_bytes = NULL, sha256 = NULL,"   \
	" made_with = NULL"

static const struct sql sql[] = {
    [FAILED_PROJECTS] =
	{.text = "SELECT id, failed_count FROM project"
		 " WHERE id > ? AND failed_count > 0 AND deleted = 0 ORDER BY id LIMIT ?"},
    [OWNER_OF_PROJECT] = {.text = "SELECT user_id FROM project WHERE id = ? AND deleted = 0"},
    [OWNER_OF_AUDIO] = {.text = "SELECT user_id, project_id FROM audio WHERE id = ?"},
    /* Along the places, so that each batch begins where the last one ended. */
    [FAILED] = {.text = "SELECT id, position FROM audio FORCE INDEX (audio_place)"
			" WHERE project_id = ? AND position > ? AND state = 'failed'"
			" ORDER BY position LIMIT ?"},
    [RETRY] = {.text = "UPDATE audio SET " SHOWN FRESH " WHERE id = ? AND state = 'failed'"},
    [WAITING] = {.text = "SELECT id, turn FROM audio FORCE INDEX (audio_queue)"
			 " WHERE state = 'pending' AND turn >= ? AND (turn > ? OR id > ?)"
			 " AND run_at > NOW(3) AND (? = 0 OR project_id = ?)"
			 " ORDER BY turn, id LIMIT ?"},
    [DUE_NOW] = {.text = "UPDATE audio SET run_at = NOW(3)"
			 " WHERE state = 'pending' AND run_at > NOW(3) AND id IN (",
	DB_IDS},
    [HAVE] = {.text = "SELECT id, state, audio_revision, path, sha256, duration_ms FROM audio"
		      " WHERE id IN (",
	.item = "?",
	.tail = ") ORDER BY id FOR UPDATE"},
    [REQUEUE] = {.text = "UPDATE audio SET " SHOWN NO_SOUND ", " FRESH
			 " WHERE id = ? AND state = 'ready'"},
    [SILENCE] = {.text = "UPDATE audio SET " SHOWN NO_SOUND " WHERE id = ?"},
};

/* Tell that N sentences of a project are queued again, without an event for each. */
static enum rc
tell_queued(struct db *db, struct pool *pool, uint64_t user, uint64_t project, const char *change,
    uint64_t n)
{
	struct event_new event = {.user = user,
	    .type = EVENT_PROJECT_CHANGED,
	    .project = project,
	    .data = event_data_project(pool, change, "queued", n)};

	return event_record(db, pool, &event, 1);
}

/* ---------------------------------------------------------------- what has failed */

struct retrying {
	struct pool *pool;
	uint64_t user, project;
	enum lane lane;
	const uint64_t *ids;
	size_t n;
	uint64_t queued;
};

static enum rc
retry_body(struct db *db, void *ctx)
{
	struct retrying *r = ctx;
	struct locked_user user;
	uint64_t sentences, turn;

	r->queued = 0;
	TRY(user_lock_any(db, r->pool, r->user, &user));
	TRY(project_lock(db, r->pool, r->user, r->project, &sentences));
	TRY(user_take_turns(db, r->pool, &user, r->lane, r->n * TURN_COST_USUAL, &turn));
	for (size_t i = 0; i < r->n; i++) {
		TRY(db_exec(
		    db, &sql[RETRY], ARGS(db_u64(turn + i * TURN_COST_USUAL), db_u64(r->ids[i]))));
		r->queued += db_changed(db);
	}
	if (r->queued == 0)
		return RC_OK;
	TRY(project_tally_rendered(db, r->project, &(struct tally){.failed = -(int64_t)r->queued}));
	return tell_queued(db, r->pool, r->user, r->project, "retried", r->queued);
}

/* Run again after a COMMIT that was not answered, it finds nothing failed any more. */
static const struct txn retry_txn = {.body = retry_body,
    .before_commit = "store.admin_retry.before_commit",
    .committed = "store.admin_retry.committed"};

struct freeing {
	const uint64_t *ids;
	size_t n;
	uint64_t freed;
};

static enum rc
free_body(struct db *db, void *ctx)
{
	struct freeing *f = ctx;
	size_t k;

	f->freed = 0;
	for (size_t i = 0; i < f->n; i += k) {
		k = db_chunk(f->n - i);
		TRY(db_run_ids(db, NULL, NULL, &sql[DUE_NOW], f->ids + i, k, NO_ARGS));
		f->freed += db_changed(db);
	}
	return RC_OK;
}

/* Make those of N sentences due now that wait for their next try; they keep what they were charged.
 */
static enum rc
free_waiting(struct db *db, const uint64_t *ids, size_t n, uint64_t *freed)
{
	/* Run again after a COMMIT that was not answered, it finds nothing that waits. */
	static const struct txn txn = {.body = free_body,
	    .before_commit = "store.admin_free.before_commit",
	    .committed = "store.admin_free.committed"};
	struct freeing f = {.ids = ids, .n = n};
	enum rc rc = n == 0 ? RC_OK : db_transact(db, &txn, &f);

	*freed = f.freed;
	return rc;
}

static enum rc
retry_one(struct db *db, struct pool *pool, uint64_t id)
{
	struct retrying r = {.pool = pool, .lane = LANE_EDIT, .ids = &id, .n = 1};
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[OWNER_OF_AUDIO], ARGS(db_u64(id))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	r.user = db_row(&rows, 0)[0].number;
	r.project = db_row(&rows, 0)[1].number;
	TRY(db_transact(db, &retry_txn, &r));
	if (r.queued == 0)
		TRY(free_waiting(db, &id, 1, &r.queued));
	return r.queued == 0 ? RC_NOT_FAILED : RC_OK;
}

enum rc
admin_retry(struct db *db, uint64_t id)
{
	struct pool *pool = pool_new();
	enum rc rc = retry_one(db, pool, id);

	pool_free(pool);
	return rc;
}

enum rc
admin_failed_projects(struct db *db, uint64_t after, uint64_t ids[ADMIN_MAX], size_t *n)
{
	struct pool *pool = pool_new();
	struct rows rows = {0};
	enum rc rc = db_query(
	    db, pool, &rows, &sql[FAILED_PROJECTS], ARGS(db_u64(after), db_u64(ADMIN_MAX)));

	*n = 0;
	for (size_t i = 0; rc == RC_OK && i < rows.n; i++)
		ids[(*n)++] = db_row(&rows, i)[0].number;
	pool_free(pool);
	return rc;
}

static enum rc
retry_some(struct db *db, struct pool *pool, uint64_t project, int64_t *cursor, size_t *seen,
    uint64_t *queued)
{
	struct retrying r = {.pool = pool, .project = project, .lane = LANE_BULK};
	uint64_t ids[ADMIN_MAX];
	struct rows rows;

	TRY(db_query(db, pool, &rows, &sql[OWNER_OF_PROJECT], ARGS(db_u64(project))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	r.user = db_row(&rows, 0)->number;
	TRY(db_query(db, pool, &rows, &sql[FAILED],
	    ARGS(db_u64(project), db_i64(*cursor), db_u64(ADMIN_MAX))));
	for (size_t i = 0; i < rows.n; i++) {
		ids[i] = db_row(&rows, i)[0].number;
		*cursor = (int64_t)db_row(&rows, i)[1].number;
	}
	r.ids = ids;
	r.n = rows.n;
	if (r.n > 0)
		TRY(db_transact(db, &retry_txn, &r));
	*seen = r.n;
	*queued = r.queued;
	return RC_OK;
}

enum rc
admin_project(struct db *db, uint64_t project)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &sql[OWNER_OF_PROJECT], ARGS(db_u64(project)));

	if (rc == RC_OK && rows.n == 0)
		rc = RC_NOT_FOUND;
	pool_free(pool);
	return rc;
}

enum rc
admin_retry_project(
    struct db *db, uint64_t project, int64_t *cursor, size_t *seen, uint64_t *queued)
{
	struct pool *pool = pool_new();
	enum rc rc;

	*seen = 0;
	*queued = 0;
	rc = retry_some(db, pool, project, cursor, seen, queued);
	pool_free(pool);
	return rc;
}

enum rc
admin_retry_waiting(
    struct db *db, uint64_t project, struct admin_turn *cursor, size_t *seen, uint64_t *freed)
{
	struct pool *pool = pool_new();
	uint64_t ids[ADMIN_MAX];
	struct rows rows = {0};
	enum rc rc = db_query(db, pool, &rows, &sql[WAITING],
	    ARGS(db_u64(cursor->turn), db_u64(cursor->turn), db_u64(cursor->id), db_u64(project),
		db_u64(project), db_u64(ADMIN_MAX)));

	*freed = 0;
	*seen = rc == RC_OK ? rows.n : 0;
	for (size_t i = 0; i < *seen; i++) {
		ids[i] = db_row(&rows, i)[0].number;
		*cursor = (struct admin_turn){.turn = db_row(&rows, i)[1].number, .id = ids[i]};
	}
	if (rc == RC_OK)
		rc = free_waiting(db, ids, *seen, freed);
	pool_free(pool);
	return rc;
}

/* ---------------------------------------------------------------- what has a broken sound */

struct silencing {
	struct pool *pool;
	const struct admin_sound *v;
	size_t n;
	size_t *taken;
};

static const struct admin_sound *
given(const struct silencing *s, uint64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].id == id)
			return &s->v[i];
	return NULL;
}

/* Take the sound from one, which is locked, and count it out of its project. */
static enum rc
silence_one(struct db *db, const struct silencing *s, const struct cell *row, uint64_t *turn,
    struct tally *tally)
{
	const struct admin_sound *bad = given(s, row[0].number);
	enum audio_state state;

	TRY(audio_state_read(&row[1], &state));
	if (bad == NULL || bad->audio_revision != row[2].number ||
	    strcmp(bad->path, row[3].s) != 0 || row[4].len != sizeof bad->sha256 ||
	    memcmp(bad->sha256, row[4].s, sizeof bad->sha256) != 0)
		return RC_OK;
	++*s->taken;
	if (state != AUDIO_READY)
		return db_exec(db, &sql[SILENCE], ARGS(db_u64(bad->id)));
	tally->ready--;
	tally->duration_ms -= (int64_t)row[5].number;
	TRY(db_exec(db, &sql[REQUEUE], ARGS(db_u64(*turn), db_u64(bad->id))));
	*turn += TURN_COST_USUAL;
	return RC_OK;
}

static enum rc
silence_body(struct db *db, void *ctx)
{
	const struct silencing *s = ctx;
	struct locked_user user;
	struct tally tally = {0};
	uint64_t ids[ADMIN_MAX], sentences, turn;
	size_t k;

	*s->taken = 0;
	TRY(user_lock_any(db, s->pool, s->v[0].user, &user));
	TRY(project_lock(db, s->pool, s->v[0].user, s->v[0].project, &sentences));
	TRY(user_take_turns(db, s->pool, &user, LANE_BULK, s->n * TURN_COST_USUAL, &turn));
	for (size_t i = 0; i < s->n; i++)
		ids[i] = s->v[i].id;
	for (size_t i = 0; i < s->n; i += k) {
		struct rows rows;

		k = db_chunk(s->n - i);
		TRY(db_run_ids(db, s->pool, &rows, &sql[HAVE], ids + i, k, NO_ARGS));
		for (size_t r = 0; r < rows.n; r++)
			TRY(silence_one(db, s, db_row(&rows, r), &turn, &tally));
	}
	if (tally.ready == 0)
		return RC_OK;
	TRY(project_tally_rendered(db, s->v[0].project, &tally));
	return tell_queued(
	    db, s->pool, s->v[0].user, s->v[0].project, "repaired", (uint64_t)-tally.ready);
}

enum rc
admin_silence(struct db *db, const struct admin_sound *v, size_t n, size_t *taken)
{
	/* Run again after a COMMIT that was not answered, it finds nothing left to take. */
	static const struct txn txn = {.body = silence_body,
	    .before_commit = "store.admin_silence.before_commit",
	    .committed = "store.admin_silence.committed"};
	struct silencing s = {pool_new(), v, n, taken};
	enum rc rc = RC_OK;

	*taken = 0;
	if (n > ADMIN_MAX)
		rc = RC_FAIL;
	else if (n > 0)
		rc = db_transact(db, &txn, &s);
	pool_free(s.pool);
	/* Deleted meanwhile, with all its sounds. */
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}
